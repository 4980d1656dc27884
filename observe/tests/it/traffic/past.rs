//! What came before the first round, and in holes between rounds.

use std::time::Duration;

use domain::traffic::Verdict;
use sandbox::prometheus::{Effect, Fault, Labels, Shape, Target};

use super::scene::{DAY, HOUR, MINUTE, Scene, TARGET, at, counter, manifest, name, target};

/// The full hour at or before noon.
const FULL: i64 = -15 * MINUTE;

#[tokio::test(flavor = "multi_thread")]
async fn the_past_is_known_to_the_hour() {
    let scene = Scene::new([manifest("web"), manifest("busy")]).await;
    let web = counter("web", "200");
    scene.record(&web, -3 * DAY, -2 * DAY + 30 * MINUTE, 10.0);
    scene.record(&web, -2 * DAY + 31 * MINUTE, HOUR, 11.0);
    scene.good_round().await;
    scene.past().await;
    scene.round().await;
    let row = scene.row("web").await;
    assert_eq!(row.traffic.last_success, Some(at(-2 * DAY + FULL + HOUR)));
    let today = row.days.len() - 1;
    // Ten were there when it appeared, three days ago.
    assert_eq!(row.days[today - 3..=today], [10, 1, 0, 0]);
    let busy = scene.row("busy").await;
    assert_eq!(busy.days[today - 4..today], [14_400; 4]);
    scene.set(5 * MINUTE);
    scene.good_round().await;
    let busy = scene.row("busy").await.traffic;
    assert_eq!((busy.verdict, busy.covered), (Verdict::Active, Some(99)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_is_read_once() {
    let scene = Scene::new([manifest("busy")]).await;
    scene.good_round().await;
    scene.past().await;
    let days = scene.row("busy").await.days;
    scene.server.forget_requests();
    scene.past().await;
    assert_eq!(scene.server.total_requests(), 0);
    assert_eq!(scene.row("busy").await.days, days);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_goes_on_where_it_was_interrupted() {
    let scene = Scene::new([manifest("busy")]).await;
    scene.good_round().await;
    // A day takes a seventh of a second now, and there are six.
    let slow = Effect::Drip { bytes: 1 << 20, every: Duration::from_millis(35) };
    scene.server.faults().set(Fault::new(slow).path("/api/v1/query_range"));
    let interrupted = tokio::time::timeout(Duration::from_millis(300), scene.past()).await;
    assert!(interrupted.is_err());
    scene.server.faults().clear();
    let states = scene.store.traffic_sources(&name()).await.unwrap();
    assert_eq!(states[0].filled_from, None);
    scene.past().await;
    let days = scene.row("busy").await.days;
    let today = days.len() - 1;
    assert_eq!(days[today - 4..today], [14_400; 4], "no day is missing, and none counts twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_in_scraping_lowers_the_coverage() {
    let scene = Scene::bare([manifest("web"), manifest("busy")]).await;
    scene.watched(target().unseen(at(-4 * DAY), at(-2 * DAY)));
    scene.good_round().await;
    scene.past().await;
    scene.set(5 * MINUTE);
    scene.good_round().await;
    let traffic = scene.row("web").await.traffic;
    // Three days of five, and the five minutes for which a sample counts.
    assert_eq!((traffic.verdict, traffic.covered), (Verdict::NotMeasurable, Some(60)));
    assert!(traffic.reason.contains("only 60 % of the last 5 days"), "{traffic:?}");
    let blind = at(-3 * DAY).as_second().div_euclid(86_400);
    assert_eq!(traffic.gaps, [(blind, blind)], "of two days one was seen in part");
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_means_something_only_where_enough_was_observed() {
    let scene = Scene::bare([manifest("web"), manifest("busy")]).await;
    // The source remembers four and a half days of five.
    scene.watched(Target::new(at(-4 * DAY - 12 * HOUR), Duration::from_secs(60)));
    // What was counted before that is no traffic of its first hour.
    scene.record(&counter("web", "200"), -4 * DAY - 12 * HOUR, HOUR, 1000.0);
    scene.good_round().await;
    assert_eq!(scene.row("web").await.traffic.verdict, Verdict::NotMeasurable);
    scene.past().await;
    scene.set(5 * MINUTE);
    scene.good_round().await;
    let row = scene.row("web").await;
    assert_eq!(row.traffic.verdict, Verdict::NeverSeen, "{row:?}");
    assert!(row.traffic.covered.is_some_and(|covered| covered >= 85), "{row:?}");
    assert_eq!(row.unused_since, row.traffic.observed_since);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_before_the_ingress_was_created_is_its_own() {
    let mut young = manifest("web");
    young["metadata"]["creationTimestamp"] = at(-DAY).to_string().into();
    let scene = Scene::new([young, manifest("busy")]).await;
    scene.record(&counter("web", "200"), -3 * DAY, -2 * DAY, 10.0);
    scene.record(&counter("web", "200"), -2 * DAY + MINUTE, HOUR, 20.0);
    scene.good_round().await;
    scene.past().await;
    scene.set(5 * MINUTE);
    scene.good_round().await;
    let row = scene.row("web").await;
    assert_eq!((row.traffic.verdict, row.traffic.last_any), (Verdict::NeverSeen, None));
    assert!(row.traffic.reason.contains("since it was created"), "{:?}", row.traffic);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hole_between_rounds_is_made_up_for() {
    let scene = Scene::new([manifest("web"), manifest("busy")]).await;
    scene.good_round().await;
    let before = scene.row("busy").await.days;
    scene.record(&counter("web", "200"), 3 * HOUR, DAY, 1.0);
    scene.set(8 * HOUR + 20 * MINUTE);
    scene.good_round().await;
    let rows = scene.rows().await;
    // Rounds of hours from noon: it came within the third.
    assert_eq!(rows["web"].traffic.last_any, Some(at(3 * HOUR)), "{:?}", rows["web"]);
    let more = rows["busy"].days.last().unwrap() - before.last().unwrap();
    assert_eq!(more, 10 * (8 * 60 + 20));
}

#[tokio::test(flavor = "multi_thread")]
async fn less_at_a_time_is_asked_where_a_day_is_too_much() {
    let mut scene = Scene::new([manifest("busy")]).await;
    scene.good_round().await;
    // A day of `up` has 289 samples, six hours have 73.
    scene.sources[0].limits.samples = 200;
    scene.past().await;
    let days = scene.row("busy").await.days;
    let today = days.len() - 1;
    assert_eq!(days[today - 4..today], [14_400; 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_before_the_metric_was_there_is_not_covered() {
    let scene = Scene::bare([manifest("web"), manifest("busy")]).await;
    scene.series.shape(&Labels::of("up", &TARGET), Shape::up(&std::sync::Arc::new(target())));
    scene.record(&counter("busy", "200"), -HOUR, HOUR, 5.0);
    scene.good_round().await;
    scene.past().await;
    scene.set(5 * MINUTE);
    scene.good_round().await;
    let traffic = scene.row("web").await.traffic;
    assert_eq!((traffic.verdict, traffic.covered), (Verdict::NotMeasurable, Some(1)));
    assert!(!traffic.silence_counts, "{traffic:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_under_a_new_name_does_not_count_the_past_twice() {
    let mut scene = Scene::new([manifest("busy")]).await;
    scene.good_round().await;
    scene.past().await;
    scene.sources[0].matchers = "instance=\"10.0.0.1:10254\"".into();
    scene.set(5 * MINUTE);
    scene.good_round().await;
    scene.past().await;
    let days = scene.row("busy").await.days;
    let today = days.len() - 1;
    assert_eq!(days[today - 4..today], [14_400; 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_longer_look_back_reads_what_is_older_and_nothing_twice() {
    let mut scene = Scene::new([manifest("busy")]).await;
    scene.policy.look_back_days = 3;
    scene.good_round().await;
    scene.past().await;
    scene.policy.look_back_days = 5;
    scene.past().await;
    let days = scene.row("busy").await.days;
    let today = days.len() - 1;
    assert_eq!(days[today - 4..today], [14_400; 4]);
}
