//! The table of the inventory: heads that sort, one row for each ingress.
//!
//! The roles repeat what the elements are, because a narrow window shows rows as cards, and browsers
//! then forget that it is a table.

use domain::inventory::{Column, Row, Shown, Sort, View};
use jiff::Timestamp;
use leptos::prelude::*;

use super::columns::Place;
use super::{address, answers, cells, mark, reviewed};
use crate::components::value;
use crate::context::link;
use crate::format;

/// The table, in a region that scrolls sideways where the window is too narrow for it.
pub fn table(rows: &[Row], view: &View, now: Timestamp, base: &str) -> AnyView {
    let rows: Vec<_> = rows.iter().map(|one| row(one, view, now, base)).collect();
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
    let head = |place: Place| match place.sort(view.shown) {
        Some(sort) => sorting(place, sort, view, base),
        None => plain(place.label(view.shown), place.class()),
    };
    Place::of(view).into_iter().map(head).collect()
}

fn plain(label: &'static str, class: String) -> AnyView {
    view! { <th role="columnheader" scope="col" class=class>{label}</th> }.into_any()
}

/// Age grows as creation lies further back, so its first order, by creation, has the oldest first.
fn sorting(place: Place, sort: Sort, view: &View, base: &str) -> AnyView {
    let (order, arrow) = match (view.sort == sort, view.descending) {
        (false, _) => (None, ""),
        (true, descending) if descending != (sort == Sort::Created) => (Some("descending"), "↓"),
        (true, _) => (Some("ascending"), "↑"),
    };
    let title = (sort == Sort::Expires).then_some("By the first expiry");
    let to = address(&view.sorted_by(sort), base);
    let label = place.label(view.shown);
    view! {
        <th role="columnheader" scope="col" class=place.class() aria-sort=order>
            <a href=to title=title>{label} " " <span class="arrow" aria-hidden="true">{arrow}</span></a>
        </th>
    }
    .into_any()
}

fn row(row: &Row, view: &View, now: Timestamp, base: &str) -> AnyView {
    let cells: Vec<_> =
        Place::of(view).into_iter().map(|place| cell(place, row, view.shown, now, base)).collect();
    view! {
        <tr role="row" id=format!("ingress-{}", row.id) data-mark=mark::of_row(row)>{cells}</tr>
    }
    .into_any()
}

fn cell(place: Place, row: &Row, shown: Shown, now: Timestamp, base: &str) -> AnyView {
    let (label, class) = (place.label(shown), place.class());
    let Place::Column(column) = place else {
        let to = link(base, &format!("/ingresses/{}", row.id));
        return view! {
            <th role="rowheader" scope="row" data-label=label class=class>
                <a href=to>{value(&row.name)}</a>
            </th>
        }
        .into_any();
    };
    let content = content(column, row, shown, now);
    view! { <td role="cell" data-label=label class=class>{content}</td> }.into_any()
}

fn content(column: Column, row: &Row, shown: Shown, now: Timestamp) -> AnyView {
    match column {
        Column::Cluster => value(&row.cluster),
        Column::Namespace => value(&row.namespace),
        Column::Hosts => cells::hosts(row),
        Column::Class => cells::class(row),
        Column::Owner => answers::owner(row),
        Column::Age if shown == Shown::Removed => cells::removed(row.removed_at, now),
        Column::Age => cells::age(row.created_at, now),
        Column::Changed => answers::changed(row, now),
        Column::Traffic => answers::traffic(row, now),
        Column::Tls => answers::tls(row, now),
        Column::Reviewed => reviewed::cell(row, now),
        Column::Managed => answers::managed(row),
        Column::Routes => format::number(row.route_count).into_any(),
        Column::Address => cells::address(row),
        Column::Problems => cells::problems(row),
    }
}
