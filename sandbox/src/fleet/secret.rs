//! Secrets: those with certificates, and one of those that only happen to lie beside them.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::named::Named;

/// The Secret with a certificate and its key, marked as cert-manager's where it is.
pub(super) fn tls(named: &Named, certificate: &str, key: &str, uid: &str) -> Value {
    let mut object = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": named.secret,
            "namespace": named.namespace,
            "uid": uid,
            "creationTimestamp": named.created,
        },
        "type": "kubernetes.io/tls",
        "data": {
            "tls.crt": BASE64_STANDARD.encode(certificate),
            "tls.key": BASE64_STANDARD.encode(key),
        },
    });
    if let Some(issuer) = &named.issuer {
        object["metadata"]["labels"] = json!({ "controller.cert-manager.io/fao": "true" });
        object["metadata"]["annotations"] = json!({
            "cert-manager.io/alt-names": named.names().join(","),
            "cert-manager.io/certificate-name": named.secret,
            "cert-manager.io/issuer-group": "cert-manager.io",
            "cert-manager.io/issuer-kind": "ClusterIssuer",
            "cert-manager.io/issuer-name": issuer,
        });
    }
    object
}

/// A Secret that has nothing to do with TLS: whoever asks for those should not get it.
pub(super) fn opaque(namespace: &str, name: &str, uid: &str, created: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": name, "namespace": namespace, "uid": uid, "creationTimestamp": created,
        },
        "type": "Opaque",
        "data": { "auth": BASE64_STANDARD.encode("staff:{SHA}nothing-in-it-is-real\n") },
    })
}
