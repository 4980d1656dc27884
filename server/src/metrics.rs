//! What monitoring reads, on its own port. The state of the sync is read from the store at each
//! scrape, so that there is one truth; only requests are counted here. Labels never hold what a
//! visitor chose: the route is the matched pattern, and unknown methods are "other".

use std::fmt::Write as _;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::Router;
use axum::extract;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::sync::{ClusterStatus, KindStatus, Phase};
use jiff::Timestamp;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::http::guard;
use crate::state::State;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

const PHASES: [Phase; 6] = [
    Phase::Waiting,
    Phase::Listing,
    Phase::Watching,
    Phase::Failing,
    Phase::NotPermitted,
    Phase::NotServed,
];

/// Counts requests and how long they took.
#[derive(Clone, Debug)]
pub struct Requests(Family<RequestLabels, Histogram, fn() -> Histogram>);

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabels {
    cluster: String,
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PhaseLabels {
    cluster: String,
    kind: &'static str,
    phase: &'static str,
}

impl Default for Requests {
    fn default() -> Self {
        Self(Family::new_with_constructor(|| Histogram::new(SECONDS)))
    }
}

impl Requests {
    /// Counts one request.
    pub fn count(&self, route: &str, method: &Method, status: StatusCode, took: Duration) {
        let labels = RequestLabels {
            route: route.to_owned(),
            method: method_label(method),
            status: status.as_u16(),
        };
        self.0.get_or_create(&labels).observe(took.as_secs_f64());
    }
}

fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The listener's only page.
pub fn router(state: State) -> Router {
    let hosts = state.hosts.clone().and_loopback();
    Router::new()
        .route("/metrics", get(metrics))
        .layer(axum::middleware::from_fn_with_state(hosts, guard::known_host))
        .with_state(state)
}

async fn metrics(extract::State(state): extract::State<State>) -> Response {
    let clusters = state.store.clusters().await;
    let bytes = state.store.size().await;
    match (clusters, bytes) {
        (Ok(clusters), Ok(bytes)) => {
            let text = encode(&clusters, bytes, state.clock.now(), &state.requests);
            ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response()
        }
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!("cannot read metrics: {error}");
            (StatusCode::INTERNAL_SERVER_ERROR, "the database does not answer\n").into_response()
        }
    }
}

fn encode(clusters: &[ClusterStatus], bytes: u64, now: Timestamp, requests: &Requests) -> String {
    let mut registry = Registry::with_prefix("routebook");
    register_sync(&mut registry, clusters, now);
    registry.register(
        "http_request_duration_seconds",
        "Time until the head of the answer was ready",
        requests.0.clone(),
    );
    let size = Gauge::<i64>::default();
    size.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    registry.register("database_bytes", "Bytes of the database and its write-ahead log", size);
    let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
    registry.register("build", "The running version", build);
    let mut out = String::new();
    if text::encode(&mut out, &registry).is_err() {
        // A half-written page would be taken for the truth.
        out.clear();
        let _ = out.write_str("# EOF\n");
    }
    out
}

fn register_sync(registry: &mut Registry, clusters: &[ClusterStatus], now: Timestamp) {
    let age = Family::<KindLabels, Gauge<f64, AtomicU64>>::default();
    let objects = Family::<KindLabels, Gauge>::default();
    let restarts = Family::<KindLabels, Counter>::default();
    let phases = Family::<PhaseLabels, Gauge>::default();
    for cluster in clusters.iter().filter(|cluster| cluster.configured) {
        for status in &cluster.kinds {
            let labels = KindLabels { cluster: cluster.name.clone(), kind: status.kind.as_str() };
            if let Some(at) = status.data_as_of {
                age.get_or_create(&labels).set(now.duration_since(at).as_secs_f64().max(0.0));
            }
            objects.get_or_create(&labels).set(status.objects);
            restarts.get_or_create(&labels).inc_by(status.restarts.unsigned_abs());
            set_phase(&phases, cluster, status);
        }
    }
    let kept = "Seconds since the store was last known to equal the cluster; absent before the first complete list";
    registry.register("sync_age_seconds", kept, age);
    registry.register("objects", "Objects in the cluster, as of the last sync", objects);
    registry.register("watch_restarts", "Times the watch had to be started again", restarts);
    registry.register("sync_phase", "1 for the phase the sync is in, 0 for the others", phases);
}

