//! The filters that are set, each as a link to the list without it.

use domain::class::controller_label;
use domain::inventory::{Shown, View};
use leptos::prelude::*;

use super::address;
use super::filters::problem_label;
use super::reach::Reach;
use crate::format;

/// Longer values are cut.
const LONGEST: usize = 60;

/// One set filter: its name, its value, and how to do without it.
type Chip = (&'static str, String, fn(&mut View));

/// The filter that those who see only what their teams own cannot do without.
const OWNER: &str = "Owner";

/// `None` if no filter is set.
pub fn chips(view: &View, reach: &Reach, base: &str) -> Option<AnyView> {
    let set = words(view).into_iter().chain(kinds(view)).chain(spans(view));
    let set = set.filter(|(name, _, _)| *name != OWNER || *reach == Reach::Everything);
    let items: Vec<_> = set.map(|chip| item(chip, view, base)).collect();
    if items.is_empty() {
        return None;
    }
    let list = view! { <ul class="chips" aria-label="Filters that are set">{items}</ul> };
    Some(list.into_any())
}

/// Those whose value is anybody's text.
fn words(view: &View) -> Vec<Chip> {
    let search = Some(view.search.clone()).filter(|search| !search.is_empty());
    let class = view.class.as_deref().map(|class| or_none(class, "none"));
    let owner = view.owner.as_deref().map(|owner| or_none(owner, "Orphans"));
    let controller = view.controller.as_deref().map(controller_label);
    let controller = controller.map(|controller| or_none(controller, "not known"));
    let all: [(_, _, fn(&mut View)); 6] = [
        ("Search", search, |view| view.search.clear()),
        ("Cluster", view.cluster.clone(), |view| view.cluster = None),
        (OWNER, owner, |view| view.owner = None),
        ("Namespace", view.namespace.clone(), |view| view.namespace = None),
        ("Class", class, |view| view.class = None),
        ("Controller", controller, |view| view.controller = None),
    ];
    let set = |(name, value, without): (_, Option<String>, _)| Some((name, value?, without));
    all.into_iter().filter_map(set).collect()
}

fn or_none(value: &str, none: &str) -> String {
    if value == "-" { none.to_owned() } else { value.to_owned() }
}

/// Those whose values are ours.
fn kinds(view: &View) -> Vec<Chip> {
    let removed = (view.shown == Shown::Removed).then_some("Removed");
    let all: [(_, _, fn(&mut View)); 6] = [
        ("Traffic", view.verdict.map(|one| one.label()), |view| view.verdict = None),
        ("TLS", view.tls.map(|one| one.label()), |view| view.tls = None),
        ("Review", view.reviewed.map(|one| one.label()), |view| view.reviewed = None),
        ("Managed by", view.managed.map(|one| one.label()), |view| view.managed = None),
        ("Problems", view.problem.map(problem_label), |view| view.problem = None),
        ("Show", removed, |view| view.shown = Shown::Present),
    ];
    let set = |(name, value, without): (_, Option<&'static str>, _)| {
        Some((name, value?.to_owned(), without))
    };
    all.into_iter().filter_map(set).collect()
}

/// Those that count days.
fn spans(view: &View) -> Vec<Chip> {
    let all: [(_, _, fn(&mut View)); 3] = [
        ("Unused for", view.unused_days, |view| view.unused_days = None),
        ("Expires within", view.expires_days, |view| view.expires_days = None),
        ("New within", view.new_days, |view| view.new_days = None),
    ];
    let set = |(name, days, without): (_, Option<u32>, _)| {
        Some((name, format::counted(i64::from(days?), "day", "days"), without))
    };
    all.into_iter().filter_map(set).collect()
}

fn item((name, value, without): Chip, view: &View, base: &str) -> AnyView {
    let mut rest = view.from_start();
    without(&mut rest);
    let value = format::short(&value, LONGEST);
    let label = format!("Remove the filter {name}: {value}");
    let to = address(&rest, base);
    view! {
        <li>
            <a class="chip" href=to aria-label=label>
                <span>{name} ": " <bdi>{value}</bdi></span> <span aria-hidden="true">"×"</span>
            </a>
        </li>
    }
    .into_any()
}
