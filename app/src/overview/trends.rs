//! How the figures went from day to day.

use domain::overview::Snapshot;
use jiff::Timestamp;
use leptos::prelude::*;

use crate::components::trend::line;
use crate::figures::{Figure, heads};
use crate::format;

/// A line for each figure, and the days as a table.
pub fn section(days: &[Snapshot], now: Timestamp) -> AnyView {
    let body = match days {
        [first, .., last] => trends(days, first, last),
        [only] => begins(&only.day.to_string()),
        [] => begins(&format::date(now)),
    };
    view! {
        <section aria-labelledby="trends"><h2 id="trends">"Trends"</h2>{body}</section>
    }
    .into_any()
}

fn begins(since: &str) -> AnyView {
    let text = format!("Trends begin to show tomorrow: figures are kept once a day since {since}.");
    view! { <p class="subdued">{text}</p> }.into_any()
}

fn trends(days: &[Snapshot], first: &Snapshot, last: &Snapshot) -> AnyView {
    let items: Vec<_> =
        Figure::ALL.into_iter().map(|figure| item(figure, days, first, last)).collect();
    view! { <ul class="trends">{items}</ul> {table(days)} }.into_any()
}

fn item(figure: Figure, days: &[Snapshot], first: &Snapshot, last: &Snapshot) -> AnyView {
    let value = |of: &Snapshot| figure.count(&of.figures);
    let number = |of: &Snapshot| format::number(value(of));
    let place = |of: &Snapshot| of.day.duration_since(first.day).as_hours() / 24;
    let values: Vec<_> = days.iter().map(|of| (place(of), value(of))).collect();
    let label = figure.label();
    let (from, to) = (number(first), number(last));
    let words = format!("{label}: {from} on {}, {to} on {}", first.day, last.day);
    let caption = format!("{from} → {to} since {}", first.day);
    view! {
        <li>
            <p><strong>{label}</strong> " " <span class="subdued" aria-hidden="true">{caption}</span></p>
            {line(&values, words)}
        </li>
    }
    .into_any()
}

fn table(days: &[Snapshot]) -> AnyView {
    let rows: Vec<_> = days.iter().rev().map(row).collect();
    view! {
        <details>
            <summary>"The days as a table"</summary>
            <div class="table-region" role="region" aria-label="Figures by day" tabindex="0">
                <table class="list" role="table">
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col">"Day (UTC)"</th>
                            {heads(&Figure::ALL)}
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

fn row(of: &Snapshot) -> AnyView {
    let cell = |figure: Figure| {
        let number = format::number(figure.count(&of.figures));
        view! { <td role="cell" data-label=figure.label() class="number">{number}</td> }
    };
    let cells: Vec<_> = Figure::ALL.into_iter().map(cell).collect();
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="Day (UTC)">{of.day.to_string()}</th>
            {cells}
        </tr>
    }
    .into_any()
}
