//! Providers over time: keys change, providers come and go, and Routebook asks them seldom.

use std::sync::Arc;

use jiff::SignedDuration;
use sandbox::openid::Fault;
use sandbox::tls::Authority;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{reason, refused};
use crate::support::{Log, SESSION, SIGN_IN, Setup, Site, location};

#[tokio::test]
async fn a_provider_is_asked_about_itself_once() {
    let site = Site::with_sign_in(Setup::default()).await;
    assert_eq!(site.provider().counters().discovery, 0, "nobody is contacted before it is needed");
    for account in ["viewer", "admin", "owner"] {
        site.sign_in(account).await;
    }
    let counters = site.provider().counters();
    assert_eq!((counters.discovery, counters.keys, counters.token), (1, 1, 3));
}

#[tokio::test]
async fn a_new_key_is_fetched_when_it_is_met() {
    let site = Site::with_sign_in(Setup::default()).await;
    site.sign_in("viewer").await;
    site.provider().rotate_keys();
    site.sign_in("viewer").await;
    site.sign_in("admin").await;
    assert_eq!(site.provider().counters().keys, 2);
}

#[tokio::test]
async fn a_key_that_went_is_not_believed_any_more_nor_looked_for_again() {
    let site = Site::with_sign_in(Setup::default()).await;
    site.sign_in("viewer").await;
    let old = [(); 10].map(|()| site.provider().logout_token("viewer", |_| {}));
    site.provider().rotate_keys();
    site.sign_in("viewer").await;
    for token in old {
        let form = format!("logout_token={token}");
        let request = site.browser().form("/auth/back-channel/corp", &form);
        assert_eq!(request.send().await.unwrap().status(), 400);
    }
    assert_eq!(site.person("viewer").await.1.len(), 2);
    assert_eq!(site.provider().counters().keys, 2);
}

#[tokio::test]
async fn unknown_keys_do_not_make_routebook_ask_again_and_again() {
    let log = Log::listen();
    let site = Site::with_sign_in(Setup::default()).await;
    site.sign_in("viewer").await;
    site.provider().fault(Fault::UnknownKid);
    let fail = async || {
        let browser = site.browser();
        let answer = browser.try_sign_in(site.provider(), SIGN_IN, "viewer").await;
        refused(&site, &log, &browser, &answer, "id-token").await;
        site.provider().counters().keys
    };
    site.hands.pass(SignedDuration::from_secs(61));
    let first = fail().await;
    assert_eq!(first, 2, "once at the start, once for the unknown key");
    for _ in 0..9 {
        assert_eq!(fail().await, first, "not within a minute");
    }
    site.hands.pass(SignedDuration::from_secs(61));
    assert_eq!(fail().await, first + 1);
    assert_eq!(fail().await, first + 1);
    site.provider().well();
    site.sign_in("viewer").await;
    assert_eq!(site.provider().counters().discovery, 1);
}

#[tokio::test]
async fn a_provider_that_is_down_at_the_start_stops_nobody_but_those_who_sign_in() {
    let log = Log::listen();
    let site = Site::with_sign_in(Setup::default()).await;
    site.provider().fault(Fault::Down);
    let site = site.restart(|_| {}).await;
    let browser = site.browser();
    assert_eq!(browser.text("/healthz").await, "ok\n");
    let answer = browser.try_sign_in(site.provider(), SIGN_IN, "viewer").await;
    refused(&site, &log, &browser, &answer, "provider-unreachable").await;
    site.provider().well();
    let answer = browser.try_sign_in(site.provider(), SIGN_IN, "viewer").await;
    assert_eq!(location(&answer), "/");
}

#[tokio::test]
async fn a_provider_that_is_down_signs_nobody_out() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.sign_in("viewer").await;
    site.provider().fault(Fault::Down);
    let site = site.restart(|_| {}).await;
    let again = site.browser();
    again.put(SESSION, &browser.session());
    assert_eq!(again.status("/status").await, 200);
}

#[tokio::test]
async fn two_providers_are_two_ways_in() {
    let site = Site::with_sign_in(Setup { providers: 2, ..Setup::default() }).await;
    let page = site.browser().text("/auth/sign-in").await;
    assert!(
        page.contains("/auth/sign-in/corp?") || page.contains("/auth/sign-in/corp\""),
        "{page}"
    );
    assert!(page.contains("/auth/sign-in/lab?") || page.contains("/auth/sign-in/lab\""), "{page}");
    let browser = site.browser();
    let answer = browser.try_sign_in(site.other_provider(), "/auth/sign-in/lab", "admin").await;
    assert_eq!(location(&answer), "/");
    assert_eq!(browser.status("/sessions").await, 200);
    assert_eq!(site.provider().counters().token, 0);
}

