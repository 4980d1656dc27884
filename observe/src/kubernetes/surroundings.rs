//! Takes over what ingresses are judged by: Namespaces, IngressClasses, Services, EndpointSlices.

use std::collections::{BTreeMap, HashSet};

use domain::ClusterName;
use domain::sync::Kind;
use serde::Deserialize;
use serde_json::value::RawValue;
use store::{Facts, Store, Surrounding};

use super::failure::Failure;
use super::sink::{News, Sink, last_words};
use super::wire::{List, head};

/// Objects of one kind around the ingresses of one cluster.
pub(crate) struct Surroundings {
    pub(crate) store: Store,
    pub(crate) cluster: ClusterName,
    pub(crate) kind: Kind,
    /// What the store knew when the list began, less what the list has had so far.
    known: HashSet<(String, String)>,
}

impl Surroundings {
    pub(crate) fn new(store: Store, cluster: ClusterName, kind: Kind) -> Self {
        Self { store, cluster, kind, known: HashSet::new() }
    }

    async fn apply(&self, seen: &[Surrounding], gone: &[(String, String)]) -> Result<(), Failure> {
        self.store.apply_surroundings(&self.cluster, self.kind, seen, gone).await?;
        Ok(())
    }
}

impl Sink for Surroundings {
    type Batch = Vec<Surrounding>;

    async fn begin(&mut self, _trust_versions: bool) -> Result<(), Failure> {
        self.known = self.store.known_surroundings(&self.cluster, self.kind).await?;
        Ok(())
    }

    fn read(&mut self, list: &List<'_>, batch: &mut Vec<Surrounding>) -> Result<(), Failure> {
        for object in list.items() {
            let one = read(self.kind, object)?;
            if !self.known.is_empty() {
                self.known.remove(&(one.namespace.clone(), one.name.clone()));
            }
            batch.push(one);
        }
        Ok(())
    }

    fn size(batch: &Vec<Surrounding>) -> usize {
        batch.len()
    }

    fn write(
        &self,
        batch: Vec<Surrounding>,
    ) -> impl Future<Output = Result<(), Failure>> + Send + use<> {
        let (store, cluster, kind) = (self.store.clone(), self.cluster.clone(), self.kind);
        async move {
            store.apply_surroundings(&cluster, kind, &batch, &[]).await?;
            Ok(())
        }
    }

    async fn finish(&mut self) -> Result<(), Failure> {
        let gone: Vec<_> = std::mem::take(&mut self.known).into_iter().collect();
        if gone.is_empty() { Ok(()) } else { self.apply(&[], &gone).await }
    }

    async fn events(&mut self, news: &[News<'_>]) -> Result<(), Failure> {
        let mut words = Vec::with_capacity(news.len());
        for news in news {
            let (News::Present(object) | News::Deleted(object)) = news;
            let one = read(self.kind, object)?;
            let key = (one.namespace.clone(), one.name.clone());
            words.push((key, matches!(news, News::Present(_)).then_some(one)));
        }
        let (mut seen, mut gone) = (Vec::new(), Vec::new());
        for (key, present) in last_words(words.into_iter()) {
            match present {
                Some(one) => seen.push(one),
                None => gone.push(key),
            }
        }
        self.apply(&seen, &gone).await
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Object {
    metadata: Metadata,
    spec: Spec,
    endpoints: Option<Vec<Endpoint>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    labels: Option<BTreeMap<String, String>>,
    annotations: Option<BTreeMap<String, String>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Spec {
    r#type: String,
    ports: Option<Vec<Port>>,
    controller: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Port {
    port: i32,
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Endpoint {
    conditions: Conditions,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Conditions {
    /// Not said means ready, as the API reference has it.
    ready: Option<bool>,
}

/// Names the Service of an EndpointSlice (Kubernetes API reference, EndpointSlice).
const SERVICE_LABEL: &str = "kubernetes.io/service-name";
/// Marks the default IngressClass (Kubernetes API reference, IngressClass).
const DEFAULT_CLASS: &str = "ingressclass.kubernetes.io/is-default-class";

fn read(kind: Kind, raw: &RawValue) -> Result<Surrounding, Failure> {
    let head = head(raw)?.metadata;
    let facts = serde_json::from_str::<Object>(raw.get()).map(|object| facts(kind, object));
    let facts = facts.unwrap_or_else(|error| {
        tracing::warn!(kind = kind.as_str(), head.namespace, head.name, %error, "partly unreadable");
        // It exists, and nothing more is known of it: it is not judged by.
        Facts::Service { ports: Vec::new(), external: true }
    });
    Ok(Surrounding { namespace: head.namespace, name: head.name, facts })
}

fn facts(kind: Kind, object: Object) -> Facts {
    let annotations = object.metadata.annotations.unwrap_or_default();
    match kind {
        Kind::Namespace | Kind::Ingress => Facts::Namespace,
        Kind::IngressClass => Facts::Class {
            controller: object.spec.controller,
            default: annotations.get(DEFAULT_CLASS).is_some_and(|value| value == "true"),
        },
        Kind::Service => {
            let ports = object.spec.ports.unwrap_or_default().into_iter();
            Facts::Service {
                ports: ports.map(|port| (port.port, port.name)).collect(),
                external: object.spec.r#type == "ExternalName",
            }
        }
        Kind::EndpointSlice => {
            let endpoints = object.endpoints.unwrap_or_default();
            let ready = endpoints.iter().filter(|one| one.conditions.ready.unwrap_or(true));
            let mut labels = object.metadata.labels.unwrap_or_default();
            Facts::Endpoints {
                service: labels.remove(SERVICE_LABEL).unwrap_or_default(),
                ready: ready.count() as i64,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: Kind, json: &str, expected: &Facts) {
        let raw: Box<RawValue> = serde_json::from_str(json).unwrap();
        assert_eq!(&read(kind, &raw).unwrap().facts, expected, "{json}");
    }

    #[test]
    fn facts_are_read_from_each_kind() {
        let service = Facts::Service { ports: vec![(80, "http".into())], external: false };
        let json = r#"{"spec":{"type":"ClusterIP","ports":[{"port":80,"name":"http"}]}}"#;
        check(Kind::Service, json, &service);
        let outside = Facts::Service { ports: vec![], external: true };
        check(Kind::Service, r#"{"spec":{"type":"ExternalName"}}"#, &outside);
        check(Kind::Service, r#"{"spec":{"ports":7}}"#, &outside);
        let json = r#"{"metadata":{"labels":{"kubernetes.io/service-name":"web"}},
            "endpoints":[{},{"conditions":{"ready":false}},{"conditions":{"ready":true}}]}"#;
        check(Kind::EndpointSlice, json, &Facts::Endpoints { service: "web".into(), ready: 2 });
        let json = r#"{"metadata":{"annotations":{"ingressclass.kubernetes.io/is-default-class":"true"}},
            "spec":{"controller":"k8s.io/ingress-nginx"}}"#;
        let class = Facts::Class { controller: "k8s.io/ingress-nginx".into(), default: true };
        check(Kind::IngressClass, json, &class);
    }
}
