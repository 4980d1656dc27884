//! What cert-manager and the Secrets say of certificates, where they are there to say anything.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::sync::{Freshness, Kind, Phase};
use domain::tls::{Method, TlsState};
use jiff::SignedDuration;
use observe::certificates::{Dialer, probe_once};
use sandbox::kubernetes::kinds::{CERTIFICATE, SECRET};
use sandbox::kubernetes::{Effect, Fault, Verb};
use serde_json::{Value, json};

use crate::tls_server::{issued, params};
use crate::world::{World, clock, name};

/// The Role for the Secrets of a namespace that Routebook ships with.
const SECRETS_RBAC: &str = include_str!("../../../deploy/secrets-rbac.yaml");

/// An ingress `NAME` whose host `NAME.example.com` is served from Secret `NAME-tls`.
fn ingress(name: &str) -> Value {
    let mut ingress = crate::world::ingress("shop", name, 0);
    let host = format!("{name}.example.com");
    ingress["spec"]["tls"] = json!([{"hosts": [host], "secretName": format!("{name}-tls")}]);
    ingress
}

/// A Certificate for the host of an ingress, ready or not.
fn certificate(name: &str, ready: &str, days: i64) -> Value {
    let until = clock().now() + SignedDuration::from_hours(24 * days);
    json!({
        "apiVersion": "cert-manager.io/v1", "kind": "Certificate",
        "metadata": {"namespace": "shop", "name": name},
        "spec": {"secretName": format!("{name}-tls"), "dnsNames": [format!("{name}.example.com")],
            "issuerRef": {"kind": "ClusterIssuer", "name": "letsencrypt"}},
        "status": {"notAfter": until.to_string(), "conditions": [{"type": "Ready",
            "status": ready, "reason": "Why", "message": "cert-manager's own words"}]},
    })
}

impl World {
    async fn with_tls(names: &[&str]) -> Self {
        let world = Self::with_ingresses(0).await;
        world.cluster.load(names.iter().map(|name| ingress(name))).unwrap();
        world
    }

    async fn until_tls(&self, name: &str, state: TlsState) {
        let what = format!("{name} is {}", state.as_str());
        self.until(&what, async |world| world.detail(name).await.tls.state == state).await;
    }

    async fn until_phase(&self, phase: Phase) {
        let is = async |world: &Self| world.status(Kind::Certificate).phase == phase;
        self.until(phase.label(), is).await;
    }

