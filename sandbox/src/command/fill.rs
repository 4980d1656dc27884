//! What is in a cluster when it starts: a generated fleet or a folder of manifests, and the
//! permissions of the `routebook` user.

use std::path::Path;

use anyhow::Context;
use jiff::Timestamp;
use sandbox::fleet::{CHURNING, Fleet, Plan, parts};
use sandbox::kubernetes::{Cluster, ClusterOptions};
use sandbox::manifests::{Refused, load_folder};
use sha2::{Digest, Sha256};

use crate::Kubernetes;

/// The permissions that Routebook ships with: the demo lives with them.
const ROLE: &str = include_str!("../../../deploy/rbac.yaml");

/// A cluster ready to be served.
pub(crate) struct Filled {
    pub(crate) cluster: Cluster,
    pub(crate) refused: Vec<Refused>,
    /// The objects that take part in churn; none if there is to be none.
    pub(crate) sample: Fleet,
}

/// An empty cluster that is the same one at every start: its identity comes from its name and the
/// seed, and its resource versions go on from those of earlier starts.
fn empty(name: &str, options: &Kubernetes, now: Timestamp) -> Cluster {
    let digest = Sha256::digest(format!("{name}/{}", options.seed));
    let bytes = digest.first_chunk::<16>().copied().unwrap_or_default();
    let uid = uuid::Builder::from_random_bytes(bytes).into_uuid();
    Cluster::with(ClusterOptions {
        kube_system_uid: Some(uid.to_string()),
        first_revision: u64::try_from(now.as_millisecond()).unwrap_or(1),
        ..ClusterOptions::named(name)
    })
}

pub(crate) fn from_plan(
    plan: &Plan,
    options: &Kubernetes,
    now: Timestamp,
) -> anyhow::Result<Filled> {
    let cluster = empty(&plan.cluster.name, options, now);
    let mut sample = Fleet::default();
    for part in parts(plan) {
        if options.churn > 0 && sample.ingresses.len() < CHURNING {
            sample.absorb(part.clone());
        }
        cluster.load(part.into_objects())?;
    }
    permit(&cluster, options)?;
    Ok(Filled { cluster, refused: Vec::new(), sample })
}

pub(crate) fn from_folder(
    folder: &Path,
    options: &Kubernetes,
    now: Timestamp,
) -> anyhow::Result<Filled> {
    let cluster = empty("demo", options, now);
    let loaded = load_folder(folder)?;
    let sample = match options.churn {
        0 => Fleet::default(),
        _ => Fleet::of(loaded.objects.iter().cloned()),
    };
    // The server's own namespace keeps its UID.
    let objects = loaded.objects.into_iter().filter(|object| {
        object["kind"] != "Namespace" || object["metadata"]["name"] != "kube-system"
    });
    cluster.load(objects)?;
    permit(&cluster, options)?;
    Ok(Filled { cluster, refused: loaded.refused, sample })
}

fn permit(cluster: &Cluster, options: &Kubernetes) -> anyhow::Result<()> {
    let text = match &options.rbac {
        Some(file) => &std::fs::read_to_string(file)
            .with_context(|| format!("cannot read {}", file.display()))?,
        None => ROLE,
    };
    cluster.load_yaml(text).context("cannot load the permissions")?;
    Ok(())
}
