//! Why a list is empty, and what to do about it: four different reasons.

use domain::inventory::{At, Shown, View};
use domain::sync::{ClusterStatus, Freshness};
use jiff::Timestamp;
use leptos::prelude::*;

use super::reach::Reach;
use super::{address, plain};
use crate::components::freshness::mark;
use crate::components::value;
use crate::context::link;

const CONFIGURATION: &str =
    "clusters:\n  - name: prod\n    kubeconfig: ~/.kube/config\n    context: prod";

/// What stands in place of the table.
pub fn explanation(view: &View, clusters: &[ClusterStatus], now: Timestamp, base: &str) -> AnyView {
    let read: Vec<_> = clusters.iter().filter(|cluster| cluster.configured).collect();
    let never = |cluster: &&&ClusterStatus| cluster.freshness(now) == Freshness::Never;
    let waiting: Vec<_> = read.iter().filter(never).copied().collect();
    if view.is_filtered() {
        return nothing_matches(&plain(view), base);
    }
    if view.at != At::Start {
        return nothing_here(view, base);
    }
    if read.is_empty() {
        return no_cluster();
    }
    if view.shown == Shown::Present && !waiting.is_empty() {
        return first_lists(&waiting, now, base);
    }
    nothing_at_all(view)
}

/// The same where the list is of one team.
pub fn of_team(view: &View, reach: &Reach, base: &str) -> AnyView {
    if reach.is_filtered(view) {
        return nothing_matches(&reach.plain(view), base);
    }
    if view.at != At::Start {
        return nothing_here(view, base);
    }
    let (title, text) = match view.shown {
        Shown::Present => (
            "Your team owns no ingress yet",
            "An owner is named by an annotation or label of the ingress, such as a8r.io/owner or \
             team, of a Service behind it, or of its namespace.",
        ),
        Shown::Removed => {
            ("No ingress of your team was removed yet", "One that disappears stays here.")
        }
    };
    view! { <section class="empty"><h2>{title}</h2><p>{text}</p></section> }.into_any()
}

fn nothing_matches(cleared: &View, base: &str) -> AnyView {
    let to = address(cleared, base);
    view! {
        <section class="empty">
            <h2>"Nothing matches these filters"</h2>
            <p>"Every word of a search must stand in a host, name, namespace, service or path."</p>
            <p><a class="button" href=to>"Clear filters"</a></p>
        </section>
    }
    .into_any()
}

fn nothing_here(view: &View, base: &str) -> AnyView {
    let to = address(&view.from_start(), base);
    view! {
        <section class="empty">
            <h2>"This page of the list is empty now"</h2>
            <p><a class="button" href=to>"To the first page"</a></p>
        </section>
    }
    .into_any()
}

fn no_cluster() -> AnyView {
    view! {
        <section class="empty">
            <h2>"No cluster is configured"</h2>
            <p>
                "Name at least one in Routebook's configuration file, and start it again. \
                 Routebook reads from clusters and never writes to them."
            </p>
            <pre tabindex="0" role="region" aria-label="Example configuration">{CONFIGURATION}</pre>
        </section>
    }
    .into_any()
}

fn first_lists(waiting: &[&ClusterStatus], now: Timestamp, base: &str) -> AnyView {
    let line = |cluster: &&ClusterStatus| {
        view! { <li>{value(&cluster.name)} ": " {mark(cluster, now)}</li> }
    };
    let lines: Vec<_> = waiting.iter().map(line).collect();
    view! {
        <section class="empty">
            <h2>"The first list is not complete yet"</h2>
            <p>"Ingresses appear here page by page while a cluster's first list is read."</p>
            <ul class="plain">{lines}</ul>
            <p><a class="button" href=link(base, "/status")>"Status of the clusters"</a></p>
        </section>
    }
    .into_any()
}

fn nothing_at_all(view: &View) -> AnyView {
    let (title, text) = match view.shown {
        Shown::Present => {
            ("There are no ingresses", "The clusters were read completely, and have none.")
        }
        Shown::Removed => (
            "No ingress was removed yet",
            "An ingress that disappears from its cluster stays here with its history.",
        ),
    };
    view! { <section class="empty"><h2>{title}</h2><p>{text}</p></section> }.into_any()
}
