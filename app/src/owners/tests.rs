//! What the owners' page says, as HTML.

use std::sync::Arc;

use domain::claim::{ClaimState, OwnerClaim};
use domain::overview::{Coverage, Figures, Orphan, OwnerFigures, Owners};
use domain::owner::{Guess, OwnerSource};
use domain::sync::{ClusterStatus, Kind, KindStatus, Phase};
use domain::user::Role;
use domain::{ClaimId, IngressId};
use leptos::prelude::*;
use store::ClaimRow;

use super::{Found, results};
use crate::testing::{EVIL, cluster, now, person};

fn owner(name: &str, team: bool) -> OwnerFigures {
    let figures = Figures { ingresses: 1_200, stale: 3, ..Figures::default() };
    OwnerFigures { name: name.into(), team, figures }
}

fn orphan(guess: Option<Guess>) -> Orphan {
    Orphan {
        id: IngressId(7),
        cluster: "prod".into(),
        namespace: "shop".into(),
        name: "web".into(),
        created_at: None,
        guess,
    }
}

fn found() -> Found {
    let coverage = Coverage { owned: 1_200, ingresses: 1_500 };
    let guess = Guess { owner: "payments".into(), reason: "7 of 8 are theirs".into() };
    Found {
        owners: Owners {
            owners: vec![owner("payments", true), owner("ann", false)],
            coverage,
            by_cluster: vec![("prod".into(), coverage), ("staging".into(), coverage)],
            by_namespace: vec![("prod".into(), "shop".into(), coverage)],
            sources: OwnerSource::ALL.map(|source| (source, 3)).to_vec(),
            orphans: vec![orphan(Some(guess)), orphan(None)],
        },
        claims: Vec::new(),
        person: None,
        clusters: vec![cluster()],
        now: now(),
        revision: 1,
        look_back: 90,
    }
}

fn html(found: &Found) -> String {
    results(found, "/base").to_html()
}

#[test]
fn coverage_owners_and_orphans_lead_to_their_lists() {
    let html = html(&found());
    for expected in [
        "<strong>80 %</strong>",
        "1,200 of 1,500 ingresses have an owner",
        "href=\"/base/ingresses?owner=payments\"",
        "href=\"/base/ingresses?owner=payments&amp;unused=90&amp;sort=traffic\"",
        "href=\"/base/ingresses?cluster=staging&amp;owner=-\"",
        "href=\"/base/ingresses?cluster=prod&amp;namespace=shop&amp;owner=-\"",
        "aria-label=\"300 orphans of shop in prod\"",
        "href=\"/base/ingresses/7\"",
        "7 of 8 are theirs",
        "nothing near it has an owner",
        "Show all 300",
    ] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
    assert!(!html.contains("style="), "{html}");
}

#[test]
fn every_source_is_explained() {
    let html = html(&found());
    for source in OwnerSource::ALL {
        assert!(html.contains(source.label()) && html.contains(source.explanation()), "{html}");
    }
}

#[test]
fn markup_in_names_is_text() {
    let evil = || EVIL.to_owned();
    let mut found = found();
    let owners = &mut found.owners;
    owners.owners = vec![owner(EVIL, false)];
    owners.by_cluster[0].0 = evil();
    owners.by_namespace[0].1 = evil();
    owners.orphans = vec![Orphan {
        cluster: evil(),
        namespace: evil(),
        name: evil(),
        ..orphan(Some(Guess { owner: evil(), reason: evil() }))
    }];
    let html = html(&found);
    assert!(!html.contains("<script") && !html.contains('\u{202e}'), "{html}");
}

#[test]
fn each_empty_page_says_why() {
    let mut found = found();
    found.owners.owners.clear();
    found.owners.coverage = Coverage { owned: 0, ingresses: 5 };
    assert!(html(&found).contains("Nobody owns anything yet"));
    found.owners.coverage = Coverage { owned: 5, ingresses: 5 };
    assert!(html(&found).contains("Every ingress has an owner"));
    found.owners = Owners::default();
    assert!(html(&found).contains("The first list is not complete yet"));
}

#[test]
fn where_services_were_not_read_an_orphan_may_have_an_owner() {
    let mut found = found();
    assert!(!html(&found).contains("Not everything"));
    let unread = KindStatus::new(Kind::Service);
    let forbidden = KindStatus {
        phase: Phase::NotPermitted,
        data_as_of: Some(now()),
        ..KindStatus::new(Kind::Service)
    };
    for status in [unread, forbidden] {
        found.clusters = vec![ClusterStatus { kinds: vec![status], ..cluster() }];
        let html = html(&found);
        assert!(html.contains("Not everything that may name an owner"), "{html}");
        assert!(html.contains(": services"), "{html}");
    }
}

fn claim(by: &str, owner: Option<&str>) -> ClaimRow {
    let claim = OwnerClaim {
        id: ClaimId(5),
        ingress: IngressId(7),
        owner: "core".into(),
        state: ClaimState::Proposed,
        by: by.into(),
        reason: by.repeat(2),
        at: now(),
    };
    ClaimRow {
        claim,
        cluster: by.into(),
        namespace: by.into(),
        ingress: by.into(),
        owner: owner.map(str::to_owned),
        answer: None,
    }
}

#[test]
fn a_claim_that_waits_is_answered_here_by_who_may() {
    let mut found = found();
    assert!(!html(&found).contains("Claims that wait"));
    found.claims = vec![claim("ann", Some("payments"))];
    let looked_at = html(&found);
    assert!(
        looked_at.contains("Claims that wait") && !looked_at.contains("/accept"),
        "{looked_at}"
    );
    // Who answers it, and who takes it back.
    for (role, teams, may, takes_back) in [
        (Some(Role::Viewer), ["payments"], true, false),
        (Some(Role::Viewer), ["core"], false, true),
        (Some(Role::Viewer), ["web"], false, false),
        (Some(Role::Admin), ["web"], true, true),
    ] {
        found.person = Some(Arc::new(person(role, &teams)));
        let html = html(&found);
        assert_eq!(html.contains("action=\"/base/claims/5/accept\""), may, "{teams:?}: {html}");
        let withdraw = html.contains("action=\"/base/claims/5/withdraw\"");
        assert_eq!(withdraw, takes_back, "{teams:?}: {html}");
        let leads_back = html.contains("name=\"back\" value=\"/owners\"");
        assert_eq!(leads_back, may || takes_back, "{html}");
    }
}

#[test]
fn markup_in_a_claim_is_text() {
    let mut found = found();
    found.claims = vec![claim(EVIL, Some(EVIL)), claim(EVIL, None)];
    let html = html(&found);
    assert!(!html.contains("<script") && !html.contains('\u{202e}'), "{html}");
}
