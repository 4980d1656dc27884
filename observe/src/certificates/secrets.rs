//! Reads the certificates in the TLS Secrets of those namespaces that the operator has named.
//!
//! Whoever may list Secrets may read them whole, so: only what ingresses refer to is asked for at all,
//! of what arrives only `tls.crt` is read, nothing of it is ever logged or put into an error, and it
//! is dropped page by page. Nothing is watched, because a watch would bring every Secret's every
//! change.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::tls::{Evidence, Finding, Method, Subject, shortened};
use domain::{Clock, ClusterName};
use kube::Client;
use serde::Deserialize;
use store::{Scope, Store, TlsSighting};
use tokio::time::sleep;

use super::x509;
use crate::kubernetes::{Failure, Site, secrets as page_of_secrets};

/// What an API server says of a refusal is cut at so many characters.
const LONGEST_MESSAGE: usize = 300;

/// The Secrets of some namespaces of one cluster.
pub(super) struct Secrets {
    pub(super) cluster: ClusterName,
    pub(super) namespaces: Vec<String>,
    pub(super) site: Site,
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) timing: crate::Timing,
}

/// What was found in a namespace.
type Found = (String, Vec<TlsSighting>);

impl Secrets {
    /// Reads for ever.
    pub(super) async fn run(self) {
        let mut last = None;
        loop {
            let failed = self.round().await.err().map(|failure| failure.to_string());
            if let Some(error) = failed.as_ref().filter(|_| failed != last) {
                let cluster = self.cluster.as_str();
                tracing::warn!(cluster, error, "TLS Secrets cannot be read and are tried again");
            }
            last = failed;
            sleep(self.timing.certificates.secrets.mul_f64(0.9 + fastrand::f64() / 5.0)).await;
        }
    }

    /// Reads all namespaces once. What was read completely replaces what was known, also where
    /// another namespace could not be read; if all were, nothing of namespaces that are no longer
    /// named remains.
    pub(super) async fn round(&self) -> Result<(), Failure> {
        let connection = self.site.connected().await?;
        let mut read: Vec<Found> = Vec::new();
        let mut failed = None;
        for namespace in &self.namespaces {
            match self.namespace(&connection.client, namespace).await {
                Ok(sightings) => read.push((namespace.clone(), sightings)),
                Err(failure) => failed = Some(failure),
            }
        }
        match failed {
            None => {
                let all: Vec<_> = read.into_iter().flat_map(|(_, sightings)| sightings).collect();
                self.apply(Scope::All, &all).await
            }
            Some(failure) => {
                for (namespace, sightings) in read {
                    self.apply(Scope::Namespace(namespace), &sightings).await?;
                }
                Err(failure)
            }
        }
    }

    async fn apply(&self, scope: Scope, sightings: &[TlsSighting]) -> Result<(), Failure> {
        let now = self.clock.now();
        self.store.apply_tls(&self.cluster, Method::Secret, scope, sightings, now).await?;
        Ok(())
    }

    /// What the Secrets say to which the ingresses of a namespace refer.
    async fn namespace(
        &self,
        client: &Client,
        namespace: &str,
    ) -> Result<Vec<TlsSighting>, Failure> {
        let names = self.store.referenced_secrets(&self.cluster, namespace).await?;
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let at = self.clock.now();
        let mut wanted: BTreeMap<String, Finding> =
            names.into_iter().map(|name| (name, Finding::Missing)).collect();
        match self.pages(client, namespace, &mut wanted).await {
            Ok(()) => {}
            Err(Failure::NotPermitted { message, .. }) => {
                let refused = Finding::Unreadable { reason: refused(namespace, &message) };
                wanted.values_mut().for_each(|finding| finding.clone_from(&refused));
            }
            Err(failure) => return Err(failure),
        }
        let sightings = wanted.into_iter().map(|(name, finding)| {
            let subject = Subject::Secret(name);
            let evidence = Evidence { method: Method::Secret, at, subject, finding };
            TlsSighting { namespace: namespace.to_owned(), evidence }
        });
        Ok(sightings.collect())
    }

