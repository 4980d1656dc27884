//! Writes: what the server sets, what it refuses, and the patch formats.

use k8s_openapi::api::networking::v1::Ingress;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use kube::{Api, Client, ResourceExt};
use sandbox::kubernetes::Cluster;
use sandbox::kubernetes::kinds::{INGRESS, NAMESPACE};
use serde_json::{Value, json};

use crate::support::{admin, get, ingress, raw, refusal, serve, shop};

fn shop_api(client: Client) -> Api<Ingress> {
    Api::namespaced(client, "shop")
}

fn typed(value: Value) -> Ingress {
    serde_json::from_value(value).unwrap()
}

#[tokio::test]
async fn a_created_object_gets_what_the_server_sets() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let api = shop_api(admin(&server).await);

    let mut given = ingress("shop", "new");
    given["metadata"]["uid"] = json!("mine");
    given["status"] = json!({"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}});
    let created = api.create(&PostParams::default(), &typed(given)).await.unwrap();
    assert_eq!(created.uid().unwrap().len(), 36);
    assert!(created.creation_timestamp().is_some());
    assert_eq!(created.metadata.generation, Some(1));
    assert_eq!(created.resource_version().unwrap(), cluster.revision().to_string());
    assert_eq!(created.status.unwrap().load_balancer.unwrap().ingress, None);

    let mut nameless = typed(ingress("shop", "nameless"));
    nameless.metadata.name = None;
    nameless.metadata.generate_name = Some("web-".to_owned());
    let created = api.create(&PostParams::default(), &nameless).await.unwrap();
    assert_eq!(created.name_any().len(), "web-".len() + 5);
}

#[tokio::test]
async fn refusals_use_the_words_of_the_real_server() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let client = admin(&server).await;
    let post = PostParams::default();

    let taken = shop_api(client.clone()).create(&post, &typed(ingress("shop", "web-00000"))).await;
    let message = "ingresses.networking.k8s.io \"web-00000\" already exists";
    assert_eq!(refusal(taken), (409, "AlreadyExists".into(), message.into()));

    let nowhere: Api<Ingress> = Api::namespaced(client.clone(), "nowhere");
    let lost = nowhere.create(&post, &typed(ingress("nowhere", "a"))).await;
    let message = "namespaces \"nowhere\" not found";
    assert_eq!(refusal(lost), (404, "NotFound".into(), message.into()));

    let absent = shop_api(client).get("absent").await;
    let message = "ingresses.networking.k8s.io \"absent\" not found";
    assert_eq!(refusal(absent), (404, "NotFound".into(), message.into()));
}

#[tokio::test]
async fn an_update_on_an_old_version_conflicts() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let api = shop_api(admin(&server).await);
    let post = PostParams::default();

    let old = api.get("web-00000").await.unwrap();
    let mut new = old.clone();
    new.spec.as_mut().unwrap().ingress_class_name = Some("other".to_owned());
    let updated = api.replace("web-00000", &post, &new).await.unwrap();
    assert_eq!(updated.metadata.generation, Some(2));

    let (code, reason, message) = refusal(api.replace("web-00000", &post, &old).await);
    assert_eq!((code, reason.as_str()), (409, "Conflict"));
    assert!(message.contains("the object has been modified; please apply your changes"));
}

#[tokio::test]
async fn an_update_without_a_change_keeps_the_version() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let api = shop_api(admin(&server).await);

    let before = cluster.revision();
    let same = api.get("web-00000").await.unwrap();
    api.replace("web-00000", &PostParams::default(), &same).await.unwrap();
    assert_eq!(cluster.revision(), before);
}

#[tokio::test]
async fn the_status_is_written_only_through_its_subresource() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let api = shop_api(admin(&server).await);
    let status = json!({"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}},
        "spec": {"ingressClassName": "other"}});
    let params = PatchParams::default();

    let patched = api.patch_status("web-00000", &params, &Patch::Merge(&status)).await.unwrap();
    assert_eq!(patched.spec.unwrap().ingress_class_name.unwrap(), "nginx");
    assert!(patched.status.unwrap().load_balancer.unwrap().ingress.is_some());
    assert_eq!(patched.metadata.generation, Some(1));

    let cleared = json!({"status": null, "metadata": {"annotations": {"a": "b"}}});
    let patched = api.patch("web-00000", &params, &Patch::Merge(&cleared)).await.unwrap();
    assert!(patched.status.unwrap().load_balancer.unwrap().ingress.is_some());
}

