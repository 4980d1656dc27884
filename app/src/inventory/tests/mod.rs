//! What the list says, as HTML.

mod answers;
mod tools;

use domain::attestation::Attestation;
use domain::class::{Class, ClassSource};
use domain::inventory::{Choices, Column, Count, Page, Row, Sort, TlsSummary, View};
use domain::managed::Managed;
use domain::problem::{Checks, Problem};
use domain::sync::ClusterStatus;
use domain::tls::TlsState;
use domain::traffic::{Traffic, Verdict};
use jiff::Timestamp;
use leptos::prelude::*;

use super::reach::Reach;
use super::{List, elsewhere, empty, freshness, heading, results, whose};
use crate::testing::{self, EVIL, cluster, now, row};

fn list(query: &str, rows: Vec<Row>) -> List {
    let matching = Count::Exactly(1_234);
    List {
        view: View::parse(query).unwrap(),
        page: Page { rows, matching, total: 50_000, previous: None, next: None },
        choices: Choices::default(),
        clusters: Vec::new(),
        now: now(),
        revision: 1,
        look_back: 90,
        reach: Reach::Everything,
    }
}

/// The list of somebody who sees only what their team owns.
fn team_list(query: &str, rows: Vec<Row>) -> List {
    List { reach: Reach::Teams(vec!["payments".into()]), ..list(query, rows) }
}

fn html(query: &str, row: Row) -> String {
    results(&list(query, vec![row]), "/base").to_html()
}

/// Every column there is.
const ALL: &str = "columns=cluster,namespace,hosts,class,owner,age,changed,traffic,tls,reviewed,\
                   managed,routes,address,problems";

fn evil() -> Row {
    let evil = || EVIL.to_owned();
    Row {
        cluster: evil(),
        namespace: evil(),
        name: evil(),
        uid: evil(),
        class: Some(Class { name: evil(), source: ClassSource::Annotation }),
        controller: Some(evil()),
        hosts: vec![evil()],
        addresses: vec![evil()],
        owner: Some(testing::owner_of(EVIL)),
        managed: Managed { name: Some(evil()), how: evil(), ..testing::managed() },
        traffic: Traffic {
            reason: evil(),
            source: Some(evil()),
            ..testing::traffic(Verdict::NotMeasurable)
        },
        tls: TlsSummary {
            reason: evil(),
            disagreement: Some(evil()),
            ..testing::tls(TlsState::Unknown)
        },
        problems: vec![Problem::Unreadable { reason: evil() }],
        attestation: Some(Attestation { by: evil(), ..testing::attestation() }),
        ..row()
    }
}

#[test]
fn markup_in_every_field_is_text() {
    let without_days = Row { days: Vec::new(), ..evil() };
    let without_expiry = Row { tls: TlsSummary { expires_at: None, ..evil().tls }, ..evil() };
    for row in [evil(), without_days, without_expiry] {
        let html = html(ALL, row);
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains('\u{202e}'), "{html}");
        assert!(html.matches("[U+202E]").count() > 20, "{html}");
        assert!(!html.contains("style="), "{html}");
    }
}

#[test]
fn only_chosen_columns_are_shown_and_the_name_always() {
    let labels = |query: &str| -> Vec<String> {
        let html = html(query, row());
        let labels = html.split("data-label=\"").skip(1);
        labels.filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect()
    };
    let usual = "Cluster,Namespace,Name,Hosts,Class,Owner,Age,Last traffic,TLS,Problems";
    assert_eq!(labels("").join(","), usual);
    assert_eq!(labels("columns=tls,namespace"), ["Namespace", "Name", "TLS"]);
    assert_eq!(labels("columns=owner"), ["Name", "Owner"]);
    assert_eq!(labels(ALL).len(), Column::ALL.len() + 1);
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
    let html = html(ALL, bare);
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

fn mark(list: &List) -> String {
    super::mark::of(&list.page, &list.reach)
}

#[test]
fn a_mark_does_not_tell_a_team_how_many_others_have() {
    let more = |list: List| {
        let page = Page { total: 50_001, ..list.page };
        List { page, ..list }
    };
    let (all, team) = (|| list("", vec![row()]), || team_list("", vec![row()]));
    assert_ne!(mark(&all()), mark(&more(all())));
    assert_eq!(mark(&team()), mark(&more(team())));
}

#[test]
fn the_mark_changes_with_the_rows_and_not_with_time() {
    let old = list("", vec![row()]);
    let later = List { now: Timestamp::MAX, ..list("", vec![row()]) };
    assert_eq!(mark(&old), mark(&later));
    let used = Traffic { last_any: Some(now()), ..testing::traffic(Verdict::Active) };
    let looked_at = TlsSummary { at: None, ..testing::tls(TlsState::Valid) };
    let same = Row { traffic: used, days: vec![9; 90], tls: looked_at, ..row() };
    assert_eq!(mark(&old), mark(&list("", vec![same])));
    let owner = Some(testing::owner_of("ann"));
    for other in [Row { route_count: 2, ..row() }, Row { owner, ..row() }] {
        assert_ne!(mark(&old), mark(&list("", vec![other])));
    }
}

#[test]
fn each_empty_list_says_why() {
    let check = |query: &str, clusters: &[ClusterStatus], expected: &str| {
        let view = View::parse(query).unwrap();
        let html = empty::explanation(&view, clusters, Timestamp::UNIX_EPOCH, "").to_html();
        assert!(html.contains(expected), "{expected}: {html}");
    };
    check("", &[], "No cluster is configured");
    check("", &[cluster()], "The first list is not complete yet");
    check("q=x", &[cluster()], "Nothing matches these filters");
    check("show=removed", &[cluster()], "No ingress was removed yet");
}

#[test]
fn who_sees_a_part_learns_nothing_of_the_rest() {
    let part = List { clusters: vec![cluster()], ..team_list("owner=payments", vec![row()]) };
    assert_eq!(heading(&part).1, "— 1,234");
    let line = whose(&part).unwrap().to_html();
    assert!(line.contains("payments"), "{line}");
    assert!(!freshness(&part, "/base").unwrap().to_html().contains("/status"));
    let all = List { clusters: vec![cluster()], ..list("", vec![row()]) };
    assert!(whose(&all).is_none());
    assert!(freshness(&all, "/base").unwrap().to_html().contains("/base/status"));
}

#[test]
fn each_empty_list_of_a_team_says_why() {
    let check = |query: &str, expected: &str| {
        let html = results(&team_list(query, vec![]), "/base").to_html();
        assert!(html.contains(expected), "{expected}: {html}");
    };
    check("owner=payments", "Your team owns no ingress yet");
    check("owner=payments&show=removed", "No ingress of your team was removed yet");
    check("owner=payments&q=x", "href=\"/base/ingresses?owner=payments\"");
    check("owner=payments&after=%5B%22prod%22%2C%22a%22%2C%22b%22%2C7%5D", "empty now");
}

#[test]
fn who_sees_a_part_is_led_to_it() {
    let teams = Reach::Teams(vec!["payments".into(), "core".into()]);
    let check = |query: &str, expected: Option<&str>| {
        assert_eq!(elsewhere(query, &teams, "/base").as_deref(), expected, "{query}");
    };
    check("", Some("/base/ingresses?owner=payments"));
    check("q=&owner=others", Some("/base/ingresses?owner=payments"));
    check("q=&owner=core", Some("/base/ingresses?owner=core"));
    check("owner=core&q=x", None);
    check("sort=colour", None);
    assert_eq!(elsewhere("", &Reach::Everything, "/base"), None);
}
