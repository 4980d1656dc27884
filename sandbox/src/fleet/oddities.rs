//! The few Ingresses that every grown cluster has and nobody expects: hundreds of rules, hosts at
//! the limit of DNS, hosts in other scripts, text that wants to be markup, an enormous annotation.
//! All of them live in the namespace `edge-public` of the first cluster.

use serde_json::{Map, Value, json};

use super::dice::{Dice, before};
use super::generate::{Fleet, Plan};
use super::namespace;

/// Rules of the widest Ingress.
pub const WIDEST_RULES: usize = 300;

const NAMESPACE: &str = "edge-public";
const SERVICE: &str = "edge-router";
/// Smaller fleets have no room for oddities.
const SMALLEST_FLEET: usize = 20;
const DAY: i64 = 24 * 3600;

/// Adds the oddities with their namespace and backend, where the profile asks for them.
pub(super) fn add(dice: &mut Dice, plan: &Plan, fleet: &mut Fleet) {
    if !plan.cluster.oddities || plan.ingresses < SMALLEST_FLEET {
        return;
    }
    let created = before(plan.now, 1900 * DAY);
    let labels = Map::from_iter([("team".to_owned(), Value::from("platform"))]);
    fleet.namespaces.push(namespace::build(dice, NAMESPACE, created, labels, Map::new()));
    fleet.services.push(service(dice, plan));
    fleet.endpoint_slices.push(endpoints(dice, plan));
    let odd = [
        ("legacy-shop-redirects", 1800, json!({}), branches()),
        ("international-shops", 700, json!({}), international()),
        ("long-names", 400, json!({}), vec![longest_host()]),
        ("spring-campaign", 40, strange_text(), vec!["spring.marrowby.example".into()]),
        ("content-policy", 900, large_annotation(), vec!["assets.marrowby.example".into()]),
    ];
    for (name, days, annotations, hosts) in odd {
        fleet.ingresses.push(ingress(dice, plan, name, days, &annotations, &hosts));
    }
}

/// The shop fronts of all branches, from the time when each had a host of its own.
fn branches() -> Vec<String> {
    (1..=WIDEST_RULES).map(|branch| format!("branch-{branch:03}.shops.marrowby.example")).collect()
}

/// Hosts in German, Danish, Cyrillic, Arabic and Han script, in the form that DNS carries.
fn international() -> Vec<String> {
    ["xn--mbelhaus-n4a", "xn--bcher-kva", "xn--80akn5b", "xn--mgbh0fb", "xn--g2xv08c"]
        .iter()
        .map(|label| format!("{label}.marrowby.example"))
        .collect()
}

/// A host of 253 characters, the most that DNS allows.
fn longest_host() -> String {
    let label = |letter: &str, length: usize| letter.repeat(length);
    format!(
        "{}.{}.{}.{}.marrowby.example",
        label("a", 63),
        label("b", 63),
        label("c", 63),
        label("d", 44)
    )
}

/// Text that a page, a spreadsheet or a terminal must not act upon.
fn strange_text() -> Value {
    json!({
        "a8r.io/owner": "<b>marketing</b>",
        "a8r.io/description": "Landing pages <img src=x onerror=alert(1)> & \"offers\" \u{1f338}",
        "a8r.io/support": "=HYPERLINK(\"https://marketing.marrowby.example\",\"ask us\")",
        "marrowby.example/note": "safe\u{202e}gpj.exe\u{202c} \u{2066}isolated\u{2069} zero\u{200b}width\r\nsecond line",
        "marrowby.example/greeting": "\u{645}\u{631}\u{62d}\u{628}\u{627} </td></tr></script>",
    })
}

/// 200 KiB of response headers in one annotation; the server allows 256 KiB for all together.
fn large_annotation() -> Value {
    let line =
        "more_set_headers \"Link: <https://assets.marrowby.example/module.js>; rel=preload\";\n";
    let size = 200 * 1024;
    let mut snippet = line.repeat(size / line.len() + 1);
    snippet.truncate(size);
    json!({ "nginx.ingress.kubernetes.io/configuration-snippet": snippet })
}

fn ingress(
    dice: &mut Dice,
    plan: &Plan,
    name: &str,
    days: i64,
    annotations: &Value,
    hosts: &[String],
) -> Value {
    let backend = json!({ "service": { "name": SERVICE, "port": { "name": "http" } } });
    let paths = json!([{ "path": "/", "pathType": "Prefix", "backend": backend }]);
    let rules: Vec<Value> =
        hosts.iter().map(|host| json!({ "host": host, "http": { "paths": paths } })).collect();
    let mut object = json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {
            "name": name,
            "namespace": NAMESPACE,
            "uid": dice.uid(),
            "creationTimestamp": before(plan.now, days * DAY).to_string(),
            "generation": 1,
        },
        "spec": { "ingressClassName": "nginx", "rules": rules },
        "status": { "loadBalancer": { "ingress": [{ "ip": "203.0.113.10" }] } },
    });
    if annotations.as_object().is_some_and(|annotations| !annotations.is_empty()) {
        object["metadata"]["annotations"] = annotations.clone();
    }
    object
}

fn service(dice: &mut Dice, plan: &Plan) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": SERVICE,
            "namespace": NAMESPACE,
            "uid": dice.uid(),
            "creationTimestamp": before(plan.now, 1850 * DAY).to_string(),
        },
        "spec": {
            "type": "ClusterIP", "clusterIP": "172.20.0.20", "clusterIPs": ["172.20.0.20"],
            "selector": { "app": SERVICE }, "sessionAffinity": "None",
            "ports": [{ "name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP" }],
        },
        "status": { "loadBalancer": {} },
    })
}

fn endpoints(dice: &mut Dice, plan: &Plan) -> Value {
    json!({
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": format!("{SERVICE}-x7k2p"),
            "namespace": NAMESPACE,
            "uid": dice.uid(),
            "creationTimestamp": before(plan.now, 1850 * DAY).to_string(),
            "labels": { "kubernetes.io/service-name": SERVICE },
        },
        "addressType": "IPv4",
        "ports": [{ "name": "http", "port": 8080, "protocol": "TCP" }],
        "endpoints": [{
            "addresses": ["10.64.0.10"],
            "conditions": { "ready": true, "serving": true, "terminating": false },
        }],
    })
}
