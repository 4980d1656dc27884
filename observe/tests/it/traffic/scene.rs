//! A Prometheus whose series a test makes, a store with ingresses, and a time that a test sets.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::inventory::{Row, View};
use domain::traffic::{Policy, Preset};
use domain::{Clock, ClusterName};
use jiff::{SignedDuration, Timestamp};
use observe::traffic::{Collected, Limits, Source, Told};
use sandbox::prometheus::{
    Labels, Measure, Options, Profile, Server, Shape, Store as Series, Target,
};
use serde_json::{Value, json};
use store::{Batch, Sighting, Store};
use tempfile::TempDir;

pub const MINUTE: i64 = 60;
pub const HOUR: i64 = 3600;
pub const DAY: i64 = 86_400;

pub struct Scene {
    time: Arc<Mutex<Timestamp>>,
    pub series: Series,
    pub server: Server,
    pub store: Store,
    pub policy: Policy,
    pub sources: Vec<Source>,
    pub folder: TempDir,
}

pub fn name() -> ClusterName {
    "prod".parse().unwrap()
}

/// A quarter past noon; samples are made around it, and it is a minute before the first round.
pub fn noon() -> Timestamp {
    "2026-06-15T12:15:00Z".parse().unwrap()
}

/// So many seconds from noon.
pub fn at(seconds: i64) -> Timestamp {
    noon() + SignedDuration::from_secs(seconds)
}

/// An Ingress of class `nginx` with one route, created a year ago.
pub fn manifest(name: &str) -> Value {
    json!({
        "metadata": {"namespace": "shop", "name": name, "uid": format!("uid-{name}"),
            "resourceVersion": "1", "creationTimestamp": "2025-06-15T12:00:00Z"},
        "spec": {"ingressClassName": "nginx", "rules": [{"host": format!("{name}.example.com"),
            "http": {"paths": [{"path": "/", "pathType": "Prefix",
                "backend": {"service": {"name": name, "port": {"number": 80}}}}]}}]},
    })
}

/// The labels of ingress-nginx' counter.
pub fn counter(ingress: &str, status: &str) -> Labels {
    let own = [("namespace", "shop"), ("ingress", ingress), ("status", status)];
    let host = format!("{ingress}.example.com");
    let route = [("host", host.as_str()), ("path", "/")];
    Labels::of("nginx_ingress_controller_requests", &[&TARGET[..], &own, &route].concat())
}

pub const TARGET: [(&str, &str); 2] = [("job", "ingress-nginx"), ("instance", "10.0.0.1:10254")];

/// A target that is scraped every minute since long ago.
pub fn target() -> Target {
    Target::new(at(-200 * DAY), Duration::from_secs(60))
}

impl Scene {
    /// A Prometheus that scrapes an ingress-nginx, of which one ingress is used all the time; and
    /// those ingresses in the store.
    pub async fn new(manifests: impl IntoIterator<Item = Value>) -> Self {
        let scene = Self::bare(manifests).await;
        scene.watched(target());
        scene
    }

    /// The same without any series.
    pub async fn bare(manifests: impl IntoIterator<Item = Value>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let time = Arc::new(Mutex::new(at(MINUTE)));
        let shared = Arc::clone(&time);
        let series = Series::new();
        let options = Options::new(Arc::new(move || *shared.lock().unwrap()));
        let server = Server::start(series.clone(), options).await.unwrap();
        let folder = TempDir::new().unwrap();
        let store = Store::open(&folder.path().join("test.db")).await.unwrap();
        store.configure(&[name()]).await.unwrap();
        let url = server.url.parse().unwrap();
        let limits = Limits { deadline: Duration::from_secs(5), ..Limits::default() };
        let source = Source { limits, ..Source::new(Preset::IngressNginx, url) };
        // Short, so that the past is read soon.
        let policy = Policy { look_back_days: 5, ..Policy::default() };
        let sources = vec![source];
        let scene = Self { time, series, server, store, policy, sources, folder };
        scene.apply(manifests).await;
        scene
    }

    /// What a target and the ingress `busy` behind it tell.
    pub fn watched(&self, target: Target) {
        let target = Arc::new(target);
        self.series.shape(&Labels::of("up", &TARGET), Shape::up(&target));
        // Ten a minute.
        let busy = Shape::new(&target, Measure::CounterFromZero, Profile::steady(14_400.0));
        self.series.shape(&counter("busy", "200"), busy);
    }

    pub async fn apply(&self, manifests: impl IntoIterator<Item = Value>) {
        let seen = manifests.into_iter().map(|value| Sighting::read(&value.to_string())).collect();
        let batch = Batch { seen, ..Batch::default() };
        self.store.apply_ingresses(&name(), &batch, self.now()).await.unwrap();
    }

    pub fn now(&self) -> Timestamp {
        *self.time.lock().unwrap()
    }

    /// So many seconds after noon. What was scraped counts a minute later.
    pub fn set(&self, seconds: i64) {
        *self.time.lock().unwrap() = at(seconds + MINUTE);
    }

    pub fn clock(&self) -> Clock {
        let time = Arc::clone(&self.time);
        Clock::new(move || *time.lock().unwrap())
    }

    /// Samples every minute, from one second to another around noon.
    pub fn record(&self, labels: &Labels, from: i64, until: i64, value: f64) {
        let moments = (from..=until).step_by(MINUTE as usize);
        self.series.series(labels, moments.map(|second| (at(second), value)));
    }

    pub async fn round(&self) -> Collected {
        let clock = self.clock();
        let (store, policy) = (&self.store, &self.policy);
        observe::traffic::collect_once(&name(), &self.sources, store, &clock, policy).await.unwrap()
    }

    /// A round, in which every source tells something.
    pub async fn good_round(&self) {
        let collected = self.round().await;
        for (source, told) in collected.sources {
            assert_eq!(told, Told::Requests, "{source}");
        }
    }

    /// A round, in which the first source does not.
    pub async fn bad_round(&self, word: &str) {
        let collected = self.round().await;
        match &collected.sources[0].1 {
            Told::Nothing(why) if why.contains(word) => {}
            other => panic!("{word} is expected, not {other:?}"),
        }
        let states = self.store.traffic_sources(&name()).await.unwrap();
        let state = states.iter().find(|state| state.name == collected.sources[0].0).unwrap();
        let error = state.error.as_deref().unwrap_or_default();
        assert!(error.contains(word), "{error}");
    }

    pub async fn past(&self) {
        let clock = self.clock();
        let (store, policy) = (&self.store, &self.policy);
        let failures =
            observe::traffic::fill_past(&name(), &self.sources, store, &clock, policy).await;
        assert_eq!(failures, []);
    }

    /// The rows of all ingresses by name.
    pub async fn rows(&self) -> HashMap<String, Row> {
        let page = self.store.inventory(&View::default(), self.now()).await.unwrap();
        page.rows.into_iter().map(|row| (row.name.clone(), row)).collect()
    }

    pub async fn row(&self, ingress: &str) -> Row {
        self.rows().await.remove(ingress).unwrap()
    }
}
