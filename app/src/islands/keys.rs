//! Keys for those who work through many reviews. Each only moves the focus to what it is for, so that
//! nothing is done by one key alone; and whoever speaks to their computer can switch them off.
//!
//! What a key is for says the page: `aria-keyshortcuts` at a button, a summary or a field, and
//! `data-step` at the items of a list, or at the links to the item before and after.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent};

/// Where the browser keeps that they are not wanted.
const OFF: &str = "routebook:keys-off";
/// What takes letters itself. A box to tick does not.
const WRITING: &str =
    "textarea, select, input:not([type=checkbox], [type=radio]), [contenteditable]";
/// Where the focus goes inside of what a key has opened.
const FIELDS: &str = "select, textarea, input:not([type=hidden])";

/// The keys, with the choice to do without them.
#[island]
pub fn Keys(
    /// What the keys do on this page.
    words: String,
) -> impl IntoView {
    let running = RwSignal::new(false);
    let on = RwSignal::new(true);
    Effect::new(move || start(running, on));
    let choose = move |event: Event| {
        on.set(is_checked(&event));
        remember(on.get_untracked());
    };
    view! {
        <div class="keys" hidden=move || !running.get()>
            <label class="keep">
                <input type="checkbox" prop:checked=move || on.get() on:change=choose/>
                "Use keys"
            </label>
            <p>{words}</p>
        </div>
    }
}

/// Listens for as long as the page is open.
fn start(running: RwSignal<bool>, on: RwSignal<bool>) {
    let off = storage().and_then(|storage| storage.get_item(OFF).ok().flatten());
    on.set(off.is_none());
    running.set(true);
    window_event_listener(ev::keydown, move |event| {
        if on.get_untracked() && is_bare(&event) && done(&event.key()) {
            event.prevent_default();
        }
    });
}

/// Whether it is nothing but this key, and not a letter of a text.
fn is_bare(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let is_writing =
        target.is_some_and(|element| element.closest(WRITING).ok().flatten().is_some());
    !event.ctrl_key() && !event.meta_key() && !event.alt_key() && !is_writing
}

/// Does what the key is for; `false` if it is for nothing on this page.
fn done(key: &str) -> bool {
    match key {
        "j" => step(true),
        "k" => step(false),
        "c" | "r" | "n" => find(&format!("[aria-keyshortcuts='{key}']")).is_some_and(|to| go(&to)),
        _ => false,
    }
}

/// To the item before or after: another page, or another item of this one.
fn step(forward: bool) -> bool {
    let link = if forward { "[data-step='next']" } else { "[data-step='previous']" };
    match find(link) {
        Some(link) => {
            link.click();
            true
        }
        None => move_in_list(forward),
    }
}

fn move_in_list(forward: bool) -> bool {
    let items = items();
    let active = document().active_element();
    let here = active.and_then(|active| items.iter().position(|item| is_at(item, &active)));
    let to = match (here, forward) {
        (None, _) => 0,
        (Some(here), true) => here + 1,
        (Some(here), false) => here.saturating_sub(1),
    };
    items.get(to).is_some_and(|item| item.focus().is_ok())
}

fn items() -> Vec<HtmlElement> {
    let Ok(found) = document().query_selector_all("[data-step='item']") else { return Vec::new() };
    let all = (0..found.length()).filter_map(|index| found.item(index));
    all.filter_map(|node| node.dyn_into::<HtmlElement>().ok()).collect()
}

/// Whether the focus is somewhere in the row of an item.
fn is_at(item: &HtmlElement, active: &Element) -> bool {
    let row = item.closest("tr").ok().flatten();
    row.is_some_and(|row| row.contains(Some(active)))
}

/// To a button, or into what a summary opens.
fn go(to: &HtmlElement) -> bool {
    let details = to.closest("summary").ok().flatten().and_then(|summary| summary.parent_element());
    let Some(details) = details else { return to.focus().is_ok() };
    // It cannot fail for this name.
    let _ = details.set_attribute("open", "");
    let field = details.query_selector(FIELDS).ok().flatten();
    let field = field.and_then(|field| field.dyn_into::<HtmlElement>().ok());
    field.is_some_and(|field| field.focus().is_ok())
}

fn find(selector: &str) -> Option<HtmlElement> {
    let found = document().query_selector(selector).ok().flatten()?;
    found.dyn_into::<HtmlElement>().ok()
}

/// Not remembered is the worst that can come of it.
fn remember(on: bool) {
    let Some(storage) = storage() else { return };
    let _ = if on { storage.remove_item(OFF) } else { storage.set_item(OFF, "yes") };
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

fn is_checked(event: &Event) -> bool {
    let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    input.is_some_and(|input| input.checked())
}
