//! The fields of the form. Each has its name as its id.

use domain::inventory::{MOST_DAYS, View};
use leptos::prelude::*;

/// One entry of a select: its value, its label, and whether it is chosen.
pub type Entry = (String, String, bool);

/// A choice among some, or of all.
pub fn select(
    name: &'static str,
    label: &'static str,
    all: &'static str,
    entries: Vec<Entry>,
) -> AnyView {
    let all = (String::new(), all.to_owned(), false);
    select_one(name, label, [all].into_iter().chain(entries).collect())
}

/// A choice among some.
pub fn select_one(name: &'static str, label: &'static str, entries: Vec<Entry>) -> AnyView {
    let entry = |(value, label, chosen): Entry| {
        view! { <option value=value selected=chosen>{label}</option> }
    };
    let entries: Vec<_> = entries.into_iter().map(entry).collect();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name>{entries}</select>
        </div>
    }
    .into_any()
}

/// What the form sends along.
pub fn hidden(name: &'static str, value: String) -> AnyView {
    view! { <input type="hidden" name=name value=value/> }.into_any()
}

/// The namespace, whole: there are too many to choose from.
pub fn namespace(view: &View) -> AnyView {
    view! {
        <div class="field">
            <label for="namespace">"Namespace"</label>
            <input
                id="namespace"
                name="namespace"
                value=view.namespace.clone().unwrap_or_default()
                placeholder="All namespaces"
                autocomplete="off"
                spellcheck="false"
            />
        </div>
    }
    .into_any()
}

/// A number of days.
pub fn days(name: &'static str, label: &'static str, value: Option<u32>) -> AnyView {
    let value = value.map(|days| days.to_string()).unwrap_or_default();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                type="number"
                inputmode="numeric"
                min="1"
                max=MOST_DAYS.to_string()
                value=value
                placeholder="Any"
            />
        </div>
    }
    .into_any()
}
