//! The Secrets that Ingresses name for TLS, each with the hosts that it is for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// One Secret, and what is to be in it.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) namespace: String,
    pub(super) secret: String,
    /// The hosts that Ingresses name it for.
    pub(super) hosts: Vec<String>,
    /// The ClusterIssuer that an Ingress asks for by annotation; with none, somebody makes the
    /// Secret by hand.
    pub(super) issuer: Option<String>,
    /// The first Ingress that names it, as an owner reference.
    pub(super) owner: Value,
    /// Since when that one is there.
    pub(super) created: Value,
}

impl Named {
    /// The Secrets that some Ingresses name, in the order of their names.
    pub(super) fn all(ingresses: &[Value]) -> Vec<Self> {
        let mut all: BTreeMap<(String, String), Self> = BTreeMap::new();
        for ingress in ingresses {
            for entry in ingress["spec"]["tls"].as_array().into_iter().flatten() {
                let Some(secret) = entry["secretName"].as_str() else { continue };
                let namespace = ingress["metadata"]["namespace"].as_str().unwrap_or_default();
                let key = (namespace.to_owned(), secret.to_owned());
                let named = all.entry(key).or_insert_with(|| Self::of(ingress, secret));
                named.add(hosts(ingress, entry));
            }
        }
        let mut all: Vec<Self> = all.into_values().collect();
        // cert-manager asks for no certificate without a name.
        all.iter_mut().filter(|named| named.hosts.is_empty()).for_each(|named| named.issuer = None);
        all
    }

    fn of(ingress: &Value, secret: &str) -> Self {
        let metadata = &ingress["metadata"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Self {
            namespace: text(&metadata["namespace"]).unwrap_or_default(),
            secret: secret.to_owned(),
            hosts: Vec::new(),
            issuer: text(&metadata["annotations"]["cert-manager.io/cluster-issuer"]),
            owner: json!({
                "apiVersion": ingress["apiVersion"], "kind": ingress["kind"],
                "name": metadata["name"], "uid": metadata["uid"],
                "controller": true, "blockOwnerDeletion": true,
            }),
            created: metadata["creationTimestamp"].clone(),
        }
    }

    fn add(&mut self, hosts: Vec<String>) {
        for host in hosts {
            if !self.hosts.contains(&host) {
                self.hosts.push(host);
            }
        }
    }

    /// The names that a certificate for these hosts has: a Secret that says so has wildcards.
    pub(super) fn names(&self) -> Vec<String> {
        if !self.secret.starts_with("wildcard-") {
            return self.hosts.clone();
        }
        let wildcards: BTreeSet<String> = self.hosts.iter().map(|host| wildcard(host)).collect();
        wildcards.into_iter().collect()
    }
}

/// The hosts of an entry; those of the rules where it names none.
fn hosts(ingress: &Value, entry: &Value) -> Vec<String> {
    let texts = |list: &Value| -> Vec<String> {
        let texts = list.as_array().into_iter().flatten().filter_map(Value::as_str);
        texts.filter(|text| !text.is_empty()).map(str::to_owned).collect()
    };
    let declared = texts(&entry["hosts"]);
    if !declared.is_empty() {
        return declared;
    }
    let rules = ingress["spec"]["rules"].as_array().into_iter().flatten();
    texts(&rules.map(|rule| rule["host"].clone()).collect())
}

fn wildcard(host: &str) -> String {
    let domain = host.split_once('.').map_or(host, |(_, domain)| domain);
    format!("*.{domain}")
}
