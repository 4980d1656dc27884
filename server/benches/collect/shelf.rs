//! A store with many ingresses of ingress-nginx, without a cluster behind it.

use domain::ClusterName;
use jiff::Timestamp;
use serde_json::json;
use store::{Batch, Sighting, Store};
use tempfile::TempDir;

/// Ingresses in one namespace.
const EACH: usize = 50;

/// The store, and the folder that it is in.
pub struct Shelf {
    pub store: Store,
    pub cluster: ClusterName,
    _folder: TempDir,
}

impl Shelf {
    /// One with so many ingresses.
    pub async fn filled(ingresses: usize) -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let store = Store::open(&folder.path().join("routebook.db")).await?;
        let cluster: ClusterName = "bench".parse()?;
        store.configure(std::slice::from_ref(&cluster)).await?;
        let now = Timestamp::from_second(crate::prometheus::START)?;
        let numbers: Vec<usize> = (0..ingresses).collect();
        for numbers in numbers.chunks(500) {
            let seen = numbers.iter().map(|number| Sighting::read(&manifest(*number))).collect();
            let batch = Batch { seen, first: true, ..Batch::default() };
            store.apply_ingresses(&cluster, &batch, now).await?;
        }
        Ok(Self { store, cluster, _folder: folder })
    }
}

/// The namespace and the name of an ingress.
pub fn place(number: usize) -> (String, String) {
    (format!("team-{:04}", number / EACH), format!("web-{number:05}"))
}

/// Its host.
pub fn host(number: usize) -> String {
    format!("web-{number:05}.bench.example")
}

fn manifest(number: usize) -> String {
    let (namespace, name) = place(number);
    let backend = json!({"service": {"name": name, "port": {"number": 80}}});
    let path = json!({"path": "/", "pathType": "Prefix", "backend": backend});
    let manifest = json!({
        "metadata": {
            "namespace": namespace,
            "name": name,
            "uid": format!("uid-{number}"),
            "resourceVersion": "1",
            "creationTimestamp": "2025-01-01T00:00:00Z",
        },
        "spec": {
            "ingressClassName": "nginx",
            "rules": [{"host": host(number), "http": {"paths": [path]}}],
        },
    });
    manifest.to_string()
}
