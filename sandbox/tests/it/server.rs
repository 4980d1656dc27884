//! The server itself: certificates, protocols, discovery, its end.

use kube::Client;
use kube::config::{KubeConfigOptions, Kubeconfig};
use sandbox::kubernetes::{Cluster, Options};

use crate::support::{admin, get, serve, serve_with, within};

#[tokio::test]
async fn discovery_names_the_kinds() {
    let cluster = Cluster::new("test");
    let server = serve(&cluster).await;
    let client = admin(&server).await;

    assert_eq!(client.apiserver_version().await.unwrap().major, "1");
    let groups = client.list_api_groups().await.unwrap();
    assert!(groups.groups.iter().any(|group| group.name == "discovery.k8s.io"));
    let resources = client.list_api_group_resources("networking.k8s.io/v1").await.unwrap();
    let names: Vec<&str> = resources.resources.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["ingresses", "ingresses/status", "ingressclasses"]);
    assert!(client.list_api_group_resources("cert-manager.io/v1").await.is_err());
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_refused_by_clients() {
    let cluster = Cluster::new("test");
    let options = Options { wrong_authority: true, ..Options::default() };
    let server = serve_with(&cluster, options).await;

    let error = within(get(&admin(&server).await, "/version")).await.unwrap_err();
    let text = format!("{error:?}");
    assert!(text.contains("UnknownIssuer") || text.contains("BadSignature"), "{text}");
}

#[tokio::test]
async fn both_http_versions_are_spoken() {
    let cluster = Cluster::new("test");
    for (http2, expected) in [(true, reqwest::Version::HTTP_2), (false, reqwest::Version::HTTP_11)]
    {
        let server = serve_with(&cluster, Options { http2, ..Options::default() }).await;
        // The client library asks for a default provider, which nothing else here needs.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let authority = reqwest::Certificate::from_pem(server.ca_pem.as_bytes()).unwrap();
        let client = reqwest::Client::builder().tls_certs_only([authority]).build().unwrap();
        let answer = client.get(format!("{}/healthz", server.url)).send().await.unwrap();
        assert_eq!(answer.version(), expected);
        assert_eq!(answer.text().await.unwrap(), "ok");
    }
}

#[tokio::test]
async fn stopping_ends_the_listener() {
    let cluster = Cluster::new("test");
    let server = serve(&cluster).await;
    let kubeconfig = Kubeconfig::from_yaml(&server.kubeconfig("admin")).unwrap();
    assert_eq!(kubeconfig.current_context.as_deref(), Some("test"));
    let options = KubeConfigOptions::default();
    let config = kube::Config::from_custom_kubeconfig(kubeconfig, &options).await.unwrap();
    let client = Client::try_from(config).unwrap();
    assert!(get(&client, "/version").await.is_ok());

    within(server.stop()).await;
    assert!(get(&client, "/version").await.is_err());
}
