//! Providers over time: keys change, providers come and go, and Routebook asks them seldom.

use jiff::SignedDuration;
use sandbox::openid::Fault;
use server::Config;
use server::config::Environment;

use super::refused;
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

#[test]
fn discovery_by_http_is_for_this_machine_only() {
    let check = |issuer: &str, expected: bool| {
        let auth = format!("{{oidc: {{issuerUrl: '{issuer}', clientId: routebook}}}}");
        let auth = ("ROUTEBOOK_AUTH".to_owned(), auth);
        let loaded = Config::load(None, &Environment::from([auth]));
        assert_eq!(loaded.is_ok(), expected, "{issuer}: {loaded:?}");
    };
    for good in ["https://id.example.com", "http://localhost:9", "http://127.0.0.1:9/realms/a"] {
        check(good, true);
    }
    for bad in [
        "http://id.example.com",
        "http://192.0.2.1",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "ftp://id.example.com",
        "https://id.example.com?tenant=a",
        "https://id.example.com#a",
        "https://user:password@id.example.com",
        "id.example.com",
        "",
    ] {
        check(bad, false);
    }
}
