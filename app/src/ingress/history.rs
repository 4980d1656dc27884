//! What happened to an ingress while Routebook watched, and its other lives.

use domain::Change;
use domain::detail::{Detail, Event, Happening, Life};
use jiff::Timestamp;
use leptos::prelude::*;

use crate::components::text::{exact_moment, whole_value};
use crate::components::{Tone, badge, value};
use crate::context::link;

/// What happened, the latest first.
pub fn section(detail: &Detail, now: Timestamp) -> AnyView {
    let items: Vec<_> = detail.history.iter().map(|event| item(event, now)).collect();
    let body = match items.is_empty() {
        true => view! { <p class="subdued">"Nothing changed since Routebook first saw it."</p> }
            .into_any(),
        false => view! { <ol class="history">{items}</ol> }.into_any(),
    };
    view! {
        <section aria-labelledby="history"><h2 id="history">"What happened"</h2>{body}</section>
    }
    .into_any()
}

fn item(event: &Event, now: Timestamp) -> AnyView {
    let what = match &event.what {
        Happening::Appeared => view! { "It appeared." }.into_any(),
        Happening::Changed(changes) => self::changes(changes),
        Happening::Removed(proof) => {
            view! { "It was found to be gone: " {proof.label()} "." }.into_any()
        }
        Happening::Reappeared => view! { "It was there again." }.into_any(),
    };
    view! { <li><p class="when">{exact_moment(event.at, now)}</p><div>{what}</div></li> }.into_any()
}

/// What changed, with what it was before and after.
pub fn changes(changes: &[Change]) -> AnyView {
    let items: Vec<_> = changes.iter().map(change).collect();
    view! { <ul class="changes">{items}</ul> }.into_any()
}

fn change(change: &Change) -> AnyView {
    let material = change.material.then(|| {
        let title = "Part of what a reviewer attests";
        view! { " " <span class="badge warning" title=title>"material"</span> }
    });
    let side = |name: &'static str, text: Option<&String>| {
        text.map(|text| view! { <div><dt>{name}</dt><dd>{whole_value(text)}</dd></div> })
    };
    let verb = match (&change.before, &change.after) {
        (None, Some(_)) => " added",
        (Some(_), None) => " removed",
        _ => " changed",
    };
    view! {
        <li>
            <p><strong>{value(&change.what)}</strong> {verb} {material}</p>
            <dl class="before-after">
                {side("Before", change.before.as_ref())} {side("After", change.after.as_ref())}
            </dl>
        </li>
    }
    .into_any()
}

/// The other lives under its name, if there were any.
pub fn lives(detail: &Detail, now: Timestamp, base: &str) -> Option<AnyView> {
    let items: Vec<_> = detail.lives.iter().map(|life| self::life(life, now, base)).collect();
    let section = view! {
        <section aria-labelledby="lives">
            <h2 id="lives">"Other lives under this name"</h2>
            <p class="subdued">
                "An ingress that was deleted and created again under the same name is another one."
            </p>
            <ul class="entries">{items}</ul>
        </section>
    };
    (!detail.lives.is_empty()).then(|| section.into_any())
}

fn life(life: &Life, now: Timestamp, base: &str) -> AnyView {
    let to = link(base, &format!("/ingresses/{}", life.id));
    let created = life.created_at.map(|at| view! { ", created " {exact_moment(at, now)} });
    let removed = match life.removed_at {
        Some(at) => view! { ", found to be gone " {exact_moment(at, now)} }.into_any(),
        None => view! { " " {badge(Tone::Good, "in the cluster")} }.into_any(),
    };
    view! { <li><a href=to>{value(&life.uid)}</a> {created} {removed}</li> }.into_any()
}