#[tokio::test]
async fn a_rotated_client_secret_is_read_again() {
    let log = Log::listen();
    let site = Site::with_sign_in(Setup::default()).await;
    site.sign_in("viewer").await;
    let file = site.store.path().with_file_name("secret");
    let right = std::fs::read(&file).unwrap();
    std::fs::write(&file, "another one").unwrap();
    let browser = site.browser();
    let answer = browser.try_sign_in(site.provider(), SIGN_IN, "viewer").await;
    refused(&site, &log, &browser, &answer, "token-refused").await;
    assert!(!log.text().contains("another one"), "{}", log.text());
    std::fs::remove_file(&file).unwrap();
    let answer = browser.try_sign_in(site.provider(), SIGN_IN, "viewer").await;
    refused(&site, &log, &browser, &answer, "internal").await;
    std::fs::write(&file, right).unwrap();
    site.sign_in("viewer").await;
}

#[tokio::test]
async fn what_a_provider_tells_of_itself_is_read_again_after_an_hour() {
    let log = Log::listen();
    let site = Site::with_sign_in(Setup::default()).await;
    let asked = || (site.provider().counters().discovery, site.provider().counters().keys);
    site.sign_in("viewer").await;
    site.provider().fault(Fault::Html);
    site.hands.pass(SignedDuration::from_secs(3_599));
    site.sign_in("viewer").await;
    assert_eq!(asked(), (1, 1), "not within the hour");
    site.hands.pass(SignedDuration::from_secs(1));
    let browser = site.browser();
    let answer = browser.open(SIGN_IN).await;
    refused(&site, &log, &browser, &answer, "provider-answer").await;
    site.provider().well();
    site.sign_in("viewer").await;
    assert_eq!(asked(), (3, 2));
}

#[tokio::test]
async fn where_nobody_listens_nobody_signs_in() {
    let log = Log::listen();
    let mut site = Site::with_sign_in(Setup::default()).await;
    site.stop_provider().await;
    let browser = site.browser();
    let answer = browser.open(SIGN_IN).await;
    refused(&site, &log, &browser, &answer, "provider-unreachable").await;
    let reason = reason(&site, "provider-unreachable").await;
    assert!(reason.to_lowercase().contains("connection refused"), "{reason}");
}

#[tokio::test]
async fn who_comes_back_from_a_provider_that_has_ended_is_not_signed_in() {
    let log = Log::listen();
    let mut site = Site::with_sign_in(Setup::default()).await;
    let browser = site.browser();
    let place = browser.begin(site.provider(), SIGN_IN).await;
    let callback = site.provider().choose(&place, "viewer").await.unwrap();
    site.stop_provider().await;
    let answer = browser.come_back(&callback).await;
    refused(&site, &log, &browser, &answer, "provider-unreachable").await;
}

/// The keys of a provider whose `caFile` has the certificate of this authority.
fn ca_file(folder: &TempDir, authority: &Authority) -> Value {
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, authority.pem()).unwrap();
    json!({"caFile": file})
}

#[tokio::test]
async fn a_provider_with_a_private_authority_is_trusted_by_its_ca_file() {
    let folder = TempDir::new().unwrap();
    let authority = Arc::new(Authority::new("example corp").unwrap());
    let provider = ca_file(&folder, &authority);
    let tls = Some(authority);
    let site = Site::with_sign_in(Setup { tls, provider, ..Setup::default() }).await;
    assert!(site.provider().issuer().starts_with("https://"));
    let browser = site.sign_in("admin").await;
    assert_eq!(browser.status("/sessions").await, 200);
    assert_eq!(site.provider().counters().token, 1);
}

#[tokio::test]
async fn a_provider_with_an_authority_that_is_not_trusted_is_not_asked() {
    let folder = TempDir::new().unwrap();
    let other = ca_file(&folder, &Authority::new("somebody else").unwrap());
    let authority = Arc::new(Authority::new("example corp").unwrap());
    for provider in [json!({}), other] {
        let log = Log::listen();
        let tls = Some(authority.clone());
        let site = Site::with_sign_in(Setup { tls, provider, ..Setup::default() }).await;
        let browser = site.browser();
        let answer = browser.open(SIGN_IN).await;
        refused(&site, &log, &browser, &answer, "provider-unreachable").await;
        let reason = reason(&site, "provider-unreachable").await;
        assert!(reason.contains("certificate"), "{reason}");
        assert_eq!(site.provider().counters().discovery, 0);
    }
}
