//! The clusters.

use std::path::Path;

use observe::certificates::{Handshake, TlsConfig};
use observe::traffic::{Prometheus, Query, Source};
use observe::{Access, Cluster};
use serde::Serialize;
use url::Url;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterKeys<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kubeconfig: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    in_cluster: bool,
    traffic: Vec<SourceKeys<'a>>,
    tls: ClusterTlsKeys<'a>,
}

#[derive(Serialize)]
struct SourceKeys<'a> {
    preset: &'static str,
    prometheus: PrometheusKeys<'a>,
    #[serde(skip_serializing_if = "str::is_empty")]
    matchers: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    up: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<QueryKeys<'a>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    controllers: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PrometheusKeys<'a> {
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    bearer_token_file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ca_file: Option<String>,
}

#[derive(Serialize)]
struct QueryKeys<'a> {
    any: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    success: Option<&'a str>,
    granularity: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClusterTlsKeys<'a> {
    cert_manager: bool,
    metrics: bool,
    handshake: HandshakeKeys,
    secrets: SecretsKeys<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum HandshakeKeys {
    Off(bool),
    On(HowKeys),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HowKeys {
    allow: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proxy: Option<String>,
    every_seconds: u64,
    per_second: u32,
}

#[derive(Serialize)]
struct SecretsKeys<'a> {
    namespaces: &'a [String],
}

impl<'a> ClusterKeys<'a> {
    pub fn of(cluster: &'a Cluster) -> Self {
        let (kubeconfig, context, in_cluster) = match &cluster.access {
            Access::InCluster => (None, None, true),
            Access::Kubeconfig { file, context } => {
                (file.as_deref().map(shown), context.as_deref(), false)
            }
        };
        Self {
            name: cluster.name.as_str(),
            kubeconfig,
            context,
            in_cluster,
            traffic: cluster.traffic.iter().map(SourceKeys::of).collect(),
            tls: ClusterTlsKeys::of(&cluster.tls),
        }
    }
}

impl<'a> SourceKeys<'a> {
    fn of(source: &'a Source) -> Self {
        Self {
            preset: source.preset.as_str(),
            prometheus: PrometheusKeys::of(&source.prometheus),
            matchers: &source.matchers,
            up: source.up.as_deref(),
            query: source.query.as_ref().map(QueryKeys::of),
            controllers: &source.controllers,
        }
    }
}

impl<'a> PrometheusKeys<'a> {
    fn of(prometheus: &'a Prometheus) -> Self {
        Self {
            url: prometheus.url.as_str(),
            bearer_token_file: prometheus.bearer_token_file.as_deref().map(shown),
            tenant: prometheus.tenant.as_deref(),
            ca_file: prometheus.ca_file.as_deref().map(shown),
        }
    }
}

impl<'a> QueryKeys<'a> {
    fn of(query: &'a Query) -> Self {
        Self {
            any: &query.any,
            success: query.success.as_deref(),
            granularity: query.granularity.as_str(),
        }
    }
}

impl<'a> ClusterTlsKeys<'a> {
    fn of(tls: &'a TlsConfig) -> Self {
        Self {
            cert_manager: tls.cert_manager,
            metrics: tls.metrics,
            handshake: match &tls.handshake {
                Some(handshake) => HandshakeKeys::On(how(handshake)),
                None => HandshakeKeys::Off(false),
            },
            secrets: SecretsKeys { namespaces: &tls.secrets },
        }
    }
}

fn how(handshake: &Handshake) -> HowKeys {
    HowKeys {
        allow: handshake.allow.iter().map(ToString::to_string).collect(),
        proxy: handshake.proxy.as_ref().map(without_user),
        every_seconds: handshake.every.as_secs(),
        per_second: handshake.per_second,
    }
}

/// Some hand out a token as the user's name, so that is hidden too.
fn without_user(url: &Url) -> String {
    let mut shown = url.clone();
    if !shown.username().is_empty() || shown.password().is_some() {
        // They fail only for addresses that cannot have a user, and this one has.
        let _ = shown.set_username("***");
        let _ = shown.set_password(None);
    }
    shown.into()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
