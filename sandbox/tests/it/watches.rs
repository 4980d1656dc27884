//! Watches: where they start, what they show, how they end.

use std::time::Duration;

use kube::api::WatchParams;
use sandbox::kubernetes::kinds::{INGRESS, NAMESPACE};
use sandbox::kubernetes::{Cluster, ClusterOptions, Options};
use serde_json::json;

use crate::support::{admin, get, ingress, labelled, next, serve, serve_with, shop, watch};

#[tokio::test]
async fn a_watch_follows_changes_from_its_version() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let version = cluster.revision().to_string();
    let mut events = watch(&admin(&server).await, &WatchParams::default(), &version).await;

    cluster.create(ingress("shop", "new")).unwrap();
    let annotate = |value: &mut serde_json::Value| {
        value["metadata"]["annotations"] = json!({"a": "b"});
    };
    cluster.modify(&INGRESS, "shop", "new", annotate).unwrap();
    cluster.modify(&INGRESS, "shop", "new", annotate).unwrap();
    cluster.delete(&NAMESPACE, "", "shop").unwrap();
    for expected in ["ADDED new", "MODIFIED new", "DELETED new", "DELETED web-00000"] {
        assert_eq!(next(&mut events).await.unwrap(), expected);
    }
    assert_eq!(cluster.counters().open_watches(&INGRESS), 1);
}

#[tokio::test]
async fn a_watch_from_zero_shows_what_is_there_first() {
    let cluster = shop(2);
    let server = serve(&cluster).await;
    let mut events = watch(&admin(&server).await, &WatchParams::default(), "0").await;

    assert_eq!(next(&mut events).await.unwrap(), "ADDED web-00000");
    assert_eq!(next(&mut events).await.unwrap(), "ADDED web-00001");
    cluster.delete(&INGRESS, "shop", "web-00000").unwrap();
    assert_eq!(next(&mut events).await.unwrap(), "DELETED web-00000");
}

#[tokio::test]
async fn a_bookmark_comes_before_the_watch_times_out() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let version = cluster.revision().to_string();
    let params = WatchParams::default().timeout(1);
    let mut events = watch(&admin(&server).await, &params, &version).await;

    cluster.load([ingress_class()]).unwrap();
    let expected = format!("BOOKMARK {}", cluster.revision());
    assert_eq!(next(&mut events).await.unwrap(), expected);
    assert_eq!(next(&mut events).await, None);
}

#[tokio::test]
async fn bookmarks_come_at_the_interval_that_is_set() {
    let cluster = shop(1);
    let bookmark_interval = Duration::from_millis(20);
    let server = serve_with(&cluster, Options { bookmark_interval, ..Options::default() }).await;
    let version = cluster.revision().to_string();
    let mut events = watch(&admin(&server).await, &WatchParams::default(), &version).await;

    for _ in 0..3 {
        assert_eq!(next(&mut events).await.unwrap(), format!("BOOKMARK {version}"));
    }
}

#[tokio::test]
async fn a_watch_from_before_the_window_gets_a_410_event() {
    let mut options = ClusterOptions::named("test");
    options.watch_window = 2;
    let cluster = Cluster::with(options);
    let version = cluster.revision().to_string();
    cluster.load((0..3).map(|index| ingress("shop", &format!("web-{index}")))).unwrap();
    let server = serve(&cluster).await;
    let mut events = watch(&admin(&server).await, &WatchParams::default(), &version).await;

    assert_eq!(next(&mut events).await.unwrap(), "ERROR 410 Expired");
    assert_eq!(next(&mut events).await, None);
}

#[tokio::test]
async fn a_selector_turns_changes_into_arrivals_and_departures() {
    let cluster = shop(0);
    cluster.load([labelled("a", "one", json!({"team": "red"})), ingress("a", "two")]).unwrap();
    let server = serve(&cluster).await;
    let version = cluster.revision().to_string();
    let params = WatchParams::default().labels("team=red");
    let mut events = watch(&admin(&server).await, &params, &version).await;

    let paint = |name: &str, team: &str| {
        let paint =
            |value: &mut serde_json::Value| value["metadata"]["labels"]["team"] = json!(team);
        cluster.modify(&INGRESS, "a", name, paint).unwrap();
    };
    paint("two", "red");
    paint("one", "blue");
    paint("one", "green");
    cluster.delete(&INGRESS, "a", "one").unwrap();
    cluster.delete(&INGRESS, "a", "two").unwrap();
    for expected in ["ADDED two", "DELETED one", "DELETED two"] {
        assert_eq!(next(&mut events).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn a_streaming_list_ends_its_start_with_a_marked_bookmark() {
    let cluster = shop(2);
    let server = serve(&cluster).await;
    let params = WatchParams::default().initial_events();
    let mut events = watch(&admin(&server).await, &params, "0").await;

    assert_eq!(next(&mut events).await.unwrap(), "ADDED web-00000");
    assert_eq!(next(&mut events).await.unwrap(), "ADDED web-00001");
    let mark = format!("BOOKMARK {}", cluster.revision());
    assert_eq!(next(&mut events).await.unwrap(), mark);
}

#[tokio::test]
async fn objects_of_watch_events_carry_their_kind() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let path = "/apis/networking.k8s.io/v1/ingresses?watch=true&timeoutSeconds=1";

    let event = get(&admin(&server).await, path).await.unwrap();
    assert_eq!(event["type"], "ADDED");
    assert_eq!(event["object"]["kind"], "Ingress");
    assert_eq!(event["object"]["apiVersion"], "networking.k8s.io/v1");
}

fn ingress_class() -> serde_json::Value {
    json!({"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass",
        "metadata": {"name": "nginx"}, "spec": {"controller": "k8s.io/ingress-nginx"}})
}
