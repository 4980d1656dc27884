//! What a cert-manager `Certificate` says (cert-manager API reference, cert-manager.io/v1).
//!
//! It is total: any JSON gives a Secret's name and a finding.

use domain::tls::{self, Finding, shortened};
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// cert-manager's sentences may quote whole answers of an issuer.
const LONGEST_MESSAGE: usize = 300;
const LONGEST_WORD: usize = 100;

/// The Secret that it is for, empty if it names none, and what it says of the certificate in it.
pub(crate) fn read(json: &str) -> (String, Finding) {
    let object: Value = serde_json::from_str(json).unwrap_or_default();
    let secret = object["spec"]["secretName"].as_str().unwrap_or_default().to_owned();
    let finding = match (part(&object, "spec"), part(&object, "status")) {
        (Ok(spec), Ok(status)) => finding(&spec, status),
        (Err(reason), _) | (_, Err(reason)) => Finding::Unreadable { reason },
    };
    (secret, finding)
}

/// A part of the object; what is absent or null is as if it were empty.
fn part<T: Default + DeserializeOwned>(object: &Value, key: &str) -> Result<T, String> {
    let Some(value) = object.get(key).filter(|value| !value.is_null()) else {
        return Ok(T::default());
    };
    T::deserialize(value).map_err(|error| {
        let error = shortened(&error.to_string(), LONGEST_MESSAGE);
        format!("the {key} of the Certificate cannot be read: {error}")
    })
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    dns_names: Option<Vec<String>>,
    ip_addresses: Option<Vec<String>>,
    common_name: Option<String>,
    issuer_ref: IssuerRef,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct IssuerRef {
    name: String,
    kind: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Status {
    not_before: Option<String>,
    not_after: Option<String>,
    conditions: Option<Vec<Condition>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Condition {
    r#type: String,
    status: String,
    reason: String,
    message: String,
}

fn finding(spec: &Spec, status: Status) -> Finding {
    let not_after = moment(status.not_after.as_deref());
    let certificate = tls::Certificate {
        issuer: issuer(&spec.issuer_ref),
        not_before: moment(status.not_before.as_deref()),
        not_after,
        ..tls::Certificate::with_names(names(spec))
    };
    let conditions = status.conditions.unwrap_or_default();
    let condition = |kind: &str| conditions.iter().find(|condition| condition.r#type == kind);
    match condition("Ready") {
        Some(ready) if ready.status == "True" => Finding::Certificate(certificate),
        ready => Finding::NotReady {
            reason: ready.map_or_else(String::new, |ready| shortened(&ready.reason, LONGEST_WORD)),
            message: shortened(&message(ready, condition("Issuing")), LONGEST_MESSAGE),
            certificate: not_after.map(|_| certificate),
        },
    }
}

/// Why it is not ready. While cert-manager is issuing, that says more: what it waits for, or why the
/// last attempt failed.
fn message(ready: Option<&Condition>, issuing: Option<&Condition>) -> String {
    let ready = ready.map_or("cert-manager has not looked at it yet", |ready| &ready.message);
    match issuing.map(|issuing| issuing.message.as_str()) {
        None | Some("") => ready.to_owned(),
        Some(issuing) if issuing == ready => ready.to_owned(),
        Some(issuing) => format!("{ready}; {issuing}"),
    }
}

/// The names that the certificate is for. Clients compare the common name only by its being among
/// the others, where issuers put it; so it is taken where there are no others.
fn names(spec: &Spec) -> Vec<String> {
    let listed = [&spec.dns_names, &spec.ip_addresses].into_iter().flatten().flatten();
    let names: Vec<String> = listed.cloned().collect();
    if !names.is_empty() {
        return names;
    }
    spec.common_name.iter().filter(|name| !name.is_empty()).cloned().collect()
}

/// As people speak of it: `ClusterIssuer letsencrypt`. Without a kind it is an Issuer.
fn issuer(issuer: &IssuerRef) -> String {
    let kind = issuer.kind.as_deref().filter(|kind| !kind.is_empty()).unwrap_or("Issuer");
    shortened(&format!("{kind} {}", issuer.name), LONGEST_WORD)
}

fn moment(text: Option<&str>) -> Option<Timestamp> {
    text?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(status: &Value) -> (String, Finding) {
        let object = json!({
            "metadata": {"namespace": "shop", "name": "web"},
            "spec": {"secretName": "web-tls", "dnsNames": ["web.example.com", "*.example.com"],
                "commonName": "web.example.com",
                "issuerRef": {"kind": "ClusterIssuer", "name": "letsencrypt"}},
            "status": status,
        });
        read(&object.to_string())
    }

    fn condition(kind: &str, status: &str, reason: &str, message: &str) -> Value {
        json!({"type": kind, "status": status, "reason": reason, "message": message})
    }

    #[test]
    fn a_ready_certificate_is_read_whole() {
        let (secret, finding) = object(&json!({
            "notBefore": "2026-01-01T00:00:00Z", "notAfter": "2026-04-01T00:00:00Z",
            "conditions": [condition("Ready", "True", "Ready", "up to date")],
        }));
        let Finding::Certificate(found) = finding else { panic!("{finding:?}") };
        assert_eq!(secret, "web-tls");
        assert_eq!(found.names, ["web.example.com", "*.example.com"]);
        assert_eq!(found.issuer, "ClusterIssuer letsencrypt");
        assert_eq!(found.not_after.unwrap().to_string(), "2026-04-01T00:00:00Z");
        assert!(found.not_before.is_some() && found.serial.is_none());
    }

    #[test]
    fn trouble_is_told_in_the_words_of_cert_manager() {
        let (_, finding) = object(&json!({"conditions": [
            condition("Ready", "False", "DoesNotExist", "Secret does not exist"),
            condition("Issuing", "False", "Failed", "the order is invalid"),
        ]}));
        let expected = Finding::NotReady {
            reason: "DoesNotExist".into(),
            message: "Secret does not exist; the order is invalid".into(),
            certificate: None,
        };
        assert_eq!(finding, expected);
    }

    #[test]
    fn a_certificate_that_is_not_ready_may_still_be_there() {
        let long = "x".repeat(10_000);
        let (_, finding) = object(&json!({
            "notAfter": "2026-04-01T00:00:00Z",
            "conditions": [condition("Ready", "False", "IncorrectCertificate", &long)],
        }));
        let Finding::NotReady { message, certificate, .. } = finding else { panic!() };
        assert_eq!(message.chars().count(), LONGEST_MESSAGE + 1);
        assert!(certificate.unwrap().not_after.is_some());
    }

    #[test]
    fn what_cert_manager_has_not_looked_at_is_not_ready() {
        for status in [json!(null), json!({}), json!({"conditions": null})] {
            let (_, finding) = object(&status);
            let Finding::NotReady { message, certificate, .. } = finding else { panic!() };
            assert!(message.contains("not looked at it yet") && certificate.is_none());
        }
    }

    #[test]
    fn anything_at_all_gives_a_finding() {
        let spec = json!({"spec": {"secretName": "web-tls", "dnsNames": 7}}).to_string();
        let (secret, finding) = read(&spec);
        assert_eq!(secret, "web-tls");
        assert!(matches!(finding, Finding::Unreadable { reason } if reason.contains("spec")));
        for json in ["", "7", "[]", "{}", r#"{"spec":{"secretName":7}}"#] {
            assert_eq!(read(json).0, "", "{json}");
        }
        let bad_time = object(&json!({"notAfter": "soon", "conditions": [
            condition("Ready", "True", "Ready", "")]}));
        assert!(matches!(bad_time.1, Finding::Certificate(found) if found.not_after.is_none()));
    }

    #[test]
    fn the_common_name_counts_only_where_there_is_no_other() {
        let names = |spec: Value| names(&part::<Spec>(&json!({"spec": spec}), "spec").unwrap());
        assert_eq!(names(json!({"commonName": "a.example.com"})), ["a.example.com"]);
        let both = json!({"commonName": "Web", "ipAddresses": ["192.0.2.1"], "dnsNames": null});
        assert_eq!(names(both), ["192.0.2.1"]);
    }
}
