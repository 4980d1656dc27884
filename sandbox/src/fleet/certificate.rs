//! cert-manager's Certificates for the Secrets that Ingresses ask it for, as its ingress-shim makes
//! them, with the conditions that its controllers write (cert-manager,
//! `internal/controller/certificates/policies` and `pkg/controller/certificates`).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::issuing::{Failure, Fate};
use super::named::Named;
use crate::certificates::{Wanted, days_after};

/// The Certificate of a Secret. `wanted` is the certificate that there is, if there is one.
pub(super) fn object(
    named: &Named,
    fate: Fate,
    wanted: Option<&Wanted>,
    uid: &str,
    now: Timestamp,
) -> Value {
    let names = wanted.map_or_else(|| named.names(), |wanted| wanted.names.clone());
    json!({
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {
            "name": named.secret,
            "namespace": named.namespace,
            "uid": uid,
            "creationTimestamp": named.created,
            "generation": 1,
            "ownerReferences": [named.owner],
        },
        "spec": {
            "dnsNames": names,
            "issuerRef": {
                "group": "cert-manager.io", "kind": "ClusterIssuer", "name": named.issuer,
            },
            "secretName": named.secret,
            "usages": ["digital signature", "key encipherment"],
        },
        "status": status(named, fate, wanted, now),
    })
}

fn status(named: &Named, fate: Fate, wanted: Option<&Wanted>, now: Timestamp) -> Value {
    let mut status = json!({ "conditions": conditions(named, fate, wanted, now) });
    if let Some(wanted) = wanted {
        status["notBefore"] = wanted.not_before.to_string().into();
        status["notAfter"] = wanted.not_after.to_string().into();
        status["renewalTime"] = days_after(wanted.not_after, -30).to_string().into();
        status["revision"] = 3.into();
    }
    if failure(fate).is_some() {
        status["failedIssuanceAttempts"] = 6.into();
        status["lastFailureTime"] = days_after(now, -1).to_string().into();
        status["nextPrivateKeySecretName"] = format!("{}-hq5vd", named.secret).into();
    }
    status
}

fn conditions(named: &Named, fate: Fate, wanted: Option<&Wanted>, now: Timestamp) -> Value {
    let ended = wanted.map(|wanted| wanted.not_after).filter(|ended| *ended <= now);
    let ready = match (wanted, ended) {
        (None, _) => {
            let message = "Issuing certificate as Secret does not exist";
            condition("Ready", "False", "DoesNotExist", message, &named.created)
        }
        (Some(_), Some(ended)) => {
            let message =
                format!("Certificate expired on {}", ended.strftime("%a, %d %b %Y %H:%M:%S UTC"));
            condition("Ready", "False", "Expired", &message, &ended.to_string().into())
        }
        (Some(wanted), None) => {
            let message = "Certificate is up to date and has not expired";
            condition("Ready", "True", "Ready", message, &wanted.not_before.to_string().into())
        }
    };
    let mut conditions = vec![ready];
    if let Some(failure) = failure(fate) {
        let message = format!(
            "The certificate request has failed to complete and will be retried: Failed to wait \
             for order resource \"{}-4-1973114838\" to become ready: {}",
            named.secret,
            order(named, failure, now)
        );
        let since = days_after(now, -1).to_string().into();
        conditions.push(condition("Issuing", "False", "Failed", &message, &since));
    }
    conditions.into()
}

fn condition(kind: &str, status: &str, reason: &str, message: &str, since: &Value) -> Value {
    json!({
        "type": kind, "status": status, "reason": reason, "message": message,
        "lastTransitionTime": since, "observedGeneration": 1,
    })
}

/// Why there is no new certificate: one that is about to end would have been renewed.
fn failure(fate: Fate) -> Option<Failure> {
    match fate {
        Fate::Failing(failure) => Some(failure),
        Fate::Ends(days) if days < 30 => Some(Failure::NameLeadsElsewhere),
        _ => None,
    }
}

/// What became of the order at the ACME server. cert-manager gives no reason for an invalid one.
fn order(named: &Named, failure: Failure, now: Timestamp) -> String {
    match failure {
        Failure::NameLeadsElsewhere => "order is in \"invalid\" state: ".to_owned(),
        Failure::RateLimited => format!(
            "order is in \"errored\" state: Failed to create Order: 429 \
             urn:ietf:params:acme:error:rateLimited: too many certificates (5) already issued for \
             this exact set of identifiers in the last 168h0m0s: [{}], retry after {} UTC",
            named.hosts.join(" "),
            days_after(now, 2).strftime("%Y-%m-%d %H:%M:%S")
        ),
    }
}
