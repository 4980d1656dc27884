//! A source that misbehaves: every fault is said in words, and none makes a route look unused.

use std::sync::Arc;
use std::time::Duration;

use domain::traffic::Verdict;
use jiff::SignedDuration;
use observe::traffic::{Limits, Told};
use sandbox::prometheus::{Effect, Fault, Options, Server};

use super::scene::{HOUR, MINUTE, Scene, at, counter, manifest, name, target};

/// A scene whose ingress `web` was used in the first round, and then a fault.
async fn under(effect: Effect, word: &str) {
    let mut scene = Scene::new([manifest("web"), manifest("idle"), manifest("busy")]).await;
    scene.record(&counter("web", "200"), -5 * MINUTE, 2 * HOUR, 1.0);
    scene.good_round().await;
    scene.past().await;
    scene.sources[0].limits =
        Limits { deadline: Duration::from_secs(1), bytes: 1 << 20, samples: 5000 };
    scene.set(5 * MINUTE);
    scene.server.faults().set(Fault::new(effect.clone()));
    scene.bad_round(word).await;
    let rows = scene.rows().await;
    assert_eq!(rows["web"].traffic.verdict, Verdict::Active, "{effect:?}: it is still evidence");
    assert!(rows["web"].traffic.reason.contains(word), "{effect:?}: {:?}", rows["web"].traffic);
    assert_eq!(rows["idle"].traffic.verdict, Verdict::NotMeasurable, "{effect:?}");
    assert!(rows["idle"].traffic.reason.contains(word), "{effect:?}: {:?}", rows["idle"].traffic);
    // What came meanwhile is made up for.
    scene.server.faults().clear();
    scene.set(10 * MINUTE);
    scene.good_round().await;
    let idle = scene.row("idle").await.traffic;
    assert_eq!(idle.verdict, Verdict::NeverSeen, "{effect:?}: {idle:?}");
    assert_eq!(scene.row("busy").await.days.last(), Some(&(12 * 600 + 250)), "{effect:?}");
}

