//! The overview: how the routes of all clusters stand, in figures that one can read from across a
//! room. Each leads to its list.

mod shares;
#[cfg(test)]
mod tests;
mod trends;

use crate::components::Title;
use domain::inventory::View;
use domain::overview::{Figures, Overview, Snapshot};
use domain::rights::Right;
use domain::sync::ClusterStatus;
use jiff::Timestamp;
use leptos::prelude::*;
use store::RetirementNews;

use crate::components::freshness::freshness_line;
use crate::components::value;
use crate::context::{self, State, link};
use crate::error::{self, Error};
use crate::figures::{self, Figure};
use crate::format;
use crate::inventory::{address, empty};
use crate::islands::News;
use crate::mark;
use crate::places;
use crate::retirements::news;

/// Trends go back so many days.
const DAYS: usize = 90;

/// `/`.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let state = context::state();
    let visitor = context::visitor();
    context::not_cached();
    if !visitor.may(Right::ReadAll) {
        let to = state.link(places::home(&visitor));
        context::redirect(&to);
        return view! { <p><a href=to>"To what you may see"</a></p> }.into_any();
    }
    let answer = Suspend::new(async move {
        match load(&state).await {
            Ok(found) => page(&found, &state.base),
            Err(error) => error::page(&error, &state.base),
        }
    });
    view! { {answer} }.into_any()
}

/// What the page shows.
struct Found {
    overview: Overview,
    /// What calls for somebody of what goes.
    retirements: RetirementNews,
    /// One for each day that has any, the oldest first.
    trends: Vec<Snapshot>,
    clusters: Vec<ClusterStatus>,
    now: Timestamp,
    revision: u64,
    /// How far back traffic counts, in days.
    look_back: u32,
}

async fn load(state: &State) -> Result<Found, Error> {
    let (now, look_back) = (state.clock.now(), state.look_back_days);
    let revision = *state.store.revision().borrow();
    let overview = state.store.overview(now).await?;
    let retirements = state.store.retirement_news(&[], now).await?;
    let trends = state.store.trends(DAYS).await?;
    let clusters = state.store.clusters().await?;
    Ok(Found { overview, retirements, trends, clusters, now, revision, look_back })
}

/// Nobody presses a button on a wall: what is new is shown at once.
fn page(found: &Found, base: &str) -> AnyView {
    let island_base = base.to_owned();
    view! {
        <Title text="Overview"/>
        <div class="page-head">
            <h1>"Overview"</h1>
            {freshness_line(&found.clusters, found.now, Some(&link(base, "/status")))}
        </div>
        <News base=island_base revision=found.revision what="This page".to_owned() always=true/>
        {results(found, base)}
    }
    .into_any()
}

fn results(found: &Found, base: &str) -> AnyView {
    let Found { overview, trends, look_back, .. } = found;
    let body = match overview.all.ingresses {
        0 => empty::explanation(&View::default(), &found.clusters, found.now, base),
        _ => view! {
            {all(&overview.all, *look_back, base)}
            {news::notice(found.retirements, base)}
            {by_cluster(&overview.clusters, *look_back, base)}
            {shares::verdicts(&overview.verdicts, base)}
            {shares::tls(&overview.tls, base)}
            {shares::controllers(&overview.controllers, base)}
        }
        .into_any(),
    };
    view! {
        <div id="results" tabindex="-1" class="overview" data-mark=mark::mark(&(overview, trends, found.retirements))>
            {body}
            {trends::section(trends, found.now)}
        </div>
    }
    .into_any()
}

fn all(figures: &Figures, look_back: u32, base: &str) -> AnyView {
    let items: Vec<_> =
        Figure::ALL.into_iter().map(|figure| item(figure, figures, look_back, base)).collect();
    view! { <ul class="figures" aria-label="Figures over all clusters">{items}</ul> }.into_any()
}

fn item(figure: Figure, figures: &Figures, look_back: u32, base: &str) -> AnyView {
    let count = figure.count(figures);
    let class = if count == 0 { "figure" } else { figure.class() };
    let to = address(&figure.view(look_back), base);
    view! {
        <li>
            <a class=class href=to>
                <strong>{format::number(count)}</strong>
                " " <span>{figure.label()}</span>
                " " <span class="subdued">{figure.note(look_back)}</span>
            </a>
        </li>
    }
    .into_any()
}

fn by_cluster(clusters: &[(String, Figures)], look_back: u32, base: &str) -> AnyView {
    let rows: Vec<_> =
        clusters.iter().map(|(name, figures)| row(name, figures, look_back, base)).collect();
    view! {
        <section aria-labelledby="by-cluster">
            <h2 id="by-cluster">"By cluster"</h2>
            <div class="table-region" role="region" aria-label="Figures by cluster" tabindex="0">
                <table class="list" role="table">
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col">"Cluster"</th>
                            {figures::heads(&Figure::ALL)}
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(name: &str, figures: &Figures, look_back: u32, base: &str) -> AnyView {
    let of_cluster =
        |figure: Figure| View { cluster: Some(name.to_owned()), ..figure.view(look_back) };
    let said = format::short(name, 60);
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="Cluster">{value(name)}</th>
            {figures::cells(&Figure::ALL, figures, &said, &of_cluster, base)}
        </tr>
    }
    .into_any()
}
