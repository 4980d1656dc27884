//! Of which parts the whole is made: by verdict, by TLS state, by controller.

use domain::class::controller_label;
use domain::inventory::View;
use domain::tls::TlsState;
use domain::traffic::Verdict;
use leptos::prelude::*;

use crate::components::parts::{Part, distribution, linked, share};
use crate::components::value;
use crate::format;
use crate::inventory::address;

/// So many controllers have a line of their own.
const CONTROLLERS: usize = 12;

/// How many there are of each verdict.
pub fn verdicts(counts: &[(Verdict, i64)], base: &str) -> AnyView {
    let part = |(verdict, count): &(Verdict, i64)| Part {
        label: verdict.label(),
        class: verdict.as_str(),
        count: *count,
        to: address(&View { verdict: Some(*verdict), ..View::default() }, base),
        meaning: verdict.explanation(),
    };
    let parts: Vec<_> = counts.iter().map(part).collect();
    view! {
        <section aria-labelledby="by-traffic">
            <h2 id="by-traffic">"Last traffic"</h2>
            {distribution("Traffic", &parts)}
        </section>
    }
    .into_any()
}

/// How many there are of each TLS state.
pub fn tls(counts: &[(TlsState, i64)], base: &str) -> AnyView {
    let part = |(state, count): &(TlsState, i64)| Part {
        label: state.label(),
        class: state.as_str(),
        count: *count,
        to: address(&View { tls: Some(*state), ..View::default() }, base),
        meaning: state.explanation(),
    };
    let parts: Vec<_> = counts.iter().map(part).collect();
    view! {
        <section aria-labelledby="by-tls">
            <h2 id="by-tls">"TLS"</h2>
            {distribution("TLS state", &parts)}
        </section>
    }
    .into_any()
}

/// How many each controller has, the most first.
pub fn controllers(counts: &[(String, i64)], base: &str) -> AnyView {
    let whole: i64 = counts.iter().map(|(_, count)| count).sum();
    let row = |(name, count): &(String, i64)| controller(name, *count, whole, base);
    let rows: Vec<_> = counts.iter().take(CONTROLLERS).map(row).collect();
    let rest: i64 = counts.iter().skip(CONTROLLERS).map(|(_, count)| count).sum();
    let rest = (rest > 0).then(|| {
        let rest = format::counted(rest, "ingress is", "ingresses are");
        view! { <p class="subdued">{format!("{rest} of other controllers.")}</p> }
    });
    view! {
        <section aria-labelledby="by-controller">
            <h2 id="by-controller">"By controller"</h2>
            <div class="table-region" role="region" aria-label="Ingresses by controller" tabindex="0">
                <table class="list shares" role="table">
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col">"Controller"</th>
                            <th role="columnheader" scope="col" class="number">"Ingresses"</th>
                            <th role="columnheader" scope="col">"Share"</th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            </div>
            {rest}
        </section>
    }
    .into_any()
}

/// An empty name stands for those whose controller is not known.
fn controller(name: &str, count: i64, whole: i64, base: &str) -> AnyView {
    let (word, label, said) = match name {
        "" => ("-", view! { <span class="subdued">"not known"</span> }.into_any(), "not known"),
        name => (name, value(controller_label(name)), controller_label(name)),
    };
    let to = address(&View { controller: Some(word.to_owned()), ..View::default() }, base);
    let said = format!("of controller {}", format::short(said, 60));
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="Controller">{label}</th>
            <td role="cell" data-label="Ingresses" class="number">{linked(count, to, &said)}</td>
            <td role="cell" data-label="Share">
                <span class="with-bar">{share(count, whole)} {format::percent(count, whole)}</span>
            </td>
        </tr>
    }
    .into_any()
}
