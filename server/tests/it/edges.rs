//! Where the outside begins: what others can make a browser or a proxy send, and what comes of it.

mod base_path;
mod cross_site;
mod forwarded;
mod limits;

use reqwest::header::STRICT_TRANSPORT_SECURITY;

use crate::support::{Setup, Site};

const HTTPS: &str = "https://routes.example.com";

#[tokio::test]
async fn with_https_browsers_are_told_to_stay_with_it() {
    let setup = Setup { external_url: HTTPS.to_owned(), ..Setup::default() };
    let site = Site::with_sign_in(setup).await;
    for path in ["/", "/auth/sign-in", "/healthz", "/nothing", "/api/v1/clusters", "/favicon.svg"] {
        let answer = site.browser().open(path).await;
        let strict = answer.headers()[STRICT_TRANSPORT_SECURITY].to_str().unwrap().to_owned();
        assert_eq!(strict, "max-age=31536000", "{path}");
    }
}

#[tokio::test]
async fn without_https_nothing_is_said_of_it() {
    let site = Site::with_sign_in(Setup::default()).await;
    for path in ["/", "/auth/sign-in", "/healthz"] {
        let answer = site.browser().open(path).await;
        assert!(!answer.headers().contains_key(STRICT_TRANSPORT_SECURITY), "{path}");
    }
}

#[tokio::test]
async fn every_page_of_sign_in_has_the_security_headers() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.sign_in("admin").await;
    for path in [
        "/auth/sign-in?failed=state&provider=corp",
        "/auth/signed-out?provider=corp",
        "/auth/sign-in/corp",
        "/auth/callback",
        "/me",
        "/audit",
        "/sessions",
        "/nothing",
    ] {
        let answer = browser.open(path).await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'nonce-"), "{policy}");
        assert!(
            policy.contains("form-action 'self'") && !policy.contains("unsafe-inline"),
            "{policy}"
        );
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answer.headers()["x-frame-options"], "DENY", "{path}");
        assert_eq!(answer.headers()["referrer-policy"], "same-origin", "{path}");
        let page = answer.text().await.unwrap();
        assert!(!page.contains(" style=\"") && !page.contains(" onclick="), "{path}: {page}");
    }
}
