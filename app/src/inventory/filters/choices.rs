//! What the fields offer.

use domain::attestation::Reviewed;
use domain::class::controller_label;
use domain::inventory::{Choices, ProblemFilter, Shown, View};
use domain::managed::Manager;
use domain::problem;
use domain::tls::TlsState;
use domain::traffic::Verdict;

use super::field::Entry;
use crate::format;

/// What stands for those that have none of it.
const NONE: &str = "-";
/// Longer labels are cut.
const LONGEST: usize = 60;

pub fn clusters(view: &View, choices: &Choices) -> Vec<Entry> {
    chosen_among(&choices.clusters, view.cluster.as_deref(), |value| value)
}

pub fn owners(view: &View, choices: &Choices) -> Vec<Entry> {
    or_none("Orphans", &choices.owners, view.owner.as_deref(), |value| value)
}

/// The own teams: neither orphans nor others can be chosen.
pub fn teams(view: &View, choices: &Choices) -> Vec<Entry> {
    chosen_among(&choices.owners, view.owner.as_deref(), |value| value)
}

pub fn classes(view: &View, choices: &Choices) -> Vec<Entry> {
    or_none("No class", &choices.classes, view.class.as_deref(), |value| value)
}

pub fn controllers(view: &View, choices: &Choices) -> Vec<Entry> {
    or_none("Not known", &choices.controllers, view.controller.as_deref(), controller_label)
}

fn or_none(
    none: &str,
    values: &[String],
    chosen: Option<&str>,
    label: impl Fn(&str) -> &str,
) -> Vec<Entry> {
    let mut entries = vec![(NONE.to_owned(), none.to_owned(), chosen == Some(NONE))];
    entries.extend(chosen_among(values, chosen.filter(|chosen| *chosen != NONE), label));
    entries
}

/// A value that is asked for but in use no more stays visible, or the form would lie.
fn chosen_among(
    values: &[String],
    chosen: Option<&str>,
    label: impl Fn(&str) -> &str,
) -> Vec<Entry> {
    let unlisted = chosen.filter(|chosen| !values.iter().any(|value| value == chosen));
    let all = values.iter().map(String::as_str).chain(unlisted);
    let entry = |value: &str| {
        (value.to_owned(), format::short(label(value), LONGEST), chosen == Some(value))
    };
    all.map(entry).collect()
}

pub fn verdicts(view: &View) -> Vec<Entry> {
    let entry = |one: Verdict| named(one.as_str(), one.label(), view.verdict == Some(one));
    Verdict::ALL.into_iter().map(entry).collect()
}

pub fn tls(view: &View) -> Vec<Entry> {
    let entry = |one: TlsState| named(one.as_str(), one.label(), view.tls == Some(one));
    TlsState::ALL.into_iter().map(entry).collect()
}

pub fn reviewed(view: &View) -> Vec<Entry> {
    let entry = |one: Reviewed| named(one.as_str(), one.label(), view.reviewed == Some(one));
    Reviewed::ALL.into_iter().map(entry).collect()
}

pub fn managers(view: &View) -> Vec<Entry> {
    let entry = |one: Manager| named(one.as_str(), one.label(), view.managed == Some(one));
    Manager::ALL.into_iter().map(entry).collect()
}

pub fn problems(view: &View) -> Vec<Entry> {
    let whole = [ProblemFilter::Any, ProblemFilter::None, ProblemFilter::Unchecked];
    let each = problem::CODES.into_iter().map(ProblemFilter::Code);
    let entry = |filter: ProblemFilter| {
        named(filter.as_str(), problem_label(filter), view.problem == Some(filter))
    };
    whole.into_iter().chain(each).map(entry).collect()
}

/// A filter by problem in words.
pub fn problem_label(filter: ProblemFilter) -> &'static str {
    match filter {
        ProblemFilter::Any => "With a problem",
        ProblemFilter::None => "None found, all checked",
        ProblemFilter::Unchecked => "Not fully checked",
        ProblemFilter::Code(code) => problem::label(code),
    }
}

pub fn shown(view: &View) -> Vec<Entry> {
    vec![named("removed", "Removed", view.shown == Shown::Removed)]
}

fn named(value: &str, label: &str, chosen: bool) -> Entry {
    (value.to_owned(), label.to_owned(), chosen)
}
