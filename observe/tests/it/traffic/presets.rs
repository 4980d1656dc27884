//! Presets beyond ingress-nginx, as far as they ask in another way.

use domain::traffic::{Granularity, Preset, Verdict};
use observe::traffic::{Query, Source};
use sandbox::prometheus::Labels;
use serde_json::Value;

use super::scene::{HOUR, MINUTE, Scene, at, manifest};

const TARGET: [(&str, &str); 2] = [("job", "edge"), ("instance", "10.0.0.2:9100")];

/// An ingress of another class than `nginx`.
fn of_class(class: &str, name: &str) -> Value {
    let mut other = manifest(name);
    other["spec"]["ingressClassName"] = class.into();
    other
}

fn series(metric: &str, pairs: &[(&str, &str)]) -> Labels {
    Labels::of(metric, &[&TARGET[..], pairs].concat())
}

/// A scene with one source of a preset, whose target is up.
async fn scene(preset: Preset, manifests: impl IntoIterator<Item = Value>) -> Scene {
    let mut scene = Scene::bare(manifests).await;
    scene.sources[0].preset = preset;
    scene.record(&Labels::of("up", &TARGET), -2 * HOUR, 2 * HOUR, 1.0);
    scene
}

#[tokio::test(flavor = "multi_thread")]
async fn a_router_of_traefik_is_found_behind_its_entry_point() {
    let manifests = [of_class("traefik", "web"), of_class("traefik", "idle")];
    let scene = scene(Preset::Traefik, manifests).await;
    let points = series("traefik_entrypoint_requests_total", &[("entrypoint", "websecure")]);
    scene.record(&points, -HOUR, HOUR, 1.0);
    let router = |router: &str, code: &str| {
        series("traefik_router_requests_total", &[("router", router), ("code", code)])
    };
    scene.record(&router("other@kubernetes", "200"), -HOUR, HOUR, 1.0);
    scene.good_round().await;
    let web = "websecure-shop-web-web-example-com@kubernetes";
    scene.record(&router(web, "200"), 2 * MINUTE, HOUR, 1.0);
    scene.record(&router(web, "404"), 2 * MINUTE, HOUR, 4.0);
    scene.set(5 * MINUTE);
    scene.good_round().await;
    let rows = scene.rows().await;
    assert_eq!(rows["web"].traffic.verdict, Verdict::Active, "{:?}", rows["web"].traffic);
    assert_eq!(rows["web"].days.last(), Some(&5));
    assert_eq!(rows["idle"].traffic.last_any, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_routers_traefik_is_measured_by_service() {
    let scene = scene(Preset::Traefik, [of_class("traefik", "web")]).await;
    let service = |service: &str, code: &str| {
        series("traefik_service_requests_total", &[("service", service), ("code", code)])
    };
    scene.record(&service("shop-web-80@kubernetes", "200"), -HOUR, 0, 7.0);
    scene.record(&service("shop-web-80@kubernetes", "200"), MINUTE, HOUR, 8.0);
    scene.good_round().await;
    scene.set(5 * MINUTE);
    scene.good_round().await;
    let traffic = scene.row("web").await.traffic;
    assert_eq!(traffic.last_success, Some(at(5 * MINUTE)));
    assert_eq!(traffic.granularity, Some(Granularity::Service));
}

#[tokio::test(flavor = "multi_thread")]
async fn haproxy_tells_when_the_last_session_was() {
    let scene = scene(Preset::HaproxyTech, [of_class("haproxy", "web")]).await;
    let proxy = [("proxy", "shop_svc_web_http")];
    scene.record(&series("haproxy_backend_http_requests_total", &proxy), -HOUR, HOUR, 9.0);
    let age = series("haproxy_backend_last_session_seconds", &proxy);
    scene.series.push(&age, at(0), 3000.0);
    // Another process has had no session.
    let none = [("proxy", "shop_svc_web_http"), ("pod", "b")];
    scene.series.push(&series("haproxy_backend_last_session_seconds", &none), at(0), -1.0);
    scene.good_round().await;
    let traffic = scene.row("web").await.traffic;
    assert_eq!(traffic.last_any, Some(at(-3000)));
    // Without the metric of responses, errors cannot be told from success.
    assert_eq!((traffic.verdict, traffic.tells_success), (Verdict::Active, false));
    let responses = [("proxy", "shop_svc_web_http"), ("code", "2xx")];
    scene.record(&series("haproxy_backend_http_responses_total", &responses), -HOUR, HOUR, 9.0);
    scene.set(5 * MINUTE);
    scene.good_round().await;
    let traffic = scene.row("web").await.traffic;
    assert_eq!((traffic.verdict, traffic.tells_success), (Verdict::OnlyErrors, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_cloud_counts_comes_late() {
    let mut scene = scene(Preset::Alb, [of_class("alb", "web")]).await;
    scene.sources[0].up = Some("avg(up{job=\"edge\"})".into());
    let tag = [("tag_ingress_k8s_aws_resource", "shop/web-web:80")];
    let requests = series("aws_applicationelb_request_count_sum", &tag);
    scene.record(&requests, -30 * MINUTE, -25 * MINUTE, 2.0);
    scene.good_round().await;
    let row = scene.row("web").await;
    assert_eq!(row.traffic.last_any, Some(at(-19 * MINUTE)), "twenty minutes before now");
    assert_eq!((row.traffic.verdict, row.days.last()), (Verdict::Active, Some(&12)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_of_ones_own_measures_what_others_do_not() {
    let manifests = [of_class("own", "web"), manifest("busy")];
    let mut scene = scene(Preset::IngressNginx, manifests).await;
    let mut own = Source::new(Preset::Custom, scene.sources[0].prometheus.url.clone());
    own.query = Some(Query {
        any: "edge_requests_total".into(),
        success: Some("sum by (namespace, service) (increase(edge_ok_total[$window]))".into()),
        granularity: Granularity::Service,
    });
    scene.sources.push(own);
    let of = |metric| series(metric, &[("namespace", "shop"), ("service", "web")]);
    for metric in ["edge_requests_total", "edge_ok_total"] {
        scene.record(&of(metric), -HOUR, 2 * MINUTE, 4.0);
        scene.record(&of(metric), 3 * MINUTE, HOUR, 6.0);
    }
    scene.round().await;
    scene.set(5 * MINUTE);
    scene.round().await;
    let rows = scene.rows().await;
    let web = &rows["web"].traffic;
    assert_eq!((web.verdict, web.granularity), (Verdict::Active, Some(Granularity::Service)));
    assert!(web.source.as_deref().is_some_and(|source| source.starts_with("custom at")));
    // The other one's source is asked first, and tells nothing.
    assert_eq!(rows["busy"].traffic.verdict, Verdict::NotMeasurable);
}
