//! What is wrong with an ingress: each problem with what it means and what to do.

use domain::detail::Detail;
use domain::problem::{self, Problem};
use leptos::prelude::*;

use crate::components::badge::{badge, tone, unchecked};
use crate::components::value;

/// All problems, and what could not be checked.
pub fn section(detail: &Detail) -> AnyView {
    let items: Vec<_> = detail.problems.iter().map(item).collect();
    let undone = unchecked(detail.checks).map(|text| {
        view! {
            <p class="notice">
                <span class="unchecked">{text}</span>
                ". Routebook could not read these kinds in the cluster, so more may be wrong than is said here."
            </p>
        }
    });
    let none = (items.is_empty() && undone.is_none())
        .then(|| view! { <p class="subdued">"None found. Everything was checked."</p> });
    let list = (!items.is_empty()).then(|| view! { <ul class="problems">{items}</ul> });
    view! {
        <section aria-labelledby="problems">
            <h2 id="problems">"Problems"</h2>
            {list} {none} {undone}
        </section>
    }
    .into_any()
}

fn item(problem: &Problem) -> AnyView {
    let code = problem.code();
    let (meaning, remedy) = explanation(problem);
    view! {
        <li>
            {badge(tone(code), problem::label(code))} " "
            <span>{about(problem)} {meaning} " " {remedy}</span>
        </li>
    }
    .into_any()
}

/// The name or place that the problem is about.
fn about(problem: &Problem) -> AnyView {
    let (what, name) = match problem {
        Problem::ServiceMissing { service } | Problem::NoReadyEndpoints { service } => {
            ("Service ", service.clone())
        }
        Problem::PortMissing { service, port } => ("Service ", format!("{service}, port {port}")),
        Problem::ClassUnknown { class } => ("IngressClass ", class.clone()),
        Problem::NoRoutes {} => return ().into_any(),
        Problem::BackendMissing { place } | Problem::PathTypeMissing { place } => {
            ("At ", place.clone())
        }
        Problem::PathTypeUnknown { place, value } => ("At ", format!("{place} ({value})")),
        Problem::Unreadable { reason } => ("", reason.clone()),
    };
    view! { {what} <strong>{value(&name)}</strong> ": " }.into_any()
}

/// What it means, and what to do.
fn explanation(problem: &Problem) -> (&'static str, &'static str) {
    match problem {
        Problem::ServiceMissing { .. } => (
            "it does not exist, so requests to its routes fail.",
            "Create the Service, or remove the routes that lead to it.",
        ),
        Problem::PortMissing { .. } => (
            "the Service has no such port, so requests to its routes fail.",
            "Name a port that the Service has.",
        ),
        Problem::NoReadyEndpoints { .. } => (
            "nothing behind it is ready to answer, so requests to its routes fail.",
            "See why its pods are not ready, or whether there are any.",
        ),
        Problem::ClassUnknown { .. } => (
            "it does not exist, so probably no controller serves this ingress.",
            "Name a class that the cluster has, or remove the ingress.",
        ),
        Problem::NoRoutes {} => (
            "It has neither rules nor a default backend, so it routes nothing.",
            "Add a rule, or remove the ingress.",
        ),
        Problem::BackendMissing { .. } => {
            ("the path leads nowhere.", "Name a Service or a resource for it.")
        }
        Problem::PathTypeMissing { .. } => (
            "the path has no type, so it depends on the controller what it matches.",
            "Say Exact or Prefix.",
        ),
        Problem::PathTypeUnknown { .. } => {
            ("Kubernetes does not know this path type.", "Say Exact or Prefix.")
        }
        Problem::Unreadable { .. } => (
            "this part of the manifest is not understood and is missing on this page.",
            "Compare with the manifest below.",
        ),
    }
}
