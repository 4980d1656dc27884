//! What was done, by whom and from where: the audit chain, filtered by the address alone.

mod details;
mod filters;
mod table;
#[cfg(test)]
mod tests;

use crate::components::Title;
use domain::audit::{AuditPage as Page, AuditView};
use domain::rights::Right;
use leptos::prelude::*;

use crate::context::{self, State, link};
use crate::denied;
use crate::error::{self, Error};
use crate::format;

/// `/audit`.
#[component]
pub fn AuditPage() -> impl IntoView {
    let state = context::state();
    let query = context::query();
    context::not_cached();
    if !context::visitor().may(Right::Audit) {
        return denied::page(&state, Some(Right::Audit));
    }
    if let Some(to) = shorter(&query, &state.base) {
        context::redirect(&to);
        return view! { <p><a href=to>"The audit entries"</a></p> }.into_any();
    }
    let answer = Suspend::new(async move {
        match load(&state, &query).await {
            Ok(found) => page(&found, &state.base),
            Err(error) => error::page(&error, &state.base),
        }
    });
    view! { {answer} }.into_any()
}

/// A form sends its empty fields too: the same entries under the address that says only what was
/// chosen.
fn shorter(query: &str, base: &str) -> Option<String> {
    let is_empty = |pair: &str| {
        pair.split_once('=').is_none_or(|(_, value)| value.trim_matches('+').is_empty())
    };
    let has_empty = !query.is_empty() && query.split('&').any(is_empty);
    let view = AuditView::parse(query).ok()?;
    has_empty.then(|| address(&view, base))
}

/// What the page shows.
struct Found {
    view: AuditView,
    page: Page,
}

async fn load(state: &State, query: &str) -> Result<Found, Error> {
    let view = AuditView::parse(query)?;
    let page = state.store.audit(&view).await?;
    Ok(Found { view, page })
}

fn page(found: &Found, base: &str) -> AnyView {
    view! {
        <Title text="Audit"/>
        {content(found, base)}
    }
    .into_any()
}

fn content(found: &Found, base: &str) -> AnyView {
    let Found { view, page } = found;
    let total = i64::try_from(page.total).unwrap_or(i64::MAX);
    let count = format!("— {}", format::counted(total, "entry", "entries"));
    view! {
        <div class="page-head"><h1>"Audit " <span class="count">{count}</span></h1></div>
        <p class="subdued">
            "Each entry carries the hash of the one before it, so that none can be changed or taken \
             away unnoticed. To make sure, run " <code>"routebook audit verify"</code>
            ". All times are UTC."
        </p>
        {filters::form(view, base)}
        <div class="tools">{filters::exports(view, base)}</div>
        <div id="results" tabindex="-1">{entries(found, base)} {pager(found, base)}</div>
    }
    .into_any()
}

fn entries(found: &Found, base: &str) -> AnyView {
    let Found { view, page } = found;
    if !page.entries.is_empty() {
        return table::table(&page.entries);
    }
    if view.is_filtered() {
        return empty(
            "Nothing matches these filters",
            Some(("Clear filters", link(base, "/audit"))),
        );
    }
    if *view != view.from_start() {
        let to = address(&view.from_start(), base);
        return empty("This page of the entries is empty", Some(("To the newest entries", to)));
    }
    empty("Nothing was recorded yet", None)
}

fn empty(title: &'static str, way_on: Option<(&'static str, String)>) -> AnyView {
    let way_on = way_on.map(|(label, to)| {
        view! { <p><a class="button" href=to>{label}</a></p> }
    });
    view! { <section class="empty"><h2>{title}</h2>{way_on}</section> }.into_any()
}

fn pager(found: &Found, base: &str) -> Option<AnyView> {
    let Found { view, page } = found;
    let newest = (*view != view.from_start()).then(|| address(&view.from_start(), base));
    let newer = page.newer.map(|than| address(&view.newer(than), base));
    let older = page.older.map(|than| address(&view.older(than), base));
    if newest.is_none() && newer.is_none() && older.is_none() {
        return None;
    }
    let button = |to: Option<String>, label: &'static str, rel: Option<&'static str>| {
        to.map(|to| view! { <a class="button" href=to rel=rel>{label}</a> })
    };
    let pager = view! {
        <nav class="pager" aria-label="Pages">
            {button(newest, "Newest", None)}
            {button(newer, "← Newer", Some("prev"))}
            {button(older, "Older →", Some("next"))}
        </nav>
    };
    Some(pager.into_any())
}

/// The address of a view.
fn address(view: &AuditView, base: &str) -> String {
    with_query(link(base, "/audit"), view)
}

fn with_query(path: String, view: &AuditView) -> String {
    match view.query() {
        query if query.is_empty() => path,
        query => format!("{path}?{query}"),
    }
}
