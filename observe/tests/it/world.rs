//! A cluster, an observer that watches it, and words for what tests do with them.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::time::Duration;

use domain::detail::{Detail, Happening};
use domain::inventory::View;
use domain::sync::{Kind, KindStatus};
use domain::{Clock, ClusterName};
use observe::{Access, CancellationToken, Timing};
use sandbox::kubernetes::kinds::INGRESS;
use sandbox::kubernetes::{ApiServer, Cluster, ClusterOptions, Options};
use serde_json::{Value, json};
use store::Store;
use tempfile::TempDir;
use tokio::task::JoinHandle;

/// Nothing in these tests takes so long unless it hangs.
const DEADLINE: Duration = Duration::from_secs(20);

/// Pauses and deadlines for tests: the same order of events, in less time.
pub fn quick() -> Timing {
    Timing {
        list_page: Duration::from_millis(1500),
        watch: Duration::from_secs(2),
        watch_idle: Duration::from_millis(2500),
        watch_shortest: Duration::from_millis(100),
        full_list: Duration::from_secs(3),
        pause_first: Duration::from_millis(20),
        pause_longest: Duration::from_millis(300),
        older_state: Duration::from_secs(2),
        surroundings: Duration::from_secs(2),
        save_status: Duration::from_millis(500),
        page_size: 100,
        certificates: crate::tls_server::quick(),
    }
}

pub struct World {
    pub cluster: Cluster,
    pub server: ApiServer,
    pub folder: TempDir,
    pub timing: Timing,
    pub store: Store,
    running: Option<(CancellationToken, JoinHandle<()>)>,
}

