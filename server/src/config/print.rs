//! Writes a configuration as the YAML that would give it. There are no secrets in it yet; the first
//! key that holds one must be redacted here.

use observe::Access;
use serde::Serialize;

use super::Config;
use super::check::{format_name, level_name};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Keys<'a> {
    external_url: &'a str,
    listen: String,
    metrics_listen: String,
    database: String,
    clusters: Vec<ClusterKeys<'a>>,
    log: LogKeys,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClusterKeys<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kubeconfig: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    in_cluster: bool,
}

#[derive(Serialize)]
struct LogKeys {
    format: &'static str,
    level: &'static str,
}

/// The configuration as YAML.
pub fn to_yaml(config: &Config) -> String {
    let keys = Keys {
        external_url: config.external_url.as_str().trim_end_matches('/'),
        listen: config.listen.to_string(),
        metrics_listen: config.metrics_listen.to_string(),
        database: config.database.display().to_string(),
        clusters: config.clusters.iter().map(cluster).collect(),
        log: LogKeys {
            format: format_name(config.log.format),
            level: level_name(config.log.level),
        },
    };
    serde_saphyr::to_string(&keys).expect("texts and flags are YAML")
}

fn cluster(cluster: &observe::Cluster) -> ClusterKeys<'_> {
    let name = cluster.name.as_str();
    match &cluster.access {
        Access::InCluster => {
            ClusterKeys { name, kubeconfig: None, context: None, in_cluster: true }
        }
        Access::Kubeconfig { file, context } => ClusterKeys {
            name,
            kubeconfig: file.as_ref().map(|file| file.display().to_string()),
            context: context.as_deref(),
            in_cluster: false,
        },
    }
}
