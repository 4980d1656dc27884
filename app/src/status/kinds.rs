//! What Routebook reads in one cluster, kind by kind.

use domain::sync::{ClusterStatus, Kind, KindStatus, Phase};
use jiff::Timestamp;
use leptos::prelude::*;

use crate::components::text::{exact_moment, whole_value};
use crate::components::{Tone, badge, copy_button, freshness, value};
use crate::format;

/// One row for each kind, and below it what is missing for those that may not be read.
pub fn table(cluster: &ClusterStatus, now: Timestamp) -> Option<AnyView> {
    if cluster.kinds.is_empty() {
        return None;
    }
    let rows: Vec<_> = cluster.kinds.iter().map(|status| row(status, now)).collect();
    let refused = cluster.kinds.iter().filter(|status| status.phase == Phase::NotPermitted);
    let rules: Vec<_> = refused.map(|status| missing_rule(&cluster.name, status.kind)).collect();
    let label = format!("Kinds that are read in {}", cluster.name);
    let table = view! {
        <div class="table-region" role="region" aria-label=label tabindex="0">
            <table class="list kinds" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Kind"</th>
                        <th role="columnheader" scope="col">"State"</th>
                        <th role="columnheader" scope="col" class="number">"Objects"</th>
                        <th role="columnheader" scope="col">"Data as of"</th>
                        <th role="columnheader" scope="col">"Last complete list"</th>
                        <th role="columnheader" scope="col">"Resource version"</th>
                        <th role="columnheader" scope="col" class="number">"Watch restarts"</th>
                        <th role="columnheader" scope="col">"Last error"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
        {rules}
    };
    Some(table.into_any())
}

fn row(status: &KindStatus, now: Timestamp) -> AnyView {
    let time =
        |at: Option<Timestamp>| at.map_or_else(|| subdued("never"), |at| exact_moment(at, now));
    let version = status.resource_version.as_deref().map_or_else(|| subdued("none"), value);
    let error = status.error.as_deref().map_or_else(|| subdued("none"), whole_value);
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="Kind">{status.kind.as_str()}</th>
            <td role="cell" data-label="State">{state(status)}</td>
            <td role="cell" data-label="Objects" class="number">{format::number(status.objects)}</td>
            <td role="cell" data-label="Data as of">{time(status.data_as_of)}</td>
            <td role="cell" data-label="Last complete list">{time(status.listed_at)}</td>
            <td role="cell" data-label="Resource version">{version}</td>
            <td role="cell" data-label="Watch restarts" class="number">{format::number(status.restarts)}</td>
            <td role="cell" data-label="Last error">{error}</td>
        </tr>
    }
    .into_any()
}

fn state(status: &KindStatus) -> AnyView {
    let tone = match status.phase {
        Phase::Watching => Tone::Good,
        Phase::Waiting | Phase::Listing | Phase::NotServed => Tone::Plain,
        Phase::Failing => Tone::Bad,
        Phase::NotPermitted => Tone::Warning,
    };
    view! {
        <span class="two-lines">
            <span>{badge(tone, status.phase.label())}</span>
            {running(status)}
        </span>
    }
    .into_any()
}

/// How far a running list is. Without an estimate of the rest the bar has no end.
fn running(status: &KindStatus) -> Option<AnyView> {
    let (read, remaining) = status.progress?;
    let text = freshness::progress(status)
        .unwrap_or_else(|| format!("{} read in this list", format::number(read)));
    let label = format!("List of {}", status.kind.plural());
    let all = remaining.map(|remaining| (read + remaining).max(1).to_string());
    let done = all.is_some().then(|| read.to_string());
    let bar = view! { <progress aria-label=label max=all value=done></progress> };
    Some(view! { {bar} <span class="subdued">{text}</span> }.into_any())
}

/// What to add to the cluster role, word for word.
fn missing_rule(cluster: &str, kind: Kind) -> AnyView {
    let id = format!("rule-{cluster}-{}", kind.plural());
    let what = match kind {
        Kind::Ingress => "Without it Routebook sees none of the cluster's ingresses.",
        Kind::Namespace => "Without it Routebook does not see the cluster's namespaces.",
        Kind::IngressClass => "Without it Routebook cannot tell whether a class exists.",
        Kind::Service => {
            "Without it Routebook cannot tell whether the Service behind a route exists."
        }
        Kind::EndpointSlice => {
            "Without it Routebook cannot tell whether anything answers behind a route."
        }
        Kind::Certificate => {
            "Without it Routebook cannot tell what cert-manager says of certificates."
        }
    };
    view! {
        <div class="rule">
            <p>
                "Routebook may not read " {kind.plural()} " here. " {what}
                " Add this rule to its ClusterRole:"
            </p>
            <div class="code">
                {copy_button(&id, "Copy")}
                <pre id=id tabindex="0" role="region" aria-label="Rule to add">
                    {kind.rbac_rule()}
                </pre>
            </div>
        </div>
    }
    .into_any()
}

fn subdued(text: &'static str) -> AnyView {
    view! { <span class="subdued">{text}</span> }.into_any()
}
