//! Takes over what ingresses are judged by: Namespaces, IngressClasses, Services, EndpointSlices, and
//! cert-manager's Certificates.

use std::collections::{BTreeMap, HashSet};

use domain::owner::{Marks, Rules};
use domain::sync::Kind;
use domain::{Clock, ClusterName};
use serde::Deserialize;
use serde_json::value::RawValue;
use store::{Facts, Store, Surrounding};

use super::failure::Failure;
use super::sink::{News, Sink, last_words};
use super::wire::{List, head};
use crate::certificates::cert_manager;

/// Objects of one kind around the ingresses of one cluster.
pub(crate) struct Surroundings {
    pub(crate) store: Store,
    pub(crate) cluster: ClusterName,
    pub(crate) kind: Kind,
    pub(crate) clock: Clock,
    /// What the store knew when the list began, less what the list has had so far.
    known: HashSet<(String, String)>,
}

impl Surroundings {
    pub(crate) fn new(store: Store, cluster: ClusterName, kind: Kind, clock: Clock) -> Self {
        Self { store, cluster, kind, clock, known: HashSet::new() }
    }

    async fn apply(&self, seen: &[Surrounding], gone: &[(String, String)]) -> Result<(), Failure> {
        let now = self.clock.now();
        self.store.apply_surroundings(&self.cluster, self.kind, seen, gone, now).await?;
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
        let rules = self.store.rules();
        for object in list.items() {
            let one = read(self.kind, object, &rules.owner)?;
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
        let clock = self.clock.clone();
        async move {
            store.apply_surroundings(&cluster, kind, &batch, &[], clock.now()).await?;
            Ok(())
        }
    }

    async fn finish(&mut self) -> Result<(), Failure> {
        let gone: Vec<_> = std::mem::take(&mut self.known).into_iter().collect();
        if gone.is_empty() { Ok(()) } else { self.apply(&[], &gone).await }
    }

    fn events(
        &self,
        news: &[News<'_>],
    ) -> Result<impl Future<Output = Result<(), Failure>> + Send + use<>, Failure> {
        let mut words = Vec::with_capacity(news.len());
        let rules = self.store.rules();
        for news in news {
            let (News::Present(object) | News::Deleted(object)) = news;
            let one = read(self.kind, object, &rules.owner)?;
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
        let (store, cluster, kind) = (self.store.clone(), self.cluster.clone(), self.kind);
        let clock = self.clock.clone();
        Ok(async move {
            store.apply_surroundings(&cluster, kind, &seen, &gone, clock.now()).await?;
            Ok(())
        })
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

fn read(kind: Kind, raw: &RawValue, rules: &Rules) -> Result<Surrounding, Failure> {
    let head = head(raw)?.metadata;
    let facts = if kind == Kind::Certificate {
        let (secret, finding) = cert_manager::read(raw.get());
        Ok(Facts::Certificate { secret, finding })
    } else {
        serde_json::from_str::<Object>(raw.get()).map(|object| facts(kind, object, rules))
    };
    let facts = facts.unwrap_or_else(|error| {
        tracing::warn!(kind = kind.as_str(), head.namespace, head.name, %error, "partly unreadable");
        // It exists, and nothing more is known of it: it is not judged by.
        Facts::Service { ports: Vec::new(), external: true, marks: Marks::default() }
    });
    Ok(Surrounding { namespace: head.namespace, name: head.name, facts })
}

/// The annotations and labels that may name an owner.
fn marks(metadata: Metadata, rules: &Rules) -> Marks {
    let kept = |pairs: Option<BTreeMap<String, String>>| {
        let pairs = pairs.unwrap_or_default().into_iter();
        pairs.filter(|(key, _)| rules.keeps(key)).collect()
    };
    Marks { annotations: kept(metadata.annotations), labels: kept(metadata.labels) }
}

fn facts(kind: Kind, object: Object, rules: &Rules) -> Facts {
    match kind {
        // Ingresses and Certificates do not come here.
        Kind::Namespace | Kind::Ingress | Kind::Certificate => {
            Facts::Namespace { marks: marks(object.metadata, rules) }
        }
        Kind::IngressClass => Facts::Class {
            controller: object.spec.controller,
            default: is_default(&object.metadata),
        },
        Kind::Service => {
            let ports = object.spec.ports.unwrap_or_default().into_iter();
            Facts::Service {
                ports: ports.map(|port| (port.port, port.name)).collect(),
                external: object.spec.r#type == "ExternalName",
                marks: marks(object.metadata, rules),
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

fn is_default(class: &Metadata) -> bool {
    let annotations = class.annotations.as_ref();
    annotations.and_then(|all| all.get(DEFAULT_CLASS)).is_some_and(|value| value == "true")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: Kind, json: &str, expected: &Facts) {
        let raw: Box<RawValue> = serde_json::from_str(json).unwrap();
        let read = read(kind, &raw, &Rules::default()).unwrap();
        assert_eq!(&read.facts, expected, "{json}");
    }

    fn service(ports: Vec<(i32, String)>, external: bool, marks: Marks) -> Facts {
        Facts::Service { ports, external, marks }
    }

    #[test]
    fn facts_are_read_from_each_kind() {
        let none = Marks::default();
        let json = r#"{"spec":{"type":"ClusterIP","ports":[{"port":80,"name":"http"}]}}"#;
        check(Kind::Service, json, &service(vec![(80, "http".into())], false, none.clone()));
        let outside = service(vec![], true, none);
        check(Kind::Service, r#"{"spec":{"type":"ExternalName"}}"#, &outside);
        check(Kind::Service, r#"{"spec":{"ports":7}}"#, &outside);
        let json = r#"{"metadata":{"labels":{"kubernetes.io/service-name":"web"}},
            "endpoints":[{},{"conditions":{"ready":false}},{"conditions":{"ready":true}}]}"#;
        check(Kind::EndpointSlice, json, &Facts::Endpoints { service: "web".into(), ready: 2 });
        let json = r#"{"metadata":{"annotations":{"ingressclass.kubernetes.io/is-default-class":"true"}},
            "spec":{"controller":"k8s.io/ingress-nginx"}}"#;
        let class = Facts::Class { controller: "k8s.io/ingress-nginx".into(), default: true };
        check(Kind::IngressClass, json, &class);
        let json = r#"{"spec":{"secretName":"web-tls"},"status":{}}"#;
        let (secret, finding) = cert_manager::read(json);
        check(Kind::Certificate, json, &Facts::Certificate { secret, finding });
    }

    #[test]
    fn only_what_may_name_an_owner_is_kept() {
        let pair = |key: &str| BTreeMap::from([(key.to_owned(), "payments".to_owned())]);
        let marks =
            Marks { annotations: pair("a8r.io/owner"), labels: pair("app.kubernetes.io/team") };
        let metadata = r#"{"metadata":{
            "annotations":{"a8r.io/owner":"payments","kubectl.kubernetes.io/last-applied":"{}"},
            "labels":{"app.kubernetes.io/team":"payments","app":"web"}}}"#;
        check(Kind::Namespace, metadata, &Facts::Namespace { marks: marks.clone() });
        check(Kind::Service, metadata, &service(vec![], false, marks));
    }
}
