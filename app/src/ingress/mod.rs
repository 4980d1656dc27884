//! One ingress in one life: what it says, what is behind it, and what happened to it.

mod attested;
mod backend;
pub mod claim;
pub mod history;
mod manifest;
mod metadata;
mod owner;
pub mod problems;
mod routes;
pub mod summary;
#[cfg(test)]
mod tests;
mod tls;
pub mod traffic;
mod yaml;

use std::sync::Arc;

use crate::components::Title;
use domain::IngressId;
use domain::detail::Detail;
use domain::owner::Team;
use domain::retirement::Retirement;
use domain::rights::Right;
use domain::user::Visitor;
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use store::DecidedIn;

use self::claim::Claims;
use crate::components::freshness::freshness_line;
use crate::components::value;
use crate::context::{self, State, link};
use crate::error::{self, Error};
use crate::format;
use crate::islands::News;
use crate::mark;
use crate::reviews::decided_in;

/// `/ingresses/{id}`.
#[component]
pub fn IngressPage() -> impl IntoView {
    let state = context::state();
    let visitor = context::visitor();
    let id = use_params_map().with_untracked(|params| params.get("id"));
    let query = context::query();
    context::not_cached();
    Suspend::new(async move {
        match load(&state, &visitor, id.as_deref(), &query).await {
            Ok(found) => page(&found, &state.base),
            Err(error) => error::page(&error, &state.base),
        }
    })
}

/// What the page shows.
struct Found {
    detail: Detail,
    clusters: Vec<domain::sync::ClusterStatus>,
    now: Timestamp,
    revision: u64,
    /// What people say about whose it is.
    claims: Claims,
    /// How it was or is being retired, the latest first.
    retirements: Vec<Retirement>,
    /// What was decided in reviews, the latest first.
    decided: Vec<DecidedIn>,
    visitor: Visitor,
    /// Whether every route was asked for.
    all_routes: bool,
    /// Where the status of the clusters is, if the visitor may see it.
    status_page: Option<String>,
}

async fn load(
    state: &State,
    visitor: &Visitor,
    id: Option<&str>,
    query: &str,
) -> Result<Found, Error> {
    let reads_all = visitor.may(Right::ReadAll);
    // Which numbers there are is nothing for those who read only what their teams own.
    let unknown = || match reads_all {
        true => Error::NotFound("Routebook knows no ingress under this number."),
        false => Error::NotYours,
    };
    let id = id.and_then(|text| text.parse().ok()).map(IngressId).ok_or_else(unknown)?;
    let now = state.clock.now();
    let revision = *state.store.revision().borrow();
    let detail = state.store.ingress(id, now).await?.ok_or_else(unknown)?;
    if !visitor.owns(detail.owner.as_ref().map(|owner| owner.name.as_str())) {
        return Err(Error::NotYours);
    }
    let mut clusters = state.store.clusters().await?;
    clusters.retain(|cluster| cluster.name == detail.cluster);
    let all_routes = query.split('&').any(|pair| pair == "routes=all");
    let status_page = reads_all.then(|| state.link("/status"));
    let claims = claims(state, visitor, id).await?;
    let retirements = state.store.retirements_of(id).await?;
    let decided = state.store.decisions_about(id).await?;
    Ok(Found {
        detail,
        clusters,
        now,
        revision,
        claims,
        retirements,
        decided,
        visitor: visitor.clone(),
        all_routes,
        status_page,
    })
}

/// What people say about whose it is, and whether the visitor may say something too.
async fn claims(state: &State, visitor: &Visitor, id: IngressId) -> Result<Claims, Error> {
    let person = match visitor {
        Visitor::Person(person) if visitor.may(Right::Review) => Some(Arc::clone(person)),
        _ => None,
    };
    let teams = state.store.rules().owner.teams.iter().map(Team::as_owner).collect();
    let claims = state.store.claims_of(id).await?;
    Ok(Claims { person, teams, claims })
}

fn page(found: &Found, base: &str) -> AnyView {
    let Found { detail, now, .. } = found;
    let object = &detail.ingress.object;
    let name = format!("{}/{}", object.namespace, object.name);
    let title = format::cut(&format::visible(&name), 200).into_owned();
    let island_base = base.to_owned();
    let decided = decided_in(&found.decided, &found.visitor, *now, base);
    view! {
        <Title text=title/>
        <nav class="trail" aria-label="Where this is">
            <a href=link(base, "/ingresses")>"Ingresses"</a> " / " {value(&detail.cluster)}
        </nav>
        <div class="page-head">
            <h1>{value(&object.namespace)} "/" {value(&object.name)}</h1>
            {freshness_line(&found.clusters, *now, found.status_page.as_deref())}
        </div>
        <News base=island_base revision=found.revision what="This page".to_owned() always=false/>
        <div id="results" tabindex="-1" data-mark=mark_of(found)>
            {summary::removed(detail, *now, base)}
            {summary::facts(detail, *now)}
            {owner::section(detail, &found.claims, *now, base)}
            {attested::section(detail, &found.retirements, decided, *now, base)}
            {problems::section(detail)}
            {traffic::section(detail, *now)}
            {tls::section(detail, *now)}
            {routes::section(detail, found.all_routes, *now, base)}
            {history::section(detail, *now)}
            {history::lives(detail, *now, base)}
            {metadata::section(object)}
            {manifest::section(&detail.manifest)}
        </div>
    }
    .into_any()
}

/// Tells a changed ingress from one that has only grown older, been used, or been looked at again.
fn mark_of(found: &Found) -> String {
    let Found { claims, retirements, decided, .. } = found;
    mark::mark(&(lasting(&found.detail), &claims.claims, retirements, decided))
}

fn lasting(detail: &Detail) -> Detail {
    let mut lasting = Detail {
        traffic: mark::lasting(&detail.traffic),
        route_traffic: Vec::new(),
        days: Vec::new(),
        ..detail.clone()
    };
    lasting.tls.at = None;
    for entry in &mut lasting.tls.entries {
        entry.at = None;
    }
    lasting
}
