//! The way to the pages before and after.

use domain::inventory::{At, Cursor, Page, View};
use leptos::prelude::*;

use super::{address, at};

/// Links to the pages around this one, if there are any.
pub fn pager(page: &Page, view: &View, base: &str) -> Option<AnyView> {
    let to = |place: At| address(&at(view, place), base);
    let before = page.previous.as_ref().map(|row: &Cursor| to(At::Before(row.clone())));
    let after = page.next.as_ref().map(|row: &Cursor| to(At::After(row.clone())));
    if before.is_none() && after.is_none() && view.at == At::Start {
        return None;
    }
    let first = (view.at != At::Start).then(|| to(At::Start));
    let pager = view! {
        <nav class="pager" aria-label="Pages">
            {link(first, "First", None)}
            {link(before, "← Previous", Some("prev"))}
            {link(after, "Next →", Some("next"))}
        </nav>
    };
    Some(pager.into_any())
}

fn link(to: Option<String>, label: &'static str, rel: Option<&'static str>) -> Option<AnyView> {
    to.map(|to| view! { <a class="button" href=to rel=rel>{label}</a> }.into_any())
}