    async fn tls(&self, name: &str) -> (TlsState, Option<Method>) {
        let tls = self.detail(name).await.tls;
        (tls.state, tls.method)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_followed_while_cert_manager_is_installed() {
    let mut world = World::with_tls(&["web"]).await;
    world.start();
    world.until_equal().await;
    world.until_phase(Phase::NotServed).await;
    let status = world.status(Kind::Certificate);
    assert_eq!((status.error, status.data_as_of), (None, None), "it is no failure");
    let is_fresh = async |world: &World| {
        let cluster = world.store.clusters().await.unwrap().remove(0);
        matches!(cluster.freshness(clock().now()), Freshness::Fresh(_))
    };
    world.until("the cluster is fresh", is_fresh).await;
    assert_eq!(world.tls("web").await, (TlsState::Unknown, None));

    world.cluster.install(&CERTIFICATE);
    world.cluster.load([certificate("web", "True", 60)]).unwrap();
    world.until_tls("web", TlsState::Valid).await;
    let tls = world.detail("web").await.tls;
    assert_eq!(tls.method, Some(Method::CertManager));
    assert!(tls.reason.contains("ClusterIssuer letsencrypt"), "{}", tls.reason);
    world.cluster.load([certificate("web", "True", 3)]).unwrap();
    world.until_tls("web", TlsState::Expiring).await;
    world.cluster.load([certificate("web", "False", -3)]).unwrap();
    world.until_tls("web", TlsState::Expired).await;
    let reason = world.detail("web").await.tls.reason;
    assert!(reason.contains("cert-manager: Why: cert-manager's own words"), "{reason}");
    world.cluster.delete(&CERTIFICATE, "shop", "web").unwrap();
    world.until_tls("web", TlsState::Unknown).await;

    world.cluster.load([certificate("web", "True", 60)]).unwrap();
    world.until_tls("web", TlsState::Valid).await;
    world.cluster.uninstall(&CERTIFICATE);
    world.until_phase(Phase::NotServed).await;
    world.until_tls("web", TlsState::Unknown).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_brings_certificates_may_come_and_go() {
    let mut world = World::with_tls(&["web"]).await;
    world.start();
    world.until_equal().await;
    for _ in 0..5 {
        world.cluster.install(&CERTIFICATE);
        world.cluster.load([certificate("web", "True", 60)]).unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        world.cluster.uninstall(&CERTIFICATE);
    }
    world.cluster.install(&CERTIFICATE);
    world.cluster.load([certificate("web", "False", 3)]).unwrap();
    world.until_tls("web", TlsState::Expiring).await;
    world.until_phase(Phase::Watching).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_known_is_forgotten_when_it_is_gone_after_a_restart() {
    let mut world = World::with_tls(&["web"]).await;
    world.cluster.install(&CERTIFICATE);
    world.cluster.load([certificate("web", "True", 60)]).unwrap();
    world.sync_once().await;
    assert_eq!(world.tls("web").await.0, TlsState::Valid);
    world.cluster.uninstall(&CERTIFICATE);
    world.start();
    world.until_tls("web", TlsState::Unknown).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_certificates_that_hangs_delays_no_ingress() {
    let mut world = World::with_tls(&["web"]).await;
    world.cluster.install(&CERTIFICATE);
    let hang = Fault::new(Effect::Silence { headers: true }).kind(&CERTIFICATE);
    world.cluster.faults().set(hang);
    world.timing.surroundings = std::time::Duration::from_secs(3600);
    world.timing.list_page = std::time::Duration::from_secs(3600);
    world.start();
    world.until_equal().await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_may_not_read_certificates_is_told_the_rule() {
    let mut world = World::with_tls(&["web"]).await;
    world.cluster.install(&CERTIFICATE);
    world.cluster.load([certificate("web", "True", 60)]).unwrap();
    let refuse = Effect::Refuse { code: 403, retry_after: None };
    world.cluster.faults().set(Fault::new(refuse).kind(&CERTIFICATE));
    world.start();
    world.until_phase(Phase::NotPermitted).await;
    let error = world.status(Kind::Certificate).error.unwrap();
    assert!(error.contains("apiGroups: [\"cert-manager.io\"]"), "{error}");
    world.until_equal().await;
    world.cluster.faults().clear();
    world.until_tls("web", TlsState::Valid).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_that_may_not_be_read_any_more_are_forgotten_until_they_may() {
    let world = World::with_tls(&["web"]).await;
    world.cluster.install(&CERTIFICATE);
    world.cluster.load([certificate("web", "True", 60)]).unwrap();
    world.sync_once().await;
    assert_eq!(world.tls("web").await.0, TlsState::Valid);
    let refuse = Effect::Refuse { code: 403, retry_after: None };
    world.cluster.faults().set(Fault::new(refuse).kind(&CERTIFICATE));
    world.sync_once().await;
    assert_eq!(world.status(Kind::Certificate).phase, Phase::NotPermitted);
    assert_eq!(world.tls("web").await, (TlsState::Unknown, None), "what it said is forgotten");
    world.cluster.faults().clear();
    world.sync_once().await;
    assert_eq!(world.tls("web").await.0, TlsState::Valid);
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_that_are_switched_off_are_not_asked_for_and_have_no_status() {
    let world = World::with_tls(&["web"]).await;
    world.cluster.install(&CERTIFICATE);
    world.cluster.load([certificate("web", "True", 60)]).unwrap();
    world.sync_once().await;
    assert_eq!(world.tls("web").await.0, TlsState::Valid);
    let asked = world.cluster.counters().requests(Verb::List, &CERTIFICATE);
    let mut target = world.target();
    target.tls.cert_manager = false;
    let outcomes = observe::sync_once(&[target], &world.store, &clock(), &world.timing, &[]).await;
    assert!(outcomes.iter().all(|outcome| outcome.kind != Some(Kind::Certificate)));
    assert!(outcomes.iter().all(|outcome| outcome.result.is_ok()), "{outcomes:?}");
    assert_eq!(world.cluster.counters().requests(Verb::List, &CERTIFICATE), asked);
    let clusters = world.store.clusters().await.unwrap();
    assert_eq!(clusters[0].kind(Kind::Certificate), None);
    assert_eq!(world.tls("web").await, (TlsState::Unknown, None), "what it said is forgotten");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_of_a_cluster_without_cert_manager_is_no_failure() {
    let world = World::with_tls(&["web"]).await;
    let outcomes = world.sync_once().await;
    let of = outcomes.iter().find(|outcome| outcome.kind == Some(Kind::Certificate));
    assert_eq!(of.unwrap().result, Ok(0));
    assert_eq!(world.store.kind_status(&name(), Kind::Certificate).phase, Phase::NotServed);
}

/// A Secret for an ingress.
fn secret(name: &str, kind: &str, certificate: &str) -> Value {
    let encoded = |text: &str| BASE64_STANDARD.encode(text);
    json!({
        "apiVersion": "v1", "kind": "Secret", "type": kind,
        "metadata": {"namespace": "shop", "name": format!("{name}-tls")},
        "data": {"tls.crt": encoded(certificate), "tls.key": encoded("a key")},
    })
}

fn issued_until(host: &str, year: i32) -> String {
    issued(&params(&[host], year)).pem
}

impl World {
    fn permit_secrets(&self) {
        self.cluster.load_yaml(&SECRETS_RBAC.replace("NAMESPACE", "shop")).unwrap();
    }

    async fn read_secrets(&self) -> Result<usize, String> {
        let mut target = self.target();
        target.tls.secrets = vec!["shop".into()];
        probe_once(&target, &self.store, &clock(), &self.timing, Dialer::direct()).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_read_where_the_operator_says_so() {
    const TLS: &str = "kubernetes.io/tls";
    let names = ["good", "late", "else", "odd", "gone", "typed"];
    let world = World::with_tls(&names).await;
    world.permit_secrets();
    let good = issued_until("good.example.com", 2090);
    let secrets = [
        secret("good", TLS, &good),
        secret("late", TLS, &issued_until("late.example.com", 2021)),
        secret("else", TLS, &issued_until("other.example.com", 2090)),
        secret("odd", TLS, "not a certificate"),
        secret("typed", "Opaque", &good),
        secret("unused", TLS, &good),
    ];
    world.cluster.load(secrets).unwrap();
    world.sync_once().await;
    world.read_secrets().await.unwrap();
    let by = Some(Method::Secret);
    assert_eq!(world.tls("good").await, (TlsState::Valid, by));
    assert_eq!(world.tls("late").await, (TlsState::Expired, by));
    assert_eq!(world.tls("else").await, (TlsState::NameMismatch, by));
    assert_eq!(world.tls("gone").await, (TlsState::SecretMissing, by));
    assert_eq!(world.tls("typed").await, (TlsState::SecretMissing, by));
    let typed = world.detail("typed").await.tls.reason;
    assert!(typed.contains("no Secret of type kubernetes.io/tls"), "{typed}");
    assert_eq!(world.tls("odd").await, (TlsState::Unknown, None));
    let odd = world.detail("odd").await.tls.reason;
    assert!(odd.contains("no certificate in tls.crt"), "{odd}");
    assert_eq!(world.cluster.counters().requests(Verb::Watch, &SECRET), 0);
    assert_eq!(world.cluster.counters().requests(Verb::Get, &SECRET), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_fails_takes_nothing_back() {
    let world = World::with_tls(&["web"]).await;
    world.permit_secrets();
    let pem = issued_until("web.example.com", 2090);
    world.cluster.load([secret("web", "kubernetes.io/tls", &pem)]).unwrap();
    world.sync_once().await;
    world.read_secrets().await.unwrap();
    for effect in [Effect::Refuse { code: 500, retry_after: None }, Effect::Malformed, Effect::Html]
    {
        world.cluster.faults().set(Fault::new(effect).kind(&SECRET).next(1));
        let error = world.read_secrets().await.unwrap_err();
        assert!(!error.contains("tls.key"), "{error}");
        assert_eq!(world.tls("web").await.0, TlsState::Valid);
    }
    world.cluster.delete(&SECRET, "shop", "web-tls").unwrap();
    world.read_secrets().await.unwrap();
    assert_eq!(world.tls("web").await.0, TlsState::SecretMissing);
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_that_may_not_be_read_are_unknown_and_the_role_is_named() {
    let world = World::with_tls(&["web"]).await;
    world.sync_once().await;
    world.read_secrets().await.unwrap();
    assert_eq!(world.tls("web").await, (TlsState::Unknown, None));
    let reason = world.detail("web").await.tls.reason;
    assert!(reason.contains("Role in the namespace shop"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_asked_for_unless_the_operator_says_so_and_an_ingress_names_it() {
    let world = World::with_ingresses(1).await;
    world.permit_secrets();
    world.sync_once().await;
    let (target, timing) = (world.target(), &world.timing);
    probe_once(&target, &world.store, &clock(), timing, Dialer::direct()).await.unwrap();
    world.read_secrets().await.unwrap();
    assert_eq!(world.cluster.counters().requests(Verb::List, &SECRET), 0);
}
