//! The forms to decide: confirm, retire all or some routes, or say that it is somebody else's. Each says
//! what the ingress was like when it was drawn, so that nobody decides about what they have not seen.

use std::collections::BTreeSet;

use domain::campaign::{CampaignState, Reasons};
use domain::retirement::Retirement;
use domain::review::{Choice, Kind, ReviewState};
use domain::traffic::route_key;
use leptos::prelude::*;

use super::{Found, act, here, onward};
use crate::components::{forms, value};
use crate::context::link;
use crate::format;
use crate::retirements::words as retirements;

/// So many routes can be chosen one by one.
const MOST_ROUTES: usize = 200;

/// The forms, or why there is nothing to decide.
pub fn section(found: &Found, base: &str) -> AnyView {
    let body = match closed(found) {
        Some(why) => view! { <p>{why}</p> }.into_any(),
        None => view! {
            {behalf(found)} {on_its_way(found, base)}
            <div class="acts">
                {confirm(found, base)} {retire(found, base)} {not_mine(found, base)}
            </div>
        }
        .into_any(),
    };
    view! {
        <section class="decide" aria-labelledby="decide">
            <h2 id="decide">"Decide"</h2>
            {body} {undo(found, base)} {reassign(found, base)}
        </section>
    }
    .into_any()
}

/// Why nothing can be decided.
fn closed(found: &Found) -> Option<&'static str> {
    if is_settled(found) {
        return Some("The campaign is closed. What was decided stays.");
    }
    if !is_open(found) {
        return Some("The campaign is over, and is about to be closed. What was decided stays.");
    }
    found.card.detail.removed.map(|_| {
        "The ingress is no longer in its cluster: there is nothing to decide. If it comes back, it can \
         be decided again."
    })
}

fn is_settled(found: &Found) -> bool {
    let settled = matches!(found.card.review.state, ReviewState::Settled(_));
    settled || found.card.campaign.state() != CampaignState::Open
}

fn is_open(found: &Found) -> bool {
    !is_settled(found) && found.card.campaign.takes_decisions(found.now)
}

/// An admin who is not of the team should know how that is recorded.
fn behalf(found: &Found) -> Option<AnyView> {
    let assignee = &found.card.review.assignee;
    let note = view! {
        <p class="subdued">
            "You are not in the team " {value(assignee)} ": what you decide is marked as done on its \
             behalf."
        </p>
    };
    (!found.person.is_of(assignee)).then(|| note.into_any())
}

/// What of it is to go already: a confirmation stops that.
fn on_its_way(found: &Found, base: &str) -> Option<AnyView> {
    let item = |one: &Retirement| {
        let to = link(base, &format!("/retirements/{}", one.id));
        let what = retirements::what(one);
        view! {
            <li>
                <a href=to>{format!("Retirement of {what}")}</a> ": "
                {retirements::state(one, found.now)} ", requested by " {value(&one.requested_by)}
            </li>
        }
    };
    let items: Vec<_> = found.card.retirements.iter().map(item).collect();
    let note = view! {
        <div class="notice">
            <p>"It was decided before that it goes. If you confirm it, that is cancelled."</p>
            <ul class="plain">{items}</ul>
        </div>
    };
    (!found.card.retirements.is_empty()).then(|| note.into_any())
}

/// Whether the campaign asks for a reason.
fn needs_reason(found: &Found, kind: Kind) -> bool {
    let advice = found.card.review.recommendation.advice;
    let always = found.card.campaign.terms().reasons == Reasons::Always;
    always || Choice::new(kind, "").is_against(advice)
}

/// What every decision sends along.
fn about(found: &Found, kind: Kind) -> AnyView {
    let card = &found.card;
    view! {
        {forms::hidden("id", card.review.id.to_string())}
        {forms::hidden("hash", card.detail.material_hash.clone())}
        {forms::hidden("kind", kind.as_str().to_owned())}
        {forms::hidden("back", back(found, kind))}
        {forms::key()}
    }
    .into_any()
}

/// Back to this card, which leads on once it is decided. What is another team's from then on has no card
/// for them any more, so that goes on to the next at once.
fn back(found: &Found, kind: Kind) -> String {
    match kind {
        Kind::Confirm | Kind::Retire => onward(found),
        Kind::NotMine => found.way.on(found.card.review.id, &found.asked.view, ""),
    }
}

/// One button where nothing has to be said, so that a key and Enter decide.
fn confirm(found: &Found, base: &str) -> AnyView {
    let action = link(base, "/reviews/decide");
    if needs_reason(found, Kind::Confirm) {
        let fields = view! {
            <p class="subdued">"It stays as it is. The campaign asks for a reason."</p>
            {forms::reason("confirm-reason".into(), true)}
        };
        return forms::folded(
            ("Confirm…", "c"),
            action,
            about(found, Kind::Confirm),
            fields.into_any(),
            "Confirm",
        );
    }
    view! {
        <form method="post" action=action>
            {about(found, Kind::Confirm)}
            <button type="submit" class="button primary wide" aria-keyshortcuts="c">"Confirm"</button>
        </form>
        <details class="folded">
            <summary>"Confirm with a reason"</summary>
            <form method="post" action=link(base, "/reviews/decide") class="act">
                {about(found, Kind::Confirm)}
                {forms::reason("confirm-reason".into(), false)}
                <button type="submit" class="button primary">"Confirm"</button>
            </form>
        </details>
    }
    .into_any()
}

