//! What the page of sessions says, as HTML.

use domain::user::User;
use jiff::SignedDuration;
use leptos::prelude::*;
use store::{SessionRow, UserWithSessions};

use super::{Found, Own, content};
use crate::testing::{EVIL, evil_user, now, user};

fn session(id: i64) -> SessionRow {
    SessionRow {
        id,
        created: now() - SignedDuration::from_hours(48),
        seen: now() - SignedDuration::from_mins(5),
        ends: now() + SignedDuration::from_hours(120),
        address: "192.0.2.1".into(),
        agent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0".into(),
        provider: "corp".into(),
    }
}

fn found(people: Vec<UserWithSessions>) -> Found {
    Found { people, own: Some(Own { user: 1, session: 3 }), after: None, now: now() }
}

fn html(found: &Found) -> String {
    content(found, "/base").to_html()
}

fn one(user: User, sessions: Vec<SessionRow>) -> String {
    html(&found(vec![UserWithSessions { user, sessions }]))
}

#[test]
fn each_session_can_be_ended_and_each_account_disabled() {
    let html = one(user(), vec![session(8), session(9)]);
    for expected in [
        "Ann Example",
        "ann@example.com",
        "ann-1",
        "2 groups",
        "192.0.2.1",
        "Firefox on Linux",
        "begun 2 days ago",
        "used 5 minutes ago",
        "ends in 5 days",
        "action=\"/base/sessions/8/end\"",
        "action=\"/base/sessions/9/end\"",
        "aria-label=\"End the session of Ann Example from 192.0.2.1\"",
        "action=\"/base/users/7/disable\"",
        "aria-label=\"Disable Ann Example\"",
    ] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
    assert!(!html.contains("this one") && !html.contains("/enable"), "{html}");
}

#[test]
fn nobody_is_offered_to_disable_themselves() {
    let html = one(User { id: 1, ..user() }, vec![session(3)]);
    assert!(!html.contains("/disable"), "{html}");
    assert!(html.contains("this one") && html.contains(">you<"), "{html}");
}

#[test]
fn who_is_disabled_can_be_enabled() {
    let html = one(User { disabled: Some(now()), ..user() }, vec![]);
    assert!(html.contains("action=\"/base/users/7/enable\""), "{html}");
    assert!(html.contains("badge warning\">disabled") && !html.contains("/disable\""), "{html}");
}

#[test]
fn a_full_page_has_a_next_one_and_an_empty_one_says_why() {
    assert!(html(&found(vec![])).contains("Nobody has signed in yet"));
    let beyond = html(&Found { after: Some(9), ..found(vec![]) });
    assert!(beyond.contains("nobody further") && beyond.contains("href=\"/base/sessions\""));
    let people =
        (1..=100).map(|id| UserWithSessions { user: User { id, ..user() }, sessions: Vec::new() });
    let full = html(&found(people.collect()));
    assert!(full.contains("href=\"/base/sessions?after=100\""), "{full}");
}

#[test]
fn markup_in_every_field_is_text() {
    let evil = || EVIL.to_owned();
    let session = SessionRow { address: evil(), agent: evil(), provider: evil(), ..session(8) };
    let known = SessionRow { agent: format!("Firefox/1 {EVIL}"), ..session.clone() };
    for disabled in [None, Some(now())] {
        let html = one(User { disabled, ..evil_user() }, vec![session.clone(), known.clone()]);
        assert!(!html.contains("<script") && !html.contains('\u{202e}'), "{html}");
        assert!(!html.contains("style="), "{html}");
    }
}
