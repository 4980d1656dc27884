//! Everybody who owns something, and every configured team.

use domain::inventory::View;
use domain::overview::OwnerFigures;
use leptos::prelude::*;

use crate::components::{Tone, badge, value};
use crate::figures::{self, Figure};
use crate::format;

/// An owner's ingresses are no orphans, so that figure is left out.
const FIGURES: [Figure; 7] = [
    Figure::Ingresses,
    Figure::Stale,
    Figure::Expiring,
    Figure::Expired,
    Figure::NotMeasurable,
    Figure::Problems,
    Figure::NoTls,
];

/// The owners with their figures, each of which leads to its list.
pub fn section(owners: &[OwnerFigures], look_back: u32, base: &str) -> AnyView {
    let rows: Vec<_> = owners.iter().map(|owner| row(owner, look_back, base)).collect();
    let count = format::number(i64::try_from(rows.len()).unwrap_or(i64::MAX));
    let body = match rows.is_empty() {
        true => nobody(),
        false => table(rows),
    };
    view! {
        <section aria-labelledby="teams">
            <h2 id="teams">"Teams and owners " <span class="count">{count}</span></h2>
            {body}
        </section>
    }
    .into_any()
}

fn nobody() -> AnyView {
    view! {
        <p>
            "Nobody owns anything yet. An owner is named by an annotation or label of the ingress, \
             such as " <code>"a8r.io/owner"</code> " or " <code>"team"</code> ", of a Service behind \
             it, or of its namespace. Which keys count, and which teams there are, is a matter of \
             the configuration: " <code>"owners"</code> " and " <code>"teams"</code> "."
        </p>
    }
    .into_any()
}

fn table(rows: Vec<AnyView>) -> AnyView {
    view! {
        <div class="table-region" role="region" aria-label="Table of the owners" tabindex="0">
            <table class="list" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Owner"</th>
                        {figures::heads(&FIGURES)}
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(owner: &OwnerFigures, look_back: u32, base: &str) -> AnyView {
    let of_owner =
        |figure: Figure| View { owner: Some(owner.name.clone()), ..figure.view(look_back) };
    let said = format::short(&owner.name, 60);
    let team = owner.team.then(|| view! { " " {badge(Tone::Plain, "team")} });
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="Owner">
                <span>{value(&owner.name)} {team}</span>
            </th>
            {figures::cells(&FIGURES, &owner.figures, &said, &of_owner, base)}
        </tr>
    }
    .into_any()
}
