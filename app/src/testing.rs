//! Samples for the tests of pages, one oddity at a time.

use std::sync::Arc;

use domain::attestation::Attestation;
use domain::class::{Class, ClassSource};
use domain::detail::Detail;
use domain::inventory::{Row, TlsSummary};
use domain::managed::{Managed, Manager};
use domain::owner::{Hint, Owner, OwnerSource};
use domain::problem::Checks;
use domain::testing::ingress;
use domain::tls::{Method, Tls, TlsState};
use domain::traffic::{Granularity, Traffic, Verdict};
use domain::user::{Because, Identity, Person, Profile, Role, User, Visitor};
use domain::{IngressId, sync::ClusterStatus};
use jiff::Timestamp;

use crate::sign_in::{ProviderLink, SignInPage};

/// What must stay text.
pub const EVIL: &str = "\"'><script>alert(1)</script>\u{202e}";

/// A moment long after the epoch, at which the samples were made.
pub fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// A row with nothing wrong and everything known.
pub fn row() -> Row {
    Row {
        id: IngressId(7),
        cluster: "prod".into(),
        namespace: "shop".into(),
        name: "web".into(),
        uid: "uid-shop-web".into(),
        class: Some(Class { name: "nginx".into(), source: ClassSource::Spec }),
        controller: Some("k8s.io/ingress-nginx".into()),
        hosts: vec!["web.example.com".into()],
        host_count: 1,
        route_count: 1,
        addresses: vec!["192.0.2.1".into()],
        created_at: Some(Timestamp::UNIX_EPOCH),
        first_seen_at: Timestamp::UNIX_EPOCH,
        changed_at: None,
        removed_at: None,
        owner: Some(owner()),
        managed: managed(),
        traffic: traffic(Verdict::Active),
        unused_since: None,
        days: vec![1; 90],
        tls: tls(TlsState::Valid),
        problems: Vec::new(),
        checks: Checks::ALL,
        material_hash: "4f9d".into(),
        attestation: None,
    }
}

/// What Ann confirmed in October, for a year.
pub fn attestation() -> Attestation {
    Attestation {
        at: "2026-10-23T12:00:00Z".parse().unwrap(),
        until: "2027-10-23T12:00:00Z".parse().unwrap(),
        by: "Ann Example".into(),
        hash: "4f9d".into(),
    }
}

/// An owner that is a team, named by an annotation.
pub fn owner() -> Owner {
    Owner {
        name: "payments".into(),
        team: true,
        value: "group:default/payments".into(),
        source: OwnerSource::Annotation,
        place: "annotation a8r.io/owner".into(),
        note: None,
        others: Vec::new(),
    }
}

/// An owner with this text wherever there may be one.
pub fn owner_of(text: &str) -> Owner {
    let hint = Hint { source: OwnerSource::Label, name: text.into(), place: text.into() };
    Owner {
        name: text.into(),
        team: false,
        value: text.repeat(2),
        place: text.into(),
        note: Some(text.into()),
        others: vec![hint],
        ..owner()
    }
}

/// A Helm release.
pub fn managed() -> Managed {
    Managed {
        by: Manager::Helm,
        name: Some("shop".into()),
        how: "label app.kubernetes.io/managed-by".into(),
    }
}

/// Traffic with this verdict, measured for a year.
pub fn traffic(verdict: Verdict) -> Traffic {
    let day = |text: &str| Some(text.parse().unwrap());
    Traffic {
        verdict,
        reason: "requests were seen".into(),
        source: Some("ingress-nginx at prometheus.example".into()),
        granularity: Some(Granularity::Ingress),
        last_any: day("2026-11-21T12:00:00Z"),
        last_success: day("2026-11-20T12:00:00Z"),
        tells_success: true,
        observed_since: day("2025-11-23T12:00:00Z"),
        covered: Some(97),
        silence_counts: true,
        gaps: Vec::new(),
    }
}

