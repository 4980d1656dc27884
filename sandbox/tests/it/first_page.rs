//! The demo's first page: what somebody sees who has just started it. Every state of every column is
//! there, by the rules that Routebook itself has.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::managed::{Manager, managed_by};
use domain::owner::{Around, Fallback, Marks, Owner, OwnerSource, Rules, Team, find};
use domain::tls::{Certificate, Evidence, Finding, Method, Policy, Subject, Tls, TlsState, assess};
use domain::{Backend, Ingress, manifest};
use jiff::Timestamp;
use sandbox::certificates::Wanted;
use sandbox::fleet::{Fleet, SECRET_NAMESPACES, demo, fallbacks, teams};
use sandbox::openid::demo_accounts;
use sandbox::tls_endpoint::What;
use serde_json::Value;

/// Rows on a page of the list.
const PAGE: usize = 50;

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().expect("a valid time")
}

/// The first Ingresses of the first cluster in the order of the list, and all there is around them.
struct FirstPage {
    fleet: Fleet,
    ingresses: Vec<Ingress>,
}

impl FirstPage {
    fn new() -> Self {
        let fleet = demo(now()).remove(0).fleet;
        let read = |object: &Value| manifest::ingress(&object.to_string());
        let mut ingresses: Vec<Ingress> = fleet.ingresses.iter().map(read).collect();
        let place =
            |ingress: &Ingress| (ingress.object.namespace.clone(), ingress.object.name.clone());
        ingresses.sort_by_key(place);
        ingresses.truncate(PAGE);
        Self { fleet, ingresses }
    }

    fn owner(&self, ingress: &Ingress) -> Option<Owner> {
        let namespace = marks(named(&self.fleet.namespaces, "", &ingress.object.namespace));
        let mut services: Vec<(&str, Marks)> = Vec::new();
        for route in &ingress.routes {
            let Backend::Service { name, .. } = &route.backend else { continue };
            let service = named(&self.fleet.services, &ingress.object.namespace, name);
            services.push((name.as_str(), marks(service)));
        }
        let around = Around {
            cluster: "prod-eu",
            class: ingress.class.as_ref().map(|class| class.name.as_str()),
            override_: None,
            namespace: Some(&namespace),
            services: services.iter().map(|(name, marks)| (*name, marks)).collect(),
        };
        find(&ingress.object, &around, &rules())
    }

    fn tls(&self, ingress: &Ingress) -> Tls {
        let evidence =
            [self.certificates(ingress), self.handshakes(ingress), self.secrets(ingress)].concat();
        assess(ingress, &evidence, &Policy::default(), now())
    }

    /// What cert-manager says in the namespace.
    fn certificates(&self, ingress: &Ingress) -> Vec<Evidence> {
        let here =
            self.fleet.certificates.iter().filter(|certificate| {
                certificate["metadata"]["namespace"] == ingress.object.namespace
            });
        let evidence = |certificate: &Value| {
            let secret = text(&certificate["spec"]["secretName"]);
            told(Method::CertManager, Subject::Secret(secret), ready(certificate))
        };
        here.map(evidence).collect()
    }

    /// What its hosts serve, where it has an address.
    fn handshakes(&self, ingress: &Ingress) -> Vec<Evidence> {
        if !ingress.addresses.iter().any(|address| address.parse::<IpAddr>().is_ok()) {
            return Vec::new();
        }
        let hosts = ingress.tls.iter().flat_map(|entry| &entry.hosts);
        let hosts = hosts.filter(|host| !host.starts_with('*'));
        let met = |host: &String| {
            let finding = match self.fleet.served.get(host) {
                None => Finding::Certificate(served(&Wanted::fake(now()))),
                Some(What::Certificate(wanted)) => Finding::Certificate(served(wanted)),
                Some(other) => Finding::Unreachable { reason: format!("{other:?}") },
            };
            told(Method::Handshake, Subject::Host(host.clone()), finding)
        };
        hosts.map(met).collect()
    }

    /// Which of its Secrets are not there, or hold no certificate, where Secrets may be read.
    fn secrets(&self, ingress: &Ingress) -> Vec<Evidence> {
        let namespace = &ingress.object.namespace;
        if !SECRET_NAMESPACES.contains(&namespace.as_str()) {
            return Vec::new();
        }
        let names = ingress.tls.iter().filter_map(|entry| entry.secret.clone());
        let looked_up = names.filter_map(|name| {
            let finding = match named(&self.fleet.secrets, namespace, &name) {
                None => Finding::Missing,
                Some(secret) if holds_certificate(secret) => return None,
                Some(_) => Finding::Unreadable { reason: "no certificate in it".into() },
            };
            Some(told(Method::Secret, Subject::Secret(name), finding))
        });
        looked_up.collect()
    }
}

fn told(method: Method, subject: Subject, finding: Finding) -> Evidence {
    Evidence { method, at: now(), subject, finding }
}

fn served(wanted: &Wanted) -> Certificate {
    Certificate {
        not_before: Some(wanted.not_before),
        not_after: Some(wanted.not_after),
        ..Certificate::with_names(wanted.names.clone())
    }
}

fn ready(certificate: &Value) -> Finding {
    let (status, time) = (&certificate["status"], |value: &Value| text(value).parse().ok());
    let names = certificate["spec"]["dnsNames"].as_array().unwrap().iter().map(text);
    let found = status
        .get("notAfter")
        .map(|end| Certificate { not_after: time(end), ..Certificate::with_names(names) });
    let condition = &status["conditions"][0];
    match found {
        Some(found) if condition["status"] == "True" => Finding::Certificate(found),
        certificate => Finding::NotReady {
            reason: text(&condition["reason"]),
            message: text(&condition["message"]),
            certificate,
        },
    }
}

