//! Sign-in from outside: a browser, Routebook, and a provider that misbehaves on demand. Whatever is
//! wrong, nobody is signed in by it, the person learns what to do, and the operator the reason.

mod back;
mod begin;
mod callback;
mod claims;
mod faults;
mod providers;
mod sign_out;
mod story;

use reqwest::Response;
use serde_json::Value;

use crate::support::{Browser, Log, SESSION, Site, location, parameter, set_cookies};

/// Asserts that the last answer of a sign-in is a refusal with this code: the browser is told so and
/// has no session, and the reason is in the log and in the audit entry.
async fn refused(site: &Site, log: &Log, browser: &Browser, answer: &Response, code: &str) {
    let place = location(answer);
    assert_eq!(answer.status(), 303, "{place}");
    assert!(place.starts_with("/auth/sign-in?failed="), "{place}");
    assert_eq!(parameter(&place, "failed"), code, "{place}\n{}", log.text());
    for line in set_cookies(answer) {
        assert!(!line.starts_with("routebook=") || line.starts_with("routebook=;"), "{line}");
    }
    assert_eq!(browser.cookie(SESSION), None);
    let text = browser.text(&place).await;
    assert!(text.contains("/auth/sign-in/corp"), "there is a way to try again: {text}");
    assert!(!browser.is_signed_in().await);
    let reason = reason(site, code).await;
    let log = log.text();
    assert!(log.contains(code) && log.contains(&reason), "{reason:?} is not in\n{log}");
}

/// The reason in the last audit entry, which must be of a failed sign-in with this code.
async fn reason(site: &Site, code: &str) -> String {
    let entries = site.audit().await;
    let last = entries.last().expect("an entry");
    assert_eq!(last.action, "sign-in.failed");
    assert_eq!(last.actor.kind(), "anonymous");
    let detail: Value = serde_json::from_str(&last.detail).unwrap();
    assert_eq!(detail["code"], code, "{detail}");
    let reason = detail["reason"].as_str().unwrap_or_default().to_owned();
    assert!(!reason.is_empty(), "{detail}");
    reason
}
