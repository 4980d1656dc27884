//! Sign-out: the own one ends the session for good and leads to the provider's, and the provider
//! ends sessions by a notice.

use reqwest::header::REFRESH;
use serde_json::{Map, Value, json};

use crate::support::{
    Browser, Log, SESSION, SIGN_IN, Setup, Site, location, parameter, set_cookies,
};

const BACK_CHANNEL: &str = "/auth/back-channel/corp";

#[tokio::test]
async fn a_sign_out_ends_the_session_and_leads_to_the_provider() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.sign_in("viewer").await;
    let session = browser.session();
    let answer = browser.submit("/auth/sign-out", "").await;
    assert_eq!(answer.status(), 303);
    assert_eq!(location(&answer), "/auth/signed-out?provider=corp");
    let lines = set_cookies(&answer);
    let removal = lines.iter().find(|line| line.starts_with("routebook=;")).expect("a removal");
    assert!(removal.contains("Max-Age=0") && removal.contains("Path=/"), "{removal}");
    assert_eq!(browser.cookie(SESSION), None);
    browser.put(SESSION, &session);
    assert!(!browser.is_signed_in().await, "the session itself has ended");
    assert_eq!(site.actions().await, ["sign-in", "sign-out"]);

    let page = browser.open(&location(&answer)).await;
    let refresh = page.headers()[REFRESH].to_str().unwrap().to_owned();
    let place = refresh.strip_prefix("0; url=").expect("at once").to_owned();
    assert!(place.starts_with(&format!("{}/end-session?", site.provider().issuer())), "{place}");
    assert_eq!(parameter(&place, "client_id"), "routebook");
    let back = parameter(&place, "post_logout_redirect_uri");
    assert!(back.starts_with("http://localhost:8080/auth/signed-out"), "{back}");
    assert!(!place.contains("id_token_hint"), "no token is kept: {place}");
    let page = page.text().await.unwrap();
    assert!(page.contains("/end-session?"), "there is a link too: {page}");
}

#[tokio::test]
async fn after_the_provider_nothing_is_asked_of_it_again() {
    let site = Site::with_sign_in(Setup::default()).await;
    let page = site.browser().open("/auth/signed-out").await;
    assert!(!page.headers().contains_key(REFRESH));
    assert!(page.text().await.unwrap().contains("signed out"));
    for provider in ["nobody", "//evil.example", "%22%3E%3Cscript%3E"] {
        let page = site.browser().open(&format!("/auth/signed-out?provider={provider}")).await;
        assert!(!page.headers().contains_key(REFRESH), "{provider}");
        assert!(!page.text().await.unwrap().contains("\"><script>"), "{provider}");
    }
}

#[tokio::test]
async fn a_sign_out_is_a_form_and_not_a_link() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.sign_in("viewer").await;
    let status = browser.status("/auth/sign-out").await;
    assert!([404, 405].contains(&status), "{status}");
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn a_sign_out_without_session_says_so() {
    let site = Site::with_sign_in(Setup::default()).await;
    let answer = site.browser().submit("/auth/sign-out", "").await;
    assert_eq!(answer.status(), 401);
    assert!(site.actions().await.is_empty());
}

#[tokio::test]
async fn a_sign_out_ends_one_session_and_no_other() {
    let site = Site::with_sign_in(Setup::default()).await;
    let (one, other) = (site.sign_in("viewer").await, site.sign_in("viewer").await);
    one.submit("/auth/sign-out", "").await;
    assert!(!one.is_signed_in().await);
    assert!(other.is_signed_in().await);
}

/// A notice as the provider sends it: without cookies, and without a word on where it comes from.
async fn notify(site: &Site, token: &str) -> u16 {
    let request = site.client.post(format!("{}{BACK_CHANNEL}", site.pages));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(format!("logout_token={token}")).send().await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    answer.status().as_u16()
}

/// The detail of the last audit entry, which must be of a notice.
async fn noted(site: &Site) -> Value {
    let entries = site.audit().await;
    let last = entries.last().expect("an entry");
    assert_eq!(last.action, "sign-out.provider");
    serde_json::from_str(&last.detail).unwrap()
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}

#[tokio::test]
async fn a_notice_of_the_provider_ends_the_session_that_it_names() {
    let site = Site::with_sign_in(Setup::default()).await;
    let (one, other) = (site.sign_in("viewer").await, site.sign_in("viewer").await);
    let admin = site.sign_in("admin").await;
    // The latest sign-in of the account at the provider.
    assert_eq!(notify(&site, &site.provider().logout_token("viewer", |_| {})).await, 200);
    assert!(one.is_signed_in().await && !other.is_signed_in().await);
    assert!(admin.is_signed_in().await);
    assert_eq!(
        noted(&site).await,
        json!({
            "issuer": site.provider().issuer(),
            "subject": "subject-of-viewer",
            "oneSession": true,
            "sessions": 1,
        })
    );
}

#[tokio::test]
async fn a_notice_without_session_ends_all_of_the_person() {
    let site = Site::with_sign_in(Setup::default()).await;
    let (one, other) = (site.sign_in("viewer").await, site.sign_in("viewer").await);
    let admin = site.sign_in("admin").await;
    let token = site.provider().logout_token("viewer", |claims| {
        claims.remove("sid");
    });
    assert_eq!(notify(&site, &token).await, 200);
    assert!(!one.is_signed_in().await && !other.is_signed_in().await);
    assert!(admin.is_signed_in().await);
    let detail = noted(&site).await;
    assert_eq!((&detail["oneSession"], &detail["sessions"]), (&json!(false), &json!(2)));
}

