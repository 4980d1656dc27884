//! What somebody is told who may not, as HTML.

use domain::rights::Right;
use domain::user::{Role, Visitor};
use leptos::prelude::*;

use super::Refusal;
use crate::testing::{evil_visitor, sign_in, visitor};

fn html(visitor: &Visitor, right: Right) -> String {
    let sign_in = sign_in();
    let refusal = Refusal { visitor, right: Some(right), sign_in: Some(&sign_in), base: "/base" };
    refusal.content().to_html()
}

#[test]
fn each_refusal_says_what_is_missing_and_which_groups_would_give_it() {
    let check = |role: Option<Role>, teams: &[&str], right: Right, expected: &[&str]| {
        let html = html(&visitor(role, teams), right);
        for expected in expected.iter().chain(&["Ann Example", "pay-devs", "#platform on chat"]) {
            assert!(html.contains(expected), "{expected}: {html}");
        }
    };
    let viewer = Some(Role::Viewer);
    check(viewer, &[], Right::Audit, &["the role auditor or admin", "auditors"]);
    check(
        viewer,
        &[],
        Right::Administer,
        &["the role admin.", "platform-admins", "To the overview"],
    );
    let members = "Members of the owning team or an admin may";
    check(viewer, &[], Right::Review, &[members, "platform-admins"]);
    check(None, &["payments"], Right::Review, &[members]);
    check(None, &["payments"], Right::ReadAll, &["the role viewer", "href=\"/base/ingresses\""]);
    check(None, &["payments"], Right::ReadOwn, &["not an ingress that one of your teams owns"]);
    check(None, &[], Right::ReadOwn, &["no role in Routebook yet", "href=\"/base/me\""]);
}

#[test]
fn only_groups_of_the_least_role_that_is_enough_are_named() {
    let admin = html(&visitor(Some(Role::Viewer), &[]), Right::Administer);
    assert!(!admin.contains(">auditors<"), "{admin}");
    let auditor = html(&visitor(Some(Role::Viewer), &[]), Right::Audit);
    assert!(!auditor.contains("platform-admins"), "{auditor}");
    let viewer = html(&visitor(None, &[]), Right::ReadAll);
    for above in ["auditors", "platform-admins"] {
        assert!(!viewer.contains(above), "{above}: {viewer}");
    }
    let not_for_want_of_a_role = html(&visitor(None, &["payments"]), Right::ReadOwn);
    assert!(!not_for_want_of_a_role.contains("platform-admins"), "{not_for_want_of_a_role}");
}

#[test]
fn whoever_is_not_signed_in_is_led_to_the_door() {
    let nobody = html(&Visitor::Anonymous, Right::SignedIn);
    assert!(nobody.contains("href=\"/base/auth/sign-in\""), "{nobody}");
    let local = html(&Visitor::Local, Right::Audit);
    assert!(
        local.contains("No sign-in is set up") && !local.contains("/auth/sign-in\""),
        "{local}"
    );
}

#[test]
fn markup_in_what_the_provider_says_is_text() {
    for right in [Right::ReadAll, Right::ReadOwn, Right::Administer] {
        let html = html(&evil_visitor(), right);
        assert!(!html.contains("<script") && !html.contains('\u{202e}'), "{html}");
        assert!(!html.contains("style="), "{html}");
    }
}
