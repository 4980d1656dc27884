//! A sign-in as it should be.

use app::FAILURE_CODES;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::support::{
    Log, PRE_LOGIN, SECRET, SESSION, SIGN_IN, Setup, Site, location, parameter, path_of,
    set_cookies,
};

/// The line that sets a cookie.
fn line(lines: &[String], name: &str) -> String {
    let mut found = lines.iter().filter(|line| line.starts_with(&format!("{name}=")));
    let line = found.next().unwrap_or_else(|| panic!("no {name} in {lines:?}"));
    assert_eq!(found.next(), None, "{lines:?}");
    line.clone()
}

/// Asserts that a cookie is for this host only and not for scripts.
fn check_cookie(line: &str, secure: bool) {
    let attributes: Vec<&str> = line.split(';').skip(1).map(str::trim).collect();
    let has = |name: &str| attributes.iter().any(|each| each.eq_ignore_ascii_case(name));
    assert!(has("HttpOnly") && has("SameSite=Lax") && has("Path=/"), "{line}");
    assert_eq!(has("Secure"), secure, "{line}");
    assert!(!line.to_lowercase().contains("domain"), "{line}");
}

fn hashed(text: &str, purpose: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(format!("{purpose}{text}"))[..])
}

#[tokio::test]
async fn who_is_not_signed_in_is_led_through_the_provider_and_back() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.browser();
    let asked = browser.open("/ingresses?class=nginx&sort=-name").await;
    assert_eq!(asked.status(), 303);
    let place = location(&asked);
    assert_eq!(parameter(&place, "back"), "/ingresses?class=nginx&sort=-name");
    let page = browser.text(&place).await;
    let link = page.split("href=\"").find(|link| link.starts_with(SIGN_IN)).expect("a link");
    let link = link.split('"').next().unwrap().replace("&amp;", "&");
    let answer = browser.try_sign_in(site.provider(), &link, "viewer").await;
    assert_eq!(location(&answer), "/ingresses?class=nginx&sort=-name");
    assert!(browser.text(&location(&answer)).await.contains("The viewer"));
}

#[tokio::test]
async fn the_provider_is_asked_as_the_specification_has_it() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.browser();
    let place = browser.begin(site.provider(), SIGN_IN).await;
    let secret = browser.cookie(PRE_LOGIN).unwrap();
    assert_eq!(secret.len(), 43, "256 bits");
    let asked = |name: &str| parameter(&place, name);
    assert_eq!(asked("response_type"), "code");
    assert_eq!(asked("client_id"), "routebook");
    assert_eq!(asked("redirect_uri"), "http://localhost:8080/auth/callback");
    assert_eq!(asked("scope"), "openid profile email");
    assert_eq!(asked("code_challenge_method"), "S256");
    assert_eq!(asked("state"), hashed(&secret, "state"));
    assert_eq!(asked("nonce"), hashed(&secret, "nonce"));
    let verifier = hashed(&secret, "verifier");
    assert_eq!(asked("code_challenge"), hashed(&verifier, ""));
    assert!(!place.contains(&verifier) && !place.contains(&secret), "{place}");
}

#[tokio::test]
async fn cookies_are_for_this_host_and_not_for_scripts() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.browser();
    let begun = browser.open(SIGN_IN).await;
    let pre_login = line(&set_cookies(&begun), PRE_LOGIN);
    check_cookie(&pre_login, false);
    assert!(pre_login.contains("Max-Age=600"), "{pre_login}");
    let callback = site.provider().choose(&location(&begun), "viewer").await.unwrap();
    let answer = browser.come_back(&callback).await;
    let lines = set_cookies(&answer);
    check_cookie(&line(&lines, SESSION), false);
    assert!(line(&lines, PRE_LOGIN).contains("Max-Age=0"), "{lines:?}");
    assert_eq!(browser.session().len(), 22, "128 bits");
}

