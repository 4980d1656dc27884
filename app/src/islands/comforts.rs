//! `/` goes to the search, and buttons copy. One listener each for the whole page, so that parts
//! that are exchanged later have them too.

#![cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only the browser starts them"))]

use std::time::Duration;

use leptos::ev;
use leptos::prelude::{document, set_timeout, window, window_event_listener};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlDocument, HtmlElement, KeyboardEvent};

const SEARCH: &str = "search";
/// Where a screen reader is told what a button did.
const SAID: &str = "said";

/// Listens for as long as the page is open, and shows the buttons that need it.
pub fn start() {
    window_event_listener(ev::keydown, |event| on_key(&event));
    window_event_listener(ev::click, |event| on_click(&event));
    if let Some(root) = document().document_element() {
        // Without it the buttons stay hidden.
        let _ = root.set_attribute("data-script", "");
    }
}

fn on_key(event: &KeyboardEvent) {
    let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
    if event.key() != "/" || !plain || is_writing(event) {
        return;
    }
    let search = document().get_element_by_id(SEARCH);
    if let Some(search) = search.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
        event.prevent_default();
        // The focus stays where it is otherwise.
        let _ = search.focus();
    }
}

fn is_writing(event: &Event) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|element| {
        element.closest("input, select, textarea, [contenteditable]").ok().flatten().is_some()
    })
}

fn on_click(event: &Event) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let button = target.and_then(|element| element.closest("[data-copy]").ok().flatten());
    let Some(button) = button else { return };
    let text = button.get_attribute("data-copy").and_then(|id| document().get_element_by_id(&id));
    let copied = text.is_some_and(|text| copy(&text));
    say(&button, if copied { "Copied" } else { "Selected: press Ctrl+C or ⌘C" });
}

/// By selection: the newer way needs HTTPS, which not every Routebook has.
fn copy(text: &Element) -> bool {
    let Ok(Some(selection)) = window().get_selection() else { return false };
    let page = document().dyn_into::<HtmlDocument>();
    selection.select_all_children(text).is_ok()
        && page.is_ok_and(|page| page.exec_command("copy").unwrap_or(false))
}

/// On the button for a while, and to a screen reader.
fn say(button: &Element, text: &str) {
    if let Some(said) = document().get_element_by_id(SAID) {
        said.set_text_content(Some(text));
    }
    if button.has_attribute("data-said") {
        return;
    }
    let (button, label) = (button.clone(), button.text_content());
    // Twice pressed, the label would be lost.
    let _ = button.set_attribute("data-said", "");
    button.set_text_content(Some(text));
    let back = move || {
        button.set_text_content(label.as_deref());
        let _ = button.remove_attribute("data-said");
    };
    set_timeout(back, Duration::from_secs(2));
}
