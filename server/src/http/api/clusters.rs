//! `/api/v1/clusters`: how far the data can be relied on.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::ClusterName;
use domain::sync::{ClusterStatus, Freshness, KindStatus};
use jiff::Timestamp;
use serde::Serialize;
use store::{SourceState, Store};
use utoipa::ToSchema;

use crate::http::problem::Problem;
use crate::state;

/// The clusters.
#[derive(Serialize, ToSchema)]
pub struct ClusterList {
    /// Those that are configured, and those that were and have records.
    items: Vec<Cluster>,
}

/// A cluster, and how far what is known of it can be relied on.
#[derive(Serialize, ToSchema)]
struct Cluster {
    /// The configured name.
    name: String,
    /// Whether it is in the configuration.
    configured: bool,
    /// `fresh`: at most two minutes old; `stale`: older; `never`: not read completely yet.
    state: &'static str,
    /// As of when its ingresses are known.
    data_as_of: Option<Timestamp>,
    /// Why the cluster as a whole is not read, if so.
    error: Option<String>,
    /// The address of its API server.
    server: Option<String>,
    /// The version that its API server states.
    version: Option<String>,
    /// The UID of its `kube-system` namespace.
    uid: Option<String>,
    /// What is read of it.
    kinds: Vec<Kind>,
    /// Where its traffic is learnt from.
    traffic_sources: Vec<TrafficSource>,
}

/// One kind of object.
#[derive(Serialize, ToSchema)]
struct Kind {
    /// The kind, as Kubernetes writes it.
    kind: &'static str,
    /// Where the sync of it stands.
    phase: &'static str,
    /// The last moment for which the store is known to equal the cluster.
    data_as_of: Option<Timestamp>,
    /// When the last complete list ended.
    listed_at: Option<Timestamp>,
    /// How many objects the cluster has of it.
    objects: i64,
    /// Why the last attempt failed, if it did.
    error: Option<String>,
}

/// A source of traffic.
#[derive(Serialize, ToSchema)]
struct TrafficSource {
    /// What it is called.
    name: String,
    /// The first moment that was observed.
    observed_since: Option<Timestamp>,
    /// The last moment that was observed.
    collected_until: Option<Timestamp>,
    /// When it was last asked.
    checked_at: Option<Timestamp>,
    /// Why it cannot be relied on now, if so.
    error: Option<String>,
}

/// Answers with all clusters.
pub async fn list(State(state): State<state::State>) -> Result<Response, Problem> {
    let now = state.clock.now();
    let mut items = Vec::new();
    for status in state.store.clusters().await? {
        let sources = sources(&state.store, &status.name).await?;
        items.push(Cluster::new(status, sources, now));
    }
    Ok(Json(ClusterList { items }).into_response())
}

async fn sources(store: &Store, cluster: &str) -> Result<Vec<TrafficSource>, store::Error> {
    let Ok(name) = cluster.parse::<ClusterName>() else { return Ok(Vec::new()) };
    let states = store.traffic_sources(&name).await?;
    Ok(states.into_iter().map(TrafficSource::new).collect())
}

impl Cluster {
    fn new(status: ClusterStatus, traffic_sources: Vec<TrafficSource>, now: Timestamp) -> Self {
        let (state, data_as_of) = match status.freshness(now) {
            Freshness::Fresh(at) => ("fresh", Some(at)),
            Freshness::Stale(at) => ("stale", Some(at)),
            Freshness::Never => ("never", None),
        };
        Self {
            name: status.name,
            configured: status.configured,
            state,
            data_as_of,
            error: status.error,
            server: status.server,
            version: status.version,
            uid: status.uid,
            kinds: status.kinds.into_iter().map(Kind::new).collect(),
            traffic_sources,
        }
    }
}

impl Kind {
    fn new(status: KindStatus) -> Self {
        Self {
            kind: status.kind.as_str(),
            phase: status.phase.as_str(),
            data_as_of: status.data_as_of,
            listed_at: status.listed_at,
            objects: status.objects,
            error: status.error,
        }
    }
}

impl TrafficSource {
    fn new(state: SourceState) -> Self {
        Self {
            name: state.name,
            observed_since: state.since,
            collected_until: state.collected_until,
            checked_at: state.checked_at,
            error: state.error,
        }
    }
}
