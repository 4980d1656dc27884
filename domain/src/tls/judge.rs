//! What one piece of evidence means for some hosts.

use jiff::{SignedDuration, Timestamp};

use super::assess::Policy;
use super::evidence::{Certificate, Evidence, Finding, Subject, shortened};
use super::names::name_matches;
use super::state::TlsState;

/// Certificates that controllers make for themselves, and serve where they have no other:
/// ingress-nginx (`internal/net/ssl/ssl.go`) and Traefik (`pkg/tls/generate/generate.go`).
const DEFAULTS: [&str; 2] =
    ["Kubernetes Ingress Controller Fake Certificate", "TRAEFIK DEFAULT CERT"];
/// So many names stand in a sentence.
const MOST_IN_A_SENTENCE: usize = 3;

/// The state that evidence gives these hosts, and why. Without hosts no names are compared.
pub(super) fn judge(
    evidence: &Evidence,
    hosts: &[&str],
    policy: &Policy,
    now: Timestamp,
) -> (TlsState, String) {
    match &evidence.finding {
        Finding::Certificate(found) | Finding::NotReady { certificate: Some(found), .. } => {
            let (state, reason) = of_certificate(found, evidence, hosts, policy, now);
            (state, with_default(found, reason))
        }
        Finding::NotReady { reason, message, certificate: None } => {
            (TlsState::NotReady, in_trouble(reason, message))
        }
        Finding::Missing => (TlsState::SecretMissing, missing(&evidence.subject)),
        Finding::Unreadable { reason } | Finding::Unreachable { reason } => {
            (TlsState::Unknown, reason.clone())
        }
    }
}

/// cert-manager's own words.
pub(super) fn in_trouble(reason: &str, message: &str) -> String {
    match (reason, message) {
        ("", "") => "cert-manager has no certificate yet".to_owned(),
        (word, "") | ("", word) => format!("cert-manager: {word}"),
        (reason, message) => format!("cert-manager: {reason}: {message}"),
    }
}

fn missing(subject: &Subject) -> String {
    let (Subject::Secret(name) | Subject::Host(name)) = subject;
    format!("no Secret of type kubernetes.io/tls is there under the name {}", shortened(name, 253))
}

fn with_default(found: &Certificate, reason: String) -> String {
    if DEFAULTS.iter().any(|name| found.issuer.contains(*name)) {
        return format!(
            "the controller's default certificate is served, as it is where the Secret is missing \
             or does not fit: {reason}"
        );
    }
    reason
}

fn of_certificate(
    found: &Certificate,
    evidence: &Evidence,
    hosts: &[&str],
    policy: &Policy,
    now: Timestamp,
) -> (TlsState, String) {
    if let Some(at) = found.not_after.filter(|at| *at <= now) {
        return (TlsState::Expired, format!("expired on {}", day(at)));
    }
    if let Some(trouble) = names(found, evidence, hosts) {
        return trouble;
    }
    if let Some(at) = found.not_before.filter(|at| *at > now) {
        return (TlsState::NotReady, format!("not valid before {}", day(at)));
    }
    let Some(at) = found.not_after else {
        return (TlsState::Unknown, "it is not known when the certificate expires".to_owned());
    };
    let days = policy.expiring_days.clamp(0, 36_500);
    if at.duration_since(now) <= SignedDuration::from_hours(24 * days) {
        return (TlsState::Expiring, format!("expires on {}{}", day(at), issued(found)));
    }
    (TlsState::Valid, format!("valid until {}{}", day(at), issued(found)))
}

/// What is wrong with the names, if something is or may be.
fn names(found: &Certificate, evidence: &Evidence, hosts: &[&str]) -> Option<(TlsState, String)> {
    if !evidence.tells_names(found) {
        return None;
    }
    let covered = |host: &str| found.names.iter().any(|name| name_matches(name, host));
    let others: Vec<&str> = hosts.iter().copied().filter(|&host| !covered(host)).collect();
    if others.is_empty() {
        return None;
    }
    let hosts = listed(others.iter().copied(), others.len());
    if found.names.is_empty() {
        let why = "the certificate is for no name at all (clients ignore a common name)";
        return Some((TlsState::NameMismatch, format!("{why}, so not for {hosts}")));
    }
    let all = found.names.len() + found.more_names;
    let is_whole = found.more_names == 0 || matches!(evidence.subject, Subject::Host(_));
    if !is_whole {
        let why = format!("the certificate has {all} names, too many to compare with {hosts}");
        return Some((TlsState::Unknown, why));
    }
    let names = listed(found.names.iter().map(String::as_str), all);
    Some((TlsState::NameMismatch, format!("the certificate is for {names}, not for {hosts}")))
}

fn issued(found: &Certificate) -> String {
    match found.issuer.as_str() {
        "" => String::new(),
        own if own.starts_with("self-signed") => format!(", {own}"),
        issuer => format!(", issued by {issuer}"),
    }
}

/// The first few of so many, in words.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a str>, all: usize) -> String {
    let first: Vec<&str> = names.take(MOST_IN_A_SENTENCE).collect();
    let more = all.saturating_sub(first.len());
    let text = first.join(", ");
    if more == 0 { text } else { format!("{text} and {more} more") }
}

/// The day of a moment, as certificates are spoken of.
pub(super) fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