    /// Reads page after page, and fills in what is found under the wanted names.
    async fn pages(
        &self,
        client: &Client,
        namespace: &str,
        wanted: &mut BTreeMap<String, Finding>,
    ) -> Result<(), Failure> {
        let mut token = String::new();
        loop {
            let body = page_of_secrets(client, namespace, &token, &self.timing).await?;
            let page = read(&body)?;
            // The keys are in it.
            drop(body);
            for secret in page.items.unwrap_or_default() {
                if let Some(finding) = wanted.get_mut(&secret.metadata.name) {
                    *finding = certificate(secret.data.unwrap_or_default());
                }
            }
            token = page.metadata.r#continue;
            if token.is_empty() {
                return Ok(());
            }
        }
    }
}

/// What is read of a page of Secrets; everything else is passed over.
#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    metadata: PageMetadata,
    items: Option<Vec<Secret>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PageMetadata {
    r#continue: String,
}

#[derive(Deserialize)]
struct Secret {
    metadata: SecretMetadata,
    data: Option<Data>,
}

#[derive(Deserialize)]
struct SecretMetadata {
    name: String,
}

#[derive(Default, Deserialize)]
struct Data {
    #[serde(rename = "tls.crt")]
    certificate: Option<String>,
}

/// The message of the parser may quote what it has met, so it is not passed on.
fn read(body: &[u8]) -> Result<Page, Failure> {
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Failure::Malformed(format!("a list of Secrets, at line {line}, column {column}"))
    })
}

fn certificate(data: Data) -> Finding {
    let text = data.certificate.unwrap_or_default();
    let read = if text.is_empty() {
        Err("tls.crt is empty".to_owned())
    } else {
        let decoded = BASE64_STANDARD.decode(text);
        let decoded = decoded.map_err(|_| "tls.crt is no base64".to_owned());
        decoded.and_then(|text| x509::pem(&text))
    };
    match read {
        Ok(found) => Finding::Certificate(found),
        Err(reason) => Finding::Unreadable { reason },
    }
}

/// A refusal, and the rule by which it is mended. It belongs into a Role: in a ClusterRole it would
/// open the Secrets of all namespaces.
fn refused(namespace: &str, message: &str) -> String {
    let message = shortened(message, LONGEST_MESSAGE);
    format!(
        "not permitted (403): {message}. Add this rule to a Role in the namespace {namespace}, and \
         bind it to Routebook's service account:\n- apiGroups: [\"\"]\n  resources: [\"secrets\"]\n  \
         verbs: [\"list\"]"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(data: &serde_json::Value) -> Finding {
        let page = json!({"items": [{"metadata": {"name": "web-tls"}, "data": data}]});
        let page = read(page.to_string().as_bytes()).unwrap();
        certificate(page.items.unwrap().remove(0).data.unwrap_or_default())
    }

    #[test]
    fn only_the_certificate_is_read() {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec!["web.example.com".to_owned()]).unwrap();
        let text = params.self_signed(&key).unwrap().pem();
        let data = json!({
            "tls.crt": BASE64_STANDARD.encode(text), "tls.key": "bm90IGEga2V5", "other": "eA==",
        });
        let Finding::Certificate(found) = found(&data) else { panic!() };
        assert_eq!(found.names, ["web.example.com"]);
    }

    #[test]
    fn what_is_no_certificate_gives_a_reason() {
        let check = |data: serde_json::Value, part: &str| {
            let Finding::Unreadable { reason } = found(&data) else { panic!() };
            assert!(reason.contains(part), "{reason}");
        };
        check(json!(null), "empty");
        check(json!({}), "empty");
        check(json!({"tls.crt": ""}), "empty");
        check(json!({"tls.crt": "%%%"}), "no base64");
        check(json!({"tls.crt": "bm8="}), "no certificate");
    }

    #[test]
    fn no_secret_comes_into_an_error() {
        let body = json!({"items": [{"metadata": {"name": "x"}, "data": "c2VjcmV0"}]}).to_string();
        for body in [body.as_str(), &body[..body.len() - 3]] {
            let Err(failure) = read(body.as_bytes()) else { panic!() };
            assert!(!failure.to_string().contains("c2VjcmV0"), "{failure}");
        }
    }

    #[test]
    fn a_refusal_names_the_rule_and_that_it_is_for_one_namespace() {
        let reason = refused("shop", "secrets is forbidden");
        assert!(reason.contains("Role in the namespace shop"), "{reason}");
        assert!(reason.contains("resources: [\"secrets\"]\n  verbs: [\"list\"]"), "{reason}");
    }
}
