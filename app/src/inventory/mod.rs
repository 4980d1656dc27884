//! The inventory: every ingress in every cluster, filtered and sorted by the address alone.

pub mod answers;
pub mod cells;
mod chips;
mod columns;
pub mod empty;
mod exports;
mod filters;
mod mark;
mod pager;
mod presets;
mod reach;
mod reviewed;
mod table;
#[cfg(test)]
mod tests;
mod words;

use crate::components::Title;
use domain::inventory::{At, Choices, Page, Shown, View};
use domain::rights::Right;
use domain::sync::ClusterStatus;
use futures::future::try_join;
use jiff::Timestamp;
use leptos::prelude::*;

use self::reach::Reach;
use crate::components::freshness::freshness_line;
use crate::components::value;
use crate::context::{self, State, link};
use crate::denied;
use crate::error::{self, Error};
use crate::format;
use crate::islands::News;

/// `/ingresses`.
#[component]
pub fn InventoryPage() -> impl IntoView {
    let state = context::state();
    let query = context::query();
    context::not_cached();
    let Some(reach) = Reach::of(&context::visitor()) else {
        return denied::page(&state, Some(Right::ReadOwn));
    };
    if let Some(to) = elsewhere(&query, &reach, &state.base) {
        context::redirect(&to);
        return view! { <p><a href=to>"The list"</a></p> }.into_any();
    }
    let answer = Suspend::new(async move {
        match load(&state, reach, &query).await {
            Ok(list) => page(&list, &state.base),
            Err(error) => error::page(&error, &state.base),
        }
    });
    view! { {answer} }.into_any()
}

/// The address to go to instead, if there is one.
fn elsewhere(query: &str, reach: &Reach, base: &str) -> Option<String> {
    let narrowed = View::parse(query).ok().and_then(|view| reach.narrowed(&view));
    narrowed.map(|view| address(&view, base)).or_else(|| shorter(query, base))
}

/// A form sends its empty fields too, and each column by itself: the same list under the address that
/// says only what was chosen, and that once.
fn shorter(query: &str, base: &str) -> Option<String> {
    let is_empty = |pair: &str| {
        pair.split_once('=').is_none_or(|(_, value)| value.trim_matches('+').is_empty())
    };
    let has_empty = !query.is_empty() && query.split('&').any(is_empty);
    let columns = query.split('&').filter(|pair| pair.starts_with("columns=")).count();
    let view = View::parse(query).ok()?;
    (has_empty || columns > 1).then(|| address(&view, base))
}

/// What the page shows.
struct List {
    view: View,
    page: Page,
    choices: Choices,
    clusters: Vec<ClusterStatus>,
    now: Timestamp,
    /// The store's revision before the reading: what comes later is news.
    revision: u64,
    /// How far back traffic counts, in days.
    look_back: u32,
    /// How far the visitor sees.
    reach: Reach,
}

async fn load(state: &State, reach: Reach, query: &str) -> Result<List, Error> {
    let view = View::parse(query)?;
    let (now, look_back) = (state.clock.now(), state.look_back_days);
    let revision = *state.store.revision().borrow();
    let choices = async {
        match &reach {
            Reach::Everything => state.store.choices().await,
            // What else there is, and what it is like, is not theirs to know.
            Reach::Teams(teams) => Ok(Choices { owners: teams.clone(), ..Choices::default() }),
        }
    };
    let (page, choices) = try_join(state.store.inventory(&view, now), choices).await?;
    let mut clusters = state.store.clusters().await?;
    if matches!(reach, Reach::Teams(_)) {
        let has_any = |cluster: &str| page.rows.iter().any(|row| row.cluster == cluster);
        clusters.retain(|cluster| has_any(&cluster.name));
    }
    Ok(List { view, page, choices, clusters, now, revision, look_back, reach })
}

fn page(list: &List, base: &str) -> AnyView {
    let List { view, reach, .. } = list;
    let heading = heading(list);
    let title = format!("{} {}", heading.0, heading.1);
    let island_base = base.to_owned();
    let exports = (*reach == Reach::Everything).then(|| exports::links(view, base));
    view! {
        <Title text=title/>
        <div class="page-head">
            <h1>{heading.0} " " <span id="count" class="count">{heading.1}</span></h1>
            {freshness(list, base)}
        </div>
        {whose(list)}
        {presets::links(view, reach, list.look_back, base)}
        {filters::form(view, &list.choices, reach, base)}
        {chips::chips(view, reach, base)}
        <div class="tools">{columns::chooser(view, base)} {exports}</div>
        <News base=island_base revision=list.revision what="This list".to_owned() always=false/>
        {results(list, base)}
        {words::section()}
    }
    .into_any()
}

/// The clusters of the list. The page about them is open to those who see all of it.
fn freshness(list: &List, base: &str) -> Option<AnyView> {
    let List { clusters, now, reach, .. } = list;
    match reach {
        Reach::Everything => Some(freshness_line(clusters, *now, Some(&link(base, "/status")))),
        Reach::Teams(_) => (!clusters.is_empty()).then(|| freshness_line(clusters, *now, None)),
    }
}

/// Somebody who sees a part should not take it for all.
fn whose(list: &List) -> Option<AnyView> {
    let team = list.view.owner.as_deref().filter(|_| list.reach != Reach::Everything)?;
    let line = view! {
        <p class="subdued">
            "You see what your team " {value(team)} " owns. To see more takes a role."
        </p>
    };
    Some(line.into_any())
}

/// `Ingresses` and `— 1,234 of 50,000 match`. How many others have is not said to who sees a part.
fn heading(list: &List) -> (&'static str, String) {
    let total = format::number(list.page.total);
    let matching = format::matching(list.page.matching);
    let name = match list.view.shown {
        Shown::Present => "Ingresses",
        Shown::Removed => "Removed ingresses",
    };
    if list.reach != Reach::Everything {
        return (name, format!("— {matching}"));
    }
    if list.view.is_filtered() {
        return (name, format!("— {matching} of {total} match"));
    }
    (name, format!("— {total}"))
}

/// The part that is exchanged when the store has changed. Its mark says whether it differs.
fn results(list: &List, base: &str) -> AnyView {
    let rows = &list.page.rows;
    let body = match (rows.is_empty(), &list.reach) {
        (false, _) => table::table(rows, &list.view, list.now, base),
        (true, Reach::Everything) => empty::explanation(&list.view, &list.clusters, list.now, base),
        (true, Reach::Teams(_)) => empty::of_team(&list.view, &list.reach, base),
    };
    view! {
        <div id="results" tabindex="-1" data-mark=mark::of(&list.page, &list.reach)>
            {body}
            {pager::pager(&list.page, &list.view, base)}
        </div>
    }
    .into_any()
}

/// The address of a view.
pub fn address(view: &View, base: &str) -> String {
    match view.query() {
        query if query.is_empty() => link(base, "/ingresses"),
        query => format!("{}?{query}", link(base, "/ingresses")),
    }
}

/// What a team owns.
pub fn owned_by(team: &str) -> View {
    View { owner: Some(team.to_owned()), ..View::default() }
}

/// The same list with the same columns, without filters and in the usual order.
fn plain(view: &View) -> View {
    View { shown: view.shown, columns: view.columns.clone(), ..View::default() }
}

/// The same filters and order from another place.
fn at(view: &View, at: At) -> View {
    View { at, ..view.clone() }
}
