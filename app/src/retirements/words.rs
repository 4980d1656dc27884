//! The words for where a retirement stands.

use domain::retirement::{Retirement, Stage, State};
use domain::traffic::Traffic;
use jiff::Timestamp;
use leptos::prelude::*;

use crate::components::text::{moment, sentence, time};
use crate::components::{Tone, badge};
use crate::format;

/// Where it stands.
pub fn stage(stage: Stage) -> AnyView {
    let tone = match stage {
        Stage::Reappeared => Tone::Bad,
        Stage::Due => Tone::Warning,
        Stage::Removed => Tone::Good,
        Stage::Held | Stage::Cancelled => Tone::Plain,
    };
    badge(tone, stage.label())
}

/// What that means, by what is known of its traffic.
pub fn meaning(stage: Stage, traffic: &Traffic) -> &'static str {
    match stage {
        Stage::Held if is_unmeasured(stage, traffic) => {
            "It waits. Nothing measures its traffic, so its use is not known: only somebody who needs \
             it cancels it."
        }
        Stage::Due if is_unmeasured(stage, traffic) => {
            "The hold is over. Nothing measures its traffic, so its use is not known: ask its owner \
             before it is removed."
        }
        _ => stage.explanation(),
    }
}

/// Whether it is still to go, and nobody can see whether it is used.
pub fn is_unmeasured(stage: Stage, traffic: &Traffic) -> bool {
    matches!(stage, Stage::Held | Stage::Due) && traffic.source.is_none()
}

/// Since or until when, and why.
pub fn state(retirement: &Retirement, now: Timestamp) -> AnyView {
    match &retirement.state {
        State::Held { until } => held(*until, now),
        State::Due { since } => view! { "due since " {moment(*since, now)} }.into_any(),
        State::Removed { at, proof } => {
            view! { {moment(*at, now)} ": " {sentence(proof)} }.into_any()
        }
        State::Reappeared { at } => view! { "there again " {moment(*at, now)} }.into_any(),
        State::Cancelled { at, why } => {
            view! { {moment(*at, now)} ": " {sentence(why)} }.into_any()
        }
    }
}

/// One whose hold is over may still wait for its turn in the week, or for a source of traffic.
fn held(until: Timestamp, now: Timestamp) -> AnyView {
    if until <= now {
        let ago = format::ago(until, now);
        let text = format!(
            "hold over {ago}; waits until its traffic up to then is read, if anything measures it, \
             or for its turn in the week"
        );
        return time(until, text);
    }
    time(until, format!("until {} ({})", format::date(until), format::until(until, now)))
}

/// All of it or how many of its routes.
pub fn what(retirement: &Retirement) -> String {
    match retirement.routes.len() {
        0 => "the whole ingress".to_owned(),
        count => {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            format!("only {}", format::counted(count, "route", "routes"))
        }
    }
}
