//! What tells Routebook of traffic in one cluster, source by source.

use jiff::{SignedDuration, Timestamp};
use leptos::prelude::*;
use store::SourceState;

use crate::components::text::{exact_moment, sentence};
use crate::components::{Tone, badge, value};

/// Nobody asks a source any more that was not asked for so long: it was taken out of the
/// configuration.
const LONGEST_SILENCE: SignedDuration = SignedDuration::from_hours(3);

/// One row for each source. Without any, nothing measures traffic there, which is worth saying.
pub fn table(cluster: &str, sources: &[SourceState], now: Timestamp) -> AnyView {
    if sources.is_empty() {
        return view! {
            <p class="subdued">
                "No source of traffic is configured, so the use of these ingresses is not measurable."
            </p>
        }
        .into_any();
    }
    let rows: Vec<_> = sources.iter().map(|source| row(source, now)).collect();
    let label = format!("Sources of traffic in {cluster}");
    view! {
        <div class="table-region" role="region" aria-label=label tabindex="0">
            <table class="list kinds" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Source of traffic"</th>
                        <th role="columnheader" scope="col">"State"</th>
                        <th role="columnheader" scope="col">"Observed since"</th>
                        <th role="columnheader" scope="col">"Collected until"</th>
                        <th role="columnheader" scope="col">"Filled from"</th>
                        <th role="columnheader" scope="col">"Asked last"</th>
                        <th role="columnheader" scope="col">"Last error"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(source: &SourceState, now: Timestamp) -> AnyView {
    let time =
        |at: Option<Timestamp>| at.map_or_else(|| subdued("not yet"), |at| exact_moment(at, now));
    let error = source.error.as_deref().map_or_else(|| subdued("none"), sentence);
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="Source of traffic">{value(&source.name)}</th>
            <td role="cell" data-label="State">{state(source, now)}</td>
            <td role="cell" data-label="Observed since">{time(source.since)}</td>
            <td role="cell" data-label="Collected until">{time(source.collected_until)}</td>
            <td role="cell" data-label="Filled from">{time(source.filled_from)}</td>
            <td role="cell" data-label="Asked last">{time(source.checked_at)}</td>
            <td role="cell" data-label="Last error">{error}</td>
        </tr>
    }
    .into_any()
}

fn state(source: &SourceState, now: Timestamp) -> AnyView {
    let is_left = |at| now.duration_since(at) > LONGEST_SILENCE;
    if source.checked_at.is_some_and(is_left) {
        return badge(Tone::Warning, "not asked any more");
    }
    match (&source.error, source.collected_until) {
        (Some(_), _) => badge(Tone::Bad, "failing"),
        (None, Some(_)) => badge(Tone::Good, "collecting"),
        (None, None) => badge(Tone::Plain, "not asked yet"),
    }
}

fn subdued(text: &'static str) -> AnyView {
    view! { <span class="subdued">{text}</span> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(sources: &[SourceState]) -> String {
        table("prod", sources, Timestamp::UNIX_EPOCH).to_html()
    }

    fn source(error: Option<&str>) -> SourceState {
        SourceState {
            name: "ingress-nginx at prometheus.example".into(),
            since: Some(Timestamp::UNIX_EPOCH),
            collected_until: Some(Timestamp::UNIX_EPOCH),
            filled_from: None,
            error: error.map(str::to_owned),
            checked_at: Some(Timestamp::UNIX_EPOCH),
        }
    }

    #[test]
    fn a_source_that_nobody_asks_is_neither_collecting_nor_failing() {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(4);
        for error in [None, Some("503")] {
            let html = table("prod", &[source(error)], now).to_html();
            assert!(html.contains("badge warning\">not asked any more"), "{html}");
        }
    }

    #[test]
    fn a_source_that_fails_says_why_and_none_says_what_follows() {
        assert!(html(&[]).contains("not measurable"));
        assert!(html(&[source(None)]).contains("badge good\">collecting"));
        let failing = html(&[source(Some("503 <b>busy</b>"))]);
        assert!(failing.contains("badge bad\">failing"), "{failing}");
        assert!(failing.contains("503 &lt;b&gt;busy"), "{failing}");
    }
}
