//! A kind that comes and goes while the server runs, and Secrets.

use std::time::Duration;

use kube::Client;
use sandbox::kubernetes::kinds::{CERTIFICATE, SECRET};
use sandbox::kubernetes::{Cluster, Verb};
use serde_json::{Value, json};

use crate::support::{admin, certificate, client, get, raw, refusal, secret, serve, shop, within};

const CERTIFICATES: &str = "/apis/cert-manager.io/v1/certificates";

fn names(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item["metadata"]["name"].as_str().unwrap()).collect()
}

async fn groups(client: &Client) -> Vec<String> {
    let groups = client.list_api_groups().await.unwrap().groups;
    groups.into_iter().map(|group| group.name).collect()
}

#[tokio::test]
async fn a_custom_kind_is_there_while_it_is_installed() {
    let cluster = shop(0);
    cluster.load([certificate("shop", "web-tls")]).unwrap();
    let server = serve(&cluster).await;
    let client = admin(&server).await;
    let absent = async || {
        let (code, _, message) = refusal(get(&client, CERTIFICATES).await);
        assert_eq!((code, message.trim()), (404, "404 page not found"));
        assert!(!groups(&client).await.contains(&"cert-manager.io".to_owned()));
        assert!(client.list_api_group_resources("cert-manager.io/v1").await.is_err());
    };

    absent().await;
    cluster.install(&CERTIFICATE);
    let list = get(&client, CERTIFICATES).await.unwrap();
    assert_eq!((&list["kind"], names(&list)), (&json!("CertificateList"), vec!["web-tls"]));
    assert!(groups(&client).await.contains(&"cert-manager.io".to_owned()));
    let resources = client.list_api_group_resources("cert-manager.io/v1").await.unwrap();
    let resources: Vec<&str> = resources.resources.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(resources, ["certificates", "certificates/status"]);

    cluster.uninstall(&CERTIFICATE);
    absent().await;
    cluster.install(&CERTIFICATE);
    assert!(names(&get(&client, CERTIFICATES).await.unwrap()).is_empty());
    assert_eq!(cluster.counters().requests_of_class(Verb::List, &CERTIFICATE, 4), 2);
}

#[tokio::test]
async fn a_watch_of_a_custom_kind_ends_with_it() {
    let cluster = shop(0);
    cluster.install(&CERTIFICATE);
    cluster.load([certificate("shop", "old")]).unwrap();
    let server = serve(&cluster).await;
    let client = admin(&server).await;

    let path = format!("{CERTIFICATES}?watch=true&resourceVersion={}", cluster.revision());
    let request = http::Request::get(path).body(Vec::new()).unwrap();
    let text = tokio::spawn(async move { client.request_text(request).await.unwrap() });
    within(until_watched(&cluster)).await;
    cluster.create(certificate("shop", "web-tls")).unwrap();
    cluster.uninstall(&CERTIFICATE);

    let text = within(text).await.unwrap();
    let events: Vec<Value> = text.lines().map(|line| line.parse().unwrap()).collect();
    let words = |event: &Value| {
        let name = &event["object"]["metadata"]["name"];
        format!("{} {}", event["type"].as_str().unwrap(), name.as_str().unwrap())
    };
    let words: Vec<String> = events.iter().map(words).collect();
    assert_eq!(words, ["ADDED web-tls", "DELETED old", "DELETED web-tls"]);
    assert_eq!(events[0]["object"]["apiVersion"], "cert-manager.io/v1");
    assert!(events[0]["object"].get("status").is_none(), "only a controller writes it");
}

async fn until_watched(cluster: &Cluster) {
    while cluster.counters().open_watches(&CERTIFICATE) == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn a_role_must_allow_a_custom_kind_too() {
    let cluster = shop(0);
    let server = serve(&cluster).await;
    let routebook = client(&server, "routebook").await;

    // Whether the kind exists is nothing for those who may not read it.
    assert_eq!(refusal(get(&routebook, CERTIFICATES).await).0, 403);
    let role = r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: certificates }
rules: [{ apiGroups: [cert-manager.io], resources: [certificates], verbs: [list] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: certificates }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: certificates }
subjects: [{ kind: ServiceAccount, name: routebook, namespace: routebook }]
"#;
    cluster.load_yaml(role).unwrap();
    assert_eq!(refusal(get(&routebook, CERTIFICATES).await).0, 404);
    cluster.install(&CERTIFICATE);
    assert!(get(&routebook, CERTIFICATES).await.is_ok());
    assert_eq!(refusal(get(&routebook, &format!("{CERTIFICATES}?watch=true")).await).0, 403);
}

