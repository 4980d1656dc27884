//! The traffic of the generated fleet: every course of it is found again in the metrics.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use sandbox::fleet::{DemoCluster, Replay, Usage, demo};
use sandbox::prometheus::{Labels, Store};
use serde_json::Value;

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn replay(cluster: &DemoCluster) -> (Store, Replay) {
    let store = Store::new();
    let mut replay = Replay::new(&store, &cluster.name, 1, now());
    replay.add(&cluster.fleet);
    (store, replay)
}

fn cluster(name: &str) -> DemoCluster {
    demo(now()).into_iter().find(|cluster| cluster.name == name).unwrap()
}

/// The values of two labels of what a query finds.
fn found(store: &Store, query: &str, labels: [&str; 2]) -> BTreeSet<(String, String)> {
    let found = store.ask(query, now()).unwrap_or_else(|why| panic!("{query}: {why}"));
    let key = |each: &Labels| -> (String, String) {
        labels.map(|label| each.get(label).to_owned()).into()
    };
    found.iter().map(|(labels, _)| key(labels)).collect()
}

fn count(store: &Store, query: &str) -> usize {
    store.ask(query, now()).unwrap_or_else(|why| panic!("{query}: {why}")).len()
}

#[test]
fn the_same_seed_gives_the_same_series() {
    let cluster = cluster("staging");
    let sums = |seed| {
        let store = Store::new();
        let mut replay = Replay::new(&store, "staging", seed, now());
        replay.add(&cluster.fleet);
        store.ask("sum by (job) (increase({__name__=~\".+\"}[30d]))", now()).unwrap()
    };
    assert_eq!(sums(1), sums(1));
    assert_ne!(sums(1), sums(2));
}

#[test]
fn every_usage_is_among_the_first_fifty() {
    let cluster = cluster("prod-eu");
    let (_, replay) = replay(&cluster);
    let mut first: Vec<_> = cluster.fleet.ingresses.iter().map(key).collect();
    first.sort();
    let usages: BTreeSet<_> =
        first[..50].iter().filter_map(|key| replay.usages().get(key).copied()).collect();
    assert_eq!(usages.len(), 8, "{usages:?}");
    // Those with wildcards, of classes that nobody serves, or whose metrics nobody scrapes.
    let unknown = first.iter().filter(|key| !replay.usages().contains_key(*key)).count();
    assert!((20..80).contains(&unknown), "{unknown}");
}

fn key(ingress: &Value) -> (String, String) {
    let text = |field: &str| ingress["metadata"][field].as_str().unwrap().to_owned();
    (text("namespace"), text("name"))
}

#[test]
fn metrics_of_ingress_nginx_show_each_course() {
    let cluster = cluster("prod-eu");
    let (store, replay) = replay(&cluster);
    let asked = |status: &str, window: &str| {
        let query = format!(
            "sum by (namespace, ingress) \
             (increase(nginx_ingress_controller_requests{{status=~\"{status}\"}}[{window}])) > 0"
        );
        found(&store, &query, ["namespace", "ingress"])
    };
    let counted = found(
        &store,
        "group by (namespace, ingress) (count_over_time(nginx_ingress_controller_requests[200d]))",
        ["namespace", "ingress"],
    );
    let (success, any) = (asked("[23]..", "90d"), asked("...", "90d"));
    let ever = asked("...", "200d");
    let old = old_enough(&cluster);
    let mut seen = BTreeSet::new();
    let of_nginx = replay.usages().iter().filter(|(key, _)| old.contains(*key));
    for (key, usage) in of_nginx {
        if *usage == Usage::Never {
            assert!(!counted.contains(key), "{key:?}");
        } else if !counted.contains(key) {
            // Another controller's.
            continue;
        } else {
            assert_eq!(success.contains(key), usage.active(), "{key:?} {usage:?}");
            assert_eq!(any.contains(key), *usage != Usage::Quiet, "{key:?} {usage:?}");
            assert!(ever.contains(key), "{key:?} {usage:?}");
        }
        seen.insert(*usage);
    }
    assert_eq!(seen.len(), 8, "{seen:?}");
}

/// Ingresses that are more than a week old.
fn old_enough(cluster: &DemoCluster) -> BTreeSet<(String, String)> {
    let week = now() - SignedDuration::from_hours(24 * 8);
    let old = cluster.fleet.ingresses.iter().filter(|ingress| {
        let created = ingress["metadata"]["creationTimestamp"].as_str().unwrap();
        created.parse::<Timestamp>().unwrap() < week
    });
    old.map(key).collect()
}

#[test]
fn every_controller_with_metrics_tells_of_itself() {
    let (eu, _) = replay(&cluster("prod-eu"));
    let (us, _) = replay(&cluster("prod-us"));
    let (staging, _) = replay(&cluster("staging"));
    let cases = [
        (&eu, "nginx_ingress_controller_requests"),
        (&eu, "nginx_ingress_controller_ssl_expire_time_seconds{secret_name!=\"\"}"),
        (&eu, "traefik_router_requests_total{router=~\".+@kubernetes\"}"),
        (&eu, "haproxy_backend_last_session_seconds{proxy=~\"[^_]+_[^_]+_[^_]+\"}"),
        (&eu, "aws_applicationelb_request_count_sum{tag_ingress_k8s_aws_resource=~\".+/.+:.+\"}"),
        (&us, "nginx_ingress_nginxplus_server_zone_requests{resource_type=\"ingress\"}"),
        (&us, "kong_http_requests_total{route=~\".+[.].+\"}"),
        (&staging, "envoy_cluster_upstream_rq_total{envoy_cluster_name=~\"[^_]+_[^_]+_[^_]+\"}"),
    ];
    for (store, selector) in cases {
        assert!(count(store, &format!("max_over_time({selector}[1d])")) > 0, "{selector}");
    }
    assert_eq!(count(&eu, "envoy_cluster_upstream_rq_total"), 0);
    // Two pods each, but one that asks CloudWatch.
    assert_eq!(count(&eu, "up{job=\"ingress-nginx\"} == 1"), 2);
    assert_eq!(count(&eu, "up{job=\"yet-another-cloudwatch-exporter\"} == 1"), 1);
}

#[test]
fn restarts_outages_and_gaps_are_in_it() {
    let (store, _) = replay(&cluster("prod-eu"));
    let up = "up{job=\"ingress-nginx\"}";
    assert_eq!(count(&store, &format!("count_over_time({up}[200d])")), 3);
    assert_eq!(count(&store, &format!("min_over_time({up}[30d]) == 0")), 1);
    // Prometheus was away for six hours, 52 days ago.
    assert_eq!(count(&store, &format!("{up} offset 1245h")), 0);
    assert_eq!(count(&store, &format!("{up} offset 1250h")), 2);
    assert!(count(&store, "resets(nginx_ingress_controller_requests[90d]) > 0") > 100);
}

#[test]
fn labels_clash_in_one_cluster() {
    let (store, _) = replay(&cluster("prod-us"));
    let own = "nginx_ingress_controller_requests{namespace!=\"platform-ingress\"}";
    assert_eq!(count(&store, own), 0);
    let renamed =
        "nginx_ingress_controller_requests{exported_namespace!=\"\",exported_service!=\"\"}";
    assert!(count(&store, renamed) > 0);
    // Kong was scraped too late for a look-back of ninety days.
    assert_eq!(count(&store, "up{job=\"kong\"} offset 61d"), 0);
    assert!(count(&store, "up{job=\"kong\"} offset 59d") > 0);
}
