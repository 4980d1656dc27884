//! What the page of audit entries says, as HTML.

use domain::audit::{Action, Actor, AuditPage, AuditView, Draft, Entry, Link};
use leptos::prelude::*;
use serde_json::json;

use super::{Found, content, shorter};
use crate::testing::{EVIL, now, user};

fn draft(action: Action) -> Draft {
    Draft {
        at: now(),
        actor: Actor::from(&user()),
        action,
        target: "session 3".into(),
        detail: json!({ "provider": "corp", "groups": 2 }),
        address: "192.0.2.1".into(),
    }
}

fn entry(action: Action) -> Entry {
    draft(action).chain(&Link::START)
}

fn found(query: &str, entries: Vec<Entry>) -> Found {
    let page = AuditPage { entries, newer: None, older: None, total: 1_234 };
    Found { view: AuditView::parse(query).unwrap(), page }
}

fn html(found: &Found) -> String {
    content(found, "/base").to_html()
}

#[test]
fn an_entry_says_who_did_what_to_what_from_where_and_its_place_in_the_chain() {
    let entry = entry(Action::SignIn);
    let hash = entry.hash.to_string();
    let html = html(&found("", vec![entry]));
    for expected in [
        "1,234 entries",
        "2026-11-23 12:00:00",
        "Ann Example",
        "ann-1",
        "https://id.example.com",
        Action::SignIn.label(),
        "session 3",
        "192.0.2.1",
        "groups: 2",
        "provider: corp",
        &hash,
        " of entry 1",
    ] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
}

#[test]
fn who_is_no_person_and_what_is_not_known_is_said_in_words() {
    let check = |entry: Entry, expected: &str| {
        let html = html(&found("", vec![entry]));
        assert!(html.contains(expected), "{expected}: {html}");
    };
    let by = |actor: Actor| Entry { actor, ..entry(Action::RightDenied) };
    check(by(Actor::System), ">Routebook<");
    check(by(Actor::Anonymous), "Somebody not signed in");
    check(by(Actor::Local), "Somebody on this machine");
    check(by(Actor::read("robot", "", "1", "R2")), "robot");
    let plain = entry(Action::SignInFailed);
    check(Entry { address: String::new(), ..plain.clone() }, "not known");
    check(Entry { target: String::new(), ..plain.clone() }, "nothing named");
    check(Entry { action: "decision.made".into(), ..plain.clone() }, "decision.made");
    check(Entry { detail: "no JSON".into(), ..plain }, "as written: no JSON");
}

#[test]
fn the_filters_are_kept_by_pages_and_exports() {
    let query = "action=sign-in.failed&person=ann&from=2026-11-01&to=2026-11-23";
    let mut some = found(&format!("{query}&before=900"), vec![entry(Action::SignInFailed)]);
    some.page.newer = Some(899);
    some.page.older = Some(800);
    let html = html(&some);
    let query = query.replace('&', "&amp;");
    for expected in [
        "href=\"/base/audit\"",
        &format!("href=\"/base/audit?{query}\""),
        &format!("href=\"/base/audit?{query}&amp;after=899\""),
        &format!("href=\"/base/audit?{query}&amp;before=800\""),
        &format!("href=\"/base/export/audit.csv?{query}\""),
        &format!("href=\"/base/export/audit.jsonl?{query}\""),
        "<option value=\"sign-in.failed\" selected",
        "value=\"2026-11-01\"",
        "value=\"2026-11-23\"",
    ] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
    assert!(!html_of("").contains("class=\"pager\""));
}

fn html_of(query: &str) -> String {
    html(&found(query, vec![]))
}

#[test]
fn each_empty_page_says_why() {
    assert!(html_of("").contains("Nothing was recorded yet"));
    assert!(html_of("person=x").contains("Nothing matches these filters"));
    assert!(html_of("before=1").contains("This page of the entries is empty"));
}

#[test]
fn a_form_with_empty_fields_leads_to_the_address_without_them() {
    let check = |query: &str, expected: Option<&str>| {
        assert_eq!(shorter(query, "/base").as_deref(), expected, "{query}");
    };
    check("", None);
    check("person=ann", None);
    check("action=&person=ann&from=", Some("/base/audit?person=ann"));
    check("action=&person=+", Some("/base/audit"));
    check("action=&from=never", None);
}

#[test]
fn markup_in_every_field_is_text() {
    let evil = || EVIL.to_owned();
    let actor =
        Actor::Other { kind: evil(), issuer: evil(), subject: evil(), name: EVIL.repeat(2) };
    let entry = Entry {
        actor,
        action: evil(),
        target: evil(),
        detail: json!({ EVIL: EVIL }).to_string(),
        address: evil(),
        ..entry(Action::SignIn)
    };
    let bare = Entry { detail: evil(), ..entry.clone() };
    let mut some = found("", vec![entry, bare]);
    some.view.person = Some(evil());
    some.view.target = Some(evil());
    let html = html(&some);
    assert!(!html.contains("<script") && !html.contains("style="), "{html}");
    // The fields of the form give back what was written.
    let table = html.split("<table").nth(1).unwrap();
    assert!(!table.contains('\u{202e}'), "{table}");
}
