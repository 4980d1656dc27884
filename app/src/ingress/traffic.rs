//! When an ingress was last used, and how that is known.

use domain::detail::Detail;
use domain::traffic::{Granularity, Seen, Traffic, per_day};
use jiff::Timestamp;
use leptos::prelude::*;

use super::summary::fact;
use crate::components::days::Days;
use crate::components::state;
use crate::components::text::{exact_moment, moment, sentence};

/// The verdict with its reasons, and the requests of each day.
pub fn section(detail: &Detail, now: Timestamp) -> AnyView {
    let traffic = &detail.traffic;
    let verdict = traffic.verdict;
    let days = Days::new(per_day(traffic, &detail.days, now), now).map(|days| days.chart());
    view! {
        <section aria-labelledby="traffic">
            <h2 id="traffic">"Last traffic"</h2>
            <p>{state::verdict(verdict)} " " {verdict.explanation()}</p>
            {facts(traffic, now)}
            {days}
        </section>
    }
    .into_any()
}

fn facts(traffic: &Traffic, now: Timestamp) -> AnyView {
    let reason = (!traffic.reason.is_empty()).then(|| fact("Why", sentence(&traffic.reason)));
    let success = match traffic.tells_success {
        true => last(traffic.last_success, now),
        false => subdued("the source does not tell success from errors"),
    };
    let source = traffic.source.as_deref().map_or_else(|| subdued("none"), sentence);
    let granularity = traffic.granularity.map_or("not known", Granularity::label);
    let since =
        traffic.observed_since.map_or_else(|| subdued("not observed"), |at| exact_moment(at, now));
    let covered = traffic.covered.map_or("not known".to_owned(), |share| format!("{share} %"));
    let text = |text: String| view! { <span>{text}</span> }.into_any();
    view! {
        <dl class="facts wide">
            {reason}
            {fact("Last request", last(traffic.last_any, now))}
            {fact("Last successful request", success)}
            {fact("Measured by", source)}
            {fact("Measured", text(granularity.to_owned()))}
            {fact("Observed since", since)}
            {fact("Share of the look-back observed", text(covered))}
        </dl>
    }
    .into_any()
}

fn last(at: Option<Timestamp>, now: Timestamp) -> AnyView {
    at.map_or_else(|| subdued("none seen"), |at| exact_moment(at, now))
}

/// When one route was last used.
pub fn of_route(seen: Option<&Seen>, now: Timestamp) -> AnyView {
    let Some(seen) = seen else { return subdued("not measurable") };
    match (seen.last_success, seen.last_any) {
        (Some(at), _) => moment(at, now),
        (None, Some(at)) => {
            view! { <span>{moment(at, now)} " " {subdued("without success")}</span> }.into_any()
        }
        (None, None) => subdued("none seen"),
    }
}

fn subdued(text: &'static str) -> AnyView {
    view! { <span class="subdued">{text}</span> }.into_any()
}