#[tokio::test]
async fn with_https_the_cookies_cannot_be_set_by_others() {
    let setup = Setup { external_url: "https://routes.example.com".to_owned(), ..Setup::default() };
    let site = Site::with_sign_in(setup).await;
    let browser = site.browser();
    let begun = browser.open(SIGN_IN).await;
    check_cookie(&line(&set_cookies(&begun), "__Host-routebook-sign-in"), true);
    let place = location(&begun);
    let back = parameter(&place, "redirect_uri");
    assert_eq!(back, "https://routes.example.com/auth/callback");
    let callback = site.provider().choose(&place, "viewer").await.unwrap();
    let lines = set_cookies(&browser.come_back(&callback).await);
    assert!(lines.iter().all(|line| line.starts_with("__Host-")), "{lines:?}");
    check_cookie(&line(&lines, "__Host-routebook"), true);
    let removal = line(&lines, "__Host-routebook-sign-in");
    assert!(removal.contains("Max-Age=0") && removal.contains("Secure"), "{removal}");
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn a_session_is_known_by_the_cookie_of_https_only() {
    let site = Site::with_sign_in(Setup::default()).await;
    let session = site.sign_in("viewer").await.session();
    let https = "https://routes.example.com".to_owned();
    let site = site.restart(|setup| setup.external_url = https).await;
    for (name, expected) in [(SESSION, false), ("__Host-routebook", true)] {
        let browser = site.browser();
        browser.put(name, &session);
        assert_eq!(browser.is_signed_in().await, expected, "{name}");
    }
}

#[tokio::test]
async fn a_sign_in_is_recorded_with_who_and_from_where() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.sign_in("admin").await;
    let entries = site.audit().await;
    assert_eq!(entries.len(), 1);
    let entry = &entries[0];
    assert_eq!((entry.action.as_str(), entry.sequence), ("sign-in", 1));
    assert_eq!(entry.actor.subject(), "subject-of-admin");
    assert_eq!(entry.actor.issuer(), site.person("admin").await.0.identity.issuer);
    assert_eq!(entry.actor.name(), "The admin");
    assert_eq!(entry.address, browser.address());
    assert_eq!(entry.at, site.hands.now());
    let detail: Value = serde_json::from_str(&entry.detail).unwrap();
    assert!(detail.is_object(), "{detail}");
    assert!(!entry.detail.contains(&browser.session()), "{detail}");
}

#[tokio::test]
async fn nothing_secret_is_logged() {
    let log = Log::listen();
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.browser();
    let place = browser.begin(site.provider(), SIGN_IN).await;
    let pre_login = browser.cookie(PRE_LOGIN).unwrap();
    let callback = site.provider().choose(&place, "admin").await.unwrap();
    browser.come_back(&callback).await;
    let session = browser.session();
    browser.text("/me").await;
    browser.open(&path_of(&callback)).await;
    browser.submit("/auth/sign-out", "").await;
    let text = log.text();
    assert!(text.contains("too-late"), "something is logged: {text}");
    let code = parameter(&callback, "code");
    let state = parameter(&callback, "state");
    for secret in [SECRET, &pre_login, &code, &state, &session, &hashed(&pre_login, "verifier")] {
        assert!(!text.contains(secret), "{secret} is in\n{text}");
    }
    // No token either: each begins like this in base64.
    assert!(!text.contains("eyJ"), "{text}");
}

#[tokio::test]
async fn the_page_about_me_says_who_i_am_and_why() {
    let site = Site::with_sign_in(Setup::default()).await;
    let page = site.sign_in("auditor").await.text("/me").await;
    let issuer = site.provider().issuer();
    for part in ["The auditor", "subject-of-auditor", issuer.as_str(), "auditors", "Auditor"] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    let page = site.sign_in("owner").await.text("/me").await;
    for part in ["team-payments", "Ingresses of ", "No role"] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    let page = site.sign_in("nobody").await.text("/me").await;
    assert!(page.contains("#platform on chat"), "whom to ask: {page}");
}

#[tokio::test]
async fn the_sign_in_page_explains_every_failure() {
    let site = Site::with_sign_in(Setup::default()).await;
    for code in FAILURE_CODES {
        let page = site.browser().text(&format!("/auth/sign-in?failed={code}&provider=corp")).await;
        assert!(page.contains(&format!("<code>{code}</code>")), "{code} is not explained: {page}");
    }
    let made_up = "/auth/sign-in?failed=<script>alert(1)</script>&provider=corp";
    let page = site.browser().text(made_up).await;
    assert!(page.contains("The sign-in did not succeed"), "{page}");
    assert!(!page.contains("<script>alert"), "{page}");
}
