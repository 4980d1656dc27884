//! Every state by every method that can tell it, and what happens when several speak.

use super::*;
use crate::testing::ingress;
use crate::tls::{Certificate, Method};

fn day(text: &str) -> Timestamp {
    format!("{text}T00:00:00Z").parse().unwrap()
}

fn now() -> Timestamp {
    day("2026-06-01")
}

/// A certificate for some names, valid until a day.
fn certificate(names: &[&str], until: &str) -> Certificate {
    Certificate {
        issuer: "Test CA".into(),
        not_before: Some(day("2026-01-01")),
        not_after: Some(day(until)),
        ..Certificate::with_names(names.iter().map(|name| (*name).to_owned()))
    }
}

fn found(names: &[&str], until: &str) -> Finding {
    Finding::Certificate(certificate(names, until))
}

fn trouble(certificate: Option<Certificate>) -> Finding {
    let (reason, message) = ("DoesNotExist".into(), "the Secret does not exist".into());
    Finding::NotReady { reason, message, certificate }
}

/// Evidence on the Secret `web-tls`; of metrics and handshakes on the host `web.example.com`.
fn told(method: Method, finding: Finding) -> Evidence {
    let subject = match method {
        Method::CertManager | Method::Secret => Subject::Secret("web-tls".into()),
        Method::Metrics | Method::Handshake => Subject::Host("web.example.com".into()),
    };
    Evidence { method, at: day("2026-05-31"), subject, finding }
}

fn entry(hosts: &[&str], secret: Option<&str>) -> TlsEntry {
    let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
    TlsEntry { hosts, secret: secret.map(str::to_owned) }
}

fn judged(entries: &[TlsEntry], evidence: &[Evidence]) -> Tls {
    let ingress = ingress("shop", "web").with(|ingress| ingress.tls = entries.to_vec());
    assess(&ingress.build(), evidence, &Policy::default(), now())
}

/// One entry for `web.example.com` from `web-tls`.
fn usual(evidence: &[Evidence]) -> Tls {
    judged(&[entry(&["web.example.com"], Some("web-tls"))], evidence)
}

fn check(evidence: &[Evidence], state: TlsState, method: Option<Method>, reason: &str) {
    let tls = usual(evidence);
    assert_eq!((tls.state, tls.method), (state, method), "{}", tls.reason);
    assert!(tls.reason.contains(reason), "{reason:?} is not in {:?}", tls.reason);
    assert_eq!(tls.at.is_some(), method.is_some());
    assert_eq!(tls.disagreement, None);
}

const HOST: &[&str] = &["web.example.com"];

#[test]
fn every_state_is_told_by_every_method_that_can() {
    use Method::{CertManager, Handshake, Metrics, Secret};
    use TlsState::{Expired, Expiring, NameMismatch, NotReady, SecretMissing, Unknown, Valid};
    for method in [CertManager, Handshake, Secret] {
        let told = |finding| [told(method, finding)];
        let by = Some(method);
        check(
            &told(found(HOST, "2026-09-01")),
            Valid,
            by,
            "valid until 2026-09-01, issued by Test",
        );
        check(&told(found(HOST, "2026-06-30")), Expiring, by, "expires on 2026-06-30");
        check(&told(found(HOST, "2026-05-01")), Expired, by, "expired on 2026-05-01");
        let other = found(&["a.example.com"], "2026-09-01");
        check(&told(other), NameMismatch, by, "is for a.example.com, not for web.example.com");
        let mut early = certificate(HOST, "2026-09-01");
        early.not_before = Some(day("2026-07-01"));
        check(&told(Finding::Certificate(early)), NotReady, by, "not valid before 2026-07-01");
        let mut endless = certificate(HOST, "2026-09-01");
        endless.not_after = None;
        check(&told(Finding::Certificate(endless)), Unknown, by, "not known when");
    }
    // Metrics tell when, and nothing else.
    let until = |day| [told(Metrics, found(&[], day))];
    check(&until("2026-09-01"), Valid, Some(Metrics), "valid until");
    check(&until("2026-06-02"), Expiring, Some(Metrics), "expires on");
    check(&until("2026-05-01"), Expired, Some(Metrics), "expired on");
    check(&[told(Secret, Finding::Missing)], SecretMissing, Some(Secret), "web-tls");
    let by = Some(CertManager);
    check(&[told(CertManager, trouble(None))], NotReady, by, "cert-manager: DoesNotExist: the Sec");
}

#[test]
fn what_nobody_has_told_is_unknown_with_the_reason() {
    check(&[], TlsState::Unknown, None, "no Certificate of cert-manager for it is known");
    let refused = Finding::Unreadable { reason: "not permitted (403)".into() };
    check(&[told(Method::Secret, refused)], TlsState::Unknown, None, "the Secret: not permitted");
    let lost = Finding::Unreachable { reason: "10.0.0.1 is a private address".into() };
    check(&[told(Method::Handshake, lost)], TlsState::Unknown, None, "no TLS handshake: 10.0.0.1");
}

