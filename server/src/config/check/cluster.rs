//! The clusters: which, and how they are reached.

use std::collections::BTreeMap;
use std::path::Path;

use domain::ClusterName;
use observe::{Access, Cluster};

use super::super::given::{Source, Written};
use super::super::keys::{ClusterKeys, Text};
use super::value::maybe_path;
use super::{Error, tls, traffic};

/// The clusters to watch.
pub fn clusters(
    given: Option<Written<Vec<ClusterKeys>>>,
    home: Option<&Path>,
) -> Result<Vec<Cluster>, Error> {
    let Some(Written { keys, source }) = given else { return Ok(Vec::new()) };
    refuse_duplicates(&keys, &source)?;
    keys.into_iter().map(|keys| cluster(keys, &source, home)).collect()
}

fn cluster(mut keys: ClusterKeys, source: &Source, home: Option<&Path>) -> Result<Cluster, Error> {
    let name: Result<ClusterName, _> = keys.name.value.parse();
    let name = name.map_err(|error| source.refuse(&keys.name, error.to_string()))?;
    let mut traffic = traffic::sources(keys.traffic.take().unwrap_or_default(), source, home)?;
    let tls = tls::of_cluster(keys.tls.take().unwrap_or_default(), source)?;
    let access = access(&name, keys, source, home)?;
    traffic.iter_mut().for_each(|source| source.certificates = tls.metrics);
    Ok(Cluster { name, access, traffic, tls })
}

fn access(
    name: &ClusterName,
    keys: ClusterKeys,
    source: &Source,
    home: Option<&Path>,
) -> Result<Access, Error> {
    let in_cluster = keys.in_cluster.is_some_and(|given| given.value);
    let both = |other: &str, given: &Text| {
        let message = format!("cluster {name} has both `inCluster` and `{other}`; keep one");
        source.refuse(given, message)
    };
    match (in_cluster, &keys.kubeconfig, &keys.context) {
        (true, Some(kubeconfig), _) => Err(both("kubeconfig", kubeconfig)),
        (true, _, Some(context)) => Err(both("context", context)),
        (true, None, None) => Ok(Access::InCluster),
        (false, _, _) => Ok(Access::Kubeconfig {
            file: maybe_path("kubeconfig", keys.kubeconfig, source, home)?,
            context: keys.context.map(|context| not_empty(context, source)).transpose()?,
        }),
    }
}

fn not_empty(context: Text, source: &Source) -> Result<String, Error> {
    if context.value.is_empty() {
        let message = "`context` is empty; leave it out for the file's current context";
        return Err(source.refuse(&context, message));
    }
    Ok(context.value)
}

fn refuse_duplicates(clusters: &[ClusterKeys], source: &Source) -> Result<(), Error> {
    let mut seen = BTreeMap::new();
    for ClusterKeys { name, .. } in clusters {
        if let Some(first) = seen.insert(&name.value, name) {
            let message = format!("two clusters are named {:?}", name.value);
            let first = source.place(first);
            return Err(source
                .refuse(name, message)
                .hint(format!("the first is at {first}; give each cluster its own name")));
        }
    }
    Ok(())
}
