//! The kinds of fields that the form has. Each has its name as its id.

use leptos::prelude::*;

use super::fields::Fields;
use crate::format;

/// Longer labels are cut.
const LONGEST: usize = 60;

/// One choice: its value, and its label.
pub type Entry = (String, String);

/// A choice among words of ours.
pub fn entry(value: &str, label: &str) -> Entry {
    (value.to_owned(), label.to_owned())
}

/// A choice among names from outside.
pub fn names(names: &[String]) -> Vec<Entry> {
    names.iter().map(|name| (name.clone(), format::short(name, LONGEST))).collect()
}

/// A choice. What is chosen but not offered any more stays visible, or the form would lie.
pub fn select(
    fields: &Fields,
    name: &'static str,
    label: &'static str,
    none: Option<&'static str>,
    mut entries: Vec<Entry>,
) -> AnyView {
    let chosen = fields.one(name);
    if !chosen.is_empty() && !entries.iter().any(|(value, _)| value == chosen) {
        entries.push((chosen.to_owned(), format::short(chosen, LONGEST)));
    }
    let option = |(value, label): Entry| {
        let chosen = value == chosen;
        view! { <option value=value selected=chosen>{label}</option> }
    };
    let options: Vec<_> = entries.into_iter().map(option).collect();
    let none = none.map(|label| view! { <option value="">{label}</option> });
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name>{none} {options}</select>
        </div>
    }
    .into_any()
}

/// A line of text. `hint` is what an empty one means.
pub fn text(
    fields: &Fields,
    name: &'static str,
    label: &'static str,
    hint: &'static str,
) -> AnyView {
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                value=fields.one(name).to_owned()
                placeholder=hint
                maxlength="200"
                autocomplete="off"
                spellcheck="false"
                dir="auto"
            />
        </div>
    }
    .into_any()
}

/// A whole number within bounds, empty where it may be left out.
pub fn number(
    fields: &Fields,
    name: &'static str,
    label: &'static str,
    (least, most): (u32, u32),
    hint: &'static str,
) -> AnyView {
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                type="number"
                inputmode="numeric"
                min=least.to_string()
                max=most.to_string()
                value=fields.one(name).to_owned()
                placeholder=hint
            />
        </div>
    }
    .into_any()
}

/// A day.
pub fn day(fields: &Fields, name: &'static str, label: &'static str, least: String) -> AnyView {
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input id=name name=name type="date" min=least value=fields.one(name).to_owned()/>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_stays_visible() {
        let fields = Fields::read("owner=gone&class=nginx");
        let owners = select(&fields, "owner", "Owner", Some("All"), vec![entry("core", "core")]);
        assert!(owners.to_html().contains("<option value=\"gone\" selected"));
        let classes = vec![entry("nginx", "nginx")];
        let html = select(&fields, "class", "Class", None, classes).to_html();
        assert_eq!(html.matches("<option").count(), 1, "{html}");
    }
}
