//! Sessions from outside: how long they last, who ends them, and that nothing of them can be stolen.

mod ends;
mod secrets;
mod together;

use jiff::SignedDuration;
use sandbox::openid::Fault;
use serde_json::json;

use crate::support::{SESSION, SIGN_IN, Setup, Site, location, set_cookies};

#[tokio::test]
async fn nobody_has_a_session_who_has_not_signed_in() {
    let site = Site::with_sign_in(Setup::default()).await;
    for path in
        ["/", "/auth/sign-in", "/auth/signed-out", "/healthz", "/api/v1/clusters", "/nothing"]
    {
        let answer = site.browser().open(path).await;
        assert_eq!(set_cookies(&answer), Vec::<String>::new(), "{path}");
    }
    let browser = site.browser();
    browser.open(SIGN_IN).await;
    assert_eq!(browser.cookie(SESSION), None);
    assert!(site.people().await.is_empty());
}

#[tokio::test]
async fn a_session_that_somebody_made_up_is_none() {
    let site = Site::with_sign_in(Setup::default()).await;
    site.sign_in("admin").await;
    for made_up in ["", "x", "AAAAAAAAAAAAAAAAAAAAAA", "1", "' OR 1=1 --", "../../etc/passwd"] {
        let browser = site.browser();
        browser.put(SESSION, made_up);
        assert!(!browser.is_signed_in().await, "{made_up:?}");
    }
}

#[tokio::test]
async fn a_sign_in_takes_no_session_that_was_there_before() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.browser();
    let planted = "AAAAAAAAAAAAAAAAAAAAAA";
    browser.put(SESSION, planted);
    browser.try_sign_in(site.provider(), SIGN_IN, "viewer").await;
    assert_ne!(browser.session(), planted);
    assert!(browser.is_signed_in().await);
    let thief = site.browser();
    thief.put(SESSION, planted);
    assert!(!thief.is_signed_in().await);
}

#[tokio::test]
async fn another_sign_in_has_another_session_and_ends_the_one_before() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.sign_in("viewer").await;
    let first = browser.session();
    browser.try_sign_in(site.provider(), SIGN_IN, "admin").await;
    assert_ne!(browser.session(), first);
    assert_eq!(browser.status("/sessions").await, 200);
    let old = site.browser();
    old.put(SESSION, &first);
    assert!(!old.is_signed_in().await);
    assert!(site.person("viewer").await.1.is_empty());
}

#[tokio::test]
async fn a_failed_sign_in_leaves_the_session_as_it_was() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.sign_in("viewer").await;
    let session = browser.session();
    site.provider().fault(Fault::BadSignature);
    let answer = browser.try_sign_in(site.provider(), SIGN_IN, "admin").await;
    assert!(location(&answer).contains("failed=id-token"), "{}", location(&answer));
    assert_eq!(browser.session(), session);
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used() {
    let setup = Setup::default().signing_in(json!({"session": {"idleMinutes": 60}}));
    let site = Site::with_sign_in(setup).await;
    let browser = site.sign_in("viewer").await;
    site.hands.pass(SignedDuration::from_mins(58));
    assert!(browser.is_signed_in().await);
    site.hands.pass(SignedDuration::from_mins(58));
    assert!(browser.is_signed_in().await, "it was used in between");
    site.hands.pass(SignedDuration::from_mins(62));
    assert!(!browser.is_signed_in().await);
    assert!(!browser.is_signed_in().await, "and does not come back");
}

#[tokio::test]
async fn a_page_that_stays_open_keeps_no_session() {
    let setup = Setup::default().signing_in(json!({"session": {"idleMinutes": 60}}));
    let site = Site::with_sign_in(setup).await;
    let browser = site.sign_in("viewer").await;
    for _ in 0..2 {
        site.hands.pass(SignedDuration::from_mins(25));
        let by_script = browser.get("/ingresses").header("sec-fetch-dest", "empty");
        assert_eq!(browser.send(by_script).await.status(), 200);
        assert_eq!(browser.status("/events").await, 200);
    }
    site.hands.pass(SignedDuration::from_mins(12));
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn a_session_ends_however_much_it_is_used() {
    let session = json!({"session": {"idleMinutes": 600, "absoluteHours": 24}});
    let site = Site::with_sign_in(Setup::default().signing_in(session)).await;
    let browser = site.sign_in("viewer").await;
    for _ in 0..4 {
        site.hands.pass(SignedDuration::from_mins(5 * 60 + 59));
        assert!(browser.is_signed_in().await);
    }
    site.hands.pass(SignedDuration::from_mins(5));
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn a_restart_ends_no_session() {
    let site = Site::with_sign_in(Setup::default()).await;
    let session = site.sign_in("viewer").await.session();
    let site = site.restart(|_| {}).await;
    let browser = site.browser();
    browser.put(SESSION, &session);
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn a_shorter_limit_counts_for_sessions_that_are_there() {
    let site = Site::with_sign_in(Setup::default()).await;
    let session = site.sign_in("viewer").await.session();
    site.hands.pass(SignedDuration::from_mins(30));
    let shorter = json!({"session": {"idleMinutes": 20}});
    let site = site.restart(|setup| *setup = setup.clone().signing_in(shorter)).await;
    let browser = site.browser();
    browser.put(SESSION, &session);
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn pages_of_people_are_kept_by_no_cache() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.sign_in("admin").await;
    for path in ["/", "/me", "/audit", "/sessions", "/ingresses", "/export/audit.jsonl"] {
        let answer = browser.open(path).await;
        let cache = answer.headers()["cache-control"].to_str().unwrap().to_owned();
        assert_eq!(cache, "no-store", "{path}");
        answer.text().await.unwrap();
    }
}