fn retire(found: &Found, base: &str) -> AnyView {
    let fields = view! {
        <p class="subdued">
            "It goes on hold first. If it is used successfully meanwhile, it stays. Routebook removes \
             nothing itself."
        </p>
        {forms::reason("retire-reason".into(), needs_reason(found, Kind::Retire))}
        {routes(found)}
        <div class="field">
            <label for="wish">"Not before the day (may be left out)"</label>
            <input id="wish" name="wish" type="date" min=format::date(found.now)/>
        </div>
    };
    let action = link(base, "/reviews/decide");
    forms::folded(("Retire…", "r"), action, about(found, Kind::Retire), fields.into_any(), "Retire")
}

/// Which routes go; an ingress of one route has no choice.
fn routes(found: &Found) -> Option<AnyView> {
    let mut keys: Vec<String> = found.card.detail.ingress.routes.iter().map(route_key).collect();
    let mut seen = BTreeSet::new();
    keys.retain(|key| seen.insert(key.clone()));
    if keys.len() < 2 {
        return None;
    }
    let more = keys.len().saturating_sub(MOST_ROUTES);
    let more = (more > 0).then(|| {
        let count =
            format::counted(i64::try_from(more).unwrap_or(i64::MAX), "other route", "other routes");
        view! { <p class="subdued">{format!("{count} cannot be chosen here one by one.")}</p> }
    });
    let items: Vec<_> = keys.iter().take(MOST_ROUTES).map(|key| route(key)).collect();
    let fields = view! {
        <fieldset class="ticks">
            <legend>"Only these routes (none ticked: the whole ingress)"</legend>
            <ul class="plain">{items}</ul>
            {more}
        </fieldset>
    };
    Some(fields.into_any())
}

fn route(key: &str) -> AnyView {
    let (host, path) = key.split_once(' ').unwrap_or((key, ""));
    let host = if host.is_empty() { "any host" } else { host };
    let shown = format!("{host}{path}");
    view! {
        <li>
            <label class="tick">
                <input type="checkbox" name="route" value=key.to_owned()/>
                {value(&shown)}
            </label>
        </li>
    }
    .into_any()
}

fn not_mine(found: &Found, base: &str) -> AnyView {
    let assignee = &found.card.review.assignee;
    let others: Vec<_> = found.teams.iter().filter(|team| *team != assignee).cloned().collect();
    let guess = found.card.detail.guess.as_ref().map(|guess| guess.owner.as_str());
    let none = "I do not know whose it is";
    let fields = view! {
        {forms::names("proposed".into(), "proposed", "Whose it is", none, &others, guess)}
        <p class="subdued">
            "A team that you name gets this review. If you name none, whoever leads the campaign finds \
             out."
        </p>
        {forms::reason("not-mine-reason".into(), needs_reason(found, Kind::NotMine))}
    };
    let action = link(base, "/reviews/decide");
    forms::folded(
        ("Not mine…", "n"),
        action,
        about(found, Kind::NotMine),
        fields.into_any(),
        "Not mine",
    )
}

/// Takes the last decision back, while the campaign is open.
fn undo(found: &Found, base: &str) -> Option<AnyView> {
    let last = found.card.review.state.last().filter(|_| is_open(found))?;
    let form = view! {
        <form method="post" action=act(found, "undo", base)>
            {forms::key()} {forms::hidden("back", here(found))}
            {forms::hidden("decision", last.id.to_string())}
            <button type="submit" class="button wide">"Undo the decision"</button>
        </form>
    };
    Some(form.into_any())
}

/// Gives it to another team, which takes an admin and a reason.
fn reassign(found: &Found, base: &str) -> Option<AnyView> {
    if !found.person.is_admin() || !is_open(found) {
        return None;
    }
    let assignee = &found.card.review.assignee;
    // Nobody makes themselves reviewer.
    let may = |team: &&String| *team != assignee && !found.person.is_of(team);
    let teams: Vec<_> = found.teams.iter().filter(may).cloned().collect();
    let none = "Choose a team";
    let form = view! {
        <details class="folded">
            <summary>"Give it to another team"</summary>
            <form method="post" action=act(found, "reassign", base) class="act">
                {forms::key()} {forms::hidden("back", here(found))}
                {forms::names("reassign-team".into(), "team", "Team", none, &teams, None)}
                {forms::reason("reassign-reason".into(), true)}
                <button type="submit" class="button">"Give it to this team"</button>
            </form>
        </details>
    };
    (!teams.is_empty()).then(|| form.into_any())
}
