//! What is in a cluster when it starts: a generated fleet or a folder of manifests, and the
//! permissions of the `routebook` user.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use jiff::Timestamp;
use sandbox::certificates::Wanted;
use sandbox::fleet::{CHURNING, Fleet, Plan, Replay, SECRET_NAMESPACES, fallbacks, parts, teams};
use sandbox::kubernetes::kinds::{CERTIFICATE, NAMESPACE};
use sandbox::kubernetes::{Cluster, ClusterOptions};
use sandbox::manifests::{Refused, load_folder};
use sandbox::prometheus::Store;
use sandbox::tls_endpoint::What;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::presets;
use crate::Kubernetes;

/// The permissions that Routebook ships with: the demo lives with them.
const ROLE: &str = include_str!("../../../deploy/rbac.yaml");
/// Those for the Secrets of one namespace, which has to be filled in.
const SECRETS_ROLE: &str = include_str!("../../../deploy/secrets-rbac.yaml");

/// A cluster ready to be served.
pub(crate) struct Filled {
    pub(crate) cluster: Cluster,
    pub(crate) refused: Vec<Refused>,
    /// The objects that take part in churn; none if there is to be none.
    pub(crate) sample: Fleet,
    /// Where the keys of certificates come from.
    pub(crate) seed: u64,
    /// What the hosts do when they are asked for a certificate, and all others.
    pub(crate) served: BTreeMap<String, What>,
    pub(crate) otherwise: What,
    /// What Prometheus has scraped.
    pub(crate) traffic: Store,
    pub(crate) advice: Advice,
}

/// What Routebook should be told about a cluster.
pub(crate) struct Advice {
    /// The presets that its controllers need.
    pub(crate) presets: Vec<&'static str>,
    /// Where it may read Secrets.
    pub(crate) secret_namespaces: Vec<&'static str>,
    /// The company's teams, and who gets what is left.
    pub(crate) teams: Value,
    pub(crate) fallbacks: Value,
}

/// An empty cluster that is the same one at every start: its identity comes from its name and the
/// seed, and its resource versions go on from those of earlier starts.
fn empty(name: &str, options: &Kubernetes, now: Timestamp) -> Cluster {
    let digest = Sha256::digest(format!("{name}/{}", options.seed));
    let bytes = digest.first_chunk::<16>().copied().unwrap_or_default();
    let uid = uuid::Builder::from_random_bytes(bytes).into_uuid();
    let cluster = Cluster::with(ClusterOptions {
        kube_system_uid: Some(uid.to_string()),
        first_revision: u64::try_from(now.as_millisecond()).unwrap_or(1),
        ..ClusterOptions::named(name)
    });
    cluster.install(&CERTIFICATE);
    cluster
}

pub(crate) fn from_plan(
    plan: &Plan,
    options: &Kubernetes,
    now: Timestamp,
) -> anyhow::Result<Filled> {
    let cluster = empty(&plan.cluster.name, options, now);
    let (mut sample, mut served) = (Fleet::default(), BTreeMap::new());
    let traffic = Store::new();
    let mut replay = Replay::new(&traffic, &plan.cluster.name, plan.seed, now);
    for mut part in parts(plan) {
        replay.add(&part);
        for (host, what) in std::mem::take(&mut part.served) {
            served.entry(host).or_insert(what);
        }
        if options.churn > 0 && sample.ingresses.len() < CHURNING {
            sample.absorb(part.clone());
        }
        cluster.load(part.into_objects())?;
    }
    permit(&cluster, options)?;
    let advice = Advice {
        presets: plan.cluster.presets(),
        secret_namespaces: permit_secrets(&cluster, options)?,
        teams: teams(),
        fallbacks: fallbacks(),
    };
    Ok(Filled {
        cluster,
        refused: Vec::new(),
        sample,
        seed: plan.seed,
        served,
        otherwise: What::Certificate(Wanted::fake(now)),
        traffic,
        advice,
    })
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
    let advice = Advice {
        presets: presets::of_classes(&cluster),
        secret_namespaces: Vec::new(),
        teams: json!([]),
        fallbacks: json!([]),
    };
    Ok(Filled {
        cluster,
        refused: loaded.refused,
        sample,
        seed: options.seed,
        served: BTreeMap::new(),
        // Nobody knows what the hosts of a folder would serve.
        otherwise: What::Closes,
        traffic: Store::new(),
        advice,
    })
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

/// Lets Routebook list the Secrets of the few namespaces for which that is switched on, where the
/// cluster has them. Whoever brings a role of their own decides about Secrets too.
fn permit_secrets(cluster: &Cluster, options: &Kubernetes) -> anyhow::Result<Vec<&'static str>> {
    if options.rbac.is_some() {
        return Ok(Vec::new());
    }
    let is_there = |name: &&str| cluster.get(&NAMESPACE, "", name).is_ok();
    let namespaces: Vec<&'static str> = SECRET_NAMESPACES.into_iter().filter(is_there).collect();
    for namespace in &namespaces {
        let role = SECRETS_ROLE.replace("NAMESPACE", namespace);
        cluster.load_yaml(&role).context("cannot load the permissions for Secrets")?;
    }
    Ok(namespaces)
}
