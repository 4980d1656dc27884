//! What nobody owns, and whose it may be.

use domain::inventory::Preset;
use domain::overview::{Orphan, Owners};
use jiff::Timestamp;
use leptos::prelude::*;

use crate::components::text::sentence;
use crate::components::value;
use crate::context::link;
use crate::format;
use crate::inventory::{address, cells};

/// The orphans with the best guess, as far as they are listed.
pub fn section(owners: &Owners, now: Timestamp, base: &str) -> AnyView {
    let count = owners.coverage.ingresses - owners.coverage.owned;
    let body = match count {
        0 => view! { <p>"Every ingress has an owner."</p> }.into_any(),
        _ => list(&owners.orphans, count, now, base),
    };
    view! {
        <section aria-labelledby="orphans">
            <h2 id="orphans">"Orphans " <span class="count">{format::number(count)}</span></h2>
            {body}
        </section>
    }
    .into_any()
}

fn list(orphans: &[Orphan], count: i64, now: Timestamp, base: &str) -> AnyView {
    let rows: Vec<_> = orphans.iter().map(|orphan| row(orphan, now, base)).collect();
    // The look-back makes no difference to this list.
    let to = address(&Preset::Orphans.view(0), base);
    let shown = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let more = (shown < count).then(|| format!("The first {} are listed. ", format::number(shown)));
    let all = format!("Show all {}", format::number(count));
    view! {
        <p>
            "Nothing that was looked at names an owner. What is guessed counts for nothing until \
             somebody writes it down. " {more} <a href=to>{all}</a>
        </p>
        <div class="table-region" role="region" aria-label="Table of the orphans" tabindex="0">
            <table class="list orphans" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Cluster"</th>
                        <th role="columnheader" scope="col">"Namespace"</th>
                        <th role="columnheader" scope="col">"Name"</th>
                        <th role="columnheader" scope="col">"Age"</th>
                        <th role="columnheader" scope="col">"Perhaps"</th>
                        <th role="columnheader" scope="col">"Because"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(orphan: &Orphan, now: Timestamp, base: &str) -> AnyView {
    let to = link(base, &format!("/ingresses/{}", orphan.id));
    let subdued = |text: &'static str| view! { <span class="subdued">{text}</span> }.into_any();
    let guess = orphan.guess.as_ref();
    let perhaps = guess.map_or_else(|| subdued("no idea"), |guess| value(&guess.owner));
    let because = guess
        .map_or_else(|| subdued("nothing near it has an owner"), |guess| sentence(&guess.reason));
    view! {
        <tr role="row">
            <td role="cell" data-label="Cluster">{value(&orphan.cluster)}</td>
            <td role="cell" data-label="Namespace">{value(&orphan.namespace)}</td>
            <th role="rowheader" scope="row" data-label="Name"><a href=to>{value(&orphan.name)}</a></th>
            <td role="cell" data-label="Age">{cells::age(orphan.created_at, now)}</td>
            <td role="cell" data-label="Perhaps">{perhaps}</td>
            <td role="cell" data-label="Because">{because}</td>
        </tr>
    }
    .into_any()
}
