//! Looks outward: watches Kubernetes clusters and brings what it sees into the store.
//!
//! It reads, and never writes to a cluster. A deletion is concluded only from a delete event, from
//! a complete list, or from another life under the same name; never from a failed or partial list.

pub mod certificates;
mod kubernetes;
mod timing;
pub mod traffic;

use std::path::PathBuf;

use domain::sync::Kind;
use domain::{Clock, ClusterName};
use store::Store;
pub use timing::Timing;
pub use tokio_util::sync::CancellationToken;

/// A cluster to watch.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// Its configured name.
    pub name: ClusterName,
    /// How to reach it.
    pub access: Access,
    /// Where its traffic is learnt from.
    pub traffic: Vec<traffic::Source>,
    /// How its certificates are looked at.
    pub tls: certificates::TlsConfig,
}

/// How to reach a cluster's API server.
#[derive(Debug, Clone)]
pub enum Access {
    /// With the service account of the pod that Routebook runs in.
    InCluster,
    /// With a kubeconfig file.
    Kubeconfig {
        /// The file; `None` for `KUBECONFIG` or `~/.kube/config`.
        file: Option<PathBuf>,
        /// The context; `None` for the file's current one.
        context: Option<String>,
    },
}

/// How a one-time sync of one kind ended.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The cluster.
    pub cluster: ClusterName,
    /// The kind; `None` when the cluster as a whole could not be read.
    pub kind: Option<Kind>,
    /// The number of objects read, or why not, in words.
    pub result: Result<i64, String>,
}

/// Watches every cluster until told to stop. One cluster that fails never slows another.
pub async fn run(
    clusters: Vec<Cluster>,
    store: Store,
    clock: Clock,
    timing: Timing,
    stop: CancellationToken,
) {
    let names: Vec<ClusterName> = clusters.iter().map(|cluster| cluster.name.clone()).collect();
    if let Err(error) = store.configure(&names).await {
        tracing::error!(%error, "the configured clusters could not be saved");
        return;
    }
    let mut tasks = tokio::task::JoinSet::new();
    for cluster in clusters {
        let site = kubernetes::Site::new(cluster, &store, &clock, &timing);
        let stop = stop.clone();
        tasks.spawn(async move { stop.run_until_cancelled(site.watch()).await });
    }
    let saving = save_statuses(&store, &timing);
    stop.run_until_cancelled(saving).await;
    tasks.join_all().await;
}

/// The status changes with every sign of life; the file gets it now and then, with fresh counts.
async fn save_statuses(store: &Store, timing: &Timing) {
    let mut counted = 0;
    loop {
        tokio::time::sleep(timing.save_status).await;
        let revision = *store.revision().borrow();
        if revision != std::mem::replace(&mut counted, revision)
            && let Err(error) = store.count_objects().await
        {
            tracing::error!(%error, "the objects could not be counted");
        }
        if let Err(error) = store.save_statuses().await {
            tracing::error!(%error, "the sync status could not be saved");
        }
    }
}

/// Lists every kind of every cluster once, all clusters at a time. `accept` names clusters whose
/// changed identity the operator confirms.
pub async fn sync_once(
    clusters: &[Cluster],
    store: &Store,
    clock: &Clock,
    timing: &Timing,
    accept: &[ClusterName],
) -> Vec<Outcome> {
    let names: Vec<ClusterName> = clusters.iter().map(|cluster| cluster.name.clone()).collect();
    let failed = |cluster: &ClusterName, error: store::Error| {
        let result = Err(error.to_string());
        vec![Outcome { cluster: cluster.clone(), kind: None, result }]
    };
    if let Err(error) = store.configure(&names).await {
        return names.first().map_or_else(Vec::new, |name| failed(name, error));
    }
    let sites = clusters.iter().map(|cluster| {
        let mut site = kubernetes::Site::new(cluster.clone(), store, clock, timing);
        site.accept_new_identity = accept.contains(&cluster.name);
        async move { site.list_once().await }
    });
    let mut outcomes: Vec<Outcome> = futures::future::join_all(sites).await.concat();
    if let Err(error) = store.save_statuses().await {
        outcomes.extend(names.first().map_or_else(Vec::new, |name| failed(name, error)));
    }
    outcomes
}
