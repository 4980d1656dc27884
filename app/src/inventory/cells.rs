//! What stands in the cells of the inventory.

use domain::class::{ClassSource, controller_label};
use domain::inventory::Row;
use jiff::Timestamp;
use leptos::prelude::*;

use crate::components::{problem_badges, text, value};
use crate::format;

/// So many hosts are listed, as many as a row has lines.
const HOSTS: usize = 2;

/// The class, with the controller behind it.
pub fn class(row: &Row) -> AnyView {
    class_and_controller(row.class.as_ref(), row.controller.as_deref(), row.checks.classes)
}

/// A class with its controller. "Unknown" is only said of a class that was looked up.
pub fn class_and_controller(
    class: Option<&domain::Class>,
    controller: Option<&str>,
    looked_up: bool,
) -> AnyView {
    let Some(class) = class else { return subdued("none") };
    let by_annotation = class.source == ClassSource::Annotation;
    let source = by_annotation.then(|| {
        let title = "Named by the older annotation kubernetes.io/ingress.class";
        view! { <span class="mark" title=title>"annotation"</span> }
    });
    let controller = match (controller, looked_up) {
        (Some(controller), _) => value(controller_label(controller)),
        (None, true) => view! { "unknown controller" }.into_any(),
        (None, false) => view! { "controller not checked" }.into_any(),
    };
    view! {
        <span class="two-lines">
            <span>{value(&class.name)} " " {source}</span>
            <span class="subdued">{controller}</span>
        </span>
    }
    .into_any()
}

/// The first hosts, and how many more there are.
pub fn hosts(row: &Row) -> AnyView {
    if row.host_count == 0 {
        return subdued("none");
    }
    let shown = row.hosts.len().min(HOSTS);
    let more = row.host_count - i64::try_from(shown).unwrap_or(i64::MAX);
    let item = |(index, host): (usize, &String)| {
        let more = (index + 1 == shown).then(|| self::more(more));
        view! { <li>{self::host(host)} {more}</li> }
    };
    let items: Vec<_> = row.hosts.iter().take(HOSTS).enumerate().map(item).collect();
    view! { <ul class="plain">{items}</ul> }.into_any()
}

/// A host; an empty one stands for all of them.
pub fn host(host: &str) -> AnyView {
    match host {
        "" => subdued("any host"),
        host => value(host),
    }
}

/// The first address, and how many more there are.
pub fn address(row: &Row) -> AnyView {
    let Some(first) = row.addresses.first() else { return subdued("none yet") };
    let more = i64::try_from(row.addresses.len()).unwrap_or(i64::MAX) - 1;
    let more = self::more(more).map(|more| view! { <li>{more}</li> });
    view! { <ul class="plain"><li>{value(first)}</li> {more}</ul> }.into_any()
}

fn more(more: i64) -> Option<AnyView> {
    let text = format!("+{} more", format::number(more));
    (more > 0).then(|| view! { " " <span class="subdued">{text}</span> }.into_any())
}

/// How long it has been there.
pub fn age(created_at: Option<Timestamp>, now: Timestamp) -> AnyView {
    created_at.map_or_else(|| subdued("unknown"), |at| text::age(at, now))
}

/// When it was found to be gone.
pub fn removed(removed_at: Option<Timestamp>, now: Timestamp) -> AnyView {
    removed_at.map_or_else(|| subdued("unknown"), |at| text::moment(at, now))
}

/// What is wrong with it; of one that is gone, what was.
pub fn problems(row: &Row) -> AnyView {
    problem_badges(&row.problems, row.checks)
}

fn subdued(text: &'static str) -> AnyView {
    view! { <span class="subdued">{text}</span> }.into_any()
}
