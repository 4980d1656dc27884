//! The inventory: every ingress in every cluster, filtered and sorted by the address alone.

mod answers;
pub mod cells;
mod chips;
mod columns;
pub mod empty;
mod exports;
mod filters;
mod mark;
mod pager;
mod presets;
mod table;
#[cfg(test)]
mod tests;
mod words;

use domain::inventory::{At, Choices, Page, Shown, View};
use domain::sync::ClusterStatus;
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::freshness::freshness_line;
use crate::context::{self, State, link};
use crate::error::{self, Error};
use crate::format;
use crate::islands::News;

/// `/ingresses`.
#[component]
pub fn InventoryPage() -> impl IntoView {
    let state = context::state();
    let query = context::query();
    context::not_cached();
    if let Some(to) = shorter(&query, &state.base) {
        context::redirect(&to);
        return view! { <p><a href=to>"The list"</a></p> }.into_any();
    }
    let answer = Suspend::new(async move {
        match load(&state, &query).await {
            Ok(list) => page(&list, &state.base),
            Err(error) => error::page(&error, &state.base),
        }
    });
    view! { {answer} }.into_any()
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
}

async fn load(state: &State, query: &str) -> Result<List, Error> {
    let view = View::parse(query)?;
    let (now, look_back) = (state.clock.now(), state.look_back_days);
    let revision = *state.store.revision().borrow();
    let page = state.store.inventory(&view, now).await?;
    let choices = state.store.choices().await?;
    let clusters = state.store.clusters().await?;
    Ok(List { view, page, choices, clusters, now, revision, look_back })
}

fn page(list: &List, base: &str) -> AnyView {
    let List { view, clusters, now, .. } = list;
    let heading = heading(list);
    let title = format!("{} {}", heading.0, heading.1);
    let island_base = base.to_owned();
    view! {
        <Title text=title/>
        <div class="page-head">
            <h1>{heading.0} " " <span id="count" class="count">{heading.1}</span></h1>
            {freshness_line(clusters, *now, &link(base, "/status"))}
        </div>
        {presets::links(view, list.look_back, base)}
        {filters::form(view, &list.choices, base)}
        {chips::chips(view, base)}
        <div class="tools">{columns::chooser(view, base)} {exports::links(view, base)}</div>
        <News base=island_base revision=list.revision what="This list".to_owned() always=false/>
        {results(list, base)}
        {words::section()}
    }
    .into_any()
}

/// `Ingresses` and `— 1,234 of 50,000 match`.
fn heading(list: &List) -> (&'static str, String) {
    let total = format::number(list.page.total);
    let name = match list.view.shown {
        Shown::Present => "Ingresses",
        Shown::Removed => "Removed ingresses",
    };
    if list.view.is_filtered() {
        return (name, format!("— {} of {total} match", format::matching(list.page.matching)));
    }
    (name, format!("— {total}"))
}

/// The part that is exchanged when the store has changed. Its mark says whether it differs.
fn results(list: &List, base: &str) -> AnyView {
    let rows = &list.page.rows;
    let body = match rows.is_empty() {
        true => empty::explanation(&list.view, &list.clusters, list.now, base),
        false => table::table(rows, &list.view, list.now, base),
    };
    view! {
        <div id="results" tabindex="-1" data-mark=mark::of(&list.page)>
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

/// The same list with the same columns, without filters and in the usual order.
fn plain(view: &View) -> View {
    View { shown: view.shown, columns: view.columns.clone(), ..View::default() }
}

/// The same filters and order from another place.
fn at(view: &View, at: At) -> View {
    View { at, ..view.clone() }
}
