//! Sign-outs while requests are under way.

use futures::future::join_all;

use crate::support::{Browser, SESSION, Setup, Site};

/// So many sites with so many sessions each: the sign-ins of one site are limited.
const SITES: usize = 4;
const SESSIONS: usize = 50;

/// What a page asks for, more or less at once.
const UNDER_WAY: [&str; 4] = ["/me", "/status", "/api/v1/clusters", "/ingresses"];

/// Signs out while requests of the same session are under way, some begun before it and some after.
async fn sign_out(browser: &Browser) {
    let open = |path: &'static str| tokio::spawn(browser.get(path).send());
    let before = UNDER_WAY.map(open);
    let form = browser.form("/auth/sign-out", "").header("sec-fetch-site", "same-origin");
    let ending = tokio::spawn(form.send());
    let after = UNDER_WAY.map(open);
    assert_eq!(ending.await.unwrap().unwrap().status(), 303);
    for answer in join_all(before.into_iter().chain(after)).await {
        let status = answer.unwrap().unwrap().status().as_u16();
        assert!([200, 303, 401].contains(&status), "{status}");
    }
}

async fn revives_none() {
    let site = Site::with_sign_in(Setup::default()).await;
    let mut browsers = Vec::new();
    for _ in 0..SESSIONS {
        browsers.push(site.sign_in("viewer").await);
    }
    assert_eq!(site.person("viewer").await.1.len(), SESSIONS);
    join_all(browsers.iter().map(sign_out)).await;
    assert!(site.person("viewer").await.1.is_empty());
    for browser in &browsers {
        assert!(browser.cookie(SESSION).is_some(), "the answers were not kept");
        assert!(!browser.is_signed_in().await);
    }
    assert!(site.person("viewer").await.1.is_empty());
    let entries = site.store.audit_head().await.unwrap().sequence;
    assert_eq!(entries, 2 * SESSIONS as u64, "each sign-in and each sign-out is recorded once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_sign_outs_at_once_revive_no_session() {
    join_all((0..SITES).map(|_| revives_none())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_sign_outs_of_one_session_one_counts() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.sign_in("viewer").await;
    let out = || {
        let form = browser.form("/auth/sign-out", "").header("sec-fetch-site", "same-origin");
        async move { form.send().await.unwrap().status().as_u16() }
    };
    let statuses = join_all((0..20).map(|_| out())).await;
    assert!(statuses.iter().all(|status| [303, 401].contains(status)), "{statuses:?}");
    assert_eq!(site.actions().await, ["sign-in", "sign-out"]);
}
