//! What the tests share: a cluster with a server, a client for it, and small manifests.

use std::future::Future;
use std::time::Duration;

use futures::TryStreamExt;
use futures::stream::BoxStream;
use k8s_openapi::api::networking::v1::Ingress;
use kube::api::{WatchEvent, WatchParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Api, Client, Config};
use sandbox::kubernetes::{ApiServer, Cluster, Options};
use serde_json::{Value, json};

pub async fn serve(cluster: &Cluster) -> ApiServer {
    serve_with(cluster, Options::default()).await
}

pub async fn serve_with(cluster: &Cluster, options: Options) -> ApiServer {
    ApiServer::start(cluster.clone(), options).await.unwrap()
}

pub async fn client(server: &ApiServer, user: &str) -> Client {
    let kubeconfig = Kubeconfig::from_yaml(&server.kubeconfig(user)).unwrap();
    let options = KubeConfigOptions::default();
    let mut config = Config::from_custom_kubeconfig(kubeconfig, &options).await.unwrap();
    config.default_retry = false;
    Client::try_from(config).unwrap()
}

/// A client for plain HTTP that does not go where it is sent.
pub fn http_client() -> reqwest::Client {
    // The client library asks for a default provider, although nothing here speaks TLS.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let redirects = reqwest::redirect::Policy::none();
    reqwest::Client::builder().redirect(redirects).no_proxy().build().unwrap()
}

pub async fn admin(server: &ApiServer) -> Client {
    client(server, "admin").await
}

/// A request as text, for what the typed client does not offer.
pub async fn raw(
    client: &Client,
    method: &str,
    path: &str,
    content_type: &str,
    body: Value,
) -> kube::Result<Value> {
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", content_type)
        .body(if body.is_null() { Vec::new() } else { body.to_string().into_bytes() });
    client.request(request.unwrap()).await
}

pub async fn get(client: &Client, path: &str) -> kube::Result<Value> {
    raw(client, "GET", path, "application/json", Value::Null).await
}

/// The refusal inside an error.
pub fn refusal<T: std::fmt::Debug>(outcome: kube::Result<T>) -> (u16, String, String) {
    match outcome.unwrap_err() {
        kube::Error::Api(status) => (status.code, status.reason.clone(), status.message.clone()),
        other => panic!("not a refusal: {other:?}"),
    }
}

pub type Events = BoxStream<'static, kube::Result<WatchEvent<Ingress>>>;

pub async fn watch(client: &Client, params: &WatchParams, version: &str) -> Events {
    let api: Api<Ingress> = Api::all(client.clone());
    Box::pin(within(api.watch(params, version)).await.unwrap())
}

/// The next event as text: its type and name, or its type and resource version.
pub async fn next(events: &mut Events) -> Option<String> {
    Some(match within(events.try_next()).await.unwrap()? {
        WatchEvent::Added(object) => format!("ADDED {}", object.metadata.name.unwrap()),
        WatchEvent::Modified(object) => format!("MODIFIED {}", object.metadata.name.unwrap()),
        WatchEvent::Deleted(object) => format!("DELETED {}", object.metadata.name.unwrap()),
        WatchEvent::Bookmark(mark) => format!("BOOKMARK {}", mark.metadata.resource_version),
        WatchEvent::Error(error) => format!("ERROR {} {}", error.code, error.reason),
    })
}

/// A deadline around whatever must not hang.
pub async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("in time")
}

pub fn ingress(namespace: &str, name: &str) -> Value {
    json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"namespace": namespace, "name": name},
        "spec": {"ingressClassName": "nginx", "rules": [{"host": format!("{name}.example.com"),
            "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend":
                {"service": {"name": name, "port": {"number": 80}}}}]}}]},
    })
}

pub fn certificate(namespace: &str, name: &str) -> Value {
    json!({
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"namespace": namespace, "name": name},
        "spec": {"secretName": name, "dnsNames": ["web.example.com"],
            "issuerRef": {"name": "letsencrypt", "kind": "ClusterIssuer"}},
        "status": {"conditions": [{"type": "Ready", "status": "False", "reason": "DoesNotExist",
            "message": "Issuing certificate as Secret does not exist"}]},
    })
}

pub fn secret(namespace: &str, name: &str, kind: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Secret", "type": kind,
        "metadata": {"namespace": namespace, "name": name},
        "data": {"tls.crt": "", "tls.key": ""}})
}

pub fn labelled(namespace: &str, name: &str, labels: Value) -> Value {
    let mut object = ingress(namespace, name);
    object["metadata"]["labels"] = labels;
    object
}

/// A cluster with so many ingresses in the namespace `shop`.
pub fn shop(count: usize) -> Cluster {
    let cluster = Cluster::new("test");
    cluster.load((0..count).map(|index| ingress("shop", &format!("web-{index:05}")))).unwrap();
    cluster
}
