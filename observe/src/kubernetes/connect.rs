//! Connects to an API server and asks it who it is.

use kube::client::Body;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use serde::Deserialize;

use super::api::{self, Asked};
use super::failure::Failure;
use crate::{Access, Timing};

/// A connection, and which API server it leads to.
#[derive(Clone)]
pub(crate) struct Connection {
    pub(crate) client: Client,
    pub(crate) server: String,
}

/// Reads the credentials and makes a client of them. Nothing is sent yet.
pub(crate) async fn connect(access: &Access) -> Result<Connection, Failure> {
    let mut config = match access {
        Access::InCluster => Config::incluster().map_err(|error| {
            Failure::Connection(format!(
                "no service account was found ({error}); `inCluster: true` works only in a pod"
            ))
        })?,
        Access::Kubeconfig { file, context } => from_file(file.as_deref(), context).await?,
    };
    // One backoff per follower, not another one below it.
    config.default_retry = false;
    let server = config.cluster_url.to_string().trim_end_matches('/').to_owned();
    let client = Client::try_from(config)
        .map_err(|error| Failure::Connection(format!("the credentials cannot be used: {error}")))?;
    Ok(Connection { client, server })
}

async fn from_file(
    file: Option<&std::path::Path>,
    context: &Option<String>,
) -> Result<Config, Failure> {
    let kubeconfig = match file {
        Some(path) => Kubeconfig::read_from(path),
        None => Kubeconfig::read(),
    };
    let failed = |error: kube::config::KubeconfigError| {
        let place = file.map_or("the default kubeconfig".to_owned(), |p| p.display().to_string());
        Failure::Connection(format!("{place} cannot be used: {error}"))
    };
    let options = KubeConfigOptions { context: context.clone(), ..KubeConfigOptions::default() };
    Config::from_custom_kubeconfig(kubeconfig.map_err(failed)?, &options).await.map_err(failed)
}

#[derive(Deserialize)]
struct Named {
    metadata: Uid,
}

#[derive(Deserialize)]
struct Uid {
    uid: String,
}

#[derive(Deserialize)]
struct Version {
    #[serde(rename = "gitVersion")]
    git_version: String,
}

impl Connection {
    /// The UID of `kube-system`: what this cluster is, whatever it is called.
    pub(crate) async fn identity(&self, timing: &Timing) -> Result<String, Failure> {
        let path = "/api/v1/namespaces/kube-system";
        let body = api::fetch(&self.client, path, Asked::Cluster, timing.list_page).await?;
        let named: Named = read(&body)?;
        Ok(named.metadata.uid)
    }

    /// The version the API server states; empty if it does not.
    pub(crate) async fn version(&self, timing: &Timing) -> String {
        let body = api::fetch(&self.client, "/version", Asked::Cluster, timing.list_page).await;
        let version = body.and_then(|body| read::<Version>(&body));
        version.map_or_else(|_| String::new(), |version| version.git_version)
    }
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|error| Failure::Malformed(error.to_string()))
}

/// A GET request.
pub(crate) fn get(path: &str) -> http::Request<Body> {
    let request = http::Request::get(path).header(http::header::ACCEPT, "application/json");
    request.body(Body::empty()).expect("the path is made of plural names and encoded parameters")
}
