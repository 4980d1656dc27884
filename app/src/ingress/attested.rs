//! Whether somebody confirmed it in a review as it is now, and whether it is on its way out.

use domain::attestation::Attestation;
use domain::detail::Detail;
use domain::retirement::Retirement;
use jiff::Timestamp;
use leptos::prelude::*;

use super::summary::fact;
use crate::components::text::{exact_moment, moment, time};
use crate::components::{state, value};
use crate::context::link;
use crate::format;
use crate::retirements::words;

/// By whom, when, and until when that holds; how it was or is being retired; what was decided.
pub fn section(
    detail: &Detail,
    retirements: &[Retirement],
    decided: Option<AnyView>,
    now: Timestamp,
    base: &str,
) -> AnyView {
    let reviewed = detail.reviewed(now);
    let facts = detail.attestation.as_ref().map(|last| facts(last, now));
    view! {
        <section aria-labelledby="review">
            <h2 id="review">"Review"</h2>
            <p>
                {state::reviewed(reviewed)} " "
                <span class="subdued">{reviewed.explanation()}</span>
            </p>
            {facts} {retired(retirements, now, base)}
            {decided}
        </section>
    }
    .into_any()
}

fn facts(last: &Attestation, now: Timestamp) -> AnyView {
    let verb = if last.until > now { "ends" } else { "ended" };
    let until = format!("{} ({verb} {})", format::utc(last.until), format::until(last.until, now));
    view! {
        <dl class="facts wide">
            {fact("Last confirmed by", value(&last.by))}
            {fact("Confirmed", exact_moment(last.at, now))}
            {fact("Holds until", time(last.until, until))}
        </dl>
    }
    .into_any()
}

/// Every time that somebody decided to retire it, and where that stands.
fn retired(retirements: &[Retirement], now: Timestamp, base: &str) -> Option<AnyView> {
    let item = |one: &Retirement| {
        let to = link(base, &format!("/retirements/{}", one.id));
        let said = format!("Retirement of {}", words::what(one));
        view! {
            <li>
                {words::stage(one.state.stage())} " " <a href=to>{said}</a> ", requested by "
                {value(&one.requested_by)} ", " {moment(one.requested_at, now)} ": "
                {words::state(one, now)}
            </li>
        }
    };
    let items: Vec<_> = retirements.iter().map(item).collect();
    (!items.is_empty()).then(|| view! { <ul class="entries">{items}</ul> }.into_any())
}
