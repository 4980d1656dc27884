//! What is in a cluster when it starts: a generated fleet or a folder of manifests, and the
//! permissions of the `routebook` user.

use std::path::Path;

use anyhow::Context;
use sandbox::fleet::{CHURNING, Fleet, Plan, parts};
use sandbox::kubernetes::{Cluster, ClusterOptions};
use sandbox::manifests::{Refused, load_folder};

use crate::Kubernetes;

/// The permissions that Routebook asks for by default.
const ROLE: &str = include_str!("routebook-role.yaml");

/// A cluster ready to be served.
pub(crate) struct Filled {
    pub(crate) cluster: Cluster,
    pub(crate) refused: Vec<Refused>,
    /// The objects that take part in churn; none if there is to be none.
    pub(crate) sample: Fleet,
}

pub(crate) fn from_plan(plan: &Plan, options: &Kubernetes) -> anyhow::Result<Filled> {
    let cluster = Cluster::new(&plan.cluster.name);
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

pub(crate) fn from_folder(folder: &Path, options: &Kubernetes) -> anyhow::Result<Filled> {
    // A cluster is known by this UID; it must not change from one start to the next.
    let uid = uuid::Builder::from_random_bytes(u128::from(options.seed).to_be_bytes()).into_uuid();
    let named = ClusterOptions::named("demo");
    let cluster = Cluster::with(ClusterOptions { kube_system_uid: Some(uid.to_string()), ..named });
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
