//! What happened in the clusters, as their watch would have told it. In the end the store has again
//! what the clusters have.

use domain::ClusterName;
use domain::inventory::Row;
use domain::sync::Kind;
use jiff::Timestamp;
use serde_json::{Value, json};
use store::{Batch, Sighting, Store};

/// What is known of the clusters is said to be of an earlier moment, until it is put back: a campaign of
/// the past was not opened over what is known today.
pub struct Backdated<'a> {
    store: &'a Store,
    at: Timestamp,
    were: Vec<(&'a ClusterName, Option<Timestamp>)>,
}

impl<'a> Backdated<'a> {
    /// Says so.
    pub fn new(store: &'a Store, clusters: &'a [ClusterName], at: Timestamp) -> Self {
        let mut were = Vec::new();
        for name in clusters {
            store.set_status(name, Kind::Ingress, |status| {
                were.push((name, status.data_as_of.replace(at)));
            });
        }
        Self { store, at, were }
    }

    /// Puts it back, unless the watch has told something newer.
    pub fn put_back(self) {
        for (name, was) in self.were {
            self.store.set_status(name, Kind::Ingress, |status| {
                if status.data_as_of == Some(self.at) {
                    status.data_as_of = was;
                }
            });
        }
    }
}

/// An ingress that none of the clusters has any more.
pub fn forgotten(name: &str, team: &str, created_at: Timestamp) -> Value {
    let host = format!("{name}.marrowby.example");
    let backend = json!({ "service": { "name": name, "port": { "number": 80 } } });
    let path = json!({ "path": "/", "pathType": "Prefix", "backend": backend });
    json!({
        "metadata": {
            "name": name,
            "namespace": team,
            "uid": format!("uid-{team}-{name}"),
            "resourceVersion": "1",
            "generation": 1,
            "creationTimestamp": created_at.to_string(),
            "labels": { "team": team },
        },
        "spec": {
            "ingressClassName": "nginx",
            "rules": [{ "host": host, "http": { "paths": [path] } }],
        },
    })
}

/// The same ingress with one path more, as it was before; `None` if it has no rule with paths.
pub fn before(manifest: &str) -> Option<Value> {
    let mut manifest: Value = serde_json::from_str(manifest).ok()?;
    let paths = manifest.pointer_mut("/spec/rules/0/http/paths")?.as_array_mut()?;
    let mut path = paths.first()?.clone();
    path["path"] = json!("/old-tracking");
    paths.push(path);
    manifest["metadata"]["resourceVersion"] = json!("1");
    Some(manifest)
}

/// The watch has seen this.
pub async fn seen(
    store: &Store,
    cluster: &ClusterName,
    manifest: &str,
    at: Timestamp,
) -> anyhow::Result<()> {
    let batch = Batch { seen: vec![Sighting::read(manifest)], ..Batch::default() };
    store.apply_ingresses(cluster, &batch, at).await?;
    Ok(())
}

/// The API server has reported that this was deleted.
pub async fn deleted(
    store: &Store,
    cluster: &ClusterName,
    manifest: &str,
    at: Timestamp,
) -> anyhow::Result<()> {
    let batch = Batch { deleted: vec![Sighting::read(manifest)], ..Batch::default() };
    store.apply_ingresses(cluster, &batch, at).await?;
    Ok(())
}

/// The cluster of a row, and its last manifest.
pub async fn manifest(
    store: &Store,
    row: &Row,
    now: Timestamp,
) -> anyhow::Result<Option<(ClusterName, String)>> {
    let Some(detail) = store.ingress(row.id, now).await? else { return Ok(None) };
    Ok(Some((row.cluster.parse()?, detail.manifest)))
}