#[tokio::test]
async fn a_notice_with_a_session_alone_is_enough() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.sign_in("viewer").await;
    let token = site.provider().logout_token("viewer", |claims| {
        claims.remove("sub");
    });
    assert_eq!(notify(&site, &token).await, 200);
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn a_notice_about_nobody_is_taken() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.sign_in("viewer").await;
    assert_eq!(notify(&site, &site.provider().logout_token("admin", |_| {})).await, 200);
    assert!(browser.is_signed_in().await);
}

/// A notice that is changed like this is refused, and ends nothing.
async fn refuses(what: &str, change: impl FnOnce(&mut Map<String, Value>)) {
    let log = Log::listen();
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.sign_in("viewer").await;
    let token = site.provider().logout_token("viewer", change);
    still(&site, &log, &browser, what, &token).await;
}

async fn still(site: &Site, log: &Log, browser: &Browser, what: &str, token: &str) {
    assert_eq!(notify(site, token).await, 400, "{what}");
    assert!(browser.is_signed_in().await, "{what}");
    assert!(log.text().contains("WARN"), "the reason is logged: {what}");
    assert!(token.len() < 20 || !log.text().contains(token), "{}", log.text());
}

#[tokio::test]
async fn a_notice_of_another_issuer_is_refused() {
    refuses("iss", |claims| drop(claims.insert("iss".into(), json!("https://id.evil.example"))))
        .await;
}

#[tokio::test]
async fn a_notice_for_another_client_is_refused() {
    refuses("aud", |claims| drop(claims.insert("aud".into(), json!("another-client")))).await;
}

#[tokio::test]
async fn a_notice_out_of_date_is_refused() {
    refuses("exp", |claims| {
        let now = claims["iat"].as_i64().unwrap();
        claims.extend(object(&json!({"iat": now - 7_200, "exp": now - 3_600})));
    })
    .await;
}

#[tokio::test]
async fn a_notice_from_the_future_is_refused() {
    refuses("iat", |claims| {
        let now = claims["iat"].as_i64().unwrap();
        claims.extend(object(&json!({"iat": now + 3_600, "exp": now + 7_200})));
    })
    .await;
}

#[tokio::test]
async fn a_notice_without_one_of_its_claims_is_refused() {
    for name in ["iss", "aud", "iat", "exp", "jti", "events"] {
        refuses(name, |claims| drop(claims.remove(name))).await;
    }
}

#[tokio::test]
async fn a_notice_about_something_else_is_refused() {
    refuses("events", |claims| drop(claims.insert("events".into(), json!({"other": {}})))).await;
}

#[tokio::test]
async fn a_notice_with_a_nonce_is_refused_as_it_may_be_an_id_token() {
    refuses("nonce", |claims| drop(claims.insert("nonce".into(), json!("n")))).await;
}

#[tokio::test]
async fn a_notice_about_nobody_in_particular_is_refused() {
    refuses("sub, sid", |claims| claims.retain(|name, _| name != "sub" && name != "sid")).await;
}

#[tokio::test]
async fn a_notice_that_is_no_signed_token_is_refused() {
    let log = Log::listen();
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.sign_in("viewer").await;
    let token = site.provider().logout_token("viewer", |_| {});
    let (input, signature) = token.rsplit_once('.').unwrap();
    let claims = input.split_once('.').unwrap().1;
    // {"alg":"none"} and {"alg":"HS256"}
    let unsigned = format!("eyJhbGciOiJub25lIn0.{claims}.");
    let symmetric = format!("eyJhbGciOiJIUzI1NiJ9.{claims}.{signature}");
    let other = site.provider().logout_token("admin", |_| {});
    let exchanged = format!("{input}.{}", other.rsplit_once('.').unwrap().1);
    for token in [&unsigned, &symmetric, &exchanged, &format!("{input}."), "x", "a.b.c", ""] {
        still(&site, &log, &browser, token, token).await;
    }
}

#[tokio::test]
async fn an_id_token_is_no_notice() {
    let log = Log::listen();
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.sign_in("viewer").await;
    let now = site.hands.now().as_second();
    let token = site.provider().sign(&json!({
        "iss": site.provider().issuer(), "sub": "subject-of-viewer", "aud": "routebook",
        "iat": now, "exp": now + 120, "jti": "once", "sid": "any",
    }));
    still(&site, &log, &browser, "an id token", &token).await;
}

#[tokio::test]
async fn a_notice_is_obeyed_once() {
    let log = Log::listen();
    let site = Site::with_sign_in(Setup::default()).await;
    site.sign_in("viewer").await;
    let token = site.provider().logout_token("viewer", |claims| {
        claims.remove("sid");
    });
    assert_eq!(notify(&site, &token).await, 200);
    let browser = site.sign_in("viewer").await;
    still(&site, &log, &browser, "a replay", &token).await;
}

#[tokio::test]
async fn a_notice_at_another_provider_is_refused() {
    let log = Log::listen();
    let site = Site::with_sign_in(Setup { providers: 2, ..Setup::default() }).await;
    let browser = site.sign_in("viewer").await;
    let other = site.other_provider().logout_token("viewer", |_| {});
    still(&site, &log, &browser, "of another provider", &other).await;
    let unknown = site.client.post(format!("{}/auth/back-channel/nobody", site.pages));
    let unknown = unknown.header("content-type", "application/x-www-form-urlencoded");
    let answer = unknown.body(format!("logout_token={other}")).send().await.unwrap();
    assert!(answer.status().is_client_error(), "{}", answer.status());
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn the_provider_lets_in_again_whom_it_signed_out() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.sign_in("viewer").await;
    notify(&site, &site.provider().logout_token("viewer", |_| {})).await;
    assert!(!browser.is_signed_in().await);
    let answer = browser.try_sign_in(site.provider(), SIGN_IN, "viewer").await;
    assert_eq!(location(&answer), "/");
}
