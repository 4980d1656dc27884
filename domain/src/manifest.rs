//! Reads an Ingress manifest into an [`Ingress`]: total, so that any JSON gives an ingress and a
//! list of what could not be understood, never an error.
//!
//! Old ways are understood: class by annotation, `defaultBackend`, resource backends, a missing
//! `pathType`, wildcard and empty hosts, ports by name and by number.

mod managed_fields;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::class::{CLASS_ANNOTATION, Class, ClassSource};
use crate::ingress::{Backend, FieldManager, Ingress, Object, PathType, Port, Route, TlsEntry};
use crate::problem::Problem;

pub use managed_fields::MOST_MANAGERS;

/// `null`, where an API server may write it, is the same as absent.
fn or_default<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// The parts of `metadata` that Routebook reads, for any kind.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Metadata {
    #[serde(deserialize_with = "or_default")]
    namespace: String,
    #[serde(deserialize_with = "or_default")]
    name: String,
    #[serde(deserialize_with = "or_default")]
    uid: String,
    #[serde(deserialize_with = "or_default")]
    resource_version: String,
    creation_timestamp: Option<String>,
    #[serde(deserialize_with = "or_default")]
    labels: BTreeMap<String, String>,
    #[serde(deserialize_with = "or_default")]
    annotations: BTreeMap<String, String>,
    #[serde(deserialize_with = "managed_fields::read")]
    managed_fields: Vec<FieldManager>,
}