/// A cluster that cannot be read as a whole fails in every kind, whatever they were doing before.
fn set_phase(phases: &Family<PhaseLabels, Gauge>, cluster: &ClusterStatus, status: &KindStatus) {
    let current = if cluster.error.is_some() { Phase::Failing } else { status.phase };
    for phase in PHASES {
        let labels = PhaseLabels {
            cluster: cluster.name.clone(),
            kind: status.kind.as_str(),
            phase: phase.as_str(),
        };
        phases.get_or_create(&labels).set(i64::from(current == phase));
    }
}

#[cfg(test)]
mod tests {
    use domain::sync::Kind;
    use jiff::SignedDuration;

    use super::*;

    fn cluster(name: &str, configured: bool) -> ClusterStatus {
        let mut ingresses = KindStatus::new(Kind::Ingress);
        ingresses.phase = Phase::Watching;
        ingresses.data_as_of = Some(Timestamp::UNIX_EPOCH);
        ingresses.objects = 7;
        ingresses.restarts = 2;
        ClusterStatus {
            name: name.into(),
            uid: None,
            server: None,
            version: None,
            error: None,
            configured,
            kinds: vec![ingresses, KindStatus::new(Kind::Service)],
        }
    }

    #[test]
    fn a_scrape_tells_age_objects_restarts_and_phase() {
        let requests = Requests::default();
        let took = Duration::from_millis(3);
        requests.count("/ingresses/{id}", &Method::GET, StatusCode::OK, took);
        let brew = Method::from_bytes(b"BREW").unwrap();
        requests.count("unmatched", &brew, StatusCode::NOT_FOUND, took);
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_millis(1500);
        let text = encode(&[cluster("prod", true), cluster("gone", false)], 42, now, &requests);
        for line in [
            "routebook_sync_age_seconds{cluster=\"prod\",kind=\"Ingress\"} 1.5",
            "routebook_objects{cluster=\"prod\",kind=\"Ingress\"} 7",
            "routebook_watch_restarts_total{cluster=\"prod\",kind=\"Ingress\"} 2",
            "routebook_sync_phase{cluster=\"prod\",kind=\"Ingress\",phase=\"watching\"} 1",
            "routebook_sync_phase{cluster=\"prod\",kind=\"Ingress\",phase=\"failing\"} 0",
            "routebook_http_request_duration_seconds_count{route=\"/ingresses/{id}\",method=\"GET\",status=\"200\"} 1",
            "routebook_http_request_duration_seconds_count{route=\"unmatched\",method=\"other\",status=\"404\"} 1",
            "routebook_database_bytes 42",
            "routebook_build_info{version=\"0.1.0\"} 1",
        ] {
            assert!(text.lines().any(|each| each == line), "{line} is not in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
        assert!(!text.contains("gone"), "a cluster that was taken out is not measured");
        assert!(!text.contains("age_seconds{cluster=\"prod\",kind=\"Service\"}"), "never read");
    }
    #[test]
    fn an_unreachable_cluster_fails_in_every_kind() {
        let cluster = ClusterStatus { error: Some("no route".into()), ..cluster("prod", true) };
        let text = encode(&[cluster], 0, Timestamp::UNIX_EPOCH, &Requests::default());
        for kind in ["Ingress", "Service"] {
            let line = format!("{{cluster=\"prod\",kind=\"{kind}\",phase=\"failing\"}} 1");
            assert!(text.contains(&line), "{line} is not in\n{text}");
        }
    }
}
