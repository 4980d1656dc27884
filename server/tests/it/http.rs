//! What every answer has, and who is answered.

use reqwest::StatusCode;

use crate::support::Site;

/// Every kind of address, and what it answers.
const ADDRESSES: [(&str, u16); 12] = [
    ("/healthz", 200),
    ("/readyz", 200),
    ("/favicon.svg", 200),
    ("/events", 200),
    ("/preferences", 405),
    ("/export/inventory.csv", 200),
    ("/export/inventory.jsonl", 200),
    ("/api/v1/ingresses", 200),
    ("/api/v1/openapi.json", 200),
    ("/api/v1/nothing", 404),
    ("/assets/000000000000/app.js", 404),
    ("/assets", 404),
];

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let site = Site::start().await;
    let mut nonces = Vec::new();
    for (path, status) in ADDRESSES {
        let answer = site.get(path).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.headers()[name], value, "{path} {name}");
        }
        assert!(answer.headers().contains_key("permissions-policy"), "{path}");
        assert!(answer.headers().contains_key("x-request-id"), "{path}");
        assert!(answer.headers().contains_key("cache-control"), "{path}");
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'nonce-"), "{policy}");
        assert!(!policy.contains("unsafe-inline"), "{policy}");
        nonces.push(policy.split('\'').nth(5).unwrap().to_owned());
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), ADDRESSES.len(), "a nonce is used once");
}

#[tokio::test]
async fn the_nonce_of_the_header_is_that_of_the_page() {
    let site = Site::start().await;
    let answer = site.get("/status").send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let nonce = policy.split('\'').nth(5).unwrap();
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    let page = answer.text().await.unwrap();
    assert!(page.contains(&format!("nonce=\"{}\"", nonce.trim_start_matches("nonce-"))), "{page}");
}

#[tokio::test]
async fn other_hosts_are_not_answered() {
    let site = Site::start().await;
    let check = async |host: &str, status: u16| {
        let answer = site.get("/favicon.svg").header("host", host).send().await.unwrap();
        assert_eq!(answer.status(), status, "{host}");
        assert!(answer.headers().contains_key("content-security-policy"), "{host}");
    };
    for host in ["localhost", "127.0.0.1:1", "[::1]:8080", "routes.example.com"] {
        check(host, 200).await;
    }
    for host in ["evil.example", "evil.example:8080", "10.0.0.1", "a b"] {
        check(host, 421).await;
    }
    let metrics = site.client.get(format!("{}/metrics", site.metrics));
    let answer = metrics.header("host", "evil.example").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn probes_are_answered_under_any_name_and_learn_no_more_than_they_need() {
    let site = Site::start().await;
    let text = async |path: &str, host: &str| {
        let answer = site.get(path).header("host", host).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path} {host}");
        answer.text().await.unwrap()
    };
    assert_eq!(text("/healthz", "10.1.2.3:8080").await, "ok\n");
    assert_eq!(text("/readyz", "10.1.2.3:8080").await, "{\"ready\":true}");
    assert_eq!(text("/readyz", "localhost").await, "{\"ready\":true,\"clusters\":[]}");
}

#[tokio::test]
async fn changes_from_other_sites_are_refused() {
    let site = Site::start().await;
    let check = async |header: Option<(&'static str, &str)>, status: u16| {
        let mut request = site.post("/preferences", "theme=dark&back=%2F");
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        assert_eq!(request.send().await.unwrap().status(), status, "{header:?}");
    };
    check(Some(("sec-fetch-site", "same-origin")), 303).await;
    check(Some(("sec-fetch-site", "none")), 303).await;
    check(Some(("sec-fetch-site", "same-site")), 403).await;
    check(Some(("sec-fetch-site", "cross-site")), 403).await;
    check(Some(("origin", &site.pages)), 303).await;
    check(Some(("origin", "https://routes.example.com")), 303).await;
    check(Some(("origin", "https://evil.example")), 403).await;
    check(Some(("origin", "null")), 403).await;
    check(None, 403).await;
}

