//! How far a campaign is, and what came of it, in numbers.

use domain::campaign::Summary;
use domain::review::{Counts, Outcome};
use leptos::prelude::*;

use super::words::{ingresses, signed};
use crate::components::parts::share;
use crate::format;

/// How many are decided, as a bar and in words. Of what has left its cluster nothing is to be decided.
pub fn decided(counts: Counts) -> AnyView {
    let (done, total) = (signed(counts.decided()), signed(counts.total() - counts.gone));
    let words = format!("{} of {} decided", format::number(done), format::number(total));
    let gone = (counts.gone > 0).then(|| format!(", {} gone", format::number(signed(counts.gone))));
    view! {
        <span class="how-far">
            {share(done, total)}
            <span>
                {words} " " <span class="subdued">{format::percent(done, total)} {gone}</span>
            </span>
        </span>
    }
    .into_any()
}

/// What came of it, in one line.
pub fn outcome(summary: Summary) -> AnyView {
    let told = |outcome: Outcome| {
        let count = summary.count(outcome);
        (count > 0).then(|| format!("{}: {}", outcome.label(), format::number(signed(count))))
    };
    let parts: Vec<_> = Outcome::ALL.into_iter().filter_map(told).collect();
    let all = ingresses(summary.total());
    view! {
        <span class="two-lines">
            <span>{all}</span>
            <span class="subdued">{parts.join(", ")}</span>
        </span>
    }
    .into_any()
}

/// The same as one figure for each outcome, those that nobody decided with a colour. Each leads to its
/// list; the one that leads here says so.
pub fn outcomes(
    summary: Summary,
    chosen: Option<Outcome>,
    to: impl Fn(Outcome) -> String,
) -> AnyView {
    let item = |outcome: Outcome| {
        let count = summary.count(outcome);
        let is_left = matches!(outcome, Outcome::Exception | Outcome::Escalated);
        let class = if is_left && count > 0 { "figure warning" } else { "figure" };
        let inside = view! {
            <strong>{format::number(signed(count))}</strong> " " <span>{outcome.label()}</span>
        };
        if count == 0 {
            return view! { <li><div class=class>{inside}</div></li> }.into_any();
        }
        let current = (chosen == Some(outcome)).then_some("page");
        view! { <li><a class=class href=to(outcome) aria-current=current>{inside}</a></li> }
            .into_any()
    };
    let items: Vec<_> = Outcome::ALL.into_iter().map(item).collect();
    view! { <ul class="figures" aria-label="What came of it">{items}</ul> }.into_any()
}
