use super::*;

/// Midday of the hundredth day.
fn now() -> Timestamp {
    at(100.5)
}

fn at(day: f64) -> Timestamp {
    Timestamp::from_second((day * DAY as f64) as i64).unwrap()
}

/// So many days ago.
fn ago(days: f64) -> Option<Timestamp> {
    Some(at(100.5 - days))
}

fn watched(covered_percent: i64) -> Watched {
    Watched {
        source: "ingress-nginx at prometheus.example".into(),
        granularity: Granularity::Route,
        tells_success: true,
        observed_since: ago(90.0),
        covered_seconds: covered_percent * DAY,
        span_seconds: 100 * DAY,
        healthy: Ok(()),
        blind: None,
        gaps: Vec::new(),
    }
}

fn down() -> Watched {
    Watched { healthy: Err("it cannot be reached".into()), ..watched(100) }
}

fn check(
    seen: (Option<f64>, Option<f64>),
    watched: &Result<Watched, String>,
    expected: Verdict,
    word: &str,
) {
    let seen = Seen { last_any: seen.0.and_then(ago), last_success: seen.1.and_then(ago) };
    let traffic = verdict(ago(95.0), &seen, watched, &Policy::default(), now());
    assert_eq!(traffic.verdict, expected, "{traffic:?}");
    assert!(traffic.reason.contains(word), "{traffic:?}");
}

#[test]
fn verdicts() {
    use Verdict::{Active, NeverSeen, NotMeasurable, OnlyErrors, Quiet};
    check((Some(1.0), Some(2.0)), &Ok(watched(100)), Active, "success");
    // Evidence needs no coverage.
    check((Some(1.0), Some(2.0)), &Ok(watched(1)), Active, "success");
    check((Some(89.0), Some(89.0)), &Ok(watched(100)), Active, "90 days");
    // Evidence stays evidence, and the page says that the source is down.
    check((Some(1.0), Some(2.0)), &Ok(down()), Active, "it cannot be reached");
    check((Some(1.0), Some(2.0)), &Err("no source".into()), Active, "success");
    check((Some(1.0), Some(91.0)), &Ok(watched(100)), OnlyErrors, "2xx or 3xx");
    check((Some(1.0), None), &Ok(down()), OnlyErrors, "it cannot be reached");
    let blunt = || Watched { tells_success: false, ..watched(100) };
    check((Some(1.0), None), &Ok(blunt()), Active, "does not tell");
    check((Some(1.0), None), &Err("no source".into()), NotMeasurable, "no source");
    check((Some(91.0), Some(92.0)), &Ok(watched(80)), Quiet, "80 %");
    check((None, None), &Ok(watched(80)), NeverSeen, "ever seen");
    // No data is not no traffic.
    check((Some(91.0), None), &Ok(watched(79)), NotMeasurable, "only 79 %");
    check((None, None), &Ok(watched(0)), NotMeasurable, "only 0 %");
    check((None, None), &Ok(down()), NotMeasurable, "it cannot be reached");
    check((Some(91.0), Some(91.0)), &Ok(down()), NotMeasurable, "it cannot be reached");
    check((None, None), &Err("no source".into()), NotMeasurable, "no source");
    let wild = || Watched { blind: Some("wildcard hosts".into()), ..watched(100) };
    check((None, None), &Ok(wild()), NotMeasurable, "wildcard");
    check((Some(1.0), Some(1.0)), &Ok(wild()), Active, "success");
    check((Some(1.0), None), &Ok(wild()), NotMeasurable, "wildcard");
    check((Some(1.0), Some(91.0)), &Ok(wild()), NotMeasurable, "none that is counted");
}

#[test]
fn what_is_not_watched_whole_is_not_unused() {
    let check =
        |seen: (Option<f64>, Option<f64>), watched: Watched, expected: Option<Timestamp>| {
            let seen = Seen { last_any: seen.0.and_then(ago), last_success: seen.1.and_then(ago) };
            let traffic = verdict(ago(95.0), &seen, &Ok(watched), &Policy::default(), now());
            assert_eq!(unused_since(ago(95.0), &traffic), expected, "{traffic:?}");
        };
    let wild = |any, success| {
        check(
            (any, success),
            Watched { blind: Some("wildcard hosts".into()), ..watched(100) },
            None,
        );
    };
    wild(Some(1.0), None);
    wild(Some(1.0), Some(91.0));
    wild(Some(80.0), Some(80.0));
    // An outage with an old success, within the look-back and before it.
    check((Some(80.0), Some(80.0)), down(), None);
    check((Some(1.0), Some(91.0)), down(), None);
    // Too little was observed.
    check((Some(80.0), Some(80.0)), watched(79), None);
    check((Some(1.0), None), watched(79), None);
    check((Some(80.0), Some(80.0)), watched(80), ago(80.0));
    check((Some(1.0), Some(91.0)), watched(80), ago(91.0));
    check((Some(1.0), None), watched(80), ago(90.0));
}

#[test]
fn the_share_is_of_the_life_if_that_is_shorter() {
    let young = Watched { covered_seconds: 9, span_seconds: 10, ..watched(0) };
    let traffic = verdict(ago(2.0), &Seen::default(), &Ok(young), &Policy::default(), now());
    assert_eq!((traffic.verdict, traffic.covered), (Verdict::NeverSeen, Some(90)));
    assert!(traffic.reason.contains("since it was created or last changed"), "{traffic:?}");
}

#[test]
fn it_is_unused_since_the_last_success_or_since_somebody_looked() {
    let traffic = |verdict, last_any, last_success, tells_success| Traffic {
        verdict,
        last_any,
        last_success,
        tells_success,
        observed_since: ago(40.0),
        silence_counts: true,
        ..Traffic::default()
    };
    let created = ago(50.0);
    let since = |traffic: Traffic| unused_since(created, &traffic);
    assert_eq!(since(traffic(Verdict::Quiet, ago(91.0), ago(95.0), true)), ago(95.0));
    assert_eq!(since(traffic(Verdict::Quiet, ago(91.0), None, false)), ago(91.0));
    assert_eq!(since(traffic(Verdict::OnlyErrors, ago(1.0), None, true)), ago(40.0));
    assert_eq!(since(traffic(Verdict::NeverSeen, None, None, true)), ago(40.0));
    assert_eq!(since(traffic(Verdict::NotMeasurable, ago(1.0), ago(1.0), true)), None);
}

#[test]
fn only_what_was_observed_within_the_span_is_covered() {
    let days = [(10, DAY), (11, 1000), (12, DAY), (13, DAY)];
    let seconds = |from: f64, until: f64| covered(&days, at(from), at(until));
    assert_eq!(seconds(0.0, 20.0), 3 * DAY + 1000);
    assert_eq!(seconds(10.5, 12.0), DAY / 2 + 1000);
    assert_eq!(seconds(11.5, 12.5), 1000 + DAY / 2);
    assert_eq!(seconds(14.0, 15.0), 0);
    assert_eq!(covered(&[], at(0.0), at(1.0)), 0);
}
