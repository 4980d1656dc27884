//! What was decided and said before. Nothing of it is ever taken away.

use domain::review::Decision;
use domain::rights::Right;
use domain::user::Visitor;
use jiff::Timestamp;
use leptos::prelude::*;
use store::{Comment, DecidedIn};

use super::super::words;
use super::{Found, act, here};
use crate::components::text::exact_moment;
use crate::components::{Tone, badge, forms, value};
use crate::context::link;
use crate::format;

/// All decisions of the review, the latest first.
pub fn decisions(decisions: &[Decision], now: Timestamp) -> AnyView {
    let items: Vec<_> = decisions.iter().map(|one| decision(one, now)).collect();
    let body = match items.is_empty() {
        true => view! { <p class="subdued">"Nothing was decided yet."</p> }.into_any(),
        false => view! { <ol class="history">{items}</ol> }.into_any(),
    };
    view! {
        <section aria-labelledby="decisions"><h2 id="decisions">"Decisions"</h2>{body}</section>
    }
    .into_any()
}

/// What was decided about the ingress in other campaigns.
pub fn earlier(found: &Found, base: &str) -> Option<AnyView> {
    let list = decided_in(&found.card.earlier, &found.visitor, found.now, base)?;
    let section = view! {
        <section aria-labelledby="earlier">
            <h2 id="earlier">"Decided in other campaigns"</h2>
            {list}
        </section>
    };
    Some(section.into_any())
}

/// Decisions about an ingress with the campaigns in which they were made.
pub fn decided_in(
    all: &[DecidedIn],
    visitor: &Visitor,
    now: Timestamp,
    base: &str,
) -> Option<AnyView> {
    let campaign = |one: &DecidedIn| match visitor.may(Right::Campaigns) {
        true => {
            let to = link(base, &format!("/campaigns/{}", one.campaign));
            view! { <a href=to>{value(&one.name)}</a> }.into_any()
        }
        false => value(&one.name),
    };
    let item = |one: &DecidedIn| {
        let place = view! { <p class="subdued">"In the campaign " {campaign(one)}</p> };
        item(&one.decision, now, Some(place.into_any()))
    };
    let items: Vec<_> = all.iter().map(item).collect();
    (!items.is_empty()).then(|| view! { <ol class="history">{items}</ol> }.into_any())
}

/// One decision, as an item of a list.
pub fn decision(one: &Decision, now: Timestamp) -> AnyView {
    item(one, now, None)
}

fn item(one: &Decision, now: Timestamp, place: Option<AnyView>) -> AnyView {
    let fate = match (one.undone, one.superseded) {
        (true, _) => Some(badge(Tone::Plain, "undone")),
        (false, true) => Some(badge(Tone::Plain, "replaced by a later one")),
        (false, false) => None,
    };
    let against = one.choice.is_against(one.recommendation).then(|| {
        view! { <span class="subdued">"against the recommendation"</span> }
    });
    view! {
        <li>
            <p class="when">{exact_moment(one.at, now)}</p>
            <div>
                <p>{words::kind(one.choice.kind)} " by " {words::by(one)} " " {fate} " " {against}</p>
                {place} {particulars(one)}
                {words::written(&one.choice.reason)}
            </div>
        </li>
    }
    .into_any()
}

/// What a decision says besides.
fn particulars(one: &Decision) -> AnyView {
    let choice = &one.choice;
    let proposed = choice.proposed.as_deref().map(|team| {
        view! { <p>"Given to " {value(team)}</p> }
    });
    let wish = choice.wish.map(|day| view! { <p>{format!("Not before {day}")}</p> });
    let count = i64::try_from(choice.routes.len()).unwrap_or(i64::MAX);
    let routes: Vec<_> = choice.routes.iter().map(|key| view! { <li>{value(key)}</li> }).collect();
    let routes = (!routes.is_empty()).then(|| {
        let summary = format!("Only {}", format::counted(count, "route", "routes"));
        view! { <details><summary>{summary}</summary><ul class="plain">{routes}</ul></details> }
    });
    view! { {proposed} {wish} {routes} }.into_any()
}

/// What was said, and the form to say more.
pub fn comments(found: &Found, base: &str) -> AnyView {
    let items: Vec<_> = found.card.comments.iter().map(|one| comment(one, found.now)).collect();
    let list = (!items.is_empty()).then(|| view! { <ol class="history">{items}</ol> });
    view! {
        <section aria-labelledby="comments">
            <h2 id="comments">"Comments"</h2>
            {list}
            <details class="folded">
                <summary>"Write a comment"</summary>
                <form method="post" action=act(found, "comment", base) class="act">
                    {forms::key()} {forms::hidden("back", here(found))}
                    {forms::text_area("comment".into(), "text", "Comment".into(), true)}
                    <button type="submit" class="button">"Add the comment"</button>
                </form>
            </details>
        </section>
    }
    .into_any()
}

fn comment(one: &Comment, now: Timestamp) -> AnyView {
    view! {
        <li>
            <p class="when">{exact_moment(one.at, now)}</p>
            <div><p>{words::who(&one.by)}</p> {words::written(&one.text)}</div>
        </li>
    }
    .into_any()
}