#[tokio::test]
async fn every_patch_format_is_understood() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let client = admin(&server).await;
    let path = "/apis/networking.k8s.io/v1/namespaces/shop/ingresses/web-00000";
    let patch = async |format: &str, body: Value| {
        raw(&client, "PATCH", path, &format!("application/{format}"), body).await
    };

    let operations = json!([
        {"op": "add", "path": "/metadata/annotations", "value": {"example.com/a": "1"}},
        {"op": "test", "path": "/spec/ingressClassName", "value": "nginx"},
        {"op": "replace", "path": "/spec/rules/0/host", "value": "new.example.com"},
        {"op": "copy", "from": "/spec/rules/0", "path": "/spec/rules/-"},
        {"op": "remove", "path": "/metadata/annotations/example.com~1a"},
    ]);
    let object = patch("json-patch+json", operations).await.unwrap();
    assert_eq!(object["spec"]["rules"][1]["host"], "new.example.com");
    assert_eq!(object["metadata"]["annotations"], json!({}));
    let wrong = json!([{"op": "test", "path": "/spec/ingressClassName", "value": "x"}]);
    assert_eq!(refusal(patch("json-patch+json", wrong).await).0, 422);
    let place = "/spec/rules/1";
    let removal = |rule: &Value| {
        let test = json!({"op": "test", "path": place, "value": rule});
        json!([test, {"op": "remove", "path": place}])
    };
    let mut other = object["spec"]["rules"][1].clone();
    other["host"] = json!("other.example.com");
    assert_eq!(refusal(patch("json-patch+json", removal(&other)).await).0, 422);
    let rule = &object["spec"]["rules"][1];
    let object = patch("json-patch+json", removal(rule)).await.unwrap();
    assert_eq!(object["spec"]["rules"].as_array().unwrap().len(), 1);

    let merge =
        json!({"metadata": {"annotations": {"b": "2"}}, "spec": {"rules": [{"host": "x"}]}});
    let object = patch("merge-patch+json", merge).await.unwrap();
    assert_eq!(object["spec"]["rules"], json!([{"host": "x"}]));

    let strategic = json!({"metadata": {"annotations": {"b": null, "c": "3"},
        "finalizers": ["example.com/hold"], "$setElementOrder/finalizers": ["example.com/hold"]}});
    let object = patch("strategic-merge-patch+json", strategic).await.unwrap();
    assert_eq!(object["metadata"]["annotations"], json!({"c": "3"}));
    assert_eq!(object["metadata"]["finalizers"], json!(["example.com/hold"]));

    let stale = json!({"metadata": {"resourceVersion": "1", "labels": {"x": "y"}}});
    assert_eq!(refusal(patch("merge-patch+json", stale).await).0, 409);
    assert_eq!(refusal(patch("unheard-of", json!({})).await).0, 415);
}

#[tokio::test]
async fn apply_creates_and_then_merges() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let api = shop_api(admin(&server).await);
    let params = PatchParams::apply("test");

    let created = api.patch("new", &params, &Patch::Apply(ingress("shop", "new"))).await.unwrap();
    assert_eq!(created.metadata.generation, Some(1));
    let mut intent = ingress("shop", "new");
    intent["spec"]["ingressClassName"] = json!("other");
    let changed = api.patch("new", &params, &Patch::Apply(intent)).await.unwrap();
    assert_eq!(changed.uid(), created.uid());
    assert_eq!(changed.metadata.generation, Some(2));
}

#[tokio::test]
async fn a_finalizer_holds_a_deleted_object() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let api = shop_api(admin(&server).await);
    let hold = |value: &mut Value| value["metadata"]["finalizers"] = json!(["example.com/hold"]);
    cluster.modify(&INGRESS, "shop", "web-00000", hold).unwrap();

    let answer = api.delete("web-00000", &DeleteParams::default()).await.unwrap();
    assert!(answer.left().unwrap().metadata.deletion_timestamp.is_some());
    let release = json!({"metadata": {"finalizers": null}});
    api.patch("web-00000", &PatchParams::default(), &Patch::Merge(release)).await.unwrap();
    assert_eq!(cluster.count(&INGRESS), 0);
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let api = shop_api(admin(&server).await);
    let before = cluster.revision();

    let post = PostParams { dry_run: true, ..PostParams::default() };
    api.create(&post, &typed(ingress("shop", "new"))).await.unwrap();
    api.delete("web-00000", &DeleteParams::default().dry_run()).await.unwrap();
    let patch = PatchParams { dry_run: true, ..PatchParams::default() };
    let labels = json!({"metadata": {"labels": {"a": "b"}}});
    api.patch("web-00000", &patch, &Patch::Merge(labels)).await.unwrap();
    assert_eq!(cluster.revision(), before);
}

#[tokio::test]
async fn loading_keeps_everything_that_is_given() {
    let cluster = Cluster::new("test");
    let mut given = ingress("made-by-loading", "old");
    given["metadata"]["uid"] = json!("0c8f0b0e-0000-4000-8000-000000000001");
    given["metadata"]["creationTimestamp"] = json!("2019-05-01T10:00:00Z");
    given["metadata"]["managedFields"] = json!([{"manager": "helm"}]);
    given["status"] = json!({"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}});
    cluster.load([given.clone()]).unwrap();

    let mut stored = cluster.get(&INGRESS, "made-by-loading", "old").unwrap().value();
    assert_eq!(stored["metadata"]["resourceVersion"], cluster.revision().to_string());
    let metadata = stored["metadata"].as_object_mut().unwrap();
    metadata.remove("resourceVersion");
    metadata.remove("generation");
    assert_eq!(stored, given);
    assert!(cluster.get(&NAMESPACE, "", "made-by-loading").is_ok());
}

#[tokio::test]
async fn the_uid_of_kube_system_identifies_the_cluster() {
    let cluster = Cluster::new("test");
    let server = serve(&cluster).await;
    let found = get(&admin(&server).await, "/api/v1/namespaces/kube-system").await.unwrap();
    assert_eq!(found["metadata"]["uid"], cluster.uid());
    assert_ne!(cluster.uid(), Cluster::new("test").uid());
}
