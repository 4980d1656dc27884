//! The table of the inventory: heads that sort, one row for each ingress.
//!
//! The roles repeat what the elements are, because a narrow window shows rows as cards, and browsers
//! then forget that it is a table.

use domain::inventory::{Row, Shown, Sort, View};
use jiff::Timestamp;
use leptos::prelude::*;

use super::{address, cells, mark};
use crate::context::link;

/// The table, in a region that scrolls sideways where the window is too narrow for it.
pub fn table(rows: &[Row], view: &View, now: Timestamp, base: &str) -> AnyView {
    let rows: Vec<_> = rows.iter().map(|one| row(one, view.shown, now, base)).collect();
    view! {
        <div class="table-region" role="region" aria-labelledby="list-caption" tabindex="0">
            <table class="list inventory" role="table">
                <caption id="list-caption" class="visually-hidden">
                    "Ingresses; the heads of columns sort"
                </caption>
                <thead role="rowgroup">
                    <tr role="row">{heads(view, base)}</tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn heads(view: &View, base: &str) -> Vec<AnyView> {
    let time = match view.shown {
        Shown::Present => sorting("Age", Sort::Created, view, base),
        Shown::Removed => plain("Removed"),
    };
    vec![
        sorting("Cluster", Sort::Place, view, base),
        sorting("Namespace", Sort::Namespace, view, base),
        sorting("Name", Sort::Name, view, base),
        sorting("Class", Sort::Class, view, base),
        sorting("Hosts", Sort::Host, view, base),
        number("Routes"),
        plain("Address"),
        time,
        sorting("Problems", Sort::Problems, view, base),
    ]
}

fn plain(label: &'static str) -> AnyView {
    view! { <th role="columnheader" scope="col">{label}</th> }.into_any()
}

fn number(label: &'static str) -> AnyView {
    view! { <th role="columnheader" scope="col" class="number">{label}</th> }.into_any()
}

/// Age grows as creation lies further back, so its first order, by creation, has the oldest first.
fn sorting(label: &'static str, sort: Sort, view: &View, base: &str) -> AnyView {
    let (order, arrow) = match (view.sort == sort, view.descending) {
        (false, _) => (None, ""),
        (true, descending) if descending != (sort == Sort::Created) => (Some("descending"), "↓"),
        (true, _) => (Some("ascending"), "↑"),
    };
    let to = address(&view.sorted_by(sort), base);
    view! {
        <th role="columnheader" scope="col" aria-sort=order>
            <a href=to>{label} " " <span class="arrow" aria-hidden="true">{arrow}</span></a>
        </th>
    }
    .into_any()
}

fn row(row: &Row, shown: Shown, now: Timestamp, base: &str) -> AnyView {
    let time = match shown {
        Shown::Present => ("Age", cells::age(row.created_at, now)),
        Shown::Removed => ("Removed", cells::removed(row.removed_at, now)),
    };
    let link = link(base, &format!("/ingresses/{}", row.id));
    view! {
        <tr role="row" id=format!("ingress-{}", row.id) data-mark=mark::of_row(row)>
            <td role="cell" data-label="Cluster">{crate::components::value(&row.cluster)}</td>
            <td role="cell" data-label="Namespace">{crate::components::value(&row.namespace)}</td>
            <th role="rowheader" scope="row" data-label="Name"><a href=link>{crate::components::value(&row.name)}</a></th>
            <td role="cell" data-label="Class">{cells::class(row)}</td>
            <td role="cell" data-label="Hosts" class="hosts">{cells::hosts(row)}</td>
            <td role="cell" data-label="Routes" class="number">{crate::format::number(row.route_count)}</td>
            <td role="cell" data-label="Address">{cells::address(row)}</td>
            <td role="cell" data-label=time.0 class="when">{time.1}</td>
            <td role="cell" data-label="Problems">{cells::problems(row)}</td>
        </tr>
    }
    .into_any()
}
