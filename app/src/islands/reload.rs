//! Exchanges the parts of the shown page for those of a newer one.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement};

const RESULTS: &str = "results";
const MARK: &str = "data-mark";
const REGION: &str = ".table-region";
/// What an exchange would lose: an open form, and what was ticked.
const BEGUN: &str = "details[open] form, form input[type=checkbox]:checked";

/// Whether the newer page shows something else, apart from ages.
pub fn differs(page: &Document) -> bool {
    let mark =
        |of: &Document| of.get_element_by_id(RESULTS).and_then(|part| part.get_attribute(MARK));
    mark(page).is_some_and(|new| mark(&document()) != Some(new))
}

/// Takes over what says how old everything is.
pub fn refresh_ages(page: &Document) {
    if let (Some(old), Some(new)) = both("freshness", page) {
        // What is gone from the page needs no exchange.
        let _ = old.replace_with_with_node_1(&new);
    }
}

/// Shows the newer results, marks the rows that differ, and keeps the place.
pub fn exchange(page: &Document) {
    if let (Some(old), Some(new)) = both("count", page) {
        old.set_text_content(new.text_content().as_deref());
    }
    let (Some(old), Some(new)) = both(RESULTS, page) else { return };
    document().set_title(&page.title());
    mark_changed_rows(&old, &new);
    let sideways = region(&old).map_or(0, |region| region.scroll_left());
    if old.replace_with_with_node_1(&new).is_ok()
        && let Some(region) = region(&new)
    {
        region.set_scroll_left(sideways);
    }
}

/// Whether the person is at work inside the results: has the focus there, selected text, or has begun
/// to fill in a form.
pub fn is_in_use() -> bool {
    let Some(results) = document().get_element_by_id(RESULTS) else { return false };
    let active = document().active_element().filter(|active| *active != results);
    let selection = window().get_selection().ok().flatten();
    let selected = selection.filter(|selection| !selection.is_collapsed());
    let selected = selected.and_then(|selection| selection.anchor_node());
    let has_begun = results.query_selector(BEGUN).ok().flatten().is_some();
    has_begun
        || active.is_some_and(|active| results.contains(Some(&active)))
        || selected.is_some_and(|node| results.contains(Some(&node)))
}

/// Puts the focus where the changes are.
pub fn take_focus() {
    let results = document().get_element_by_id(RESULTS);
    if let Some(results) = results.and_then(|part| part.dyn_into::<HtmlElement>().ok()) {
        // It stays where it is otherwise.
        let _ = results.focus();
    }
}

fn both(id: &str, page: &Document) -> (Option<Element>, Option<Element>) {
    (document().get_element_by_id(id), page.get_element_by_id(id))
}

fn region(results: &Element) -> Option<Element> {
    results.query_selector(REGION).ok().flatten()
}

fn mark_changed_rows(old: &Element, new: &Element) {
    let Ok(rows) = new.query_selector_all("tr[data-mark]") else { return };
    for index in 0..rows.length() {
        let Some(row) = rows.item(index).and_then(|row| row.dyn_into::<Element>().ok()) else {
            continue;
        };
        let before = old.query_selector(&format!("#{}", row.id())).ok().flatten();
        let before = before.and_then(|row| row.get_attribute(MARK));
        if before != row.get_attribute(MARK) {
            row.set_class_name("changed");
        }
    }
}
