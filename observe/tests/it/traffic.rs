//! Last traffic, against a Prometheus whose series are made: what counts as traffic, what does not,
//! and what only looks like none.

mod faults;
mod past;
mod presets;
mod scene;

use domain::tls::{Method, TlsState};
use domain::traffic::{Granularity, Verdict};
use observe::certificates::metrics::EXPIRY;
use observe::traffic::{Query, Source, Told};
use sandbox::prometheus::{Effect, Fault, Labels, Shape};
use serde_json::json;

use scene::{DAY, HOUR, MINUTE, Scene, TARGET, at, counter, manifest, name, target};

#[tokio::test(flavor = "multi_thread")]
async fn a_series_that_appears_with_one_is_traffic() {
    let scene = Scene::new([manifest("web"), manifest("busy")]).await;
    scene.good_round().await;
    assert_eq!(scene.row("web").await.traffic.last_any, None);
    // Months without a request, then one.
    scene.record(&counter("web", "200"), 2 * MINUTE, 2 * HOUR, 1.0);
    scene.set(5 * MINUTE);
    scene.good_round().await;
    let row = scene.row("web").await;
    assert_eq!(row.traffic.verdict, Verdict::Active, "{row:?}");
    assert_eq!(row.traffic.last_success, Some(at(5 * MINUTE)));
    assert_eq!(row.days.last(), Some(&1));
    // The same value again is nothing new.
    scene.set(10 * MINUTE);
    scene.good_round().await;
    let row = scene.row("web").await;
    assert_eq!((row.traffic.last_success, row.days.last()), (Some(at(5 * MINUTE)), Some(&1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_between_two_rounds_counts_once() {
    let scene = Scene::new([manifest("web"), manifest("busy")]).await;
    scene.record(&counter("web", "200"), -HOUR, 0, 5.0);
    scene.record(&counter("web", "200"), MINUTE, HOUR, 6.0);
    for minutes in [0, 5, 10] {
        scene.set(minutes * MINUTE);
        scene.good_round().await;
    }
    let row = scene.row("web").await;
    assert_eq!(row.traffic.last_any, Some(at(5 * MINUTE)));
    assert_eq!(row.days.last(), Some(&1));
    // Ten a minute, from the full hour on.
    assert_eq!(scene.row("busy").await.days.last(), Some(&250));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_is_not_traffic_but_what_comes_after_it_is() {
    let scene = Scene::new([manifest("idle"), manifest("web"), manifest("busy")]).await;
    scene.record(&counter("idle", "200"), -HOUR, 2 * MINUTE, 100.0);
    scene.record(&counter("idle", "200"), 3 * MINUTE, HOUR, 0.0);
    scene.record(&counter("web", "200"), -HOUR, -3 * MINUTE, 100.0);
    scene.record(&counter("web", "200"), MINUTE, HOUR, 3.0);
    scene.good_round().await;
    scene.set(5 * MINUTE);
    scene.good_round().await;
    let rows = scene.rows().await;
    assert_eq!(rows["idle"].traffic.last_any, None, "{:?}", rows["idle"]);
    assert_eq!(rows["web"].days.last(), Some(&3), "{:?}", rows["web"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_back_after_a_gap_is_not_traffic() {
    let scene = Scene::new([manifest("web"), manifest("busy")]).await;
    let gap = std::sync::Arc::new(target().unseen(at(-3 * DAY), at(2 * MINUTE)));
    scene.series.shape(&counter("web", "200"), Shape::constant(&gap, 57.0));
    scene.good_round().await;
    scene.set(5 * MINUTE);
    scene.good_round().await;
    assert_eq!(scene.row("web").await.traffic.last_any, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_is_not_new_where_nobody_looked_before() {
    let scene = Scene::bare([manifest("web"), manifest("busy")]).await;
    // Prometheus is started between two rounds, and the controller ran long before.
    scene.watched(target().unseen(at(-200 * DAY), at(2 * MINUTE)));
    scene.record(&counter("web", "200"), 2 * MINUTE, HOUR, 1000.0);
    scene.bad_round("no sample of nginx_ingress_controller_requests").await;
    scene.set(5 * MINUTE);
    scene.good_round().await;
    assert_eq!(scene.row("web").await.traffic.last_any, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_given_to_the_exported_namespace() {
    let scene = Scene::new([manifest("web"), manifest("busy")]).await;
    let own = [("namespace", "ingress-nginx"), ("exported_namespace", "shop"), ("ingress", "web")];
    let labels = [&TARGET[..], &own, &[("status", "404")]].concat();
    let labels = Labels::of("nginx_ingress_controller_requests", &labels);
    scene.record(&labels, MINUTE, HOUR, 1.0);
    scene.good_round().await;
    scene.set(5 * MINUTE);
    scene.good_round().await;
    let traffic = scene.row("web").await.traffic;
    assert_eq!((traffic.verdict, traffic.last_success), (Verdict::OnlyErrors, None));
    assert_eq!(traffic.last_any, Some(at(5 * MINUTE)));
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_alone_are_only_errors_and_one_redirect_is_success() {
    let scene = Scene::new([manifest("broken"), manifest("moved"), manifest("busy")]).await;
    scene.good_round().await;
    for status in ["404", "503"] {
        scene.record(&counter("broken", status), 2 * MINUTE, HOUR, 9.0);
        scene.record(&counter("moved", status), 2 * MINUTE, HOUR, 9.0);
    }
    // As `--report-status-classes` has it.
    scene.record(&counter("moved", "3xx"), 2 * MINUTE, HOUR, 1.0);
    scene.set(5 * MINUTE);
    scene.good_round().await;
    let rows = scene.rows().await;
    assert_eq!(rows["broken"].traffic.verdict, Verdict::OnlyErrors);
    assert_eq!(rows["broken"].traffic.last_success, None);
    assert_eq!(rows["moved"].traffic.verdict, Verdict::Active);
    assert_eq!(rows["moved"].days.last(), Some(&19));
}

#[tokio::test(flavor = "multi_thread")]
async fn wildcard_hosts_are_not_measurable_unless_seen() {
    let wild = |name: &str| {
        let mut wild = manifest(name);
        wild["spec"]["rules"][0]["host"] = "*.example.com".into();
        wild
    };
    let scene = Scene::new([wild("wild"), wild("counted"), manifest("busy")]).await;
    scene.good_round().await;
    scene.past().await;
    // With `--metrics-per-undefined-host`.
    scene.record(&counter("counted", "200"), 2 * MINUTE, HOUR, 1.0);
    scene.set(5 * MINUTE);
    scene.good_round().await;
    let rows = scene.rows().await;
    assert_eq!(rows["wild"].traffic.verdict, Verdict::NotMeasurable);
    assert!(rows["wild"].traffic.reason.contains("*.example.com"), "{:?}", rows["wild"].traffic);
    assert_eq!(rows["wild"].unused_since, None);
    assert_eq!(rows["counted"].traffic.verdict, Verdict::Active);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_life_inherits_nothing() {
    let scene = Scene::new([manifest("web"), manifest("busy")]).await;
    scene.record(&counter("web", "200"), -HOUR, 0, 5.0);
    scene.record(&counter("web", "200"), MINUTE, HOUR, 6.0);
    scene.good_round().await;
    let mut again = manifest("web");
    again["metadata"]["uid"] = "uid-again".into();
    again["metadata"]["creationTimestamp"] = at(2 * MINUTE).to_string().into();
    scene.set(5 * MINUTE);
    scene.apply([again]).await;
    scene.good_round().await;
    let row = scene.row("web").await;
    assert_eq!((row.uid.as_str(), row.traffic.last_any), ("uid-again", None));
}

#[tokio::test(flavor = "multi_thread")]
async fn routes_have_their_own_last_traffic() {
    let mut two = manifest("web");
    let mut second = two["spec"]["rules"][0]["http"]["paths"][0].clone();
    second["path"] = "/b".into();
    two["spec"]["rules"][0]["http"]["paths"].as_array_mut().unwrap().push(second);
    let scene = Scene::new([two, manifest("busy")]).await;
    scene.good_round().await;
    scene.record(&counter("web", "200"), 2 * MINUTE, HOUR, 1.0);
    scene.set(5 * MINUTE);
    scene.good_round().await;
    let row = scene.row("web").await;
    assert_eq!(row.traffic.granularity, Some(Granularity::Route));
    let detail = scene.store.ingress(row.id, jiff::Timestamp::UNIX_EPOCH).await.unwrap().unwrap();
    let seen = |route: usize| detail.route_traffic[route].and_then(|seen| seen.last_any);
    assert_eq!((seen(0), seen(1)), (Some(at(5 * MINUTE)), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_asks_a_handful_of_questions() {
    let many = (0..200).map(|number| manifest(&format!("web-{number}")));
    let scene = Scene::new(many.chain([manifest("busy")])).await;
    let collected = scene.round().await;
    assert_eq!((collected.queries, collected.ingresses), (5, 201));
    assert_eq!(scene.server.total_requests(), 5);
    // Nothing has come since.
    assert_eq!(scene.round().await.sources[0].1, Told::TooSoon);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ingress_without_a_source_says_so() {
    let mut other = manifest("other");
    other["spec"]["ingressClassName"] = "traefik".into();
    let scene = Scene::new([other, manifest("busy")]).await;
    scene.good_round().await;
    let reason = scene.row("other").await.traffic.reason;
    assert_eq!(reason, "no traffic source is configured in cluster prod");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_source_every_ingress_says_so() {
    let mut scene = Scene::new([manifest("web")]).await;
    scene.sources.clear();
    assert_eq!(scene.round().await.ingresses, 1);
    let traffic = scene.row("web").await.traffic;
    assert_eq!(traffic.verdict, Verdict::NotMeasurable);
    assert!(traffic.reason.contains("no traffic source"), "{traffic:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_source_that_fails_changes_nothing_for_another() {
    let mut traefik = manifest("other");
    traefik["spec"]["ingressClassName"] = "traefik".into();
    let mut scene = Scene::new([traefik, manifest("busy")]).await;
    let nowhere = "http://127.0.0.1:9".parse().unwrap();
    scene.sources.insert(0, Source::new(domain::traffic::Preset::Traefik, nowhere));
    scene.bad_round("cannot be reached").await;
    let rows = scene.rows().await;
    assert_eq!(rows["busy"].traffic.verdict, Verdict::Active);
    assert_eq!(rows["other"].traffic.verdict, Verdict::NotMeasurable);
    assert!(rows["other"].traffic.reason.contains("cannot be reached"));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_collects_until_told_to_stop() {
    let scene = Scene::new([manifest("busy")]).await;
    let stop = observe::CancellationToken::new();
    let run = observe::traffic::run(
        name(),
        scene.sources.clone(),
        scene.store.clone(),
        scene.clock(),
        scene.policy.clone(),
        std::time::Duration::from_millis(50),
        stop.clone(),
    );
    let running = tokio::spawn(run);
    let listed = |status: &mut domain::sync::KindStatus| status.listed_at = Some(at(0));
    scene.store.set_status(&name(), domain::sync::Kind::Ingress, listed);
    let filled = async {
        loop {
            let states = scene.store.traffic_sources(&name()).await.unwrap();
            if states.first().is_some_and(|state| state.filled_from.is_some()) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), filled).await.unwrap();
    stop.cancel();
    running.await.unwrap();
    assert_eq!(scene.row("busy").await.traffic.verdict, Verdict::Active);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sources_of_one_controller_have_to_look_both() {
    let mut scene = Scene::new([manifest("web"), manifest("busy")]).await;
    let mut second = scene.sources[0].clone();
    second.matchers = "cluster=\"other\"".into();
    let any = "other_requests_total".into();
    second.query = Some(Query { any, success: None, granularity: Granularity::Service });
    scene.sources.push(second);
    let collected = scene.round().await;
    assert_eq!(collected.sources[0].1, Told::Requests);
    let rows = scene.rows().await;
    assert_eq!(rows["busy"].traffic.verdict, Verdict::Active);
    let reason = &rows["web"].traffic.reason;
    assert!(reason.contains("no sample of other_requests_total"), "{reason}");
    let source = rows["web"].traffic.source.as_deref().unwrap_or_default();
    assert!(source.contains(" and "), "{source}");
    assert_eq!(rows["web"].traffic.granularity, Some(Granularity::Service), "the coarsest");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_controllers_say_of_their_certificates_is_taken_over_and_forgotten() {
    let mut secure = manifest("web");
    secure["spec"]["tls"] = json!([{"hosts": ["web.example.com"], "secretName": "web-tls"}]);
    let mut scene = Scene::new([secure, manifest("busy")]).await;
    let expiry = Labels::of(EXPIRY, &[&TARGET[..], &[("host", "web.example.com")]].concat());
    scene.record(&expiry, -HOUR, 2 * MINUTE, at(9 * DAY).as_second() as f64);
    scene.good_round().await;
    let tls = scene.row("web").await.tls;
    assert_eq!((tls.state, tls.method), (TlsState::Expiring, Some(Method::Metrics)));
    assert_eq!(tls.expires_at, Some(at(9 * DAY)));
    // What was told is not forgotten while nobody can tell.
    scene.set(MINUTE);
    scene.server.faults().set(Fault::new(Effect::Html));
    scene.bad_round("web page").await;
    assert_eq!(scene.row("web").await.tls.state, TlsState::Expiring);
    scene.server.faults().clear();
    // But it is where nobody is asked.
    let sources = std::mem::take(&mut scene.sources);
    scene.round().await;
    assert_eq!(scene.row("web").await.tls.state, TlsState::Unknown);
    scene.sources = sources;
    scene.good_round().await;
    assert_eq!(scene.row("web").await.tls.state, TlsState::Expiring);
    // The controller does not serve the host any more.
    scene.set(20 * MINUTE);
    scene.good_round().await;
    assert_eq!(scene.row("web").await.tls.state, TlsState::Unknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_sources_that_tell_of_one_host_the_earliest_expiry_counts() {
    let mut secure = manifest("web");
    secure["spec"]["tls"] = json!([{"hosts": ["web.example.com"], "secretName": "web-tls"}]);
    let mut scene = Scene::bare([secure]).await;
    let url = scene.sources[0].prometheus.url.clone();
    scene.sources.clear();
    for (instance, days) in [("10.0.0.1:10254", 9), ("10.0.0.2:10254", 80)] {
        let target = [("job", "ingress-nginx"), ("instance", instance)];
        let of =
            |metric: &str, more: &[(&str, &str)]| Labels::of(metric, &[&target[..], more].concat());
        scene.record(&of("up", &[]), -HOUR, HOUR, 1.0);
        let route = [("namespace", "shop"), ("ingress", "web"), ("host", "web.example.com")];
        scene.record(&of("nginx_ingress_controller_requests", &route), -HOUR, HOUR, 1.0);
        let until = at(days * DAY).as_second() as f64;
        scene.record(&of(EXPIRY, &[("host", "web.example.com")]), -HOUR, HOUR, until);
        let matchers = format!("instance=\"{instance}\"");
        let nginx = Source::new(domain::traffic::Preset::IngressNginx, url.clone());
        scene.sources.push(Source { matchers, ..nginx });
    }
    scene.good_round().await;
    assert_eq!(scene.row("web").await.tls.expires_at, Some(at(9 * DAY)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_inherits_no_coverage() {
    let scene = Scene::new([manifest("web"), manifest("busy")]).await;
    scene.good_round().await;
    scene.past().await;
    scene.set(5 * MINUTE);
    scene.good_round().await;
    assert_eq!(scene.row("web").await.traffic.verdict, Verdict::NeverSeen);
    let mut other = manifest("web");
    other["metadata"]["resourceVersion"] = "2".into();
    other["spec"]["rules"][0]["host"] = "other.example.com".into();
    scene.set(10 * MINUTE);
    scene.apply([other]).await;
    scene.good_round().await;
    let row = scene.row("web").await;
    assert_eq!((row.traffic.verdict, row.unused_since), (Verdict::NotMeasurable, None));
    assert!(row.traffic.reason.contains("created or last changed"), "{:?}", row.traffic);
}
