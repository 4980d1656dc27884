//! What of an Ingress its controller's metrics depend on.

use jiff::Timestamp;
use serde_json::Value;

/// An Ingress, reduced to that.
pub(super) struct Manifest<'v> {
    pub(super) namespace: &'v str,
    pub(super) name: &'v str,
    /// The class that it names.
    pub(super) class: Option<&'v str>,
    pub(super) created: Timestamp,
    /// Routes that lead to a Service, the default backend last.
    pub(super) routes: Vec<Route<'v>>,
    /// Hosts and the Secrets that are named for them.
    pub(super) secrets: Vec<(&'v str, &'v str)>,
}

/// One route.
pub(super) struct Route<'v> {
    /// Empty for any host.
    pub(super) host: &'v str,
    pub(super) path: &'v str,
    pub(super) service: &'v str,
    /// As the Ingress names it, by name or number.
    pub(super) port: String,
}

impl<'v> Manifest<'v> {
    pub(super) fn read(ingress: &'v Value, now: Timestamp) -> Self {
        let (metadata, spec) = (&ingress["metadata"], &ingress["spec"]);
        let annotation = &metadata["annotations"]["kubernetes.io/ingress.class"];
        let rules = list(&spec["rules"]).flat_map(|rule| {
            let host = text(&rule["host"]);
            list(&rule["http"]["paths"]).filter_map(move |path| route(host, path))
        });
        let default = backend("", "", &spec["defaultBackend"]);
        Self {
            namespace: text(&metadata["namespace"]),
            name: text(&metadata["name"]),
            class: spec["ingressClassName"].as_str().or(annotation.as_str()),
            created: text(&metadata["creationTimestamp"]).parse().unwrap_or(now),
            routes: rules.chain(default).collect(),
            secrets: list(&spec["tls"]).flat_map(secrets).collect(),
        }
    }
}

impl Route<'_> {
    /// Whether the host is one exact name.
    pub(super) fn exact(&self) -> bool {
        !self.host.is_empty() && !self.host.starts_with('*')
    }
}

fn route<'v>(host: &'v str, path: &'v Value) -> Option<Route<'v>> {
    backend(host, text(&path["path"]), &path["backend"])
}

fn backend<'v>(host: &'v str, path: &'v str, backend: &'v Value) -> Option<Route<'v>> {
    let service = &backend["service"];
    let port = &service["port"];
    let number = || port["number"].as_i64().map(|number| number.to_string());
    let port = port["name"].as_str().map(str::to_owned).or_else(number).unwrap_or_default();
    Some(Route { host, path, service: service["name"].as_str()?, port })
}

fn secrets(entry: &Value) -> impl Iterator<Item = (&str, &str)> {
    let secret = entry["secretName"].as_str();
    let hosts = list(&entry["hosts"]).filter_map(Value::as_str);
    hosts.filter_map(move |host| Some((host, secret?)))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