#[test]
fn an_obstacle_of_one_method_does_not_hide_another() {
    let lost = Finding::Unreachable { reason: "timed out".into() };
    let evidence =
        [told(Method::Handshake, lost), told(Method::CertManager, found(HOST, "2026-09-01"))];
    check(&evidence, TlsState::Valid, Some(Method::CertManager), "valid until");
}

#[test]
fn what_is_declared_without_a_secret_or_not_at_all_is_told_apart() {
    let none = judged(&[], &[]);
    assert_eq!((none.state, none.entries.len()), (TlsState::None, 0));
    let default = judged(&[entry(HOST, None)], &[]);
    assert_eq!(default.state, TlsState::NoSecret);
    assert!(default.reason.contains("default certificate"), "{}", default.reason);
    let seen = judged(
        &[entry(HOST, None)],
        &[told(Method::Handshake, found(&["*.example.com"], "2026-09-01"))],
    );
    assert_eq!((seen.state, seen.method), (TlsState::Valid, Some(Method::Handshake)));
}

#[test]
fn an_entry_without_hosts_is_for_the_default_of_the_controller_and_no_names_are_compared() {
    let evidence = [told(Method::Secret, found(&["a.example.com"], "2026-09-01"))];
    assert_eq!(judged(&[entry(&[], Some("web-tls"))], &evidence).state, TlsState::Valid);
    assert_eq!(judged(&[entry(&[], None)], &evidence).state, TlsState::NoSecret);
}

#[test]
fn what_is_served_counts_before_what_is_stored_and_said() {
    let by = |method, until| told(method, found(HOST, until));
    let metrics = told(Method::Metrics, found(&[], "2026-12-03"));
    let mut evidence = vec![by(Method::CertManager, "2026-12-04"), metrics];
    let counts = |evidence: &[Evidence]| usual(evidence).method.unwrap();
    assert_eq!(counts(&evidence), Method::Metrics);
    evidence.push(by(Method::Secret, "2026-12-02"));
    assert_eq!(counts(&evidence), Method::Secret);
    evidence.push(by(Method::Handshake, "2026-12-01"));
    assert_eq!(counts(&evidence), Method::Handshake);
    assert_eq!(usual(&evidence).expires_at, Some(day("2026-12-01")));
}

#[test]
fn two_methods_that_disagree_are_both_named() {
    let check = |one: Evidence, other: Evidence, parts: &[&str]| {
        let sentence = usual(&[one, other]).disagreement.unwrap();
        for part in parts {
            assert!(sentence.contains(part), "{part:?} is not in {sentence:?}");
        }
    };
    let served = || told(Method::Handshake, found(HOST, "2026-07-15"));
    check(
        told(Method::CertManager, found(HOST, "2026-12-01")),
        served(),
        &["a TLS handshake (2026-05-31", "expires on 2026-07-15", "cert-manager (", "2026-12-01"],
    );
    let wild = found(&["*.example.com"], "2026-07-15");
    check(told(Method::Secret, wild), served(), &["for web.example.com", "for *.example.com"]);
    check(
        told(Method::Secret, Finding::Missing),
        told(Method::CertManager, found(HOST, "2026-12-01")),
        &["cert-manager (", "but the Secret was not there (2026-05-31"],
    );
    // Metrics know no names, and seconds are what certificates count in.
    let mut exact = certificate(&[], "2026-07-15");
    exact.not_after = exact.not_after.map(|at| at + jiff::SignedDuration::from_millis(400));
    let evidence = [served(), told(Method::Metrics, Finding::Certificate(exact))];
    assert_eq!(usual(&evidence).disagreement, None);
}

#[test]
fn the_trouble_of_cert_manager_is_said_beside_a_certificate_that_is_still_good() {
    let still = Some(certificate(HOST, "2026-09-01"));
    let by = Some(Method::CertManager);
    let reason = "issued by Test CA; cert-manager: DoesNotExist: the Secret does not exist";
    check(&[told(Method::CertManager, trouble(still))], TlsState::Valid, by, reason);
    let evidence = [
        told(Method::Handshake, found(HOST, "2026-09-01")),
        told(Method::CertManager, trouble(None)),
    ];
    check(&evidence, TlsState::Valid, Some(Method::Handshake), "; cert-manager: DoesNotExist");
}

#[test]
fn the_default_certificate_of_a_controller_is_recognised() {
    let mut fake = certificate(&["ingress.local"], "2026-09-01");
    fake.issuer = "self-signed (Kubernetes Ingress Controller Fake Certificate)".into();
    let evidence = [told(Method::Handshake, Finding::Certificate(fake))];
    let reason = "the controller's default certificate is served";
    check(&evidence, TlsState::NameMismatch, Some(Method::Handshake), reason);
}

