//! Faults: each does what it says, to the requests it names, until it is used up or cleared.

use std::time::Duration;

use futures::TryStreamExt;
use k8s_openapi::api::networking::v1::{Ingress, IngressClass};
use kube::Api;
use kube::api::{ListParams, WatchParams};
use sandbox::kubernetes::kinds::INGRESS;
use sandbox::kubernetes::{Cluster, Cut, Effect, Fault, Verb};
use serde_json::json;

use crate::support::{admin, get, ingress, next, refusal, serve, shop, watch, within};

const PATH: &str = "/apis/networking.k8s.io/v1/ingresses";

#[tokio::test]
async fn refusals_hit_the_next_requests_of_their_kind_and_verb() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let client = admin(&server).await;
    let effect = Effect::Refuse { code: 503, retry_after: Some(1) };
    cluster.faults().set(Fault::new(effect).kind(&INGRESS).verb(Verb::List).next(2));

    let classes: Api<IngressClass> = Api::all(client.clone());
    assert!(classes.list(&ListParams::default()).await.is_ok());
    for expected in [503, 503] {
        assert_eq!(refusal(get(&client, PATH).await).0, expected);
    }
    assert!(get(&client, PATH).await.is_ok());
    assert_eq!(cluster.counters().requests_of_class(Verb::List, &INGRESS, 5), 2);
    assert_eq!(cluster.counters().requests(Verb::List, &INGRESS), 3);
}

#[tokio::test]
async fn every_code_has_its_reason() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let client = admin(&server).await;
    let cases = [(403, "Forbidden"), (410, "Expired"), (500, "InternalError"), (504, "Timeout")];
    for (code, reason) in cases {
        cluster.faults().set(Fault::new(Effect::Refuse { code, retry_after: None }).next(1));
        let (found, why, _) = refusal(get(&client, PATH).await);
        assert_eq!((found, why.as_str()), (code, reason));
    }
    cluster.faults().set(Fault::new(Effect::Refuse { code: 429, retry_after: Some(7) }).next(1));
    assert_eq!(refusal(get(&client, PATH).await).0, 429);
}

#[tokio::test]
async fn a_continued_list_expires_on_demand() {
    let cluster = shop(4);
    let server = serve(&cluster).await;
    let api: Api<Ingress> = Api::all(admin(&server).await);
    cluster.faults().set(Fault::new(Effect::ContinueExpired).next(1));

    let first = api.list(&ListParams::default().limit(2)).await.unwrap();
    let token = first.metadata.continue_.unwrap();
    let params = ListParams::default().limit(2).continue_token(&token);
    assert_eq!(refusal(api.list(&params).await).1, "Expired");
    assert_eq!(api.list(&params).await.unwrap().items.len(), 2);
}

async fn cut_after_one_event(how: Cut) -> Vec<String> {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let client = admin(&server).await;
    cluster.faults().set(Fault::new(Effect::CutWatch { after: 1, how }).verb(Verb::Watch).next(1));
    let version = cluster.revision().to_string();
    let mut events = watch(&client, &WatchParams::default(), &version).await;
    cluster.create(ingress("shop", "one")).unwrap();
    cluster.create(ingress("shop", "two")).unwrap();
    let mut seen = Vec::new();
    loop {
        match within(events.try_next()).await {
            Ok(Some(kube::api::WatchEvent::Added(object))) => seen.extend(object.metadata.name),
            Ok(Some(kube::api::WatchEvent::Error(status))) => seen.push(status.code.to_string()),
            Ok(Some(other)) => panic!("{other:?}"),
            Ok(None) => return seen,
            Err(_) => {
                seen.push("broken".to_owned());
                return seen;
            }
        }
    }
}

#[tokio::test]
async fn a_watch_is_cut_after_so_many_events() {
    assert_eq!(cut_after_one_event(Cut::Clean).await, ["one"]);
    assert_eq!(cut_after_one_event(Cut::Gone).await, ["one", "410"]);
    assert_eq!(cut_after_one_event(Cut::Reset).await, ["one", "broken"]);
    // The client takes a stream that breaks off in a line for one that ended.
    assert_eq!(cut_after_one_event(Cut::Truncated).await[0], "one");
}

