//! Routebook below a path, behind proxies that leave it in the address and such that take it away.

use crate::support::{
    Browser, Setup, Site, is_sign_in, location, manifest, parameter, path_of, set_cookies,
};

const BASE: &str = "/routebook";

async fn site() -> Site {
    let external_url = format!("http://localhost:8080{BASE}");
    let site = Site::with_sign_in(Setup { external_url, ..Setup::default() }).await;
    site.fill(&[manifest("web", "nginx")]).await;
    site
}

/// Signs in by way of an address; answers where that ends.
async fn sign_in(site: &Site, browser: &Browser, path: &str, account: &str) -> String {
    let place = browser.begin(site.provider(), path).await;
    let back = parameter(&place, "redirect_uri");
    assert_eq!(back, "http://localhost:8080/routebook/auth/callback");
    let callback = site.provider().choose(&place, account).await.unwrap();
    location(&browser.come_back(&callback).await)
}

#[tokio::test]
async fn every_address_is_below_the_base_path() {
    let site = site().await;
    let browser = site.browser();
    let place = location(&browser.open("/routebook/ingresses?class=nginx").await);
    assert!(is_sign_in(&place) && place.starts_with("/routebook/auth/sign-in?"), "{place}");
    let page = browser.text(&place).await;
    let link = page.split("href=\"").find(|link| link.starts_with("/routebook/auth/sign-in/corp"));
    let link = link.expect("a link").split('"').next().unwrap().replace("&amp;", "&");
    let end = sign_in(&site, &browser, &link, "admin").await;
    assert_eq!(end, "/routebook/ingresses?class=nginx");
    for path in ["/routebook", "/routebook/", "/routebook/ingresses", "/routebook/me", &end] {
        let page = browser.text(path).await;
        for attribute in ["href=\"", "action=\"", "src=\""] {
            let places = page.split(attribute).skip(1).filter_map(|rest| rest.split('"').next());
            for place in places.filter(|place| place.starts_with('/')) {
                let is_below = place == BASE || place.starts_with("/routebook/");
                assert!(is_below, "{path}: {place} is not below the base path");
            }
        }
    }
}

#[tokio::test]
async fn a_proxy_may_take_the_base_path_away() {
    let site = site().await;
    let browser = site.browser();
    let place = location(&browser.open("/ingresses?class=nginx").await);
    assert!(place.starts_with("/routebook/auth/sign-in?"), "{place}");
    let back = parameter(&place, "back");
    let begin = format!("/auth/sign-in/corp?back={}", back.replace('?', "%3F"));
    let begun = browser.begin(site.provider(), &begin).await;
    let callback = site.provider().choose(&begun, "viewer").await.unwrap();
    let stripped = path_of(&callback).replacen(BASE, "", 1);
    let answer = browser.open(&stripped).await;
    assert_eq!(location(&answer), "/routebook/ingresses?class=nginx");
    assert!(browser.text("/ingresses?class=nginx").await.contains("web.example.com"));
}

#[tokio::test]
async fn cookies_are_for_the_whole_host_and_sign_out_leads_below_the_path() {
    let site = site().await;
    let browser = site.browser();
    let begun = browser.open("/routebook/auth/sign-in/corp").await;
    for line in set_cookies(&begun) {
        assert!(line.contains("Path=/;") || line.ends_with("Path=/"), "{line}");
    }
    sign_in(&site, &browser, "/routebook/auth/sign-in/corp", "viewer").await;
    let out = browser.submit("/routebook/auth/sign-out", "").await;
    assert_eq!(location(&out), "/routebook/auth/signed-out?provider=corp");
    let page = browser.open(&location(&out)).await;
    let refresh = page.headers()["refresh"].to_str().unwrap().to_owned();
    let back = parameter(refresh.strip_prefix("0; url=").unwrap(), "post_logout_redirect_uri");
    assert_eq!(back, "http://localhost:8080/routebook/auth/signed-out");
}

#[tokio::test]
async fn a_member_of_a_team_is_led_below_the_path() {
    let site = site().await;
    let browser = site.browser();
    sign_in(&site, &browser, "/routebook/auth/sign-in/corp", "owner").await;
    let place = location(&browser.open("/routebook/ingresses").await);
    assert_eq!(place, "/routebook/ingresses?owner=payments");
    assert!(browser.text(&place).await.contains("web.example.com"));
}

#[tokio::test]
async fn a_failed_sign_in_leads_below_the_path() {
    let site = site().await;
    let browser = site.browser();
    let answer = browser.open("/routebook/auth/callback?code=a&state=b").await;
    assert_eq!(location(&answer), "/routebook/auth/sign-in?failed=too-late");
    assert_eq!(browser.status(&location(&answer)).await, 200);
}

#[tokio::test]
async fn what_only_looks_like_the_base_path_is_not_it() {
    let site = site().await;
    let browser = site.browser();
    sign_in(&site, &browser, "/routebook/auth/sign-in/corp", "owner").await;
    for path in [
        "/routebooks/audit",
        "/routebook//audit",
        "/routebook/routebook/audit",
        "/ROUTEBOOK/audit",
        "/routebook/..%2faudit",
        "/routebook%2faudit",
        "//routebook/audit",
        "/routebook/audit",
    ] {
        let answer = browser.open(path).await;
        let status = answer.status();
        assert!(status.is_client_error(), "{path}: {status}");
        let text = answer.text().await.unwrap();
        assert!(!text.contains("routebook audit verify"), "{path}: {text}");
    }
}