/// A state that cert-manager tells of, with a certificate for twelve more days.
pub fn tls(state: TlsState) -> TlsSummary {
    TlsSummary {
        state,
        reason: "valid until 2026-12-05".into(),
        method: Some(Method::CertManager),
        at: Some(now()),
        expires_at: Some("2026-12-05T13:00:00Z".parse().unwrap()),
        disagreement: None,
    }
}

/// The page of an ingress with nothing wrong.
pub fn detail() -> Detail {
    Detail {
        id: IngressId(7),
        cluster: "prod".into(),
        ingress: ingress("shop", "web").build(),
        controller: None,
        first_seen_at: Timestamp::UNIX_EPOCH,
        removed: None,
        problems: Vec::new(),
        checks: Checks::ALL,
        owner: Some(owner()),
        guess: None,
        managed: managed(),
        changed_at: None,
        traffic: traffic(Verdict::Active),
        route_traffic: Vec::new(),
        days: vec![1; 90],
        tls: Tls::default(),
        backends: Vec::new(),
        manifest: "{}".into(),
        material_hash: "4f9d".into(),
        attestation: None,
        owner_set: None,
        history: Vec::new(),
        lives: Vec::new(),
    }
}

/// A configured cluster of which no kind was read.
pub fn cluster() -> ClusterStatus {
    ClusterStatus {
        name: "prod".into(),
        uid: None,
        server: None,
        version: None,
        error: None,
        configured: true,
        kinds: Vec::new(),
    }
}

/// Somebody who signed in just now.
pub fn user() -> User {
    User {
        id: 7,
        identity: Identity { issuer: "https://id.example.com".into(), subject: "ann-1".into() },
        profile: Profile {
            name: Some("Ann Example".into()),
            email: Some("ann@example.com".into()),
            groups: vec!["engineering".into(), "pay-devs".into()],
        },
        provider: "corp".into(),
        first_seen: Timestamp::UNIX_EPOCH,
        signed_in: now(),
        disabled: None,
    }
}

/// Them with this role, by their group `engineering`, and in these teams.
pub fn person(role: Option<Role>, teams: &[&str]) -> Person {
    let because = match role {
        Some(_) => Because::Group("engineering".into()),
        None => Because::NoGroup,
    };
    let teams = teams.iter().map(|team| (*team).to_owned()).collect();
    Person { user: user(), role, because, teams, session: 3 }
}

/// Them as a visitor.
pub fn visitor(role: Option<Role>, teams: &[&str]) -> Visitor {
    Visitor::Person(Arc::new(person(role, teams)))
}

/// Somebody of whom the provider says nothing but markup.
pub fn evil_user() -> User {
    let evil = || EVIL.to_owned();
    User {
        identity: Identity { issuer: evil(), subject: evil() },
        profile: Profile { name: Some(evil()), email: Some(evil()), groups: vec![evil()] },
        provider: evil(),
        ..user()
    }
}

/// Them as a visitor, with a team.
pub fn evil_visitor() -> Visitor {
    let because = Because::Group(EVIL.into());
    let person = Person { user: evil_user(), because, ..person(None, &[EVIL]) };
    Visitor::Person(Arc::new(person))
}

/// Two providers, of which the first ends its own session.
pub fn sign_in() -> SignInPage {
    let provider =
        |name: &str, label: &str| ProviderLink { name: name.into(), label: label.into() };
    let end = "https://id.example.com/end?client_id=routebook";
    SignInPage {
        providers: vec![provider("corp", "Example Corp"), provider("guests", "Guests")],
        contact: Some("#platform on chat".into()),
        role_groups: vec![
            (Role::Admin, vec!["platform-admins".into()]),
            (Role::Auditor, vec!["auditors".into()]),
            (Role::Viewer, vec!["engineering".into()]),
        ],
        end_session: Arc::new(move |name| (name == "corp").then(|| end.to_owned())),
    }
}
