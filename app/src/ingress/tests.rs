//! What the page of an ingress says, as HTML.

use std::sync::Arc;

use domain::attestation::Attestation;
use domain::claim::{ClaimState, OwnerClaim};
use domain::detail::{BackendFacts, Detail, Event, Happening, Life, Proof, Removal};
use domain::managed::Managed;
use domain::owner::Guess;
use domain::problem::{Checks, Problem, ServiceFacts};
use domain::retirement::{Retirement, State};
use domain::testing::route;
use domain::tls::{Certificate, Entry, Method, Tls, TlsState};
use domain::traffic::{Seen, Traffic, Verdict};
use domain::user::Role;
use domain::{Backend, Change, ClaimId, IngressId, Port, RetirementId, TlsEntry};
use jiff::Timestamp;
use leptos::prelude::*;
use store::{ClaimAnswer, ClaimRow};

use super::claim::{self, Claims};
use super::{
    attested, history, lasting, manifest, metadata, owner, problems, routes, summary, tls, traffic,
};
use crate::mark;
use crate::testing::{self, EVIL, detail, now};

fn html(detail: &Detail) -> String {
    let (now, base) = (now(), "/base");
    view! {
        <div>
            {summary::removed(detail, now, base)} {summary::facts(detail, now)}
            {owner::section(detail, &Claims::default(), now, base)} {attested::section(detail, &[], None, now, base)}
            {problems::section(detail)}
            {traffic::section(detail, now)} {tls::section(detail, now)}
            {routes::section(detail, false, now, base)} {history::section(detail, now)}
            {history::lives(detail, now, base)} {metadata::section(&detail.ingress.object)}
            {manifest::section(&detail.manifest)}
        </div>
    }
    .to_html()
}

#[test]
fn markup_in_every_field_is_text() {
    let evil = || EVIL.to_owned();
    let mut detail = detail();
    detail.ingress.routes = vec![route(EVIL, EVIL, EVIL, 80)];
    detail.ingress.tls = vec![TlsEntry { hosts: vec![evil()], secret: Some(evil()) }; 21];
    detail.owner = Some(testing::owner_of(EVIL));
    detail.managed = Managed { name: Some(evil()), how: evil(), ..testing::managed() };
    detail.traffic.reason = evil();
    detail.traffic.source = Some(evil());
    detail.tls = evil_tls();
    detail.ingress.addresses = vec![evil()];
    detail.ingress.object.uid = evil();
    detail.ingress.object.labels = [(evil(), evil())].into();
    detail.ingress.object.annotations = [(evil(), EVIL.repeat(50))].into();
    detail.controller = Some(evil());
    detail.problems = vec![Problem::Unreadable { reason: evil() }];
    let change = Change { what: evil(), before: Some(evil()), after: Some(evil()), material: true };
    detail.history =
        vec![Event { at: Timestamp::UNIX_EPOCH, what: Happening::Changed(vec![change]) }];
    detail.manifest = serde_json::json!({ EVIL: EVIL }).to_string();
    detail.attestation = Some(Attestation { by: evil(), ..testing::attestation() });
    let orphan = Detail {
        owner: None,
        guess: Some(Guess { owner: evil(), reason: evil() }),
        ..detail.clone()
    };
    for detail in [detail, orphan] {
        let html = html(&detail);
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains('\u{202e}'), "{html}");
        assert!(!html.contains("style="), "{html}");
    }
}

fn evil_tls() -> Tls {
    let evil = || EVIL.to_owned();
    let certificate =
        Certificate { names: vec![evil(); 5], issuer: evil(), ..Certificate::default() };
    let entry = Entry {
        hosts: vec![evil()],
        secret: Some(evil()),
        reason: evil(),
        certificate: Some(certificate),
        ..Entry::default()
    };
    Tls { reason: evil(), disagreement: Some(evil()), entries: vec![entry], ..Tls::default() }
}

