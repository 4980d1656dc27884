//! The filters, as a plain form: what it sends is the address of the list.

use domain::inventory::{Choices, LONGEST_SEARCH, ProblemFilter, Shown, Sort, View};
use domain::problem;
use leptos::prelude::*;

use super::address;
use crate::context::link;
use crate::format;

/// The form.
pub fn form(view: &View, choices: &Choices, base: &str) -> AnyView {
    let sorted = view.sort != Sort::default() || view.descending;
    let sort = sorted.then(|| view! { <input type="hidden" name="sort" value=view.sort_text()/> });
    let plain = View { shown: view.shown, ..View::default() };
    let clear = view.is_filtered().then(|| {
        let to = address(&plain, base);
        view! { <a class="button quiet" href=to aria-label="Clear filters">"Clear"</a> }
    });
    view! {
        <form method="get" action=link(base, "/ingresses") class="filters" role="search">
            {search(view)}
            {select("cluster", "Cluster", "All clusters", clusters(view, choices))}
            {select("class", "Class", "All classes", classes(view, choices))}
            {namespace(view)}
            {select("problem", "Problems", "All ingresses", problems(view))}
            {select("show", "Show", "In the clusters", shown(view))}
            {sort}
            <div class="field actions">
                <button type="submit" class="button primary">"Apply"</button>
                {clear}
            </div>
        </form>
    }
    .into_any()
}

fn search(view: &View) -> AnyView {
    view! {
        <div class="field search">
            <label for="search">"Search host, name, namespace, service or path"</label>
            <input
                id="search"
                type="search"
                name="q"
                value=view.search.clone()
                maxlength=LONGEST_SEARCH.to_string()
                autocomplete="off"
                spellcheck="false"
                dir="auto"
                aria-keyshortcuts="/"
            />
        </div>
    }
    .into_any()
}

fn namespace(view: &View) -> AnyView {
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

/// One entry of a select: its value, its label, and whether it is chosen.
type Entry = (String, String, bool);

fn select(
    name: &'static str,
    label: &'static str,
    all: &'static str,
    entries: Vec<Entry>,
) -> AnyView {
    let entry = |(value, label, chosen): Entry| {
        view! { <option value=value selected=chosen>{label}</option> }
    };
    let entries: Vec<_> = entries.into_iter().map(entry).collect();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name>
                <option value="">{all}</option>
                {entries}
            </select>
        </div>
    }
    .into_any()
}

fn clusters(view: &View, choices: &Choices) -> Vec<Entry> {
    chosen_among(&choices.clusters, view.cluster.as_deref())
}

/// `-` stands for those that name no class.
fn classes(view: &View, choices: &Choices) -> Vec<Entry> {
    let chosen = view.class.as_deref();
    let none = ("-".to_owned(), "No class".to_owned(), chosen == Some("-"));
    let mut entries = vec![none];
    entries.extend(chosen_among(&choices.classes, chosen.filter(|class| *class != "-")));
    entries
}

/// A value that is asked for but in use no more stays visible, or the form would lie.
fn chosen_among(values: &[String], chosen: Option<&str>) -> Vec<Entry> {
    let unlisted = chosen.filter(|chosen| !values.iter().any(|value| value == chosen));
    let all = values.iter().map(String::as_str).chain(unlisted);
    let label = |value: &str| format::cut(&format::visible(value), 60).into_owned();
    all.map(|value| (value.to_owned(), label(value), chosen == Some(value))).collect()
}

fn problems(view: &View) -> Vec<Entry> {
    let whole = [
        (ProblemFilter::Any, "With a problem"),
        (ProblemFilter::None, "None found, all checked"),
        (ProblemFilter::Unchecked, "Not fully checked"),
    ];
    let each =
        problem::CODES.into_iter().map(|code| (ProblemFilter::Code(code), problem::label(code)));
    let entry = |(filter, label): (ProblemFilter, &str)| {
        (filter.as_str().to_owned(), label.to_owned(), view.problem == Some(filter))
    };
    whole.into_iter().chain(each).map(entry).collect()
}

fn shown(view: &View) -> Vec<Entry> {
    vec![("removed".to_owned(), "Removed".to_owned(), view.shown == Shown::Removed)]
}
