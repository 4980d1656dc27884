//! What an admin does with a campaign: opens a draft, gives reviewers more time, closes it. And what an
//! auditor takes away.

use domain::campaign::{CampaignState, Undecided};
use domain::rights::Right;
use domain::sync::{ClusterStatus, Freshness};
use jiff::Timestamp;
use leptos::prelude::*;
use store::Preview;

use super::super::words::{ingresses, post, signed};
use super::Found;
use crate::components::freshness::mark;
use crate::components::value;
use crate::context::link;
use crate::format;

/// How a draft is opened, or why it cannot be.
pub fn open(found: &Found, preview: &Preview, statuses: &[ClusterStatus], base: &str) -> AnyView {
    let edit = link(base, &format!("/campaigns/new?edit={}", found.id()));
    let change = found.may_lead().then(|| {
        view! { <p><a class="button" href=edit>"Change the draft…"</a></p> }
    });
    let body = match (found.may_lead(), hindrance(found, preview)) {
        (false, _) => {
            view! { <p>"An admin opens it. Nobody is asked anything before."</p> }.into_any()
        }
        (true, Some(why)) => view! { <p class="notice bad">{why}</p> }.into_any(),
        (true, None) => form(found, preview, statuses, base),
    };
    view! {
        <section class="panel" aria-labelledby="open">
            <h2 id="open">"Open it"</h2>
            {body} {change}
        </section>
    }
    .into_any()
}

/// What leaving out a cluster would not mend.
fn hindrance(found: &Found, preview: &Preview) -> Option<&'static str> {
    if found.view.campaign.terms().due <= found.now {
        return Some("Its due date is over. Change the draft before you open it.");
    }
    let why = "No ingress is like this, so there is nothing to review. Change the draft.";
    (preview.total == 0).then_some(why)
}

fn form(found: &Found, preview: &Preview, statuses: &[ClusterStatus], base: &str) -> AnyView {
    let to = found.act("open", base);
    let items: Vec<_> = statuses.iter().map(|status| cluster(status, found.now)).collect();
    let words = format!(
        "When it is opened, what it is about stays as it is then: now that would be {}. Each team \
         finds its own under Reviews. From which state of which clusters it was taken is recorded.",
        ingresses(preview.total)
    );
    view! {
        <p>{words}</p>
        <form method="post" action=to class="act">
            <fieldset class="ticks">
                <legend>"Clusters to leave out, which the record will say"</legend>
                <ul class="plain">{items}</ul>
            </fieldset>
            {post(to.clone(), "Open the campaign", "button primary")}
        </form>
    }
    .into_any()
}

/// Nothing is ticked at first: what is left out is somebody's choice.
fn cluster(status: &ClusterStatus, now: Timestamp) -> AnyView {
    let is_late = status.error.is_some() || !matches!(status.freshness(now), Freshness::Fresh(_));
    let late = is_late.then_some(" Leave it out, or wait until it is up to date.");
    view! {
        <li>
            <label class="tick">
                <input type="checkbox" name="leave_out" value=status.name.clone()/>
                <span>{value(&status.name)} ": " {mark(status, now)} {late}</span>
            </label>
        </li>
    }
    .into_any()
}

/// More time, or the end.
pub fn lead(found: &Found, base: &str) -> Option<AnyView> {
    let section = view! {
        <section class="panel" aria-labelledby="lead">
            <h2 id="lead">"Lead it"</h2>
            <div class="acts">{extend(found, base)} {close(found, base)}</div>
        </section>
    };
    found.may_lead().then(|| section.into_any())
}

fn extend(found: &Found, base: &str) -> AnyView {
    let to = found.act("extend", base);
    let least = format::date(found.view.campaign.terms().due);
    view! {
        <details class="folded">
            <summary>"Give reviewers more time…"</summary>
            <form method="post" action=to class="act">
                <div class="field">
                    <label for="due">"Due, at the end of the day"</label>
                    <input id="due" name="due" type="date" min=least required=true/>
                </div>
                <div class="field">
                    <label for="zone">"Time zone, such as Europe/Berlin"</label>
                    <input id="zone" name="zone" placeholder="UTC" autocomplete="off" spellcheck="false"/>
                </div>
                {post(to.clone(), "Extend the campaign", "button primary")}
            </form>
        </details>
    }
    .into_any()
}

fn close(found: &Found, base: &str) -> AnyView {
    let to = found.act("close", base);
    let waiting = signed(found.view.counts().undecided());
    let waiting = match waiting {
        0 => "Everything is decided.".to_owned(),
        count => format!(
            "{} not decided. {}",
            format::counted(count, "review is", "reviews are"),
            undecided(found.view.campaign.terms().undecided)
        ),
    };
    view! {
        <details class="folded">
            <summary>"Close it…"</summary>
            <form method="post" action=to class="act">
                <p>{waiting}</p>
                <p>"Nothing can be decided in it any more, and it cannot be opened again."</p>
                {post(to.clone(), "Close the campaign", "button primary")}
            </form>
        </details>
    }
    .into_any()
}

/// What becomes of what nobody decides.
fn undecided(rule: Undecided) -> &'static str {
    match rule {
        Undecided::Exception => "They will be listed as exceptions, and nothing changes for them.",
        Undecided::Escalate => "They will be listed as escalated to the admins; nothing changes.",
        Undecided::Retire => {
            "Those that were recommended for it, and still are, will be retired, the others listed as \
             exceptions."
        }
    }
}

/// The files that prove it, for those who may have them.
pub fn evidence(found: &Found, base: &str) -> Option<AnyView> {
    let is_draft = found.view.campaign.state() == CampaignState::Draft;
    if is_draft || !found.visitor.may(Right::Audit) {
        return None;
    }
    let id = found.id();
    let file = |ending: &str| link(base, &format!("/export/campaigns/{id}.{ending}"));
    let entries = link(base, &format!("/audit?target=campaign+{id}"));
    let links = view! {
        <p class="exports">
            "Evidence: " <a href=file("csv")>"CSV"</a> " " <a href=file("jsonl")>"JSON Lines"</a> " "
            <a href=file("zip")>"All of it (ZIP)"</a> " · "
            <a href=entries>"Audit entries of this campaign"</a>
        </p>
    };
    Some(links.into_any())
}
