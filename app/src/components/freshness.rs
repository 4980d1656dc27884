//! How far what a page shows can be relied on, cluster by cluster.

use domain::sync::{ClusterStatus, Freshness, Kind, KindStatus, Phase};
use jiff::Timestamp;
use leptos::prelude::*;

use super::badge::{Tone, badge};
use super::text::{moment, value};
use crate::format;

/// One line for all clusters, also those that are read no more and whose records stay. It is exchanged
/// quietly while the page is open. The page that says more is left out for who may not open it.
pub fn freshness_line(
    clusters: &[ClusterStatus],
    now: Timestamp,
    status_page: Option<&str>,
) -> AnyView {
    let items: Vec<_> = clusters.iter().map(|cluster| item(cluster, now, status_page)).collect();
    if items.is_empty() {
        return view! { <p id="freshness" class="freshness">"No cluster is read."</p> }.into_any();
    }
    view! {
        <ul id="freshness" class="freshness" aria-label="How current the data is">
            {items}
        </ul>
    }
    .into_any()
}

fn item(cluster: &ClusterStatus, now: Timestamp, status_page: Option<&str>) -> AnyView {
    let mark = mark(cluster, now);
    let link = status_page.filter(|_| needs_a_look(cluster, now)).map(|page| {
        let label = format!("Why? Status of {}", cluster.name);
        view! { <a href=page.to_owned() aria-label=label>"why?"</a> }
    });
    view! { <li>{value(&cluster.name)} " " {mark} " " {link}</li> }.into_any()
}

/// How fresh a cluster's ingresses are, in words.
pub fn mark(cluster: &ClusterStatus, now: Timestamp) -> AnyView {
    if !cluster.configured {
        let mark = badge(Tone::Warning, "not read any more");
        let last = cluster.kind(Kind::Ingress).and_then(|status| status.data_as_of);
        let since = last.map(|at| view! { " as of " {moment(at, now)} });
        return view! { {mark} {since} }.into_any();
    }
    let ingresses = cluster.kind(Kind::Ingress);
    if let Some(text) = ingresses.and_then(progress) {
        return badge(Tone::Plain, text);
    }
    match cluster.freshness(now) {
        Freshness::Fresh(at) => view! { "as of " {moment(at, now)} }.into_any(),
        Freshness::Stale(at) => {
            view! { {badge(Tone::Warning, "stale")} " as of " {moment(at, now)} }.into_any()
        }
        Freshness::Never => badge(Tone::Warning, never(ingresses)),
    }
}

fn never(ingresses: Option<&KindStatus>) -> &'static str {
    match ingresses.map(|status| status.phase) {
        Some(Phase::NotPermitted) => "not permitted to read",
        Some(Phase::Failing) => "never read: failing",
        _ => "not read yet",
    }
}

fn needs_a_look(cluster: &ClusterStatus, now: Timestamp) -> bool {
    let unread = |status: &KindStatus| matches!(status.phase, Phase::NotPermitted | Phase::Failing);
    cluster.error.is_some()
        || cluster.kinds.iter().any(unread)
        || !matches!(cluster.freshness(now), Freshness::Fresh(_))
}

/// How far the first list of a kind is: `first list: 12,500 of about 50,000`.
pub fn progress(status: &KindStatus) -> Option<String> {
    let (read, remaining) = status.progress.filter(|_| status.phase == Phase::Listing)?;
    let of = remaining.map(|remaining| format!(" of about {}", format::number(read + remaining)));
    Some(format!("first list: {}{}", format::number(read), of.unwrap_or_default()))
}

/// The most cautious word for all clusters together, for the footer.
pub fn overall(clusters: &[ClusterStatus], now: Timestamp) -> AnyView {
    let read: Vec<_> = clusters.iter().filter(|cluster| cluster.configured).collect();
    let fresh = |cluster: &&ClusterStatus| matches!(cluster.freshness(now), Freshness::Fresh(_));
    let late = read.iter().filter(|cluster| !fresh(cluster)).count();
    let text = match (read.len(), late) {
        (0, _) => "No cluster is configured.".to_owned(),
        (_, 0) => "All clusters are up to date.".to_owned(),
        (all, late) => format!("{late} of {all} clusters not up to date."),
    };
    view! { <span>{text}</span> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster(phase: Phase, progress: Option<(i64, Option<i64>)>) -> ClusterStatus {
        ClusterStatus {
            name: "prod".into(),
            uid: None,
            server: None,
            version: None,
            error: None,
            configured: true,
            kinds: vec![KindStatus { phase, progress, ..KindStatus::new(Kind::Ingress) }],
        }
    }

    #[test]
    fn a_running_first_list_shows_how_far_it_is() {
        let text = |read, remaining| {
            progress(&cluster(Phase::Listing, Some((read, remaining))).kinds[0]).unwrap()
        };
        assert_eq!(text(12_500, Some(37_500)), "first list: 12,500 of about 50,000");
        assert_eq!(text(12_500, None), "first list: 12,500");
    }

    #[test]
    fn a_cluster_that_was_never_read_says_so_and_why() {
        let now = Timestamp::UNIX_EPOCH;
        let line = |phase, page| freshness_line(&[cluster(phase, None)], now, page).to_html();
        let html = |phase| line(phase, Some("/status"));
        assert!(html(Phase::Waiting).contains("not read yet"));
        assert!(html(Phase::NotPermitted).contains("not permitted to read"));
        assert!(html(Phase::Failing).contains("href=\"/status\""));
        assert!(!line(Phase::Failing, None).contains("href"));
    }
}