pub fn name() -> ClusterName {
    "prod".parse().unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the composition root of these tests")]
pub fn clock() -> Clock {
    Clock::new(jiff::Timestamp::now)
}

/// The role that Routebook ships with.
pub const RBAC: &str = include_str!("../../../deploy/rbac.yaml");

impl World {
    pub async fn new(options: Options) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let cluster = Cluster::with(ClusterOptions::named("prod"));
        cluster.load_yaml(RBAC).unwrap();
        cluster.load([namespace("shop"), namespace("pay"), class("nginx")]).unwrap();
        let server = ApiServer::start(cluster.clone(), options).await.unwrap();
        let folder = TempDir::new().unwrap();
        let store = Store::open(&folder.path().join("test.db")).await.unwrap();
        let world = Self { cluster, server, folder, timing: quick(), store, running: None };
        world.write_kubeconfig();
        world
    }

    pub async fn with_ingresses(count: usize) -> Self {
        let world = Self::new(Options::default()).await;
        world.cluster.load((0..count).map(|n| ingress("shop", &format!("web-{n}"), 0))).unwrap();
        world
    }

    pub fn kubeconfig(&self) -> PathBuf {
        self.folder.path().join("kubeconfig")
    }

    pub fn write_kubeconfig(&self) {
        std::fs::write(self.kubeconfig(), self.server.kubeconfig("routebook")).unwrap();
    }

    pub fn target(&self) -> observe::Cluster {
        let access = Access::Kubeconfig { file: Some(self.kubeconfig()), context: None };
        observe::Cluster {
            name: name(),
            access,
            traffic: Vec::new(),
            tls: observe::certificates::TlsConfig::default(),
        }
    }

    pub fn start(&mut self) {
        let stop = CancellationToken::new();
        let (target, timing) = (self.target(), self.timing.clone());
        let run = observe::run(vec![target], self.store.clone(), clock(), timing, stop.clone());
        self.running = Some((stop, tokio::spawn(run)));
    }

    pub async fn stop(&mut self) {
        if let Some((stop, running)) = self.running.take() {
            stop.cancel();
            running.await.unwrap();
        }
    }

    pub async fn sync_once(&self) -> Vec<observe::Outcome> {
        let targets = [self.target()];
        observe::sync_once(&targets, &self.store, &clock(), &self.timing, &[]).await
    }

    pub fn status(&self, kind: Kind) -> KindStatus {
        self.store.kind_status(&name(), kind)
    }

    /// Waits until a condition holds, looking again whenever the store or a status changed.
    pub async fn until(&self, what: &str, holds: impl AsyncFn(&Self) -> bool) {
        let waiting = async {
            let mut revision = self.store.revision();
            while !holds(self).await {
                // A status changes without a revision, so look again soon in any case.
                let _ = tokio::time::timeout(Duration::from_millis(20), revision.changed()).await;
            }
        };
        if tokio::time::timeout(DEADLINE, waiting).await.is_err() {
            let status = self.status(Kind::Ingress);
            panic!("did not come true: {what}; ingresses: {status:?}");
        }
    }

    /// Waits until the store has every ingress of the cluster in its present version, and no other.
    pub async fn until_equal(&self) {
        self.until("the store equals the cluster", async |world| world.versions_equal().await)
            .await;
        self.assert_equal().await;
    }

    async fn versions_equal(&self) -> bool {
        let known = self.store.known_ingresses(&name()).await.unwrap();
        let stored: HashMap<String, String> =
            known.into_iter().filter(|(_, k)| !k.gone).map(|(uid, k)| (uid, k.version)).collect();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let served = self.cluster.list(&INGRESS, "").into_iter().map(|object| {
            let metadata = &object.value()["metadata"];
            (text(&metadata["uid"]), text(&metadata["resourceVersion"]))
        });
        served.collect::<HashMap<_, _>>() == stored
    }

    /// The canonical JSON of every ingress is the same on both sides.
    pub async fn assert_equal(&self) {
        let stored: BTreeMap<String, Value> = self
            .store
            .manifests(&name())
            .await
            .unwrap()
            .into_iter()
            .map(|(uid, json)| (uid, serde_json::from_str(&json).unwrap()))
            .collect();
        let served = self.cluster.list(&INGRESS, "").into_iter().map(|object| {
            let mut value = object.value();
            value.as_object_mut().unwrap().retain(|key, _| key != "kind" && key != "apiVersion");
            (value["metadata"]["uid"].as_str().unwrap().to_owned(), value)
        });
        let served: BTreeMap<String, Value> = served.collect();
        let keys = |map: &BTreeMap<String, Value>| map.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&stored), keys(&served));
        for (uid, value) in served {
            assert_eq!(stored[&uid], value, "{uid}");
        }
    }

    /// The page of one present ingress.
    pub async fn detail(&self, ingress: &str) -> Detail {
        let view = View { search: ingress.to_owned(), ..View::default() };
        let page = self.store.inventory(&view, clock().now()).await.unwrap();
        let row = page.rows.iter().find(|row| row.name == ingress).unwrap();
        self.store.ingress(row.id, clock().now()).await.unwrap().unwrap()
    }

    /// What is recorded of one life, in order, as short words.
    pub async fn history(&self, detail: &Detail) -> Vec<String> {
        let word = |event: &domain::detail::Event| match &event.what {
            Happening::Appeared => "appeared".to_owned(),
            Happening::Changed(changes) => {
                let words = changes.iter().map(|change| {
                    format!("{} {}", change.what, change.after.as_deref().unwrap_or("-"))
                });
                words.collect::<Vec<_>>().join(", ")
            }
            Happening::Removed(proof) => format!("removed by {}", proof.as_str()),
            Happening::Reappeared => "reappeared".to_owned(),
        };
        detail.history.iter().rev().map(word).collect()
    }
}

pub fn namespace(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
}

pub fn class(name: &str) -> Value {
    json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "IngressClass",
        "metadata": {"name": name}, "spec": {"controller": "k8s.io/ingress-nginx"},
    })
}

/// An ingress whose label `step` says how often it was changed.
pub fn ingress(namespace: &str, name: &str, step: u64) -> Value {
    json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
        "metadata": {"namespace": namespace, "name": name, "labels": {"step": format!("{step:06}")}},
        "spec": {"ingressClassName": "nginx", "rules": [{"host": format!("{name}.example.com"),
            "http": {"paths": [{"path": "/", "pathType": "Prefix",
                "backend": {"service": {"name": name, "port": {"number": 80}}}}]}}]},
    })
}

pub fn service(namespace: &str, name: &str, port: i32) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"namespace": namespace, "name": name},
        "spec": {"type": "ClusterIP", "ports": [{"name": "http", "port": port}]},
    })
}

pub fn endpoints(namespace: &str, service: &str, ready: bool) -> Value {
    json!({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
        "metadata": {"namespace": namespace, "name": format!("{service}-abc"),
            "labels": {"kubernetes.io/service-name": service}},
        "endpoints": [{"addresses": ["10.0.0.1"], "conditions": {"ready": ready}}],
        "ports": [{"name": "http", "port": 8080}],
    })
}
