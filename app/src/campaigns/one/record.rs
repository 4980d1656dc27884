//! The record of completeness: from which state of which clusters the campaign was taken.

use domain::campaign::{Campaign, ClusterRecord, Completeness};
use jiff::Timestamp;
use leptos::prelude::*;

use super::super::words::{ingresses, signed};
use crate::components::text::{exact_moment, sentence};
use crate::components::{Tone, badge, value};
use crate::format;

/// The record; a draft has none.
pub fn section(campaign: &Campaign, now: Timestamp) -> Option<AnyView> {
    let record = campaign.completeness()?;
    let rows: Vec<_> = record.clusters.iter().map(|one| row(one, now)).collect();
    let section = view! {
        <section aria-labelledby="record">
            <h2 id="record">"Record of completeness"</h2>
            {summary(record, now)}
            <div class="table-region" role="region" aria-label="Table of the record" tabindex="0">
                <table class="list" role="table">
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col">"Cluster"</th>
                            <th role="columnheader" scope="col">"Data as of"</th>
                            <th role="columnheader" scope="col">"Resource version"</th>
                            <th role="columnheader" scope="col" class="number">"Ingresses"</th>
                            <th role="columnheader" scope="col" class="number">"In scope"</th>
                            <th role="columnheader" scope="col">"Reviewed"</th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            </div>
        </section>
    };
    Some(section.into_any())
}

fn summary(record: &Completeness, now: Timestamp) -> AnyView {
    let out = record.clusters.iter().filter(|one| one.left_out.is_some()).count();
    let out = i64::try_from(out).unwrap_or(i64::MAX);
    let out = match out {
        0 => "No cluster was left out.".to_owned(),
        out => format!("{} left out.", format::counted(out, "cluster was", "clusters were")),
    };
    let population = format!("{} put under review when it was opened, ", been(record.population()));
    view! { <p>{population} {exact_moment(record.at, now)} ". " {out}</p> }.into_any()
}

fn been(count: u64) -> String {
    format!("{} {}", ingresses(count), if count == 1 { "was" } else { "were" })
}

fn row(one: &ClusterRecord, now: Timestamp) -> AnyView {
    let name = view! {
        <span class="two-lines">
            <span>{value(&one.name)}</span>
            {one.uid.as_deref().map(|uid| view! { <span class="subdued">{value(uid)}</span> })}
        </span>
    };
    let as_of = match one.data_as_of {
        Some(at) => exact_moment(at, now),
        None => unknown("never read"),
    };
    let version = one.resource_version.as_deref().map_or_else(|| unknown("not known"), value);
    let reviewed = match &one.left_out {
        None => badge(Tone::Good, "yes"),
        Some(why) => view! {
            <span class="two-lines">
                <span>{badge(Tone::Warning, "left out")}</span>
                <span class="subdued">{sentence(why)}</span>
            </span>
        }
        .into_any(),
    };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="Cluster">{name}</th>
            <td role="cell" data-label="Data as of">{as_of}</td>
            <td role="cell" data-label="Resource version">{version}</td>
            <td role="cell" data-label="Ingresses" class="number">{number(one.ingresses)}</td>
            <td role="cell" data-label="In scope" class="number">{number(one.in_scope)}</td>
            <td role="cell" data-label="Reviewed">{reviewed}</td>
        </tr>
    }
    .into_any()
}

fn number(count: u64) -> String {
    format::number(signed(count))
}

fn unknown(text: &'static str) -> AnyView {
    view! { <span class="subdued">{text}</span> }.into_any()
}