#[tokio::test]
async fn a_certificate_is_checked_in_outline_and_patched_without_strategy() {
    let cluster = shop(1);
    cluster.install(&CERTIFICATE);
    let server = serve(&cluster).await;
    let client = admin(&server).await;
    let path = "/apis/cert-manager.io/v1/namespaces/shop/certificates";
    let post = async |object: Value| raw(&client, "POST", path, "application/json", object).await;

    let mut broken = certificate("shop", "web-tls");
    broken["spec"] = json!({});
    let (code, _, message) = refusal(post(broken).await);
    assert_eq!(code, 422);
    let expected = "Certificate.cert-manager.io \"web-tls\" is invalid: [spec.secretName: Required \
                    value, spec.issuerRef: Required value]";
    assert_eq!(message, expected);
    let created = post(certificate("shop", "web-tls")).await.unwrap();
    assert_eq!(created["metadata"]["generation"], 1);

    let path = format!("{path}/web-tls");
    let patch = json!({"metadata": {"labels": {"a": "b"}}});
    let patched = async |format: &str| {
        let format = format!("application/{format}-patch+json");
        raw(&client, "PATCH", &path, &format, patch.clone()).await
    };
    assert_eq!(refusal(patched("strategic-merge").await).0, 415);
    assert_eq!(patched("merge").await.unwrap()["metadata"]["labels"]["a"], "b");
    let ready = json!({"status": {"conditions": [{"type": "Ready", "status": "True"}]}});
    let path = format!("{path}/status");
    let written = raw(&client, "PATCH", &path, "application/merge-patch+json", ready).await;
    assert_eq!(written.unwrap()["status"]["conditions"][0]["status"], "True");
}

#[tokio::test]
async fn secrets_are_selected_by_type_and_name() {
    let cluster = shop(0);
    let untyped = json!({"apiVersion": "v1", "kind": "Secret",
        "metadata": {"namespace": "shop", "name": "untyped"}});
    let tls = |namespace, name| secret(namespace, name, "kubernetes.io/tls");
    cluster.load([tls("shop", "web-tls"), tls("pay", "pay-tls"), untyped]).unwrap();
    let server = serve(&cluster).await;
    let client = admin(&server).await;
    let select = async |path: &str, expected: &[&str]| {
        let list = get(&client, &format!("/api/v1/{path}")).await.unwrap();
        assert_eq!(names(&list), expected, "{path}");
    };

    select("secrets?fieldSelector=type%3Dkubernetes.io/tls", &["pay-tls", "web-tls"]).await;
    select("namespaces/shop/secrets?fieldSelector=type%3Dkubernetes.io/tls", &["web-tls"]).await;
    select("secrets?fieldSelector=type%3DOpaque", &["untyped"]).await;
    select("secrets?fieldSelector=type!%3DOpaque,metadata.name%3Dpay-tls", &["pay-tls"]).await;
    let other = "/apis/networking.k8s.io/v1/ingresses?fieldSelector=type%3DOpaque";
    assert_eq!(refusal(get(&client, other).await).0, 400);
    assert_eq!(cluster.list(&SECRET, "shop").len(), 2);
}

#[tokio::test]
async fn a_tls_secret_must_have_both_parts() {
    let cluster = shop(1);
    let mut half = secret("shop", "web-tls", "kubernetes.io/tls");
    half["data"] = json!({"tls.crt": ""});
    let refused = cluster.create(half).unwrap_err();
    let expected = "Secret \"web-tls\" is invalid: data[tls.key]: Required value";
    assert_eq!((refused.code, refused.message.as_str()), (422, expected));
    let mut large = secret("shop", "large", "Opaque");
    large["data"] = json!({"a": "A".repeat(2 * 1024 * 1024)});
    let refused = cluster.create(large).unwrap_err();
    assert!(refused.message.ends_with("data: Too long: may not be more than 1048576 bytes"));
}
