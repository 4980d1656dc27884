//! The proof of completeness: from which state of which clusters a population was taken, and what was
//! left out of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::CannotOpen;
use crate::scope::Scope;
use crate::sync::{ClusterStatus, Freshness, Kind};

/// From what a population was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completeness {
    /// When.
    pub at: Timestamp,
    /// The clusters of the scope, by name.
    pub clusters: Vec<ClusterRecord>,
}

/// One cluster when a population was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterRecord {
    /// Its configured name.
    pub name: String,
    /// The UID of its `kube-system` namespace.
    pub uid: Option<String>,
    /// The resource version of Ingresses that the store stood at.
    pub resource_version: Option<String>,
    /// The moment for which the store was known to equal the cluster.
    pub data_as_of: Option<Timestamp>,
    /// How many ingresses it had.
    pub ingresses: u64,
    /// How many of them the scope means.
    pub in_scope: u64,
    /// Why none of them is reviewed; `None` if they are.
    pub left_out: Option<String>,
}

impl Completeness {
    /// The names of the clusters whose ingresses are reviewed.
    pub fn taken(&self) -> impl Iterator<Item = &str> {
        let taken = self.clusters.iter().filter(|record| record.left_out.is_none());
        taken.map(|record| record.name.as_str())
    }

    /// How many ingresses of these clusters the scope means.
    pub fn population(&self) -> u64 {
        let taken = self.clusters.iter().filter(|record| record.left_out.is_none());
        taken.map(|record| record.in_scope).sum()
    }
}

/// The record of an opening. `left_out` names the clusters that the admin leaves out, `counts` tells
/// how many ingresses a cluster has, and how many of them are in the scope.
///
/// A cluster that is not up to date prevents it unless it is left out by name. One that is no longer
/// configured is left out by itself, unless the scope names it.
pub fn completeness(
    statuses: &[ClusterStatus],
    scope: &Scope,
    left_out: &[String],
    counts: impl Fn(&str) -> (u64, u64),
    now: Timestamp,
) -> Result<Completeness, CannotOpen> {
    let known = |name: &String| statuses.iter().any(|status| status.name == *name);
    let unknown: Vec<String> = scope.clusters.iter().filter(|name| !known(name)).cloned().collect();
    if !unknown.is_empty() {
        return Err(CannotOpen::NoSuchCluster { clusters: unknown });
    }
    let mut clusters = Vec::new();
    let mut stale = Vec::new();
    for status in statuses.iter().filter(|status| scope.has_cluster(&status.name)) {
        let trouble = trouble(status, now);
        let by_choice = left_out.contains(&status.name);
        let by_itself = !status.configured && scope.clusters.is_empty();
        if trouble.is_some() && !by_choice && !by_itself {
            stale.push(status.name.clone());
        }
        let why = (by_choice || by_itself).then(|| why(by_choice, trouble));
        clusters.push(record(status, counts(&status.name), why));
    }
    if !stale.is_empty() {
        stale.sort_unstable();
        return Err(CannotOpen::Stale { clusters: stale });
    }
    clusters.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(Completeness { at: now, clusters })
}

/// Why a cluster cannot be relied on, if so.
fn trouble(status: &ClusterStatus, now: Timestamp) -> Option<String> {
    if !status.configured {
        return Some("it is no longer in the configuration".to_owned());
    }
    if let Some(error) = &status.error {
        return Some(format!("it is not read: {error}"));
    }
    match status.freshness(now) {
        Freshness::Fresh(_) => None,
        Freshness::Stale(at) => Some(format!("what is known of it is of {at}")),
        Freshness::Never => Some("it was never read completely".to_owned()),
    }
}

fn why(by_choice: bool, trouble: Option<String>) -> String {
    match (by_choice, trouble) {
        (true, Some(trouble)) => format!("left out by an admin; {trouble}"),
        (true, None) => "left out by an admin, although it was up to date".to_owned(),
        (false, trouble) => trouble.unwrap_or_default(),
    }
}

fn record(
    status: &ClusterStatus,
    (ingresses, in_scope): (u64, u64),
    left_out: Option<String>,
) -> ClusterRecord {
    let sync = status.kind(Kind::Ingress);
    ClusterRecord {
        name: status.name.clone(),
        uid: status.uid.clone(),
        resource_version: sync.and_then(|sync| sync.resource_version.clone()),
        data_as_of: sync.and_then(|sync| sync.data_as_of),
        ingresses,
        in_scope,
        left_out,
    }
}
