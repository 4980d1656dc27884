//! What stands at the way in and at the way out, as HTML.

use domain::user::{Role, Visitor};
use leptos::prelude::*;

use super::out::Out;
use super::{Asked, ProviderLink, SignInPage, door, is_local};
use crate::testing::{EVIL, evil_visitor, sign_in, visitor};

fn html(asked: &Asked, visitor: &Visitor) -> String {
    door(asked, Some(&sign_in()), visitor, "/base").to_html()
}

#[test]
fn each_provider_is_a_link_that_knows_the_way_back() {
    let back = Some("/base/ingresses?q=a%20b&sort=-name".to_owned());
    let there = html(&Asked { back, ..Asked::default() }, &Visitor::Anonymous);
    for provider in ["corp", "guests"] {
        let back = "%2Fbase%2Fingresses%3Fq%3Da%2520b%26sort%3D%2Dname";
        let expected = format!("href=\"/base/auth/sign-in/{provider}?back={back}\"");
        assert!(there.contains(&expected), "{expected}: {there}");
    }
    assert!(there.contains("Sign in with Example Corp"), "{there}");
    let plain = html(&Asked::default(), &Visitor::Anonymous);
    assert!(plain.contains("href=\"/base/auth/sign-in/corp\""), "{plain}");
    assert!(!plain.contains("notice"), "{plain}");
}

#[test]
fn what_failed_is_said_by_the_name_that_people_know() {
    let failed = |provider: &str| {
        let (failed, provider) = (Some("provider-error".into()), Some(provider.into()));
        html(&Asked { failed, provider, back: None }, &Visitor::Anonymous)
    };
    assert!(failed("corp").contains("Example Corp did not sign you in"));
    let unknown = failed("evil-bank");
    assert!(unknown.contains("The provider did not sign you in"), "{unknown}");
    assert!(!unknown.contains("evil-bank"), "{unknown}");
    assert!(unknown.contains("#platform on chat"), "{unknown}");
}

#[test]
fn somebody_who_is_in_may_go_on_or_out() {
    let html = html(&Asked::default(), &visitor(None, &["payments"]));
    for expected in ["href=\"/base/ingresses\"", "action=\"/base/auth/sign-out\"", "payments"] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
}

#[test]
fn without_sign_in_the_page_says_so() {
    let html = door(&Asked::default(), None, &Visitor::Local, "/base").to_html();
    assert!(html.contains("No sign-in is set up") && html.contains("<code>auth</code>"), "{html}");
    assert!(!html.contains("/auth/sign-in/"), "{html}");
}

#[test]
fn only_a_path_of_this_host_is_taken_along() {
    for good in ["/", "/base/ingresses?q=a%20b", "/a//b"] {
        assert!(is_local(good), "{good}");
    }
    for bad in ["", "a", "//evil.example", "/\\evil.example", "https://evil.example", "/\tx", "/é"]
    {
        assert!(!is_local(bad), "{bad:?}");
    }
}

#[test]
fn the_provider_ends_its_session_only_for_somebody_who_is_out() {
    let out = |provider, visitor: &Visitor| Out::of(provider, Some(&sign_in()), visitor);
    let (nobody, person) = (Visitor::Anonymous, visitor(Some(Role::Admin), &[]));
    let to = "https://id.example.com/end?client_id=routebook".to_owned();
    let goes_on = Out::GoesOn { by: "Example Corp".into(), to };
    assert_eq!(out(Some("corp"), &nobody), goes_on);
    assert_eq!(out(Some("guests"), &nobody), Out::Stays { by: "Guests".into() });
    assert_eq!(out(Some("evil-bank"), &nobody), Out::Over);
    assert_eq!(out(None, &nobody), Out::Over);
    assert_eq!(out(Some("corp"), &person), Out::StillIn);
    let html = goes_on.page(&nobody, "/base").to_html();
    assert!(html.contains("href=\"https://id.example.com/end?client_id=routebook\""), "{html}");
    let html = Out::StillIn.page(&person, "/base").to_html();
    assert!(html.contains("action=\"/base/auth/sign-out\""), "{html}");
}

#[test]
fn markup_in_names_is_text() {
    let evil = || EVIL.to_owned();
    let page = SignInPage {
        providers: vec![ProviderLink { name: "evil".into(), label: evil() }],
        contact: Some(evil()),
        ..sign_in()
    };
    let asked = Asked { back: None, failed: Some(evil()), provider: Some("evil".into()) };
    let door = door(&asked, Some(&page), &evil_visitor(), "").to_html();
    let out = [
        Out::StillIn,
        Out::GoesOn { by: evil(), to: "https://id.example.com".into() },
        Out::Stays { by: evil() },
    ];
    let out = out.into_iter().map(|out| out.page(&evil_visitor(), "").to_html());
    for html in out.chain([door]) {
        assert!(!html.contains("<script") && !html.contains("style="), "{html}");
        assert!(!html.contains('\u{202e}'), "{html}");
    }
}