#[tokio::test]
async fn open_watches_can_be_cut() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let client = admin(&server).await;
    let mut events = watch(&client, &WatchParams::default(), "0").await;
    assert_eq!(next(&mut events).await.unwrap(), "ADDED web-00000");
    cluster.faults().cut_watches(Cut::Clean);
    assert_eq!(next(&mut events).await, None);
}

#[tokio::test]
async fn dropped_events_are_missing_silently() {
    let cluster = shop(0);
    let server = serve(&cluster).await;
    let client = admin(&server).await;
    let version = cluster.revision().to_string();
    let mut events = watch(&client, &WatchParams::default(), &version).await;
    cluster.faults().set(Fault::new(Effect::DropEvents(1.0)).kind(&INGRESS));
    cluster.load([ingress("shop", "unseen")]).unwrap();
    let mut other = watch(&client, &WatchParams::default(), &version).await;
    cluster.faults().cut_watches(Cut::Clean);
    let first = within(futures::future::join(next(&mut events), next(&mut other))).await;
    assert_eq!(first, (None, None));
}

#[tokio::test]
async fn an_old_list_shows_an_earlier_state() {
    let cluster = shop(3);
    let server = serve(&cluster).await;
    let api: Api<Ingress> = Api::all(admin(&server).await);
    let old = cluster.snapshot();
    let revision = old.revision.to_string();
    cluster.delete(&INGRESS, "shop", "web-00000").unwrap();
    cluster.faults().set(Fault::new(Effect::OldList(old)).next(1));

    let first = api.list(&ListParams::default().limit(2)).await.unwrap();
    assert_eq!(first.metadata.resource_version, Some(revision));
    let params = ListParams::default().limit(2).continue_token(&first.metadata.continue_.unwrap());
    assert_eq!(first.items.len() + api.list(&params).await.unwrap().items.len(), 3);
    assert_eq!(api.list(&ListParams::default()).await.unwrap().items.len(), 2);
}

#[tokio::test]
async fn broken_bodies_are_no_lists() {
    let cluster = shop(50);
    let server = serve(&cluster).await;
    let api: Api<Ingress> = Api::all(admin(&server).await);
    for effect in [Effect::Malformed, Effect::Truncated, Effect::Html, Effect::Reset] {
        cluster.faults().set(Fault::new(effect.clone()).next(1));
        let outcome = within(api.list(&ListParams::default())).await;
        assert!(outcome.is_err(), "{effect:?}");
    }
    assert_eq!(api.list(&ListParams::default()).await.unwrap().items.len(), 50);
}

#[tokio::test]
async fn a_silent_connection_answers_nothing() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    for headers in [false, true] {
        cluster.faults().set(Fault::new(Effect::Silence { headers }).next(1));
        let api: Api<Ingress> = Api::all(admin(&server).await);
        let params = ListParams::default();
        let list = api.list(&params);
        assert!(tokio::time::timeout(Duration::from_millis(200), list).await.is_err());
    }
    within(server.stop()).await;
}

#[tokio::test]
async fn a_slow_drip_arrives_whole() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let drip = Effect::Drip { bytes: 100, every: Duration::from_millis(1) };
    cluster.faults().set(Fault::new(drip));
    let list = within(get(&admin(&server).await, PATH)).await.unwrap();
    assert_eq!(list["items"][0]["metadata"]["name"], "web-00000");
}

#[tokio::test]
async fn a_share_is_the_same_for_the_same_seed() {
    let hits = async || {
        let cluster = Cluster::new("test");
        let server = serve(&cluster).await;
        let client = admin(&server).await;
        let effect = Effect::Refuse { code: 500, retry_after: None };
        cluster.faults().set(Fault::new(effect).share(0.5));
        let mut hits = Vec::new();
        for _ in 0..20 {
            hits.push(get(&client, PATH).await.is_err());
        }
        hits
    };
    let first = hits().await;
    assert!(first.contains(&true) && first.contains(&false));
    assert_eq!(first, hits().await);
}

#[tokio::test]
async fn clearing_ends_all_faults() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let client = admin(&server).await;
    cluster.faults().set(Fault::new(Effect::Html));
    assert!(get(&client, PATH).await.is_err());
    cluster.faults().clear();
    assert_eq!(get(&client, PATH).await.unwrap()["kind"], json!("IngressList"));
}