#[test]
fn each_host_is_judged_by_what_was_told_of_it_and_the_worst_counts() {
    let hosts = ["web.example.com", "shop.example.com", "*.example.org"];
    let entries = [entry(&hosts, Some("web-tls"))];
    let names = ["web.example.com", "shop.example.com", "*.example.org"];
    let secret = told(Method::Secret, found(&names, "2026-09-01"));
    assert_eq!(judged(&entries, std::slice::from_ref(&secret)).state, TlsState::Valid);
    let served = told(Method::Handshake, found(HOST, "2026-05-01"));
    let tls = judged(&entries, &[secret, served]);
    assert_eq!((tls.state, tls.method), (TlsState::Expired, Some(Method::Handshake)));
    assert_eq!(tls.expires_at, Some(day("2026-05-01")));
    let one = told(Method::Secret, found(&["*.example.com"], "2026-09-01"));
    let tls = judged(&entries, &[one]);
    assert_eq!(tls.state, TlsState::NameMismatch);
    assert!(tls.reason.ends_with("not for *.example.org"), "{}", tls.reason);
}

#[test]
fn an_ingress_is_as_bad_as_the_worst_of_its_entries() {
    let entries = [entry(HOST, Some("web-tls")), entry(&["b.example.com"], Some("b-tls"))];
    let good = told(Method::CertManager, found(HOST, "2026-09-01"));
    let tls = judged(&entries, std::slice::from_ref(&good));
    assert_eq!(tls.state, TlsState::Unknown, "what is unknown does not look good");
    assert_eq!(tls.expires_at, Some(day("2026-09-01")));
    let subject = Subject::Secret("b-tls".into());
    let late =
        Evidence { subject, ..told(Method::CertManager, found(&["b.example.com"], "2026-06-02")) };
    let tls = judged(&entries, &[good, late]);
    assert_eq!(tls.state, TlsState::Expiring);
    let states: Vec<_> = tls.entries.iter().map(|entry| entry.state).collect();
    assert_eq!(states, [TlsState::Valid, TlsState::Expiring]);
}

#[test]
fn where_tls_ends_elsewhere_only_what_is_served_counts() {
    let passed = |evidence: &[Evidence]| {
        let key = "nginx.ingress.kubernetes.io/ssl-passthrough";
        let ingress = ingress("shop", "web").with(|ingress| {
            ingress.object.annotations.insert(key.into(), "true".into());
            ingress.tls = vec![entry(HOST, Some("web-tls"))];
        });
        assess(&ingress.build(), evidence, &Policy::default(), now())
    };
    let missing = told(Method::Secret, Finding::Missing);
    assert_eq!(passed(std::slice::from_ref(&missing)).state, TlsState::TerminatedUpstream);
    let served = told(Method::Handshake, found(HOST, "2026-05-01"));
    assert_eq!(passed(&[missing, served]).state, TlsState::Expired);
}

#[test]
fn too_many_names_to_compare_are_no_mismatch_unless_the_host_was_asked_for() {
    let names = (0..10_000).map(|n| format!("host-{n}.example.com"));
    let many = Certificate { not_after: Some(day("2026-09-01")), ..Certificate::with_names(names) };
    let by = |method| [told(method, Finding::Certificate(many.clone()))];
    let reason = "10000 names, too many";
    check(&by(Method::Secret), TlsState::Unknown, Some(Method::Secret), reason);
    let reason = "host-0.example.com, host-1.example.com, host-2.example.com and 9997 more";
    check(&by(Method::Handshake), TlsState::NameMismatch, Some(Method::Handshake), reason);
}

#[test]
fn a_certificate_for_no_name_is_for_no_host() {
    let evidence = [told(Method::Handshake, found(&[], "2026-09-01"))];
    check(&evidence, TlsState::NameMismatch, Some(Method::Handshake), "no name at all");
}

#[test]
fn the_end_of_time_is_not_soon() {
    let mut last = certificate(HOST, "2026-09-01");
    last.not_after = Some(Timestamp::MAX);
    let evidence = [told(Method::Secret, Finding::Certificate(last))];
    check(&evidence, TlsState::Valid, Some(Method::Secret), "valid until 9999-12-30");
}

#[test]
fn many_hosts_and_entries_are_counted_not_kept() {
    let hosts: Vec<String> = (0..50).map(|n| format!("h{n}.example.com")).collect();
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let entries = std::array::from_fn::<_, 30, _>(|_| entry(&hosts, Some("web-tls")));
    let tls = judged(&entries, &[]);
    assert_eq!(tls.entries.len(), 20);
    assert_eq!((tls.entries[0].hosts.len(), tls.entries[0].more_hosts), (20, 30));
}

#[test]
fn a_conclusion_is_read_back_from_its_json() {
    let tls = usual(&[told(Method::Handshake, found(HOST, "2026-09-01"))]);
    let json = serde_json::to_string(&tls).unwrap();
    assert_eq!(serde_json::from_str::<Tls>(&json).unwrap(), tls);
}
