//! How retirements go: how many may become due, and how long it takes until one is proved.

use leptos::prelude::*;
use store::RetirementPage;

use crate::format;
use crate::ingress::summary::fact;

/// Two figures in words.
pub fn section(page: &RetirementPage) -> AnyView {
    let whole = |count: u64| format::number(i64::try_from(count).unwrap_or(i64::MAX));
    let week = format!("{} of at most {}", whole(page.due_this_week), whole(page.weekly_limit));
    let took = match page.took {
        Some(took) => format!("{}, in the middle of all", format::lasting(took)),
        None => "none is proved yet".to_owned(),
    };
    view! {
        <dl class="facts wide">
            {fact("Become due within seven days", week.into_any())}
            {fact("From the request to the proof", took.into_any())}
        </dl>
    }
    .into_any()
}
