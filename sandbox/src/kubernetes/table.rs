//! The tables that `kubectl get` prints: columns and cells per kind, as the real server computes
//! them.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::kinds::Kind;
use super::object::Object;

/// A `Table` of objects.
pub(super) fn table<'a>(
    kind: &Kind,
    objects: impl IntoIterator<Item = &'a Arc<Object>>,
    with_columns: bool,
    revision: u64,
    now: Timestamp,
) -> Value {
    let rows: Vec<Value> = objects.into_iter().map(|object| row(kind, object, now)).collect();
    let columns = if with_columns { columns(kind) } else { Value::Null };
    json!({
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {"resourceVersion": revision.to_string()},
        "columnDefinitions": columns,
        "rows": rows,
    })
}

/// The columns of a Certificate are those of cert-manager's definition of it; the third and the
/// fourth are shown by `-o wide` only.
fn columns(kind: &Kind) -> Value {
    let between: &[&str] = match kind.kind {
        "Ingress" => &["Class", "Hosts", "Address", "Ports"],
        "Service" => &["Type", "Cluster-IP", "External-IP", "Port(s)"],
        "Namespace" => &["Status"],
        "IngressClass" => &["Controller", "Parameters"],
        "EndpointSlice" => &["AddressType", "Ports", "Endpoints"],
        "Secret" => &["Type", "Data"],
        "ConfigMap" => &["Data"],
        "Certificate" => &["Ready", "Secret", "Issuer", "Status"],
        _ => &[],
    };
    let wide = |name: &str| kind.custom && matches!(name, "Issuer" | "Status");
    let names = ["Name"].into_iter().chain(between.iter().copied()).chain(["Age"]);
    let column = |name: &str| {
        let format = if name == "Name" { "name" } else { "" };
        let priority = u8::from(wide(name));
        json!({"name": name, "type": "string", "format": format, "description": "",
            "priority": priority})
    };
    names.map(column).collect()
}

fn row(kind: &Kind, object: &Object, now: Timestamp) -> Value {
    let value = object.value();
    let between = match kind.kind {
        "Ingress" => ingress(&value),
        "Service" => service(&value),
        "Namespace" => vec![text(&value["status"]["phase"])],
        "IngressClass" => vec![text(&value["spec"]["controller"]), "<none>".to_owned()],
        "EndpointSlice" => endpoint_slice(&value),
        "Secret" => vec![text(&value["type"]), length(&value["data"])],
        "ConfigMap" => vec![length(&value["data"])],
        "Certificate" => certificate(&value),
        _ => Vec::new(),
    };
    let age = age(&value["metadata"]["creationTimestamp"], now);
    let cells = [object.name.clone()].into_iter().chain(between).chain([age]);
    let cells: Vec<String> = cells.collect();
    json!({"cells": cells, "object": {"kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1", "metadata": value["metadata"]}})
}

fn ingress(value: &Value) -> Vec<String> {
    let spec = &value["spec"];
    let class = &spec["ingressClassName"];
    let class = if class.is_null() {
        &value["metadata"]["annotations"]["kubernetes.io/ingress.class"]
    } else {
        class
    };
    let hosts: Vec<&str> = list(&spec["rules"]).filter_map(|rule| rule["host"].as_str()).collect();
    let hosts = match hosts.as_slice() {
        [] => "*".to_owned(),
        [first, second, third, _, ..] => {
            format!("{first},{second},{third} + {} more...", hosts.len() - 3)
        }
        few => few.join(","),
    };
    let ports = if list(&spec["tls"]).next().is_some() { "80, 443" } else { "80" };
    vec![text(class), hosts, addresses(value), ports.to_owned()]
}

fn service(value: &Value) -> Vec<String> {
    let spec = &value["spec"];
    let port =
        |port: &Value| format!("{}/{}", port["port"], port["protocol"].as_str().unwrap_or("TCP"));
    let ports: Vec<String> = list(&spec["ports"]).map(port).collect();
    let kind = spec["type"].as_str().unwrap_or("ClusterIP").to_owned();
    let external = match addresses(value) {
        none if none.is_empty() => "<none>".to_owned(),
        addresses => addresses,
    };
    vec![kind, text(&spec["clusterIP"]), external, none_if_empty(ports.join(","))]
}

fn endpoint_slice(value: &Value) -> Vec<String> {
    let ports: Vec<String> = list(&value["ports"]).map(|port| port["port"].to_string()).collect();
    let endpoints = list(&value["endpoints"]).flat_map(|endpoint| list(&endpoint["addresses"]));
    let endpoints: Vec<&str> = endpoints.filter_map(Value::as_str).collect();
    let joined = |parts: String| if parts.is_empty() { "<unset>".to_owned() } else { parts };
    vec![text(&value["addressType"]), joined(ports.join(",")), joined(endpoints.join(","))]
}

/// Cells of a custom kind are empty where there is no value.
fn certificate(value: &Value) -> Vec<String> {
    let ready = list(&value["status"]["conditions"]).find(|each| each["type"] == "Ready");
    let ready = ready.unwrap_or(&Value::Null);
    let spec = &value["spec"];
    let cells =
        [&ready["status"], &spec["secretName"], &spec["issuerRef"]["name"], &ready["message"]];
    cells.map(|cell| cell.as_str().unwrap_or_default().to_owned()).into()
}

fn addresses(value: &Value) -> String {
    let address = |entry: &Value| {
        let named = entry["ip"].as_str().or_else(|| entry["hostname"].as_str());
        named.map(str::to_owned)
    };
    let unique: BTreeSet<String> =
        list(&value["status"]["loadBalancer"]["ingress"]).filter_map(address).collect();
    unique.into_iter().collect::<Vec<_>>().join(",")
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    none_if_empty(value.as_str().unwrap_or_default().to_owned())
}

fn none_if_empty(text: String) -> String {
    if text.is_empty() { "<none>".to_owned() } else { text }
}

fn length(value: &Value) -> String {
    value.as_object().map_or(0, serde_json::Map::len).to_string()
}

/// The age in kubectl's words: two units while they matter, then one.
fn age(created: &Value, now: Timestamp) -> String {
    let created = created.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let Some(created) = created else { return "<unknown>".to_owned() };
    let seconds = (now.as_second() - created.as_second()).max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        0..120 => format!("{seconds}s"),
        120..600 if seconds % 60 != 0 => format!("{minutes}m{}s", seconds % 60),
        120..10_800 => format!("{minutes}m"),
        10_800..28_800 if minutes % 60 != 0 => format!("{hours}h{}m", minutes % 60),
        10_800..172_800 => format!("{hours}h"),
        172_800..691_200 if hours % 24 != 0 => format!("{days}d{}h", hours % 24),
        172_800..63_072_000 => format!("{days}d"),
        _ if days % 365 != 0 && days < 8 * 365 => format!("{}y{}d", days / 365, days % 365),
        _ => format!("{}y", days / 365),
    }
}
