//! Who owns what, how that is known, and what nobody owns.

mod claims;
mod coverage;
mod orphans;
mod teams;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::components::Title;
use domain::inventory::View;
use domain::overview::Owners;
use domain::rights::Right;
use domain::sync::{ClusterStatus, Kind, KindStatus, Phase};
use domain::user::{Person, Visitor};
use jiff::Timestamp;
use leptos::prelude::*;
use store::ClaimRow;

use crate::components::freshness::freshness_line;
use crate::components::value;
use crate::context::{self, State, link};
use crate::denied;
use crate::error::{self, Error};
use crate::inventory::empty;
use crate::islands::News;
use crate::mark;

/// `/owners`.
#[component]
pub fn OwnersPage() -> impl IntoView {
    let state = context::state();
    context::not_cached();
    if !context::visitor().may(Right::ReadAll) {
        return denied::page(&state, Some(Right::ReadAll));
    }
    let visitor = context::visitor();
    let answer = Suspend::new(async move {
        match load(&state, &visitor).await {
            Ok(found) => page(&found, &state.base),
            Err(error) => error::page(&error, &state.base),
        }
    });
    view! { {answer} }.into_any()
}

/// What the page shows.
struct Found {
    owners: Owners,
    /// What somebody still has to answer.
    claims: Vec<ClaimRow>,
    /// Who looks, if somebody is signed in who may answer.
    person: Option<Arc<Person>>,
    clusters: Vec<ClusterStatus>,
    now: Timestamp,
    revision: u64,
    /// How far back traffic counts, in days.
    look_back: u32,
}

async fn load(state: &State, visitor: &Visitor) -> Result<Found, Error> {
    let (now, look_back) = (state.clock.now(), state.look_back_days);
    let revision = *state.store.revision().borrow();
    let owners = state.store.owners(now).await?;
    let clusters = state.store.clusters().await?;
    let claims = state.store.claims().await?;
    let person = match visitor {
        Visitor::Person(person) if visitor.may(Right::Review) => Some(Arc::clone(person)),
        _ => None,
    };
    Ok(Found { owners, claims, person, clusters, now, revision, look_back })
}

fn page(found: &Found, base: &str) -> AnyView {
    let island_base = base.to_owned();
    view! {
        <Title text="Owners"/>
        <div class="page-head">
            <h1>"Owners"</h1>
            {freshness_line(&found.clusters, found.now, Some(&link(base, "/status")))}
        </div>
        <News base=island_base revision=found.revision what="This page".to_owned() always=false/>
        {results(found, base)}
    }
    .into_any()
}

fn results(found: &Found, base: &str) -> AnyView {
    let Found { owners, claims, person, clusters, now, look_back, .. } = found;
    let body = match owners.coverage.ingresses {
        0 => empty::explanation(&View::default(), clusters, *now, base),
        _ => view! {
            {coverage::section(owners, base)}
            {unread(clusters)}
            {claims::section(claims, person.as_deref(), *now, base)}
            {teams::section(&owners.owners, *look_back, base)}
            {orphans::section(owners, *now, base)}
            {coverage::namespaces(&owners.by_namespace, base)}
            {coverage::sources(&owners.sources)}
        }
        .into_any(),
    };
    view! { <div id="results" tabindex="-1" data-mark=mark::mark(&(owners, claims))>{body}</div> }
        .into_any()
}

/// Where an orphan may have an owner that Routebook could not look up.
fn unread(clusters: &[ClusterStatus]) -> Option<AnyView> {
    let read = clusters.iter().filter(|cluster| cluster.configured);
    let items: Vec<_> = read.filter_map(unread_in).collect();
    if items.is_empty() {
        return None;
    }
    let notice = view! {
        <div class="notice">
            <p>"Not everything that may name an owner could be read, so some orphans may have one:"</p>
            <ul>{items}</ul>
        </div>
    };
    Some(notice.into_any())
}

fn unread_in(cluster: &ClusterStatus) -> Option<AnyView> {
    // What may not be read any more counts for nothing, although it was read once.
    let says_nothing =
        |status: &KindStatus| status.data_as_of.is_none() || status.phase == Phase::NotPermitted;
    let is_unread = |kind: &Kind| cluster.kind(*kind).is_some_and(says_nothing);
    let kinds = [Kind::Service, Kind::Namespace].into_iter().filter(is_unread);
    let kinds: Vec<_> = kinds.map(Kind::plural).collect();
    let text = format!(": {}", kinds.join(", "));
    let item = view! { <li>{value(&cluster.name)} {text}</li> };
    (!kinds.is_empty()).then(|| item.into_any())
}
