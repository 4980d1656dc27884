//! The fields that say which ingresses.

use domain::attestation::Reviewed;
use domain::class::controller_label;
use domain::inventory::{Choices, MOST_DAYS, ProblemFilter};
use domain::managed::Manager;
use domain::problem;
use domain::tls::TlsState;
use domain::traffic::Verdict;
use leptos::prelude::*;

use super::super::words::problem_label;
use super::fields::Fields;
use super::inputs::{Entry, entry, names, number, select, text};
use crate::components::value;
use crate::format;

/// What stands for those that have none of it.
const NONE: &str = "-";
/// Days that a filter may count.
const DAYS: (u32, u32) = (1, MOST_DAYS);
/// The folded fields.
const FOLDED: [&str; 10] =
    ["q", "namespace", "class", "tls", "managed", "reviewed", "problem", "expires", "new", "label"];

/// All of them.
pub fn fields(fields: &Fields, choices: &Choices) -> AnyView {
    view! {
        <fieldset class="part">
            <legend>"Which ingresses"</legend>
            {clusters(fields, choices)}
            <div class="row">
                {select(fields, "owner", "Owner", Some("All owners"), owners(choices))}
                {select(fields, "traffic", "Traffic", Some("Any traffic"), verdicts())}
                {select(fields, "controller", "Controller", Some("All controllers"), controllers(choices))}
                {number(fields, "unused", "Unused for (days)", DAYS, "Any")}
                {number(fields, "older", "Older than (days)", (0, MOST_DAYS), "Any age")}
            </div>
            {more(fields, choices)}
        </fieldset>
    }
    .into_any()
}

/// What few ask for, folded away unless it is asked for.
fn more(fields: &Fields, choices: &Choices) -> AnyView {
    let set = FOLDED.into_iter().filter(|name| fields.maybe(name).is_some()).count();
    let is_open = set > 0;
    let summary = match set {
        0 => "More filters".to_owned(),
        set => format!("More filters ({set} set)"),
    };
    view! {
        <details class="more" open=is_open>
            <summary>{summary}</summary>
            <div class="row">
                {text(fields, "q", "Search host, name, namespace, service or path", "Anything")}
                {text(fields, "namespace", "Namespace", "All namespaces")}
                {select(fields, "class", "Class", Some("All classes"), classes(choices))}
                {select(fields, "tls", "TLS", Some("Any state"), states())}
                {select(fields, "managed", "Managed by", Some("Anything"), managers())}
                {select(fields, "reviewed", "Review", Some("Any"), reviewed())}
                {select(fields, "problem", "Problems", Some("All ingresses"), problems())}
                {number(fields, "expires", "Expires within (days)", DAYS, "Any")}
                {number(fields, "new", "New within (days)", DAYS, "Any")}
                {labels(fields)}
            </div>
        </details>
    }
    .into_any()
}

fn clusters(fields: &Fields, choices: &Choices) -> AnyView {
    let unlisted =
        fields.all("cluster").filter(|name| !choices.clusters.iter().any(|one| one == name));
    let all = choices.clusters.iter().map(String::as_str).chain(unlisted);
    let item = |name: &str| {
        let ticked = fields.all("cluster").any(|one| one == name);
        view! {
            <li>
                <label class="tick">
                    <input type="checkbox" name="cluster" value=name.to_owned() checked=ticked/>
                    {value(name)}
                </label>
            </li>
        }
    };
    let items: Vec<_> = all.map(item).collect();
    view! {
        <fieldset class="ticks">
            <legend>"Clusters (none ticked: all)"</legend>
            <ul class="plain side-by-side">{items}</ul>
        </fieldset>
    }
    .into_any()
}

/// Those that are set, and a free one.
fn labels(fields: &Fields) -> Vec<AnyView> {
    let set = fields.all("label").chain([""]);
    set.enumerate().map(|(index, text)| label(index + 1, text)).collect()
}

fn label(number: usize, text: &str) -> AnyView {
    let id = format!("label-{number}");
    let label_for = id.clone();
    let words = if number == 1 { "Label".to_owned() } else { format!("Label {number}") };
    view! {
        <div class="field">
            <label for=label_for>{words}</label>
            <input
                id=id
                name="label"
                value=text.to_owned()
                placeholder="key=value"
                autocomplete="off"
                spellcheck="false"
                dir="auto"
            />
        </div>
    }
    .into_any()
}

fn owners(choices: &Choices) -> Vec<Entry> {
    or_none("Orphans", names(&choices.owners))
}

fn classes(choices: &Choices) -> Vec<Entry> {
    or_none("No class", names(&choices.classes))
}

/// The controllers by what they are called.
pub fn controllers(choices: &Choices) -> Vec<Entry> {
    let named = |name: &String| (name.clone(), format::short(controller_label(name), 60));
    or_none("Not known", choices.controllers.iter().map(named).collect())
}

fn or_none(none: &str, entries: Vec<Entry>) -> Vec<Entry> {
    [entry(NONE, none)].into_iter().chain(entries).collect()
}

fn verdicts() -> Vec<Entry> {
    Verdict::ALL.into_iter().map(|one| entry(one.as_str(), one.label())).collect()
}

fn states() -> Vec<Entry> {
    TlsState::ALL.into_iter().map(|one| entry(one.as_str(), one.label())).collect()
}

fn managers() -> Vec<Entry> {
    Manager::ALL.into_iter().map(|one| entry(one.as_str(), one.label())).collect()
}

fn reviewed() -> Vec<Entry> {
    Reviewed::ALL.into_iter().map(|one| entry(one.as_str(), one.label())).collect()
}

fn problems() -> Vec<Entry> {
    let whole = [ProblemFilter::Any, ProblemFilter::None, ProblemFilter::Unchecked];
    let each = problem::CODES.into_iter().map(ProblemFilter::Code);
    whole.into_iter().chain(each).map(|one| entry(one.as_str(), problem_label(one))).collect()
}
