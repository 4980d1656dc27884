//! The certificates of an ingress, entry by entry, and how they are known.

use domain::TlsEntry;
use domain::detail::Detail;
use domain::tls::{Certificate, Entry, Tls};
use jiff::Timestamp;
use leptos::prelude::*;

use crate::components::text::{exact_moment, sentence, time};
use crate::components::{Tone, badge, state, value};
use crate::format;

/// So many names are listed; the others are folded.
const NAMES: usize = 3;

/// The state with its reason, and a table of the entries.
pub fn section(detail: &Detail, now: Timestamp) -> AnyView {
    let tls = &detail.tls;
    let reason = (!tls.reason.is_empty()).then(|| view! { " " {sentence(&tls.reason)} "." });
    let disagreement = tls.disagreement.as_deref().map(|text| {
        view! { <p class="notice">{badge(Tone::Warning, "disagreement")} " " {sentence(text)}</p> }
    });
    let table = (!tls.entries.is_empty()).then(|| table(tls, now));
    let declared = &detail.ingress.tls;
    let all = (declared.len() > tls.entries.len()).then(|| all_declared(declared));
    view! {
        <section aria-labelledby="tls">
            <h2 id="tls">"TLS"</h2>
            <p>
                {state::tls(tls.state)} {reason} " "
                <span class="subdued">{tls.state.explanation()}</span>
            </p>
            {disagreement} {table} {all}
        </section>
    }
    .into_any()
}

fn table(tls: &Tls, now: Timestamp) -> AnyView {
    let rows: Vec<_> = tls.entries.iter().map(|entry| row(entry, now)).collect();
    view! {
        <div class="table-region" role="region" aria-label="Table of the TLS entries" tabindex="0">
            <table class="list" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Hosts"</th>
                        <th role="columnheader" scope="col">"Secret"</th>
                        <th role="columnheader" scope="col">"State"</th>
                        <th role="columnheader" scope="col">"Known by"</th>
                        <th role="columnheader" scope="col">"Issuer"</th>
                        <th role="columnheader" scope="col">"Names"</th>
                        <th role="columnheader" scope="col">"Not before"</th>
                        <th role="columnheader" scope="col">"Expires"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(entry: &Entry, now: Timestamp) -> AnyView {
    let certificate = entry.certificate.as_ref();
    let issuer = certificate.map(|found| found.issuer.as_str()).filter(|name| !name.is_empty());
    let issuer = issuer.map_or_else(|| subdued("not known"), value);
    let names = certificate.map_or_else(|| subdued("not known"), names);
    let begins = certificate.and_then(|found| found.not_before);
    let expires = certificate.and_then(|found| found.not_after).or(entry.expires_at);
    view! {
        <tr role="row">
            <td role="cell" data-label="Hosts">{hosts(entry)}</td>
            <td role="cell" data-label="Secret">{secret(entry.secret.as_deref())}</td>
            <td role="cell" data-label="State">{state_and_reason(entry)}</td>
            <td role="cell" data-label="Known by">{known_by(entry, now)}</td>
            <td role="cell" data-label="Issuer">{issuer}</td>
            <td role="cell" data-label="Names">{names}</td>
            <td role="cell" data-label="Not before">{when(begins, now)}</td>
            <td role="cell" data-label="Expires">{when(expires, now)}</td>
        </tr>
    }
    .into_any()
}

fn hosts(entry: &Entry) -> AnyView {
    if entry.hosts.is_empty() {
        return subdued("those of the controller's default");
    }
    folded(&entry.hosts, entry.more_hosts, "hosts")
}

fn names(certificate: &Certificate) -> AnyView {
    if certificate.names.is_empty() {
        return subdued("none known");
    }
    folded(&certificate.names, certificate.more_names, "names")
}

/// The first few; the others as far as they are known, and how many are not.
fn folded(values: &[String], more: usize, what: &str) -> AnyView {
    let item = |text: &String| view! { <li>{value(text)}</li> };
    let first: Vec<_> = values.iter().take(NAMES).map(item).collect();
    let rest: Vec<_> = values.iter().skip(NAMES).map(item).collect();
    let unknown = (more > 0).then(|| view! { <li>{format!("and {more} more")}</li> });
    let hidden = rest.len() + more;
    let rest = (hidden > 0).then(|| {
        view! {
            <details>
                <summary>{format!("{hidden} more {what}")}</summary>
                <ul class="plain">{rest} {unknown}</ul>
            </details>
        }
    });
    view! { <div><ul class="plain">{first}</ul> {rest}</div> }.into_any()
}

fn secret(secret: Option<&str>) -> AnyView {
    secret.map_or_else(|| subdued("none named"), value)
}

fn state_and_reason(entry: &Entry) -> AnyView {
    let reason = (!entry.reason.is_empty())
        .then(|| view! { <span class="subdued">{sentence(&entry.reason)}</span> });
    view! { <span class="two-lines"><span>{state::tls(entry.state)}</span> {reason}</span> }
        .into_any()
}

fn known_by(entry: &Entry, now: Timestamp) -> AnyView {
    let Some(method) = entry.method else { return subdued("nothing told") };
    let at = entry.at.map(|at| view! { <span class="subdued">{exact_moment(at, now)}</span> });
    view! { <span class="two-lines"><span>{method.label()}</span> {at}</span> }.into_any()
}

/// A day that lies ahead is not "ago".
fn when(at: Option<Timestamp>, now: Timestamp) -> AnyView {
    at.map_or_else(
        || subdued("not known"),
        |at| {
            let text = format!("{} ({})", format::date(at), format::until(at, now));
            time(at, text)
        },
    )
}

/// What the manifest declares, where the table has not all of it.
fn all_declared(entries: &[TlsEntry]) -> AnyView {
    let items: Vec<_> = entries.iter().map(declared).collect();
    let count = format::counted(i64::try_from(items.len()).unwrap_or(i64::MAX), "entry", "entries");
    view! {
        <details>
            <summary>{format!("All {count} as declared")}</summary>
            <ul class="entries">{items}</ul>
        </details>
    }
    .into_any()
}

fn declared(entry: &TlsEntry) -> AnyView {
    let hosts: Vec<_> = entry.hosts.iter().map(|host| view! { <li>{value(host)}</li> }).collect();
    let hosts = match hosts.is_empty() {
        true => {
            view! { <p class="subdued">"for the hosts of the controller's default"</p> }.into_any()
        }
        false => view! { <ul class="plain">{hosts}</ul> }.into_any(),
    };
    view! { <li><p>"Secret " {secret(entry.secret.as_deref())}</p> {hosts}</li> }.into_any()
}

fn subdued(text: &'static str) -> AnyView {
    view! { <span class="subdued">{text}</span> }.into_any()
}
