//! Lists: pages, consistency, selectors, forms.

use k8s_openapi::api::networking::v1::Ingress;
use kube::api::ListParams;
use kube::{Api, ResourceExt};
use sandbox::kubernetes::kinds::INGRESS;
use serde_json::json;

use crate::support::{admin, get, ingress, labelled, refusal, serve, shop};

#[tokio::test]
async fn pages_show_one_revision_while_the_cluster_changes() {
    let cluster = shop(7);
    let server = serve(&cluster).await;
    let api: Api<Ingress> = Api::all(admin(&server).await);

    let first = api.list(&ListParams::default().limit(3)).await.unwrap();
    assert_eq!(first.metadata.remaining_item_count, Some(4));
    cluster.delete(&INGRESS, "shop", "web-00004").unwrap();
    cluster.create(ingress("shop", "web-99999")).unwrap();

    let mut names: Vec<String> = first.items.iter().map(ResourceExt::name_any).collect();
    let mut page = first;
    while let Some(token) = page.metadata.continue_.clone().filter(|token| !token.is_empty()) {
        let params = ListParams::default().limit(3).continue_token(&token);
        let next = api.list(&params).await.unwrap();
        assert_eq!(next.metadata.resource_version, page.metadata.resource_version);
        names.extend(next.items.iter().map(ResourceExt::name_any));
        page = next;
    }
    let expected: Vec<String> = (0..7).map(|index| format!("web-{index:05}")).collect();
    assert_eq!(names, expected);
}

#[tokio::test]
async fn an_expired_token_offers_an_inconsistent_one() {
    let cluster = shop(5);
    let server = serve(&cluster).await;
    let client = admin(&server).await;
    let path = "/apis/networking.k8s.io/v1/ingresses?limit=2&continue=";

    let first = get(&client, path).await.unwrap();
    let token = first["metadata"]["continue"].as_str().unwrap().to_owned();
    cluster.create(ingress("shop", "web-00001a")).unwrap();
    cluster.compact();

    let error = get(&client, &format!("{path}{token}")).await.unwrap_err();
    let kube::Error::Api(status) = error else { panic!("{error:?}") };
    assert_eq!((status.code, status.reason.as_str()), (410, "Expired"));
    assert!(status.message.starts_with("The provided continue parameter is too old"));
    let token = status.metadata.unwrap().continue_.unwrap();
    let next = get(&client, &format!("{path}{token}")).await.unwrap();
    assert_eq!(next["items"][0]["metadata"]["name"], "web-00001a");
}

#[tokio::test]
async fn selectors_narrow_a_list() {
    let cluster = shop(0);
    let objects = [
        labelled("a", "one", json!({"team": "red", "tier": "web"})),
        labelled("a", "two", json!({"team": "blue"})),
        labelled("b", "three", json!({"tier": "web"})),
    ];
    cluster.load(objects).unwrap();
    let server = serve(&cluster).await;
    let api: Api<Ingress> = Api::all(admin(&server).await);

    let check = async |params: ListParams, expected: &[&str]| {
        let list = api.list(&params).await.unwrap();
        let names: Vec<String> = list.items.iter().map(ResourceExt::name_any).collect();
        assert_eq!(names, expected, "{params:?}");
    };
    let labels = |text: &str| ListParams::default().labels(text);
    check(labels("team=red"), &["one"]).await;
    check(labels("team!=red"), &["two", "three"]).await;
    check(labels("team in (red, blue),tier"), &["one"]).await;
    check(labels("team notin (red)"), &["two", "three"]).await;
    check(labels("!team"), &["three"]).await;
    check(ListParams::default().fields("metadata.name=two"), &["two"]).await;
    check(ListParams::default().fields("metadata.namespace!=a"), &["three"]).await;
    let outcome = api.list(&ListParams::default().fields("spec.x=1")).await;
    assert_eq!(refusal(outcome).0, 400);
}

#[tokio::test]
async fn keys_sort_as_etcd_sorts_them() {
    let cluster = shop(0);
    cluster.load([ingress("a", "x"), ingress("a-b", "x"), ingress("a", "a.b")]).unwrap();
    let server = serve(&cluster).await;
    let api: Api<Ingress> = Api::all(admin(&server).await);

    let list = api.list(&ListParams::default()).await.unwrap();
    let keys: Vec<String> = list
        .items
        .iter()
        .map(|item| format!("{}/{}", item.namespace().unwrap(), item.name_any()))
        .collect();
    assert_eq!(keys, ["a-b/x", "a/a.b", "a/x"]);
}

#[tokio::test]
async fn items_of_a_list_carry_no_kind() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let list = get(&admin(&server).await, "/apis/networking.k8s.io/v1/ingresses").await.unwrap();

    assert_eq!(list["kind"], "IngressList");
    assert_eq!(list["apiVersion"], "networking.k8s.io/v1");
    assert!(list["items"][0].get("kind").is_none());
    assert!(list["items"][0].get("apiVersion").is_none());
    assert_eq!(list["items"][0]["metadata"]["name"], "web-00000");
}

#[tokio::test]
async fn metadata_only_lists_carry_no_spec() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let api: Api<Ingress> = Api::all(admin(&server).await);

    let list = api.list_metadata(&ListParams::default()).await.unwrap();
    assert_eq!(list.items[0].name_any(), "web-00000");
}

#[tokio::test]
async fn a_resource_version_of_the_future_is_refused() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let api: Api<Ingress> = Api::all(admin(&server).await);

    let (code, reason, message) = refusal(api.list(&ListParams::default().at("99999")).await);
    assert_eq!((code, reason.as_str()), (504, "Timeout"));
    assert!(message.contains("Too large resource version: 99999"), "{message}");
}
