//! What is known of where a route leads.

use domain::Backend;
use domain::detail::{BackendFacts, Detail};
use domain::problem;
use leptos::prelude::*;

use crate::components::badge::{badge, tone};
use crate::components::value;
use crate::format;

/// The backend as the manifest names it.
pub fn name(backend: &Backend) -> AnyView {
    match backend {
        Backend::Missing => subdued("none"),
        named => value(&named.to_string()),
    }
}

/// Whether it exists and how many endpoints are ready, as far as that was looked up.
pub fn facts(backend: &Backend, detail: &Detail) -> AnyView {
    let known = detail.backends.iter().find(|facts| facts.backend == *backend);
    if let Some(found) = known.and_then(|facts| facts.problem.as_ref()) {
        return badge(tone(found.code()), problem::label(found.code()));
    }
    match backend {
        Backend::Missing => badge(tone("backend-missing"), problem::label("backend-missing")),
        Backend::Resource { .. } => subdued("not checked: not a Service"),
        Backend::Service { .. } if !detail.checks.services => subdued("not checked: Services"),
        Backend::Service { .. } => service(known),
    }
}

fn service(known: Option<&BackendFacts>) -> AnyView {
    let Some(facts) = known.and_then(|facts| facts.service.as_ref()) else {
        return subdued("unknown");
    };
    if facts.external {
        return subdued("exists; stands for a DNS name elsewhere");
    }
    match facts.ready {
        Some(ready) => {
            let text = format::counted(ready, "endpoint ready", "endpoints ready");
            view! { "exists, " {text} }.into_any()
        }
        None => view! { "exists; " {subdued("not checked: endpoints")} }.into_any(),
    }
}

fn subdued(text: &'static str) -> AnyView {
    view! { <span class="subdued">{text}</span> }.into_any()
}
