//! The routes of an ingress, and its TLS entries.

use domain::detail::Detail;
use domain::{PathType, Route, TlsEntry};
use leptos::prelude::*;

use super::backend;
use crate::components::value;
use crate::context::link;
use crate::format;
use crate::inventory::cells::host;

/// So many routes are listed unless all are asked for.
const ROUTES: usize = 200;

/// The table of routes.
pub fn section(detail: &Detail, all: bool, base: &str) -> AnyView {
    let routes = &detail.ingress.routes;
    let most = if all { routes.len() } else { ROUTES };
    let count = i64::try_from(routes.len()).unwrap_or(i64::MAX);
    let body = match routes.is_empty() {
        true => view! { <p class="subdued">"It routes nothing."</p> }.into_any(),
        false => table(routes.iter().take(most), detail),
    };
    let more = (routes.len() > most).then(|| {
        let to = link(base, &format!("/ingresses/{}?routes=all", detail.id));
        let shown = format!("The first {most} are shown. ");
        view! { <p>{shown} <a href=to>{format!("Show all {}", format::number(count))}</a></p> }
    });
    view! {
        <section aria-labelledby="routes">
            <h2 id="routes">"Routes " <span class="count">{format::number(count)}</span></h2>
            {body} {more}
        </section>
    }
    .into_any()
}

fn table<'a>(routes: impl Iterator<Item = &'a Route>, detail: &Detail) -> AnyView {
    let rows: Vec<_> = routes.map(|route| row(route, detail)).collect();
    view! {
        <div class="table-region" role="region" aria-label="Table of the routes" tabindex="0">
            <table class="list" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Host"</th>
                        <th role="columnheader" scope="col">"Path"</th>
                        <th role="columnheader" scope="col">"Path type"</th>
                        <th role="columnheader" scope="col">"Backend"</th>
                        <th role="columnheader" scope="col">"State of the backend"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(route: &Route, detail: &Detail) -> AnyView {
    let path = match route.path.as_str() {
        "" => view! { <span class="subdued">"any path"</span> }.into_any(),
        path => value(path),
    };
    view! {
        <tr role="row">
            <td role="cell" data-label="Host">{host(&route.host)}</td>
            <td role="cell" data-label="Path">{path}</td>
            <td role="cell" data-label="Path type">{path_type(&route.path_type)}</td>
            <td role="cell" data-label="Backend">{backend::name(&route.backend)}</td>
            <td role="cell" data-label="State of the backend">{backend::facts(&route.backend, detail)}</td>
        </tr>
    }
    .into_any()
}

fn path_type(path_type: &PathType) -> AnyView {
    match path_type.as_str() {
        "" => view! { <span class="subdued">"not said"</span> }.into_any(),
        text => value(text),
    }
}

/// The TLS entries: which hosts, and which Secret has the certificate.
pub fn tls(entries: &[TlsEntry]) -> AnyView {
    let items: Vec<_> = entries.iter().map(tls_entry).collect();
    let body = match items.is_empty() {
        true => view! { <p class="subdued">"None declared."</p> }.into_any(),
        false => view! { <ul class="entries">{items}</ul> }.into_any(),
    };
    view! { <section aria-labelledby="tls"><h2 id="tls">"TLS"</h2>{body}</section> }.into_any()
}

fn tls_entry(entry: &TlsEntry) -> AnyView {
    let secret = match &entry.secret {
        Some(secret) => view! { "Secret " {value(secret)} }.into_any(),
        None => view! { <span class="subdued">"no Secret named"</span> }.into_any(),
    };
    let hosts: Vec<_> = entry.hosts.iter().map(|host| view! { <li>{value(host)}</li> }).collect();
    let hosts = match hosts.is_empty() {
        true => {
            view! { <p class="subdued">"for the hosts of the controller's default"</p> }.into_any()
        }
        false => view! { <ul class="plain">{hosts}</ul> }.into_any(),
    };
    view! { <li><p>{secret}</p> {hosts}</li> }.into_any()
}
