//! How much somebody may ask who is not known.

use reqwest::{RequestBuilder, Response};
use serde_json::json;

use crate::support::{SIGN_IN, Setup, Site};

/// Asserts that the first ten tries are let through and that one soon after is held back; the limit
/// gives one more place every three seconds, and a test may be slow.
async fn is_held_back(mut request: impl FnMut(usize) -> RequestBuilder) -> Response {
    for time in 0..30 {
        let answer = request(time).send().await.unwrap();
        if answer.status() == 429 {
            assert!(time >= 10, "held back after {time}");
            let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
            assert!((1..=10).contains(&wait), "{wait}");
            return answer;
        }
        assert_eq!(answer.status(), 303);
    }
    panic!("nobody is held back")
}

#[tokio::test]
async fn who_begins_too_many_sign_ins_is_held_back_and_nobody_else() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.browser();
    let answer = is_held_back(|_| browser.get(SIGN_IN)).await;
    assert!(answer.text().await.unwrap().contains("Wait"));
    site.sign_in("viewer").await;
    assert_eq!(browser.status("/auth/sign-in").await, 200, "the page is still there");
    assert_eq!(browser.status("/healthz").await, 200);
}

#[tokio::test]
async fn who_brings_too_many_answers_is_held_back() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.browser();
    is_held_back(|time| browser.get(&format!("/auth/callback?code={time}&state=b"))).await;
    assert!(site.audit().await.len() < 30, "who is held back writes nothing");
}

#[tokio::test]
async fn another_made_up_address_is_no_way_around_the_limit() {
    let setup = Setup { trusted_proxies: json!([]), ..Setup::default() };
    let site = Site::with_sign_in(setup).await;
    is_held_back(|time| {
        let request = site.get(SIGN_IN).header("x-forwarded-for", format!("203.0.113.{time}"));
        request.header("x-real-ip", format!("203.0.113.{time}"))
    })
    .await;
}

#[tokio::test]
async fn another_address_of_the_same_network_is_no_way_around_the_limit() {
    let site = Site::with_sign_in(Setup::default()).await;
    is_held_back(|time| {
        site.get(SIGN_IN).header("x-forwarded-for", format!("2001:db8:0:1:{time:x}::{time:x}"))
    })
    .await;
    let other = site.get(SIGN_IN).header("x-forwarded-for", "2001:db8:0:2::1");
    assert_eq!(other.send().await.unwrap().status(), 303);
}

#[tokio::test]
async fn another_spelling_is_no_way_around_the_limit() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.browser();
    let spellings =
        [SIGN_IN, "/auth/sign-in/corp?back=/a", "/auth/sign-in/%63orp", "/auth/sign-in/nobody"];
    is_held_back(|time| browser.get(spellings[time % spellings.len()])).await;
}

#[tokio::test]
async fn headers_may_be_so_many_and_so_long() {
    let site = Site::with_sign_in(Setup::default()).await;
    let check = async |count: usize, length: usize, expected: u16| {
        let mut request = site.browser().get("/auth/sign-in");
        for number in 0..count {
            request = request.header(format!("x-padding-{number}"), "a".repeat(length));
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), expected, "{count} of {length}");
        assert!(answer.headers().contains_key("content-security-policy"), "{count} of {length}");
    };
    check(50, 10, 200).await;
    check(1, 15_000, 200).await;
    check(70, 10, 431).await;
    check(1, 17_000, 431).await;
    check(20, 1_000, 431).await;
}

#[tokio::test]
async fn a_cookie_that_is_too_long_is_refused_with_the_way_out() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.sign_in("viewer").await;
    browser.put("other", &"a".repeat(17_000));
    let answer = browser.open("/").await;
    assert_eq!(answer.status(), 431);
    let text = answer.text().await.unwrap();
    assert!(text.to_lowercase().contains("cookies"), "{text}");
}

#[tokio::test]
async fn bodies_are_limited_before_anybody_is_known() {
    let site = Site::with_sign_in(Setup::default()).await;
    let long = format!("logout_token={}", "a".repeat(70_000));
    for path in ["/auth/back-channel/corp", "/preferences", "/auth/sign-out"] {
        let answer = site.browser().submit(path, &long).await;
        assert_eq!(answer.status(), 413, "{path}");
    }
}

#[tokio::test]
async fn a_sign_in_that_was_only_begun_is_no_entry() {
    let site = Site::with_sign_in(Setup::default()).await;
    for _ in 0..5 {
        site.browser().begin(site.provider(), SIGN_IN).await;
    }
    assert!(site.audit().await.is_empty());
}
