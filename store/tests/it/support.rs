//! A store in a folder of its own, and manifests to put into it.

use std::path::PathBuf;
use std::pin::pin;

use domain::audit::{Action, Actor, AuditView, Broken, Checkpoint, Draft, Link, Verifier};
use domain::inventory::{At, Page, Row, Shown, View};
use domain::material::hex;
use domain::sync::Kind;
use domain::{ClusterName, IngressId};
use futures::TryStreamExt;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::{Batch, Sighting, Store};
use tempfile::TempDir;

pub struct Shelf {
    pub folder: TempDir,
    pub store: Store,
}

pub fn cluster(name: &str) -> ClusterName {
    name.parse().unwrap()
}

pub fn now() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

impl Shelf {
    /// An empty store that knows the clusters `prod` and `test`.
    pub async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::open(&folder.path().join("routebook.db")).await.unwrap();
        store.configure(&[cluster("prod"), cluster("test")]).await.unwrap();
        Self { folder, store }
    }

    pub fn path(&self) -> PathBuf {
        self.store.path().to_owned()
    }

    /// Puts manifests into a cluster.
    pub async fn put(&self, name: &str, manifests: &[Value]) {
        let seen = manifests.iter().map(|manifest| Sighting::read(&manifest.to_string()));
        let batch = Batch { seen: seen.collect(), ..Batch::default() };
        self.store.apply_ingresses(&cluster(name), &batch, now()).await.unwrap();
    }

    /// Says that these kinds were read completely.
    pub fn listed(&self, name: &str, kinds: &[Kind]) {
        for kind in kinds {
            self.store.set_status(&cluster(name), *kind, |status| status.listed_at = Some(now()));
        }
    }

    pub async fn page(&self, view: &View) -> Page {
        self.store.inventory(view, now()).await.unwrap()
    }

    /// Every row of a view, page by page from its start.
    pub async fn walk(&self, view: &View) -> Vec<Row> {
        let mut view = view.from_start();
        let mut rows = Vec::new();
        loop {
            let page = self.page(&view).await;
            rows.extend(page.rows);
            let Some(next) = page.next else { return rows };
            view.at = At::After(next);
        }
    }

    /// The names of what a view shows, sorted.
    pub async fn names(&self, view: &View) -> Vec<String> {
        let mut names: Vec<_> = self.walk(view).await.into_iter().map(|row| row.name).collect();
        names.sort();
        names
    }

    /// The number of the only ingress of a name, there or gone.
    pub async fn id(&self, name: &str) -> IngressId {
        let gone = View { shown: Shown::Removed, ..View::default() };
        let rows = [self.walk(&View::default()).await, self.walk(&gone).await].concat();
        rows.iter().find(|row| row.name == name).unwrap().id
    }
}

/// A manifest with one route.
pub fn manifest(namespace: &str, name: &str, host: &str, path: &str, service: &str) -> Value {
    json!({
        "metadata": {"namespace": namespace, "name": name, "uid": format!("{namespace}/{name}"),
            "resourceVersion": "1", "creationTimestamp": "2024-01-02T03:04:05Z"},
        "spec": {"ingressClassName": "nginx", "rules": [{"host": host, "http": {"paths": [
            {"path": path, "pathType": "Prefix",
                "backend": {"service": {"name": service, "port": {"number": 80}}}}]}}]},
    })
}

/// The usual manifest of a name.
pub fn simple(namespace: &str, name: &str) -> Value {
    manifest(namespace, name, &format!("{name}.example.com"), "/", name)
}

/// What to record where it does not matter what.
pub fn draft(action: Action) -> Draft {
    let (target, address) = (String::new(), String::new());
    Draft { at: now(), actor: Actor::System, action, target, detail: json!({}), address }
}

/// What the store is told in the place of a secret.
pub fn digest(secret: &str) -> String {
    hex(&Sha256::digest(secret))
}

/// Goes through the whole audit chain.
pub async fn verified(store: &Store, checkpoints: &[Checkpoint]) -> Result<Link, Broken> {
    let mut verifier = Verifier::new(checkpoints);
    let mut batches = pin!(store.audit_entries(&AuditView::default()));
    while let Some(batch) = batches.try_next().await.unwrap() {
        batch.iter().try_for_each(|entry| verifier.next(entry))?;
    }
    verifier.finish()
}

/// Says on the test's output that something could not be tried here.
pub fn skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
}
