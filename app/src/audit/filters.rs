//! What may be looked for, as a plain form, and what was found as a file.

use domain::audit::{Action, AuditView};
use jiff::Timestamp;
use leptos::prelude::*;

use super::with_query;
use crate::context::link;
use crate::format;

/// The form. What it sends is the address of the page.
pub fn form(view: &AuditView, base: &str) -> AnyView {
    let clear = view.is_filtered().then(|| {
        let to = link(base, "/audit");
        view! { <a class="button quiet" href=to aria-label="Clear filters">"Clear"</a> }
    });
    view! {
        <form method="get" action=link(base, "/audit") class="filters" role="search">
            {actions(view)}
            {text("person", "Part of a name, or a subject", view.person.as_deref())}
            {text("target", "Part of what it was done to", view.target.as_deref())}
            {day("from", "From day (UTC)", view.from)}
            {day("to", "To day (UTC)", view.to)}
            <div class="field actions">
                <button type="submit" class="button primary">"Apply"</button>
                {clear}
            </div>
        </form>
    }
    .into_any()
}

fn actions(view: &AuditView) -> AnyView {
    let option = |action: Action| {
        let chosen = view.action == Some(action);
        view! { <option value=action.as_str() selected=chosen>{action.label()}</option> }
    };
    let options: Vec<_> = Action::ALL.into_iter().map(option).collect();
    view! {
        <div class="field">
            <label for="action">"What was done"</label>
            <select id="action" name="action">
                <option value="">"Anything"</option>
                {options}
            </select>
        </div>
    }
    .into_any()
}

fn text(name: &'static str, label: &'static str, value: Option<&str>) -> AnyView {
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                value=value.unwrap_or_default().to_owned()
                maxlength="200"
                autocomplete="off"
                spellcheck="false"
                dir="auto"
            />
        </div>
    }
    .into_any()
}

fn day(name: &'static str, label: &'static str, value: Option<Timestamp>) -> AnyView {
    let value = value.map(format::date).unwrap_or_default();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input id=name name=name type="date" value=value/>
        </div>
    }
    .into_any()
}

/// Everything that the filters find, on all pages.
pub fn exports(view: &AuditView, base: &str) -> AnyView {
    let all = view.from_start();
    let to = |path: &str| with_query(link(base, path), &all);
    view! {
        <p class="exports">
            "Export these entries: " <a href=to("/export/audit.csv")>"CSV"</a> " "
            <a href=to("/export/audit.jsonl")>"JSON Lines"</a>
        </p>
    }
    .into_any()
}