#[test]
fn an_owner_says_where_it_was_found_and_how_sure_that_is() {
    let html = html(&Detail { owner: Some(testing::owner_of("ann")), ..detail() });
    for words in
        ["href=\"/base/ingresses?owner=ann\"", "as written", "Confidence", "Note", "annann"]
    {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(html.contains("Somebody else is named"), "{html}");
}

#[test]
fn an_orphan_has_a_guess_that_counts_for_nothing() {
    let guess = Some(Guess { owner: "payments".into(), reason: "7 of 8 do".into() });
    let orphan = Detail { owner: None, guess, ..detail() };
    let known = html(&orphan);
    assert!(known.contains("badge warning\">Orphan") && known.contains("7 of 8 do"), "{known}");
    assert!(known.contains("This is a guess"), "{known}");
    let checks = Checks { services: false, ..Checks::ALL };
    let unclear = html(&Detail { checks, ..orphan });
    assert!(!unclear.contains("Orphan"), "{unclear}");
    assert!(unclear.contains("but Services could not be read"), "{unclear}");
}

#[test]
fn every_verdict_and_state_is_explained() {
    for verdict in Verdict::ALL {
        let html = html(&Detail { traffic: testing::traffic(verdict), ..detail() });
        assert!(html.contains(verdict.label()), "{html}");
        assert!(html.contains(verdict.explanation().split('\'').next().unwrap()), "{html}");
    }
    for state in TlsState::ALL {
        let html = html(&Detail { tls: Tls { state, ..Tls::default() }, ..detail() });
        assert!(html.contains(state.label()), "{html}");
    }
}

#[test]
fn a_source_that_cannot_tell_success_is_not_said_to_have_seen_none() {
    let traffic = Traffic { tells_success: false, ..testing::traffic(Verdict::Active) };
    let html = html(&Detail { traffic, ..detail() });
    assert!(html.contains("does not tell success"), "{html}");
    assert!(html.contains("97 %") && html.contains("per ingress"), "{html}");
    assert!(html.contains("90 requests in the last 90 days"), "{html}");
}

#[test]
fn routes_say_when_they_were_used_only_where_the_source_tells_them_apart() {
    assert!(!html(&detail()).contains("Last used"));
    let at = now() - jiff::SignedDuration::from_secs(86_400 * 3);
    let seen = Seen { last_any: Some(at), last_success: None };
    let measured = Detail { route_traffic: vec![Some(seen)], ..detail() };
    let html_of = |route_traffic| html(&Detail { route_traffic, ..detail() });
    let html = html(&measured);
    assert!(html.contains("Last used") && html.contains("without success"), "{html}");
    assert!(html_of(vec![None]).contains("not measurable"));
    assert!(html_of(vec![Some(Seen::default())]).contains("none seen"));
}

#[test]
fn a_certificate_is_shown_with_what_tells_of_it() {
    let certificate = Certificate {
        names: ["a", "b", "c", "d"].map(|name| format!("{name}.example.com")).to_vec(),
        more_names: 96,
        issuer: "Example CA".into(),
        not_after: Some("2026-12-05T13:00:00Z".parse().unwrap()),
        ..Certificate::default()
    };
    let entry = Entry {
        secret: Some("web-tls".into()),
        state: TlsState::Expiring,
        reason: "expires on 2026-12-05".into(),
        method: Some(Method::CertManager),
        at: Some(now()),
        certificate: Some(certificate),
        ..Entry::default()
    };
    let disagreement = Some("a handshake found another certificate".to_owned());
    let tls =
        Tls { state: TlsState::Expiring, entries: vec![entry], disagreement, ..Tls::default() };
    let html = html(&Detail { tls, ..detail() });
    for words in [
        "Example CA",
        "web-tls",
        "97 more",
        "and 96 more",
        "2026-12-05 (in 12 days)",
        "a handshake found another certificate",
        "those of the controller",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
}

#[test]
fn use_and_looks_are_no_news_and_another_owner_is() {
    let mark_of = |detail: &Detail| mark::mark(&lasting(detail));
    let old = mark_of(&detail());
    let traffic = Traffic { last_any: Some(now()), ..testing::traffic(Verdict::Active) };
    assert_eq!(old, mark_of(&Detail { traffic, days: vec![2; 90], ..detail() }));
    assert_ne!(old, mark_of(&Detail { owner: None, ..detail() }));
}

#[test]
fn a_removed_one_leads_to_the_one_that_has_its_name_now() {
    let life =
        |id, removed_at| Life { id: IngressId(id), uid: "u".into(), created_at: None, removed_at };
    let removed = Some(Removal { at: Timestamp::UNIX_EPOCH, proof: Proof::Replaced });
    let lives = vec![life(8, Some(Timestamp::UNIX_EPOCH)), life(9, None)];
    let html = html(&Detail { removed, lives, ..detail() });
    assert!(html.contains("another ingress was created under its name"), "{html}");
    assert!(html.contains("href=\"/base/ingresses/9\">To the ingress"), "{html}");
}

#[test]
fn a_backend_that_was_not_looked_up_is_not_said_to_exist() {
    let services = |services| Checks { services, ..Checks::ALL };
    let html_of = |checks| html(&Detail { checks, ..detail() });
    assert!(html_of(services(false)).contains("not checked: Services"));
    let service = Some(ServiceFacts { ready: Some(2), ..ServiceFacts::default() });
    let backend = Backend::Service { name: "web".into(), port: Port::Number(80) };
    let backends = vec![BackendFacts { backend, service, problem: None }];
    assert!(html(&Detail { backends, ..detail() }).contains("2 endpoints ready"));
}

#[test]
fn of_many_routes_the_first_are_shown_with_the_way_to_all() {
    let mut detail = detail();
    detail.ingress.routes = vec![detail.ingress.routes[0].clone(); 1_201];
    let some = routes::section(&detail, false, now(), "").to_html();
    assert_eq!(some.matches("web.example.com").count(), 200);
    assert!(some.contains("Show all 1,201") && some.contains("routes=all"));
    let all = routes::section(&detail, true, now(), "").to_html();
    assert_eq!(all.matches("web.example.com").count(), 1_201);
}

#[test]
fn the_manifest_can_be_applied_and_leaves_out_managed_fields() {
    let json = r#"{"metadata":{"name":"web","managedFields":[{"manager":"kubectl"}]}}"#;
    let html = manifest::section(json).to_html();
    let start = html.find("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:");
    let managed = html.find("managedFields:").unwrap();
    assert!(start.is_some_and(|start| start < managed), "{html}");
    assert!(html.find("<details").unwrap() < managed, "{html}");
}

fn claim_of(by: &str, team: &str, owner: Option<&str>) -> ClaimRow {
    let claim = OwnerClaim {
        id: ClaimId(5),
        ingress: IngressId(7),
        owner: team.into(),
        state: ClaimState::Proposed,
        by: by.into(),
        reason: "we run it".into(),
        at: now(),
    };
    ClaimRow {
        claim,
        cluster: "prod".into(),
        namespace: "shop".into(),
        ingress: "web".into(),
        owner: owner.map(str::to_owned),
        answer: None,
    }
}

fn claims(role: Option<Role>, teams: &[&str], detail: &Detail) -> String {
    let owner = detail.owner.as_ref().map(|owner| owner.name.as_str());
    let claims = Claims {
        person: Some(Arc::new(testing::person(role, teams))),
        teams: ["payments", "core"].map(str::to_owned).to_vec(),
        claims: vec![claim_of("Ann Example", "core", owner)],
    };
    claim::parts(&claims, detail, now(), "/base").map(|html| html.to_html()).unwrap_or_default()
}

#[test]
fn a_review_says_by_whom_and_until_when() {
    assert!(html(&detail()).contains("Never reviewed"));
    let attestation = Some(testing::attestation());
    let known = html(&Detail { attestation, ..detail() });
    assert!(known.contains("Ann Example") && known.contains("ends in 11 months"), "{known}");
    let attestation = Some(Attestation { hash: "other".into(), ..testing::attestation() });
    let changed = html(&Detail { attestation, ..detail() });
    assert!(changed.contains("Changed since review"), "{changed}");
}

#[test]
fn a_member_claims_for_the_own_team_and_an_admin_sets_the_owner() {
    let orphan = Detail { owner: None, ..detail() };
    let member = claims(None, &["payments"], &orphan);
    assert!(member.contains("action=\"/base/ingresses/7/claim\""), "{member}");
    assert!(member.contains("name=\"key\"") && member.contains("value=\"payments\" selected"));
    assert!(!member.contains("value=\"core\"") && !member.contains("/owner\""), "{member}");
    // What the own team owns already is not claimed for it.
    assert!(!claims(None, &["payments"], &detail()).contains("/claim\""));
    let admin = claims(Some(Role::Admin), &[], &orphan);
    assert!(admin.contains("action=\"/base/ingresses/7/owner\""), "{admin}");
}

#[test]
fn a_claim_is_answered_by_who_owns_it_and_of_an_orphan_by_who_is_named() {
    let accept = "action=\"/base/claims/5/accept\"";
    assert!(claims(None, &["payments"], &detail()).contains(accept));
    assert!(!claims(None, &["core"], &detail()).contains(accept));
    assert!(claims(Some(Role::Admin), &[], &detail()).contains("/base/claims/5/refuse"));
    let orphan = Detail { owner: None, ..detail() };
    assert!(claims(None, &["core"], &orphan).contains(accept));
    let other = claims(None, &["payments"], &orphan);
    assert!(!other.contains(accept) && other.contains("we run it"), "{other}");
}

#[test]
fn the_best_guess_is_offered_and_markup_in_a_claim_is_text() {
    let guess = Some(Guess { owner: "core".into(), reason: "7 of 8 do".into() });
    let orphan = Detail { owner: None, guess, ..detail() };
    assert!(claims(Some(Role::Admin), &[], &orphan).contains("value=\"core\" selected"));
    let mut evil = claim_of(EVIL, EVIL, None);
    evil.claim.reason = EVIL.into();
    evil.answer = Some(ClaimAnswer { by: EVIL.into(), reason: EVIL.into(), at: now() });
    let claims = Claims { claims: vec![evil], ..Claims::default() };
    let html = claim::parts(&claims, &orphan, now(), "").unwrap().to_html();
    assert!(!html.contains("<script") && !html.contains('\u{202e}'), "{html}");
}

#[test]
fn a_retirement_is_told_with_the_way_to_it() {
    let retirement = Retirement {
        id: RetirementId(4),
        ingress: IngressId(7),
        review: None,
        routes: Vec::new(),
        requested_at: now(),
        requested_by: EVIL.into(),
        wish: None,
        state: State::Due { since: now() },
        reason: String::new(),
    };
    let html = attested::section(&detail(), &[retirement], None, now(), "/base").to_html();
    assert!(html.contains("href=\"/base/retirements/4\"") && html.contains("Due"), "{html}");
    assert!(!html.contains("<script"), "{html}");
}
