//! What the list says, as HTML.

use domain::class::{Class, ClassSource};
use domain::inventory::{Choices, Count, Page, Row, Sort, View};
use domain::problem::{Checks, Problem};
use domain::{IngressId, sync::ClusterStatus};
use jiff::Timestamp;
use leptos::prelude::*;

use super::{List, empty, filters, heading, results, shorter};

const EVIL: &str = "\"'><script>alert(1)</script>\u{202e}";

fn row() -> Row {
    Row {
        id: IngressId(7),
        cluster: "prod".into(),
        namespace: "shop".into(),
        name: "web".into(),
        class: Some(Class { name: "nginx".into(), source: ClassSource::Spec }),
        controller: Some("k8s.io/ingress-nginx".into()),
        hosts: vec!["web.example.com".into()],
        host_count: 1,
        route_count: 1,
        addresses: vec!["192.0.2.1".into()],
        created_at: Some(Timestamp::UNIX_EPOCH),
        removed_at: None,
        problems: Vec::new(),
        checks: Checks::ALL,
    }
}

fn list(query: &str, rows: Vec<Row>) -> List {
    let matching = Count::Exactly(1_234);
    List {
        view: View::parse(query).unwrap(),
        page: Page { rows, matching, total: 50_000, previous: None, next: None },
        choices: Choices::default(),
        clusters: Vec::new(),
        now: Timestamp::UNIX_EPOCH,
        revision: 1,
    }
}

fn html(query: &str, row: Row) -> String {
    results(&list(query, vec![row]), "/base").to_html()
}

#[test]
fn markup_in_every_field_is_text() {
    let evil = || EVIL.to_owned();
    let row = Row {
        cluster: evil(),
        namespace: evil(),
        name: evil(),
        class: Some(Class { name: evil(), source: ClassSource::Annotation }),
        controller: Some(evil()),
        hosts: vec![evil()],
        addresses: vec![evil()],
        problems: vec![Problem::Unreadable { reason: evil() }],
        ..row()
    };
    let html = html("", row);
    assert!(!html.contains("<script"), "{html}");
    assert!(!html.contains('\u{202e}'), "{html}");
    assert_eq!(html.matches("[U+202E]").count(), 14, "seven places, each with its title: {html}");
}

#[test]
fn markup_in_the_filters_is_text() {
    let view = View {
        search: EVIL.into(),
        cluster: Some(EVIL.into()),
        namespace: Some(EVIL.into()),
        class: Some(EVIL.into()),
        ..View::default()
    };
    let html = filters::form(&view, &Choices::default(), "").to_html();
    assert!(!html.contains("<script"), "{html}");
    assert!(!html.contains("\"'>"), "{html}");
}

#[test]
fn absent_things_are_said_in_words() {
    let bare = Row {
        class: None,
        controller: None,
        hosts: vec![String::new()],
        addresses: Vec::new(),
        created_at: None,
        ..row()
    };
    let html = html("", bare);
    for words in ["any host", "none yet", "unknown", "none found"] {
        assert!(html.contains(words), "{words}: {html}");
    }
}

#[test]
fn a_controller_is_unknown_only_when_it_was_looked_up() {
    let without = |checks| html("", Row { controller: None, checks, ..row() });
    assert!(without(Checks::ALL).contains("unknown controller"));
    assert!(without(Checks::default()).contains("controller not checked"));
}

#[test]
fn the_heads_say_the_order_and_lead_to_the_other() {
    let sorted = html("sort=name", row());
    assert!(sorted.contains("aria-sort=\"ascending\""), "{sorted}");
    assert!(sorted.contains("href=\"/base/ingresses?sort=-name\""), "{sorted}");
    // Oldest first is the greatest age first.
    assert!(html("sort=created", row()).contains("aria-sort=\"descending\""));
    assert_eq!(View::default().sort, Sort::Place);
}

#[test]
fn removed_ones_show_when_instead_of_their_age() {
    let html = html("show=removed", row());
    assert!(html.contains("data-label=\"Removed\"") && !html.contains("data-label=\"Age\""));
}

#[test]
fn the_heading_counts() {
    assert_eq!(heading(&list("", vec![])).1, "— 50,000");
    assert_eq!(heading(&list("q=x", vec![])).1, "— 1,234 of 50,000 match");
}

#[test]
fn a_form_with_empty_fields_leads_to_the_address_without_them() {
    let check = |query: &str, expected: Option<&str>| {
        assert_eq!(shorter(query, "/base").as_deref(), expected, "{query}");
    };
    check("", None);
    check("q=shop&sort=-name", None);
    check("q=shop&cluster=&show=", Some("/base/ingresses?q=shop"));
    check("q=+&cluster=", Some("/base/ingresses"));
    check("q=&sort=pink", None);
}

#[test]
fn the_mark_changes_with_the_rows_and_not_with_time() {
    let mark = |list: &List| super::mark::of(&list.page);
    let old = list("", vec![row()]);
    let later = List { now: Timestamp::MAX, ..list("", vec![row()]) };
    let other = list("", vec![Row { route_count: 2, ..row() }]);
    assert_eq!(mark(&old), mark(&later));
    assert_ne!(mark(&old), mark(&other));
}

#[test]
fn each_empty_list_says_why() {
    let check = |query: &str, clusters: &[ClusterStatus], expected: &str| {
        let view = View::parse(query).unwrap();
        let html = empty::explanation(&view, clusters, Timestamp::UNIX_EPOCH, "").to_html();
        assert!(html.contains(expected), "{expected}: {html}");
    };
    let cluster = ClusterStatus {
        name: "prod".into(),
        uid: None,
        server: None,
        version: None,
        error: None,
        configured: true,
        kinds: Vec::new(),
    };
    check("", &[], "No cluster is configured");
    check("", std::slice::from_ref(&cluster), "The first list is not complete yet");
    check("q=x", std::slice::from_ref(&cluster), "Nothing matches these filters");
    check("show=removed", &[cluster], "No ingress was removed yet");
}
