//! What is known of the ingress of a review: the recommendation, what changed, whether it is used, whether
//! its certificates hold, and what else is behind its hosts.

use domain::Change;
use domain::attestation::Attestation;
use domain::detail::{Detail, Happening};
use domain::inventory::Row;
use domain::review::ReviewState;
use jiff::Timestamp;
use leptos::prelude::*;
use store::ReviewCard;

use super::super::words;
use super::{Found, may_open};
use crate::components::text::{exact_moment, moment, sentence};
use crate::components::{state, value};
use crate::context::link;
use crate::format;
use crate::ingress::summary::fact;
use crate::ingress::{history, problems, summary, traffic};
use crate::inventory::cells::host;

/// So many hosts are listed.
const HOSTS: usize = 20;
/// So many ingresses on the same hosts are listed.
const OTHERS: usize = 50;

/// What is recommended, with all reasons.
pub fn recommended(card: &ReviewCard, now: Timestamp) -> AnyView {
    let recommendation = &card.review.recommendation;
    let items: Vec<_> =
        recommendation.reasons.iter().map(|reason| view! { <li>{sentence(reason)}</li> }).collect();
    let reasons = (!items.is_empty()).then(|| view! { <ul class="reasons">{items}</ul> });
    let opened = card.campaign.opened_at().map(|at| {
        view! { <p class="said-by">"As it was known when the campaign was opened, " {moment(at, now)}</p> }
    });
    view! {
        <section class="recommended" aria-labelledby="recommended">
            <h2 id="recommended">"Recommended"</h2>
            <p>{words::advice(recommendation.advice)}</p>
            {reasons} {opened}
        </section>
    }
    .into_any()
}

/// What changed since it was decided in this campaign, or since somebody last confirmed it.
pub fn changes(card: &ReviewCard, now: Timestamp) -> AnyView {
    let reopened = match &card.review.state {
        ReviewState::Reopened { changes, .. } => Some(since_decision(changes)),
        _ => None,
    };
    let attested = match &card.attestation {
        Some(last) => since_review(last, &card.changes, now),
        None => {
            view! { <p class="subdued">"Nobody confirmed it in a review before."</p> }.into_any()
        }
    };
    view! {
        <section aria-labelledby="changes">
            <h2 id="changes">"Changes"</h2>
            {reopened} {attested} {last_change(&card.detail, now)}
        </section>
    }
    .into_any()
}

fn since_decision(changes: &[Change]) -> AnyView {
    view! {
        <div class="notice">
            <p>"It was decided in this campaign, and changed since. So it is to be decided again:"</p>
            {history::changes(changes)}
        </div>
    }
    .into_any()
}

fn since_review(last: &Attestation, changes: &[Change], now: Timestamp) -> AnyView {
    let who = view! {
        "Last confirmed by " {value(&last.by)} ", " {exact_moment(last.at, now)} ", until "
        {format::date(last.until)} "."
    };
    let what = match changes.is_empty() {
        true => view! { <p>"What matters has not changed since."</p> }.into_any(),
        false => view! { <p>"Since then:"</p> {history::changes(changes)} }.into_any(),
    };
    view! { <p>{who}</p> {what} }.into_any()
}

/// The last change of all, with what it was, unless nothing was seen to change.
fn last_change(detail: &Detail, now: Timestamp) -> Option<AnyView> {
    let found = detail.history.iter().find_map(|event| match &event.what {
        Happening::Changed(changes) => Some((event.at, changes)),
        _ => None,
    });
    let (at, changes) = found?;
    let summary =
        view! { <summary>"The last change that was seen, " {exact_moment(at, now)}</summary> };
    Some(view! { <details>{summary} {history::changes(changes)}</details> }.into_any())
}

