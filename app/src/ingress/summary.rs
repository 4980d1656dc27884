//! What one wants to know of an ingress first.

use domain::detail::{Detail, Life};
use domain::managed::{Managed, Manager};
use jiff::Timestamp;
use leptos::prelude::*;

use crate::components::text::{exact_moment, sentence};
use crate::components::{Tone, badge, value};
use crate::context::link;
use crate::inventory::cells::class_and_controller;

/// That it is gone, since when, how that is known, and what stands under its name now.
pub fn removed(detail: &Detail, now: Timestamp, base: &str) -> Option<AnyView> {
    let removal = detail.removed?;
    let newer = newer_life(detail).map(|life| {
        let to = link(base, &format!("/ingresses/{}", life.id));
        view! { " " <a href=to>"To the ingress that has its name now"</a> }
    });
    let banner = view! {
        <p class="notice">
            {badge(Tone::Warning, "removed")} " Found to be gone " {exact_moment(removal.at, now)}
            ": " {removal.proof.label()} "." {newer}
        </p>
    };
    Some(banner.into_any())
}

/// The life under its name that is there now, else none: an old life is no successor.
fn newer_life(detail: &Detail) -> Option<&Life> {
    detail.lives.iter().find(|life| life.removed_at.is_none())
}

/// Class, addresses, times, and what manages it.
pub fn facts(detail: &Detail, now: Timestamp) -> AnyView {
    let ingress = &detail.ingress;
    let looked_up = detail.checks.classes;
    let class =
        class_and_controller(ingress.class.as_ref(), detail.controller.as_deref(), looked_up);
    let created = match ingress.object.created_at {
        Some(at) => exact_moment(at, now),
        None => view! { <span class="subdued">"unknown"</span> }.into_any(),
    };
    let changed = match detail.changed_at {
        Some(at) => exact_moment(at, now),
        None => view! { <span class="subdued">"not since it was first seen"</span> }.into_any(),
    };
    view! {
        <dl class="facts wide">
            {fact("Cluster", value(&detail.cluster))}
            {fact("Class", class)}
            {fact("Addresses", addresses(&ingress.addresses))}
            {fact("Created", created)}
            {fact("First seen by Routebook", exact_moment(detail.first_seen_at, now))}
            {fact("Last changed in what matters", changed)}
            {fact("Managed by", managed(&detail.managed))}
            {fact("UID", value(&ingress.object.uid))}
        </dl>
    }
    .into_any()
}

/// What would put it back if somebody changed it, and how that is known.
pub fn managed(managed: &Managed) -> AnyView {
    if managed.by == Manager::Unknown {
        return view! { <span class="subdued">"unknown: nothing in it tells"</span> }.into_any();
    }
    let name = managed.name.as_deref().map(|name| view! { " " {value(name)} });
    let how = (!managed.how.is_empty())
        .then(|| view! { " " <span class="subdued">"by " {sentence(&managed.how)}</span> });
    view! { {managed.by.label()} {name} {how} }.into_any()
}

fn addresses(addresses: &[String]) -> AnyView {
    if addresses.is_empty() {
        return view! { <span class="subdued">"none yet"</span> }.into_any();
    }
    let items: Vec<_> =
        addresses.iter().map(|address| view! { <li>{value(address)}</li> }).collect();
    view! { <ul class="plain">{items}</ul> }.into_any()
}

/// A name and what it is.
pub fn fact(name: &'static str, text: AnyView) -> AnyView {
    view! { <div><dt>{name}</dt><dd>{text}</dd></div> }.into_any()
}
