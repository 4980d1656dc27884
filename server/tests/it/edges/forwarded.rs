//! What proxies say, and what others say in their name.

use serde_json::json;

use crate::support::{SIGN_IN, Setup, Site, location, parameter, path_of, set_cookies};

/// From where a sign-in comes with these headers, as it is recorded.
async fn recorded(site: &Site, lines: &[&str]) -> String {
    let begun = site.get(SIGN_IN).send().await.unwrap();
    let cookies = set_cookies(&begun);
    let cookie = cookies[0].split(';').next().unwrap();
    let callback = site.provider().choose(&location(&begun), "viewer").await.unwrap();
    let mut request = site.get(&path_of(&callback)).header("cookie", cookie);
    for line in lines {
        request = request.header("x-forwarded-for", *line);
    }
    let answer = request.send().await.unwrap();
    assert_eq!(location(&answer), "/");
    site.audit().await.last().unwrap().address.clone()
}

#[tokio::test]
async fn a_trusted_proxy_says_for_whom_it_asks() {
    let site = Site::with_sign_in(Setup::default()).await;
    assert_eq!(recorded(&site, &["203.0.113.9"]).await, "203.0.113.9");
    assert_eq!(recorded(&site, &["198.51.100.1, 203.0.113.9"]).await, "203.0.113.9");
    assert_eq!(recorded(&site, &["203.0.113.9, 127.0.0.5"]).await, "203.0.113.9");
    assert_eq!(recorded(&site, &["198.51.100.1", "203.0.113.9"]).await, "203.0.113.9");
    assert_eq!(recorded(&site, &["2001:db8::7"]).await, "2001:db8::7");
    assert_eq!(recorded(&site, &["198.51.100.1, unknown"]).await, "127.0.0.1");
    assert_eq!(recorded(&site, &["<script>"]).await, "127.0.0.1");
}

#[tokio::test]
async fn nobody_else_is_believed() {
    let setup = Setup { trusted_proxies: json!(["10.0.0.0/8"]), ..Setup::default() };
    let site = Site::with_sign_in(setup).await;
    for line in ["203.0.113.9", "10.0.0.1", "127.0.0.2", "203.0.113.9, 10.0.0.1"] {
        assert_eq!(recorded(&site, &[line]).await, "127.0.0.1", "{line}");
    }
}

#[tokio::test]
async fn no_forwarded_header_changes_an_address_of_ours() {
    let site = Site::with_sign_in(Setup::default()).await;
    let headers = [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-port", "443"),
        ("x-forwarded-prefix", "//evil.example"),
        ("x-forwarded-server", "evil.example"),
        ("forwarded", "for=203.0.113.9;host=evil.example;proto=https"),
        ("x-original-url", "/audit"),
        ("x-rewrite-url", "/audit"),
        ("x-original-host", "evil.example"),
        ("x-http-method-override", "POST"),
        ("x-real-ip", "203.0.113.9"),
    ];
    let send = async |path: &str| {
        let mut request = site.get(path);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.send().await.unwrap()
    };
    let answer = send("/ingresses").await;
    assert_eq!(location(&answer), "/auth/sign-in?back=%2Fingresses");
    assert!(!answer.headers().contains_key("strict-transport-security"));
    let begun = send(SIGN_IN).await;
    let back = parameter(&location(&begun), "redirect_uri");
    assert_eq!(back, "http://localhost:8080/auth/callback");
    assert!(set_cookies(&begun).iter().all(|line| !line.contains("Secure")), "http stays http");
    let page = send("/auth/sign-in").await.text().await.unwrap();
    assert!(!page.contains("evil.example") && !page.contains("203.0.113.9"), "{page}");
}

#[tokio::test]
async fn with_https_no_header_makes_cookies_go_in_clear() {
    let external_url = "https://routes.example.com".to_owned();
    let site = Site::with_sign_in(Setup { external_url, ..Setup::default() }).await;
    let request = site.get(SIGN_IN).header("x-forwarded-proto", "http");
    let begun = request.send().await.unwrap();
    assert!(set_cookies(&begun).iter().all(|line| line.contains("Secure")));
    assert!(location(&begun).contains("https%3A%2F%2Froutes.example.com%2F"));
}

#[tokio::test]
async fn a_spoofed_host_is_not_answered() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.sign_in("viewer").await;
    for host in
        ["evil.example", "localhost.evil.example", "localhost@evil.example", "10.0.0.1", "a b"]
    {
        for path in ["/", "/auth/sign-in", "/me", "/api/v1/clusters", SIGN_IN] {
            let answer = browser.get(path).header("host", host).send().await.unwrap();
            let status = answer.status().as_u16();
            assert!([400, 421].contains(&status), "{host} {path}: {status}");
            assert!(!location(&answer).contains("evil"), "{host} {path}");
            let text = answer.text().await.unwrap();
            assert!(!text.contains("evil.example") && !text.contains("The viewer"), "{text}");
        }
    }
    assert_eq!(site.provider().counters().discovery, 1);
}

#[tokio::test]
async fn probes_under_another_name_know_nobody() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.sign_in("admin").await;
    let ready = |host: &'static str| {
        let request = browser.get("/readyz").header("host", host);
        async move { request.send().await.unwrap().text().await.unwrap() }
    };
    assert_eq!(ready("10.1.2.3:8080").await, "{\"ready\":true}");
    assert!(ready("localhost:8080").await.contains("clusters"));
    let request = browser.get("/healthz").header("host", "10.1.2.3:8080");
    assert_eq!(request.send().await.unwrap().status(), 200);
}
