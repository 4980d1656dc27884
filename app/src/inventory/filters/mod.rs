//! The filters, as a plain form: what it sends is the address of the list.

mod choices;
mod field;

use domain::inventory::{Choices, LONGEST_SEARCH, Shown, Sort, View};
use leptos::prelude::*;

pub use self::choices::problem_label;
use self::field::{days, hidden, namespace, select, select_one};
use super::address;
use super::reach::Reach;
use crate::context::link;

/// The form's id: the choice of columns, which stands elsewhere, is a part of it.
pub const FORM: &str = "filters";

/// The form.
pub fn form(view: &View, choices: &Choices, reach: &Reach, base: &str) -> AnyView {
    let sorted = view.sort != Sort::default() || view.descending;
    let sort = sorted.then(|| hidden("sort", view.sort_text()));
    let clear = reach.is_filtered(view).then(|| {
        let to = address(&reach.plain(view), base);
        view! { <a class="button quiet" href=to aria-label="Clear filters">"Clear"</a> }
    });
    view! {
        <form id=FORM method="get" action=link(base, "/ingresses") class="filters" role="search">
            {search(view)}
            {whose(view, choices, reach)}
            {select("traffic", "Traffic", "Any traffic", choices::verdicts(view))}
            {select("tls", "TLS", "Any state", choices::tls(view))}
            {sort}
            <div class="field actions">
                <button type="submit" class="button primary">"Apply"</button>
                {clear}
            </div>
            {more(view, choices, reach)}
        </form>
    }
    .into_any()
}

/// Cluster and owner; of those who see only what their teams own, which team.
fn whose(view: &View, choices: &Choices, reach: &Reach) -> AnyView {
    match reach {
        Reach::Everything => view! {
            {select("cluster", "Cluster", "All clusters", choices::clusters(view, choices))}
            {select("owner", "Owner", "All owners", choices::owners(view, choices))}
        }
        .into_any(),
        Reach::Teams(teams) if teams.len() == 1 => {
            hidden("owner", view.owner.clone().unwrap_or_default())
        }
        Reach::Teams(_) => select_one("owner", "Team", choices::teams(view, choices)),
    }
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

/// What few ask for, folded away unless it is asked for.
fn more(view: &View, choices: &Choices, reach: &Reach) -> AnyView {
    let classes = (*reach == Reach::Everything).then(|| {
        view! {
            {select("class", "Class", "All classes", choices::classes(view, choices))}
            {select("controller", "Controller", "All controllers", choices::controllers(view, choices))}
        }
    });
    let set = count(view);
    let is_open = set > 0;
    let summary = match set {
        0 => "More filters".to_owned(),
        set => format!("More filters ({set} set)"),
    };
    view! {
        <details class="more" open=is_open>
            <summary>{summary}</summary>
            <div class="more-fields">
                {namespace(view)}
                {classes}
                {select("managed", "Managed by", "Anything", choices::managers(view))}
                {select("reviewed", "Review", "Any", choices::reviewed(view))}
                {select("problem", "Problems", "All ingresses", choices::problems(view))}
                {select("show", "Show", "In the clusters", choices::shown(view))}
                {days("unused", "Unused for (days)", view.unused_days)}
                {days("expires", "Expires within (days)", view.expires_days)}
                {days("new", "New within (days)", view.new_days)}
            </div>
        </details>
    }
    .into_any()
}

/// How many of the folded filters are set.
fn count(view: &View) -> usize {
    let set = [
        view.namespace.is_some(),
        view.class.is_some(),
        view.controller.is_some(),
        view.managed.is_some(),
        view.reviewed.is_some(),
        view.problem.is_some(),
        view.shown != Shown::default(),
        view.unused_days.is_some(),
        view.expires_days.is_some(),
        view.new_days.is_some(),
    ];
    set.into_iter().filter(|set| *set).count()
}
