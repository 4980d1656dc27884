//! The same sync against a real API server, where `ROUTEBOOK_TEST_KUBECONFIG` names one that may
//! be written to. It works in namespaces that it makes itself, and removes them.

use std::collections::{BTreeMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::detail::Happening;
use domain::inventory::View;
use futures::FutureExt;
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::api::networking::v1::Ingress;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Api, Client, Config};
use observe::{Access, CancellationToken, Timing};
use serde::Serialize;
use serde_json::{Value, json};
use store::Store;
use tempfile::TempDir;

use crate::world::{World, clock, name};

/// Real clusters take their time.
const DEADLINE: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread")]
async fn a_real_cluster_is_followed() {
    match std::env::var_os("ROUTEBOOK_TEST_KUBECONFIG") {
        Some(path) => check(Path::new(&path)).await,
        None => eprintln!(
            "SKIPPED: ROUTEBOOK_TEST_KUBECONFIG names no cluster; nothing was tried on a real one"
        ),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_is_followed_as_if_it_were_real() {
    let world = World::with_ingresses(3).await;
    let path = world.folder.path().join("admin");
    std::fs::write(&path, world.server.kubeconfig("admin")).unwrap();
    check(&path).await;
    let left = world.cluster.list(&sandbox::kubernetes::kinds::NAMESPACE, "");
    let named = |o: &std::sync::Arc<sandbox::kubernetes::Object>| o.name.clone();
    let left: Vec<_> = left.iter().map(named).filter(|n| n.starts_with("routebook-test")).collect();
    assert!(left.is_empty(), "{left:?} stayed behind");
    assert_eq!(world.cluster.count(&sandbox::kubernetes::kinds::INGRESS), 3);
}

/// A place of our own in somebody's cluster.
struct Guest {
    client: Client,
    kubeconfig: PathBuf,
    namespaces: [String; 2],
    folder: TempDir,
    deleted: HashSet<String>,
}

/// Everything there is to check; the namespaces go whatever comes of it.
async fn check(kubeconfig: &Path) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let file = Kubeconfig::read_from(kubeconfig).unwrap();
    let options = KubeConfigOptions::default();
    let config = Config::from_custom_kubeconfig(file, &options).await.unwrap();
    let run = format!("routebook-test-{:08x}", fastrand::u32(..));
    let mut guest = Guest {
        client: Client::try_from(config).unwrap(),
        kubeconfig: kubeconfig.to_owned(),
        namespaces: [format!("{run}-a"), format!("{run}-b")],
        folder: TempDir::new().unwrap(),
        deleted: HashSet::new(),
    };
    let outcome = AssertUnwindSafe(guest.stay()).catch_unwind().await;
    let namespaces: Api<Namespace> = Api::all(guest.client.clone());
    for namespace in &guest.namespaces {
        if let Err(error) = namespaces.delete(namespace, &DeleteParams::default()).await {
            eprintln!("namespace {namespace} was not removed: {error}");
        }
    }
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

fn read<T: serde::de::DeserializeOwned>(value: impl Serialize) -> T {
    serde_json::from_value(serde_json::to_value(value).unwrap()).unwrap()
}

impl Guest {
    fn ingresses(&self, namespace: usize) -> Api<Ingress> {
        Api::namespaced(self.client.clone(), &self.namespaces[namespace])
    }

    async fn create(&self, namespace: usize, name: &str) {
        let host = format!("{name}.{}.invalid", self.namespaces[namespace]);
        let ingress: Ingress = read(json!({
            "metadata": {"name": name},
            "spec": {"rules": [{"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix",
                "backend": {"service": {"name": name, "port": {"number": 80}}}}]}}]},
        }));
        self.ingresses(namespace).create(&PostParams::default(), &ingress).await.unwrap();
    }

    async fn change(&self, namespace: usize, name: &str, patch: Value) {
        let (patch, how) = (Patch::Merge(patch), PatchParams::default());
        self.ingresses(namespace).patch(name, &how, &patch).await.unwrap();
    }

    async fn delete(&mut self, namespace: usize, name: &str) {
        let api = self.ingresses(namespace);
        self.deleted.insert(api.get(name).await.unwrap().metadata.uid.unwrap());
        api.delete(name, &DeleteParams::default()).await.unwrap();
    }

    /// What the API server has in our namespaces, by UID.
    async fn served(&self) -> BTreeMap<String, Value> {
        let mut served = BTreeMap::new();
        for namespace in &self.namespaces {
            let path = format!("/apis/networking.k8s.io/v1/namespaces/{namespace}/ingresses");
            let request = http::Request::get(path).body(Vec::new()).unwrap();
            let list: Value = self.client.request(request).await.unwrap();
            for mut item in list["items"].as_array().unwrap().iter().cloned() {
                item.as_object_mut().unwrap().retain(|key, _| key != "kind" && key != "apiVersion");
                served.insert(item["metadata"]["uid"].as_str().unwrap().to_owned(), item);
            }
        }
        served
    }

    /// What the store has in our namespaces, by UID.
    async fn stored(&self, store: &Store) -> BTreeMap<String, Value> {
        let all = store.manifests(&name()).await.unwrap();
        let read = all.into_iter().map(|(uid, text)| (uid, serde_json::from_str(&text).unwrap()));
        let ours = |(_, value): &(String, Value)| {
            let namespace = value["metadata"]["namespace"].as_str().unwrap_or_default();
            self.namespaces.iter().any(|ours| ours == namespace)
        };
        read.filter(ours).collect()
    }

    async fn until_equal(&self, store: &Store) {
        let waiting = async {
            let mut revision = store.revision();
            while self.stored(store).await != self.served().await {
                let _ = tokio::time::timeout(Duration::from_millis(500), revision.changed()).await;
            }
        };
        if tokio::time::timeout(DEADLINE, waiting).await.is_err() {
            panic!("{:?} is not {:?}", self.stored(store).await, self.served().await);
        }
    }

    /// Changes while the observer watches, and while it does not.
    async fn stay(&mut self) {
        let namespaces: Api<Namespace> = Api::all(self.client.clone());
        for namespace in &self.namespaces {
            let object: Namespace = read(json!({"metadata": {"name": namespace}}));
            namespaces.create(&PostParams::default(), &object).await.unwrap();
        }
        for n in 0..5 {
            self.create(n % 2, &format!("web-{n}")).await;
        }
        let store = Store::open(&self.folder.path().join("real.db")).await.unwrap();
        let watching = self.watch(&store);
        self.until_equal(&store).await;
        self.change(0, "web-0", json!({"metadata": {"labels": {"step": "1"}}})).await;
        self.delete(1, "web-1").await;
        self.delete(0, "web-2").await;
        self.create(0, "web-2").await;
        self.create(1, "web-5").await;
        self.until_equal(&store).await;
        watching.0.cancel();
        watching.1.await.unwrap();
        self.change(0, "web-0", json!({"metadata": {"labels": {"step": "2"}}})).await;
        self.delete(1, "web-3").await;
        let watching = self.watch(&store);
        self.until_equal(&store).await;
        watching.0.cancel();
        watching.1.await.unwrap();
        self.check_past(&store).await;
    }

    fn watch(&self, store: &Store) -> (CancellationToken, tokio::task::JoinHandle<()>) {
        let stop = CancellationToken::new();
        let access = Access::Kubeconfig { file: Some(self.kubeconfig.clone()), context: None };
        let target = observe::Cluster {
            name: name(),
            access,
            traffic: Vec::new(),
            tls: observe::certificates::TlsConfig::default(),
        };
        let timing = Timing { full_list: Duration::from_secs(20), ..Timing::default() };
        let run = observe::run(vec![target], store.clone(), clock(), timing, stop.clone());
        (stop, tokio::spawn(run))
    }

    /// What was deleted is gone, nothing else is, and a change is told as it was.
    async fn check_past(&self, store: &Store) {
        let known = store.known_ingresses(&name()).await.unwrap();
        for uid in &self.deleted {
            assert!(known[uid].gone, "{uid} was deleted");
        }
        for uid in self.served().await.keys() {
            assert!(!known[uid].gone, "{uid} is there");
        }
        let view = View { namespace: Some(self.namespaces[0].clone()), ..View::default() };
        let page = store.inventory(&view, jiff::Timestamp::UNIX_EPOCH).await.unwrap();
        let of = |name: &str| page.rows.iter().find(|row| row.name == name).unwrap().id;
        let changed =
            store.ingress(of("web-0"), jiff::Timestamp::UNIX_EPOCH).await.unwrap().unwrap();
        let steps = changed.history.iter().rev().filter_map(|event| match &event.what {
            Happening::Changed(changes) => {
                changes.iter().find(|change| change.what == "label step")?.after.clone()
            }
            _ => None,
        });
        assert_eq!(steps.collect::<Vec<_>>(), ["1", "2"]);
        let again = store.ingress(of("web-2"), jiff::Timestamp::UNIX_EPOCH).await.unwrap().unwrap();
        assert_eq!(again.lives.len(), 1, "the life before it is known");
    }
}