impl From<Metadata> for Object {
    fn from(metadata: Metadata) -> Self {
        Self {
            namespace: metadata.namespace,
            name: metadata.name,
            uid: metadata.uid,
            resource_version: metadata.resource_version,
            created_at: metadata.creation_timestamp.and_then(|text| text.parse::<Timestamp>().ok()),
            labels: metadata.labels,
            annotations: metadata.annotations,
            managers: metadata.managed_fields,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Manifest {
    metadata: Metadata,
    #[serde(deserialize_with = "or_default")]
    spec: Spec,
    #[serde(deserialize_with = "or_default")]
    status: Status,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    ingress_class_name: Option<String>,
    default_backend: Option<BackendSpec>,
    #[serde(deserialize_with = "or_default")]
    rules: Vec<Rule>,
    #[serde(deserialize_with = "or_default")]
    tls: Vec<Tls>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Rule {
    #[serde(deserialize_with = "or_default")]
    host: String,
    #[serde(deserialize_with = "or_default")]
    http: Http,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Http {
    #[serde(deserialize_with = "or_default")]
    paths: Vec<PathSpec>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PathSpec {
    #[serde(deserialize_with = "or_default")]
    path: String,
    #[serde(deserialize_with = "or_default")]
    path_type: String,
    backend: Option<BackendSpec>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BackendSpec {
    service: Option<ServiceSpec>,
    resource: Option<ResourceSpec>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ServiceSpec {
    #[serde(deserialize_with = "or_default")]
    name: String,
    #[serde(deserialize_with = "or_default")]
    port: PortSpec,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PortSpec {
    #[serde(deserialize_with = "or_default")]
    name: String,
    #[serde(deserialize_with = "or_default")]
    number: i32,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ResourceSpec {
    #[serde(deserialize_with = "or_default")]
    api_group: String,
    #[serde(deserialize_with = "or_default")]
    kind: String,
    #[serde(deserialize_with = "or_default")]
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Tls {
    #[serde(deserialize_with = "or_default")]
    hosts: Vec<String>,
    secret_name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Status {
    #[serde(deserialize_with = "or_default")]
    load_balancer: LoadBalancer,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LoadBalancer {
    #[serde(deserialize_with = "or_default")]
    ingress: Vec<LoadBalancerIngress>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LoadBalancerIngress {
    ip: Option<String>,
    hostname: Option<String>,
}

/// Reads a manifest. What cannot be read becomes an oddity of the ingress.
pub fn ingress(json: &str) -> Ingress {
    match serde_json::from_str::<Manifest>(json) {
        Ok(manifest) => normalise(manifest),
        Err(_) => salvage(json),
    }
}

/// Reads part by part what cannot be read as a whole.
fn salvage(json: &str) -> Ingress {
    let mut reasons = Vec::new();
    let value: Value = serde_json::from_str(json).unwrap_or_else(|error| {
        reasons.push(error.to_string());
        Value::Null
    });
    let manifest = Manifest {
        metadata: metadata_of(&value, &mut reasons),
        spec: part(&value, "spec", &mut reasons),
        status: part(&value, "status", &mut reasons),
    };
    let mut ingress = normalise(manifest);
    let unreadable = reasons.into_iter().map(|reason| Problem::Unreadable { reason });
    ingress.oddities.extend(unreadable);
    ingress
}

fn part<T: Default + serde::de::DeserializeOwned>(
    value: &Value,
    key: &str,
    reasons: &mut Vec<String>,
) -> T {
    let Some(inner) = value.get(key).filter(|inner| !inner.is_null()) else {
        return T::default();
    };
    T::deserialize(inner).unwrap_or_else(|error| {
        reasons.push(format!("{key}: {error}"));
        T::default()
    })
}

/// The identity of an object, whatever else is wrong with its metadata.
fn metadata_of(value: &Value, reasons: &mut Vec<String>) -> Metadata {
    let inner = value.get("metadata").unwrap_or(&Value::Null);
    Metadata::deserialize(inner).unwrap_or_else(|error| {
        reasons.push(format!("metadata: {error}"));
        let text = |key: &str| inner.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
        Metadata {
            namespace: text("namespace"),
            name: text("name"),
            uid: text("uid"),
            resource_version: text("resourceVersion"),
            creation_timestamp: Some(text("creationTimestamp")),
            managed_fields: inner.get("managedFields").map(managed_fields::of).unwrap_or_default(),
            ..Metadata::default()
        }
    })
}

fn normalise(manifest: Manifest) -> Ingress {
    let object = Object::from(manifest.metadata);
    let mut oddities = Vec::new();
    let mut routes = Vec::new();
    for (index, rule) in manifest.spec.rules.into_iter().enumerate() {
        let host = rule.host.to_lowercase();
        for (position, path) in rule.http.paths.into_iter().enumerate() {
            let place = format!("spec.rules[{index}].http.paths[{position}]");
            routes.push(route(&host, path, &place, &mut oddities));
        }
    }
    if let Some(backend) = manifest.spec.default_backend {
        routes.push(Route {
            host: String::new(),
            path: String::new(),
            path_type: PathType::Missing,
            backend: backend_of(Some(backend), "spec.defaultBackend", &mut oddities),
        });
    }
    if routes.is_empty() {
        oddities.push(Problem::NoRoutes {});
    }
    let tls = manifest.spec.tls.into_iter().map(|tls| TlsEntry {
        hosts: tls.hosts.into_iter().map(|host| host.to_lowercase()).collect(),
        secret: tls.secret_name.filter(|name| !name.is_empty()),
    });
    let balancers = manifest.status.load_balancer.ingress.into_iter();
    let address = |balancer: LoadBalancerIngress| {
        balancer.ip.or(balancer.hostname).filter(|text| !text.is_empty())
    };
    Ingress {
        class: class_of(manifest.spec.ingress_class_name, &object),
        routes,
        tls: tls.collect(),
        addresses: balancers.filter_map(address).collect(),
        oddities,
        object,
    }
}

/// `spec.ingressClassName` wins over the annotation, as controllers have it.
fn class_of(spec: Option<String>, object: &Object) -> Option<Class> {
    let from = |name: String, source| (!name.is_empty()).then_some(Class { name, source });
    spec.and_then(|name| from(name, ClassSource::Spec)).or_else(|| {
        let name = object.annotations.get(CLASS_ANNOTATION)?.clone();
        from(name, ClassSource::Annotation)
    })
}

fn route(host: &str, path: PathSpec, place: &str, oddities: &mut Vec<Problem>) -> Route {
    let path_type = PathType::from(path.path_type.as_str());
    let place_of_type = || format!("{place}.pathType");
    match &path_type {
        PathType::Missing => oddities.push(Problem::PathTypeMissing { place: place_of_type() }),
        PathType::Other(value) => {
            oddities
                .push(Problem::PathTypeUnknown { place: place_of_type(), value: value.clone() });
        }
        _ => {}
    }
    let backend = backend_of(path.backend, &format!("{place}.backend"), oddities);
    Route { host: host.to_owned(), path: path.path, path_type, backend }
}

fn backend_of(spec: Option<BackendSpec>, place: &str, oddities: &mut Vec<Problem>) -> Backend {
    let spec = spec.unwrap_or_default();
    if let Some(service) = spec.service.filter(|service| !service.name.is_empty()) {
        let port = match service.port {
            PortSpec { number, .. } if number != 0 => Port::Number(number),
            PortSpec { name, .. } if !name.is_empty() => Port::Name(name),
            _ => Port::Missing,
        };
        return Backend::Service { name: service.name, port };
    }
    if let Some(resource) = spec.resource.filter(|resource| !resource.name.is_empty()) {
        let ResourceSpec { api_group, kind, name } = resource;
        return Backend::Resource { group: api_group, kind, name };
    }
    oddities.push(Problem::BackendMissing { place: place.to_owned() });
    Backend::Missing
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::route;

    fn read(value: &Value) -> Ingress {
        ingress(&value.to_string())
    }

    #[test]
    fn an_ordinary_manifest_is_read_whole() {
        let got = read(&json!({
            "metadata": {"name": "web", "namespace": "shop", "uid": "u", "resourceVersion": "7",
                "creationTimestamp": "2024-05-06T07:08:09Z", "labels": {"a": "b"}},
            "spec": {"ingressClassName": "nginx", "tls": [{"hosts": ["A.example.com"], "secretName": "s"}],
                "rules": [{"host": "A.example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix",
                    "backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]},
            "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}, {"hostname": "lb.example"}]}}
        }));
        assert_eq!(got.routes, [route("a.example.com", "/", "web", 80)]);
        assert_eq!(got.addresses, ["192.0.2.1", "lb.example"]);
        assert_eq!(got.tls[0].secret.as_deref(), Some("s"));
        assert_eq!(got.class.unwrap().source, ClassSource::Spec);
        assert_eq!(got.object.created_at.unwrap().to_string(), "2024-05-06T07:08:09Z");
        assert_eq!(got.oddities, []);
    }

    #[test]
    fn old_ways_are_understood() {
        let got = read(&json!({
            "metadata": {"name": "web", "annotations": {"kubernetes.io/ingress.class": "traefik"}},
            "spec": {"defaultBackend": {"resource": {"apiGroup": "k8s.example.com", "kind": "Bucket",
                "name": "static"}}, "rules": [{"http": {"paths": [{"backend":
                    {"service": {"name": "web", "port": {"name": "http"}}}}]}}]}
        }));
        assert_eq!(got.class.unwrap().source, ClassSource::Annotation);
        assert_eq!(got.routes.len(), 2);
        assert_eq!(got.routes[0].backend.to_string(), "web:http");
        assert_eq!(got.routes[1].backend.to_string(), "Bucket/static");
        let place = "spec.rules[0].http.paths[0].pathType".to_owned();
        assert_eq!(got.oddities, [Problem::PathTypeMissing { place }]);
    }

    #[test]
    fn one_unreadable_part_does_not_hide_the_others() {
        let got = read(&json!({
            "metadata": {"name": "web", "namespace": "shop", "uid": "u", "labels": {"a": 1}},
            "spec": {"rules": "many"},
            "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}
        }));
        assert_eq!((got.object.name.as_str(), got.object.uid.as_str()), ("web", "u"));
        assert_eq!(got.addresses, ["192.0.2.1"]);
        let codes: Vec<_> = got.oddities.iter().map(Problem::code).collect();
        assert_eq!(codes, ["no-routes", "unreadable", "unreadable"]);
    }

    #[test]
    fn anything_at_all_gives_an_ingress() {
        for text in ["", "null", "7", "[]", "{\"metadata\":[]}", "{\"spec\":{\"rules\":[null]}}"] {
            assert!(!ingress(text).oddities.is_empty(), "{text}");
        }
    }
}
