//! What the page about oneself says, as HTML.

use domain::user::{Because, Person, Profile, Role, User};
use leptos::prelude::*;

use super::page;
use crate::testing::{evil_visitor, now, person, sign_in, user};

fn html(person: &Person) -> String {
    page(person, Some(&sign_in()), now(), "/base").to_html()
}

#[test]
fn one_sees_who_one_is_and_why_one_may_what_one_may() {
    let html = html(&person(Some(Role::Auditor), &["payments"]));
    for expected in [
        "Ann Example",
        "ann@example.com",
        "ann-1",
        "https://id.example.com",
        "Example Corp",
        Role::Auditor.label(),
        "Your group ",
        "engineering",
        "pay-devs",
        "see all ingresses",
        "see the audit",
        "href=\"/base/ingresses?owner=payments\"",
    ] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
    assert!(!html.contains("end sessions"), "{html}");
}

#[test]
fn a_role_that_everybody_has_is_not_said_to_come_from_a_group() {
    let html = html(&Person { because: Because::Default, ..person(Some(Role::Viewer), &[]) });
    assert!(html.contains("Everybody who signs in here has it"), "{html}");
    assert!(html.contains("You are in no team"), "{html}");
}

#[test]
fn somebody_without_a_role_learns_what_a_team_gives_or_whom_to_ask() {
    let owner = html(&person(None, &["payments"]));
    assert!(owner.contains("None of your groups gives a role"), "{owner}");
    assert!(owner.contains("the ingresses that your teams own"), "{owner}");
    let profile = Profile::default();
    let nobody = html(&Person { user: User { profile, ..user() }, ..person(None, &[]) });
    for expected in ["#platform on chat", "named no groups", "not told by the provider", "ann-1"] {
        assert!(nobody.contains(expected), "{expected}: {nobody}");
    }
}

#[test]
fn markup_in_what_the_provider_says_is_text() {
    let evil = evil_visitor();
    let html = html(evil.person().unwrap());
    assert!(!html.contains("<script") && !html.contains('\u{202e}'), "{html}");
    assert!(!html.contains("style="), "{html}");
}
