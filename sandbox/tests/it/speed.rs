//! Size: fifty thousand ingresses, and a storm of events. The deadlines are generous, so that a
//! slow machine passes; what they catch is work per object that should not be there.

use std::time::{Duration, Instant};

use futures::StreamExt;
use kube::api::WatchParams;
use sandbox::kubernetes::Cluster;
use sandbox::kubernetes::kinds::INGRESS;
use serde_json::{Value, json};

use crate::support::{admin, ingress, raw, serve, watch, within};

fn two_kilobytes(index: usize) -> Value {
    let mut object = ingress(&format!("team-{}", index % 200), &format!("web-{index:05}"));
    let annotations: serde_json::Map<String, Value> =
        (0..12).map(|line| (format!("example.com/note-{line}"), json!("x".repeat(100)))).collect();
    object["metadata"]["annotations"] = annotations.into();
    object
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_thousand_ingresses_load_and_list() {
    let start = Instant::now();
    let cluster = Cluster::new("big");
    cluster.load((0..50_000).map(two_kilobytes)).unwrap();
    println!("loaded in {:?}", start.elapsed());
    let server = serve(&cluster).await;
    let client = admin(&server).await;

    let start = Instant::now();
    let (mut token, mut seen) = (String::new(), 0);
    loop {
        let path = format!("/apis/networking.k8s.io/v1/ingresses?limit=500&continue={token}");
        let request = http::Request::get(path).body(Vec::new()).unwrap();
        let text = within(client.request_text(request)).await.unwrap();
        let page: Value = text.parse().unwrap();
        seen += page["items"].as_array().unwrap().len();
        match page["metadata"]["continue"].as_str() {
            Some(next) => next.clone_into(&mut token),
            None => break,
        }
    }
    println!("listed in {:?}", start.elapsed());
    assert_eq!(seen, 50_000);
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_events_reaches_a_watch() {
    let cluster = Cluster::new("storm");
    cluster.load((0..1000).map(two_kilobytes)).unwrap();
    let server = serve(&cluster).await;
    let client = admin(&server).await;
    let version = cluster.revision().to_string();
    let events = watch(&client, &WatchParams::default(), &version).await;

    let start = Instant::now();
    let writer = cluster.clone();
    let writing = tokio::task::spawn_blocking(move || {
        for turn in 0..20 {
            for index in 0..1000 {
                let (namespace, name) =
                    (format!("team-{}", index % 200), format!("web-{index:05}"));
                let turned = |value: &mut Value| {
                    value["metadata"]["annotations"]["turn"] = json!(turn.to_string());
                };
                writer.modify(&INGRESS, &namespace, &name, turned).unwrap();
            }
        }
        start.elapsed()
    });
    let seen =
        within(events.take(20_000).filter(|event| std::future::ready(event.is_ok())).count());
    assert_eq!(seen.await, 20_000);
    println!("written in {:?}, seen in {:?}", writing.await.unwrap(), start.elapsed());
    let path = "/apis/networking.k8s.io/v1/ingresses?limit=1";
    assert!(raw(&client, "GET", path, "application/json", Value::Null).await.is_ok());
}