/// What it is.
pub fn facts(found: &Found, base: &str) -> AnyView {
    let (detail, now) = (&found.card.detail, found.now);
    let owner = detail.owner.as_ref();
    let to = link(base, &format!("/ingresses/{}", detail.id));
    let page = may_open(found, owner.map(|owner| owner.name.as_str()))
        .then(|| view! { <p><a href=to>"All about this ingress, with its manifest"</a></p> });
    let owner = match owner {
        Some(owner) => view! { {value(&owner.name)} ", by " {sentence(&owner.place)} }.into_any(),
        None => subdued("none found"),
    };
    view! {
        <section aria-labelledby="what">
            <h2 id="what">"What it is"</h2>
            <dl class="facts wide">{fact("Owner", owner)} {fact("Hosts", hosts(detail))}</dl>
            {summary::facts(detail, now)}
            {page}
        </section>
    }
    .into_any()
}

fn hosts(detail: &Detail) -> AnyView {
    let mut hosts: Vec<&str> =
        detail.ingress.routes.iter().map(|route| route.host.as_str()).collect();
    hosts.sort_unstable();
    hosts.dedup();
    if hosts.is_empty() {
        return subdued("none");
    }
    let more = i64::try_from(hosts.len().saturating_sub(HOSTS)).unwrap_or(i64::MAX);
    let more =
        (more > 0).then(|| view! { <li>{format!("and {} more", format::number(more))}</li> });
    let items: Vec<_> =
        hosts.into_iter().take(HOSTS).map(|name| view! { <li>{host(name)}</li> }).collect();
    view! { <ul class="plain">{items} {more}</ul> }.into_any()
}

/// Whether it is used, whether its certificates hold, and what is wrong with it.
pub fn evidence(detail: &Detail, now: Timestamp) -> AnyView {
    view! { {traffic::section(detail, now)} {tls(detail, now)} {problems::section(detail)} }
        .into_any()
}

fn tls(detail: &Detail, now: Timestamp) -> AnyView {
    let tls = &detail.tls;
    let reason = (!tls.reason.is_empty()).then(|| view! { " " {sentence(&tls.reason)} "." });
    let told = tls.method.map(|method| {
        let at = tls.at.map(|at| view! { ", " {exact_moment(at, now)} });
        view! { <p class="said-by">"Known by " {method.label()} {at}</p> }
    });
    view! {
        <section aria-labelledby="tls">
            <h2 id="tls">"TLS"</h2>
            <p>{state::tls(tls.state)} {reason}</p>
            {told}
        </section>
    }
    .into_any()
}

/// Other ingresses on the same hosts. Of other teams' only the number is said to who sees a part.
pub fn same_host(found: &Found, base: &str) -> AnyView {
    let owner = |row: &Row| row.owner.as_ref().map(|owner| owner.name.clone());
    let (open, hidden): (Vec<&Row>, Vec<&Row>) =
        found.card.same_host.iter().partition(|row| may_open(found, owner(row).as_deref()));
    let items: Vec<_> = open.iter().take(OTHERS).map(|row| other(row, found.now, base)).collect();
    let more = i64::try_from(hidden.len() + open.len().saturating_sub(OTHERS)).unwrap_or(i64::MAX);
    let more = (more > 0).then(|| {
        view! { <p class="subdued">{format!("{} more, not listed here.", format::number(more))}</p> }
    });
    let list = (!items.is_empty()).then(|| view! { <ul class="entries">{items}</ul> });
    let none = (list.is_none() && more.is_none())
        .then(|| view! { <p class="subdued">"No other ingress has one of its hosts."</p> });
    view! {
        <section aria-labelledby="same-host">
            <h2 id="same-host">"Others on the same hosts"</h2>
            {list} {more} {none}
        </section>
    }
    .into_any()
}

fn other(row: &Row, now: Timestamp, base: &str) -> AnyView {
    let to = link(base, &format!("/ingresses/{}", row.id));
    let owner = row.owner.as_ref().map(|owner| view! { ", of " {value(&owner.name)} });
    let last = row.traffic.last_success.map(|at| view! { ", " {moment(at, now)} });
    view! {
        <li>
            <a href=to>{value(&row.namespace)} "/" {value(&row.name)}</a> " in " {value(&row.cluster)}
            {owner} " " {state::verdict(row.traffic.verdict)} {last}
        </li>
    }
    .into_any()
}

fn subdued(text: &'static str) -> AnyView {
    view! { <span class="subdued">{text}</span> }.into_any()
}
