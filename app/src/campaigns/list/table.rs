//! One row for each campaign.

use domain::campaign::Campaign;
use jiff::Timestamp;
use leptos::prelude::*;
use store::CampaignRow;

use super::super::address;
use super::super::figures::{decided, outcome};
use super::super::words::{self, scope};
use crate::components::text::moment;
use crate::components::value;

/// The table.
pub fn table(title: &'static str, rows: &[&CampaignRow], now: Timestamp, base: &str) -> AnyView {
    let rows: Vec<_> = rows.iter().map(|one| row(one, now, base)).collect();
    let label = format!("{title}: campaigns");
    view! {
        <div class="table-region" role="region" aria-label=label tabindex="0">
            <table class="list campaigns" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Campaign"</th>
                        <th role="columnheader" scope="col">"What is in it"</th>
                        <th role="columnheader" scope="col">"When"</th>
                        <th role="columnheader" scope="col">"How far"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(one: &CampaignRow, now: Timestamp, base: &str) -> AnyView {
    let campaign = &one.campaign;
    let terms = campaign.terms();
    let to = address(campaign.id(), base);
    let series = campaign.series().map(|_| view! { <span class="subdued">"of a series"</span> });
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="Campaign">
                <span class="two-lines"><a href=to>{value(&terms.name)}</a> {series}</span>
            </th>
            <td role="cell" data-label="What is in it">{scope(&terms.scope)}</td>
            <td role="cell" data-label="When">{when(campaign, now)}</td>
            <td role="cell" data-label="How far">{how_far(one)}</td>
        </tr>
    }
    .into_any()
}

fn when(campaign: &Campaign, now: Timestamp) -> AnyView {
    match campaign {
        Campaign::Draft(draft) => words::due(draft.terms.due, now),
        Campaign::Open(open) => view! {
            <span class="two-lines">
                <span>{words::due(open.terms.due, now)}</span>
                <span class="subdued">"opened " {moment(open.opened_at, now)}</span>
            </span>
        }
        .into_any(),
        Campaign::Closed(closed) => view! {
            <span class="two-lines">
                <span>"closed " {moment(closed.closed_at, now)}</span>
                <span class="subdued">"opened " {moment(closed.opened_at, now)}</span>
            </span>
        }
        .into_any(),
    }
}

fn how_far(one: &CampaignRow) -> AnyView {
    match &one.campaign {
        Campaign::Draft(_) => view! { <span class="subdued">"not opened yet"</span> }.into_any(),
        Campaign::Open(_) => decided(one.counts),
        Campaign::Closed(closed) => outcome(closed.outcome),
    }
}
