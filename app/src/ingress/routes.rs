//! The routes of an ingress.

use domain::detail::Detail;
use domain::{PathType, Route};
use jiff::Timestamp;
use leptos::prelude::*;

use super::{backend, traffic};
use crate::components::value;
use crate::context::link;
use crate::format;
use crate::inventory::cells::host;

/// So many routes are listed unless all are asked for.
const ROUTES: usize = 200;

/// The table of routes.
pub fn section(detail: &Detail, all: bool, now: Timestamp, base: &str) -> AnyView {
    let routes = &detail.ingress.routes;
    let most = if all { routes.len() } else { ROUTES };
    let count = i64::try_from(routes.len()).unwrap_or(i64::MAX);
    let body = match routes.is_empty() {
        true => view! { <p class="subdued">"It routes nothing."</p> }.into_any(),
        false => table(routes.iter().take(most), detail, now),
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

fn table<'a>(routes: impl Iterator<Item = &'a Route>, detail: &Detail, now: Timestamp) -> AnyView {
    let rows: Vec<_> =
        routes.enumerate().map(|(index, route)| row(index, route, detail, now)).collect();
    let used =
        is_measured(detail).then(|| view! { <th role="columnheader" scope="col">"Last used"</th> });
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
                        {used}
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Whether the source tells routes apart.
fn is_measured(detail: &Detail) -> bool {
    !detail.route_traffic.is_empty()
}

fn row(index: usize, route: &Route, detail: &Detail, now: Timestamp) -> AnyView {
    let used = is_measured(detail).then(|| {
        let seen = detail.route_traffic.get(index).and_then(Option::as_ref);
        view! { <td role="cell" data-label="Last used">{traffic::of_route(seen, now)}</td> }
    });
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
            {used}
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
