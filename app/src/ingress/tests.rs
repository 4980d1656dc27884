//! What the page of an ingress says, as HTML.

use domain::detail::{BackendFacts, Detail, Event, Happening, Life, Proof, Removal};
use domain::problem::{Checks, Problem, ServiceFacts};
use domain::testing::{ingress, route};
use domain::{Backend, Change, IngressId, Port, TlsEntry};
use jiff::Timestamp;
use leptos::prelude::*;

use super::{history, manifest, metadata, problems, routes, summary};

const EVIL: &str = "\"'><script>alert(1)</script>\u{202e}";

fn detail() -> Detail {
    Detail {
        id: IngressId(7),
        cluster: "prod".into(),
        ingress: ingress("shop", "web").build(),
        controller: None,
        first_seen_at: Timestamp::UNIX_EPOCH,
        removed: None,
        problems: Vec::new(),
        checks: Checks::ALL,
        backends: Vec::new(),
        manifest: "{}".into(),
        material_hash: String::new(),
        history: Vec::new(),
        lives: Vec::new(),
    }
}

fn html(detail: &Detail) -> String {
    let (now, base) = (Timestamp::UNIX_EPOCH, "/base");
    view! {
        <div>
            {summary::removed(detail, now, base)} {summary::facts(detail, now)}
            {problems::section(detail)} {routes::section(detail, false, base)}
            {routes::tls(&detail.ingress.tls)} {history::section(detail, now)}
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
    detail.ingress.tls = vec![TlsEntry { hosts: vec![evil()], secret: Some(evil()) }];
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
    let html = html(&detail);
    assert!(!html.contains("<script"), "{html}");
    assert!(!html.contains('\u{202e}'), "{html}");
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
    let some = routes::section(&detail, false, "").to_html();
    assert_eq!(some.matches("web.example.com").count(), 200);
    assert!(some.contains("Show all 1,201") && some.contains("routes=all"));
    let all = routes::section(&detail, true, "").to_html();
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