fn holds_certificate(secret: &Value) -> bool {
    let bytes = BASE64_STANDARD.decode(text(&secret["data"]["tls.crt"])).unwrap();
    bytes.starts_with(b"-----BEGIN CERTIFICATE-----")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}

fn named<'a>(objects: &'a [Value], namespace: &str, name: &str) -> Option<&'a Value> {
    objects.iter().find(|object| {
        let metadata = &object["metadata"];
        text(&metadata["namespace"]) == namespace && metadata["name"] == name
    })
}

fn marks(object: Option<&Value>) -> Marks {
    let map = |field: &str| -> BTreeMap<String, String> {
        let pairs = object.and_then(|object| object["metadata"][field].as_object());
        pairs.into_iter().flatten().map(|(key, value)| (key.clone(), text(value))).collect()
    };
    Marks { annotations: map("annotations"), labels: map("labels") }
}

/// The rules as the demo's configuration has them.
fn rules() -> Rules {
    let some = |value: &Value| value.as_str().map(str::to_owned);
    let team = |team: &Value| Team {
        name: text(&team["name"]),
        matches: texts(&team["match"]),
        groups: texts(&team["groups"]),
        email: some(&team["email"]),
        chat: some(&team["chat"]),
    };
    let fallback = |one: &Value| Fallback {
        cluster: some(&one["cluster"]),
        class: some(&one["class"]),
        owner: text(&one["owner"]),
    };
    Rules {
        teams: teams().as_array().unwrap().iter().map(team).collect(),
        fallbacks: fallbacks().as_array().unwrap().iter().map(fallback).collect(),
        ..Rules::default()
    }
}

#[test]
fn every_tls_state_is_on_the_first_page() {
    let page = FirstPage::new();
    let all: Vec<Tls> = page.ingresses.iter().map(|ingress| page.tls(ingress)).collect();
    let seen: BTreeSet<&str> = all.iter().map(|tls| tls.state.as_str()).collect();
    assert_eq!(seen, TlsState::ALL.iter().map(|state| state.as_str()).collect::<BTreeSet<_>>());
    let valid = all.iter().filter(|tls| tls.state == TlsState::Valid).count();
    assert!(valid >= 5, "{valid} are valid: a page is not all trouble");
    let failing = |tls: &Tls| tls.reason.contains("DoesNotExist");
    assert!(all.iter().any(failing), "cert-manager's own trouble");
    assert!(all.iter().any(|tls| tls.disagreement.is_some()), "two methods disagree");
    let in_days = |tls: &Tls| Some((tls.expires_at?.as_second() - now().as_second()) / 86_400);
    assert!(all.iter().any(|tls| in_days(tls) == Some(9)), "nine days are left");
}

#[test]
fn every_source_of_owners_is_on_the_first_page() {
    let page = FirstPage::new();
    let all: Vec<Option<Owner>> =
        page.ingresses.iter().map(|ingress| page.owner(ingress)).collect();
    let found: Vec<&Owner> = all.iter().flatten().collect();
    let seen: BTreeSet<&str> = found.iter().map(|owner| owner.source.as_str()).collect();
    // Nobody has said anything in Routebook yet.
    let expected = OwnerSource::ALL.iter().filter(|source| **source != OwnerSource::Override);
    assert_eq!(seen, expected.map(|source| source.as_str()).collect::<BTreeSet<_>>());
    let orphans = all.iter().filter(|owner| owner.is_none()).count();
    assert!((3..15).contains(&orphans), "{orphans} orphans");
    let has = |wanted: fn(&Owner) -> bool| found.iter().any(|owner| wanted(owner));
    assert!(has(|owner| owner.team) && has(|owner| !owner.team));
    assert!(has(|owner| owner.others.len() == 2), "hints that contradict each other");
    assert!(has(|owner| owner.note.as_deref().is_some_and(|note| note.contains("several"))));
    assert!(has(|owner| owner.note.as_deref().is_some_and(|note| note.contains("longer"))));
    assert!(has(|owner| owner.name.contains("<script>")));
}

#[test]
fn every_manager_is_on_the_first_page() {
    let page = FirstPage::new();
    let managers = page.ingresses.iter().map(|ingress| managed_by(&ingress.object).by);
    let seen: BTreeSet<&str> = managers.map(Manager::as_str).collect();
    assert_eq!(seen, Manager::ALL.iter().map(|manager| manager.as_str()).collect::<BTreeSet<_>>());
}

#[test]
fn both_owners_who_can_sign_in_own_something_on_the_first_page() {
    let page = FirstPage::new();
    let owners: Vec<Owner> = page.ingresses.iter().filter_map(|one| page.owner(one)).collect();
    for key in ["owner", "other-owner"] {
        let account = demo_accounts().into_iter().find(|account| account.key == key).unwrap();
        let groups = texts(&account.claims["groups"]);
        let teams: Vec<Team> = rules().teams;
        let own: Vec<&Team> = teams
            .iter()
            .filter(|team| team.groups.iter().any(|group| groups.contains(group)))
            .collect();
        let [team] = own.as_slice() else { panic!("{key} is in the teams {own:?}") };
        assert!(owners.iter().any(|owner| owner.name == team.name), "{key} owns nothing");
    }
}