#[tokio::test]
async fn a_theme_is_kept_in_a_cookie_and_leads_back() {
    let site = Site::start().await;
    let save = async |form| {
        site.post("/preferences", form)
            .header("sec-fetch-site", "same-origin")
            .send()
            .await
            .unwrap()
    };
    let answer = save("theme=dark&back=%2Fingresses%3Fq%3Da%252Fb").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()["location"], "/ingresses?q=a%2Fb");
    assert_eq!(
        answer.headers()["set-cookie"],
        "theme=dark; Path=/; Max-Age=31536000; SameSite=Lax; Secure"
    );
    for form in ["theme=pink&back=%2F", "theme=dark&back=%2F%2Fevil.example", "theme=dark&back=a"] {
        let answer = save(form).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{form}");
        assert!(!answer.headers().contains_key("set-cookie"), "{form}");
    }
}

#[tokio::test]
async fn a_body_beyond_64_kib_is_refused() {
    let site = Site::start().await;
    let long: &'static str = Box::leak(format!("theme={}", "a".repeat(70_000)).into_boxed_str());
    let request = site.post("/preferences", long).header("sec-fetch-site", "none");
    assert_eq!(request.send().await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
    let unknown_length =
        reqwest::Body::wrap_stream(futures::stream::iter([Ok::<_, std::io::Error>(long)]));
    let request =
        site.post("/preferences", "").body(unknown_length).header("sec-fetch-site", "none");
    assert_eq!(request.send().await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn without_clusters_routebook_is_alive_and_ready() {
    let site = Site::start().await;
    let alive = site.get("/healthz").send().await.unwrap();
    assert_eq!(alive.text().await.unwrap(), "ok\n");
    let ready: serde_json::Value = site.get("/readyz").send().await.unwrap().json().await.unwrap();
    assert_eq!(ready, serde_json::json!({ "ready": true, "clusters": [] }));
}

#[tokio::test]
async fn metrics_are_on_their_own_port_and_count_by_pattern() {
    let site = Site::start().await;
    assert_eq!(site.get("/metrics").send().await.unwrap().status(), StatusCode::NOT_FOUND);
    site.get("/assets/secret/secret.js").send().await.unwrap();
    let answer = site.client.get(format!("{}/metrics", site.metrics)).send().await.unwrap();
    assert_eq!(
        answer.headers()["content-type"],
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    let text = answer.text().await.unwrap();
    assert!(
        text.contains("route=\"/assets/{build}/{*name}\",method=\"GET\",status=\"404\"} 1"),
        "{text}"
    );
    assert!(text.contains("routebook_build_info{version=\"0.1.0\"} 1"), "{text}");
    assert!(!text.contains("secret"), "{text}");
}

#[tokio::test]
async fn pages_are_compressed_and_events_are_not() {
    let site = Site::start().await;
    let encoding = async |path| {
        let answer = site.get(path).header("accept-encoding", "gzip, br").send().await.unwrap();
        answer.headers().get("content-encoding").cloned()
    };
    assert_eq!(encoding("/status").await.unwrap(), "br");
    assert_eq!(encoding("/events").await, None);
}

#[tokio::test]
async fn the_icon_of_this_build_is_kept_for_ever() {
    let site = Site::start().await;
    let page = site.get("/assets").send().await.unwrap().text().await.unwrap();
    let build =
        page.split("/assets/").nth(1).and_then(|rest| rest.get(..12)).expect("a style sheet");
    let icon = site.get(&format!("/assets/{build}/favicon.svg")).send().await.unwrap();
    assert_eq!(icon.status(), StatusCode::OK);
    assert_eq!(icon.headers()["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(icon.headers()["content-type"], "image/svg+xml");
    let other = site.get("/assets/0123456789ab/favicon.svg").send().await.unwrap();
    assert_eq!(other.status(), StatusCode::NOT_FOUND);
}