fn refuse(code: u16) -> Effect {
    Effect::Refuse { code, retry_after: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_told_apart() {
    under(refuse(400), "it answered 400: invalid parameter").await;
    under(refuse(401), "refuses the credentials (401)").await;
    under(refuse(422), "it answered 422: query processing would load too many samples").await;
    under(refuse(503), "it answered 503: query timed out").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_answer_of_prometheus_is_said() {
    under(Effect::Html, "it is a web page").await;
    under(Effect::OtherJson, "it is not one of Prometheus").await;
    under(Effect::Redirect("https://sso.example/?token=x".into()), "https://sso.example/;").await;
    under(Effect::Truncated, "its answer broke off").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_silent_or_tells_too_much_is_left() {
    under(Effect::Silence { headers: false }, "no complete answer came within 1 seconds").await;
    under(Effect::Silence { headers: true }, "no complete answer came within 1 seconds").await;
    under(Effect::Flood(20_000), "too many series").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_of_the_truth_is_no_answer() {
    under(Effect::Warnings(vec!["a store is away".into()]), "only in part: a store is away").await;
    // `up` is no number either.
    under(Effect::NotFinite, "there is no avg(up").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn remarks_on_the_query_are_no_warnings() {
    let scene = Scene::new([manifest("busy")]).await;
    let remark = "PromQL info: metric might not be a counter".to_owned();
    scene.server.faults().set(Fault::new(Effect::Warnings(vec![remark])));
    scene.good_round().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_asks_to_wait_is_left_alone() {
    let scene = Scene::new([manifest("busy")]).await;
    let busy = Effect::Refuse { code: 429, retry_after: Some(3) };
    scene.server.faults().set(Fault::new(busy).next(1));
    let stop = observe::CancellationToken::new();
    let run = observe::traffic::run(
        name(),
        scene.sources.clone(),
        scene.store.clone(),
        scene.clock(),
        scene.policy.clone(),
        Duration::from_millis(20),
        stop.clone(),
    );
    let listed = |status: &mut domain::sync::KindStatus| status.listed_at = Some(scene.now());
    scene.store.set_status(&name(), domain::sync::Kind::Ingress, listed);
    let running = tokio::spawn(run);
    let waiting = async {
        while scene.server.total_requests() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let began = std::time::Instant::now();
        while scene.server.total_requests() == 1 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        began.elapsed()
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), waiting).await.unwrap();
    stop.cancel();
    running.await.unwrap();
    assert!(waited >= Duration::from_millis(2900), "{waited:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_controller_that_is_down_is_not_quiet() {
    let scene = Scene::bare([manifest("web"), manifest("busy")]).await;
    scene.watched(target().down(at(2 * MINUTE), at(20 * MINUTE)));
    scene.good_round().await;
    scene.past().await;
    scene.set(5 * MINUTE);
    scene.bad_round("`up` is 0 or missing").await;
    assert_eq!(scene.row("web").await.traffic.verdict, Verdict::NotMeasurable);
    scene.set(30 * MINUTE);
    scene.good_round().await;
    assert_eq!(scene.row("web").await.traffic.verdict, Verdict::NeverSeen);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_read_anew_for_each_round() {
    let mut scene = Scene::new([manifest("busy")]).await;
    let clock = scene.clock();
    let options = Options {
        token: Some("secret-1".into()),
        tenant: Some("team-a".into()),
        ..Options::new(Arc::new(move || clock.now()))
    };
    let server = Server::start(scene.series.clone(), options).await.unwrap();
    let file = scene.folder.path().join("token");
    std::fs::write(&file, "secret-1\n").unwrap();
    let prometheus = &mut scene.sources[0].prometheus;
    prometheus.url = server.url.parse().unwrap();
    prometheus.bearer_token_file = Some(file.clone());
    prometheus.tenant = Some("team-a".into());
    scene.good_round().await;
    std::fs::write(&file, "secret-2\n").unwrap();
    scene.set(5 * MINUTE);
    scene.bad_round("refuses the credentials (401)").await;
    let states = scene.store.traffic_sources(&name()).await.unwrap();
    assert!(!format!("{states:?}").contains("secret"), "{states:?}");
    std::fs::write(&file, "secret-1\n").unwrap();
    scene.set(10 * MINUTE);
    scene.good_round().await;
    std::fs::remove_file(&file).unwrap();
    scene.set(15 * MINUTE);
    scene.bad_round("cannot be read").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_disagree_are_told_and_the_sources_own_is_used() {
    let scene = Scene::new([manifest("busy")]).await;
    let ahead = Effect::DateOff(SignedDuration::from_mins(5));
    scene.server.faults().set(Fault::new(ahead));
    let collected = scene.round().await;
    assert_eq!(collected.sources[0].1, Told::Requests);
    let states = scene.store.traffic_sources(&name()).await.unwrap();
    assert_eq!(states[0].collected_until, Some(at(5 * MINUTE)));
    let error = states[0].error.clone().unwrap();
    assert!(error.contains("5 minutes ahead of this machine's"), "{error}");
    assert_eq!(scene.row("busy").await.traffic.verdict, Verdict::Active);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_off_by_days_is_not_used() {
    let scene = Scene::new([manifest("busy")]).await;
    scene.server.faults().set(Fault::new(Effect::DateOff(SignedDuration::from_hours(49))));
    scene.bad_round("is 2 days away from this machine's clock").await;
    let states = scene.store.traffic_sources(&name()).await.unwrap();
    assert_eq!(states[0].collected_until, None);
    scene.server.faults().clear();
    scene.good_round().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_set_back_does_not_stop_the_rounds() {
    let scene = Scene::new([manifest("busy")]).await;
    let state = async || scene.store.traffic_sources(&name()).await.unwrap().remove(0);
    scene.server.faults().set(Fault::new(Effect::DateOff(SignedDuration::from_mins(10))));
    scene.good_round().await;
    assert_eq!(state().await.collected_until, Some(at(10 * MINUTE)));
    scene.server.faults().clear();
    scene.set(2 * MINUTE);
    scene.good_round().await;
    let odd = state().await;
    assert_eq!(odd.collected_until, Some(at(2 * MINUTE)));
    assert!(odd.error.as_deref().unwrap().starts_with("its clock is earlier than"), "{odd:?}");
    scene.set(7 * MINUTE);
    scene.good_round().await;
    assert_eq!(state().await.error, None);
}
