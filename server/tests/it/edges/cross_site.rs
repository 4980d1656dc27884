//! What another site's page can make a browser send that is signed in here.

use crate::support::{PRE_LOGIN, SESSION, SIGN_IN, Setup, Site, location, parameter, set_cookies};

/// What a browser says of a form that came from elsewhere, or that does not say from where.
const FROM_ELSEWHERE: [&[(&str, &str)]; 11] = [
    &[],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "")],
    &[("sec-fetch-site", "cross-site"), ("origin", "http://localhost:8080")],
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
    &[("origin", "https://localhost:8080")],
    &[("origin", "http://localhost:8080.evil.example")],
    &[("origin", "http://evil.example"), ("host", "localhost:8080")],
    &[("referer", "http://localhost:8080/sessions")],
];

#[tokio::test]
async fn a_form_from_another_site_changes_nothing() {
    let site = Site::with_sign_in(Setup::default()).await;
    let (viewer, admin) = (site.sign_in("viewer").await, site.sign_in("admin").await);
    let (user, sessions) = site.person("viewer").await;
    let before = site.audit().await;
    let forms = server::rights().iter().filter(|row| row.method == "POST");
    let forms = forms.filter(|row| !row.path.starts_with("/auth/back-channel/"));
    let mut tried = 0;
    for row in forms {
        let number = if row.path.starts_with("/users/") { user.id } else { sessions[0] };
        let path = row.path.replace("{id}", &number.to_string());
        for headers in FROM_ELSEWHERE {
            let mut request = admin.form(&path, "theme=dark&back=%2F");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 403, "{path} {headers:?}");
            assert_eq!(set_cookies(&answer), Vec::<String>::new(), "{path} {headers:?}");
        }
        tried += 1;
    }
    assert_eq!(tried, 23, "every form that there is");
    assert!(viewer.is_signed_in().await && admin.is_signed_in().await);
    assert!(site.person("viewer").await.0.disabled.is_none());
    assert_eq!(site.audit().await, before, "nothing was done, so nothing is recorded");
}

#[tokio::test]
async fn a_link_changes_nothing() {
    let site = Site::with_sign_in(Setup::default()).await;
    let (viewer, admin) = (site.sign_in("viewer").await, site.sign_in("admin").await);
    let (user, sessions) = site.person("viewer").await;
    for path in [
        "/auth/sign-out".to_owned(),
        format!("/sessions/{}/end", sessions[0]),
        format!("/users/{}/disable", user.id),
        "/preferences?theme=dark&back=/".to_owned(),
        "/auth/back-channel/corp?logout_token=x".to_owned(),
    ] {
        let answer = admin.open(&path).await;
        assert!(answer.status().is_client_error(), "{path}: {}", answer.status());
        assert_eq!(set_cookies(&answer), Vec::<String>::new(), "{path}");
    }
    assert!(viewer.is_signed_in().await && admin.is_signed_in().await);
}

/// Login CSRF: somebody's browser is signed in as somebody else, and writes into their account.
#[tokio::test]
async fn another_site_cannot_finish_a_sign_in_in_somebodys_browser() {
    let site = Site::with_sign_in(Setup::default()).await;
    let attacker = site.browser();
    let place = attacker.begin(site.provider(), SIGN_IN).await;
    let callback = site.provider().choose(&place, "other-owner").await.unwrap();
    let victim = site.sign_in("admin").await;
    let session = victim.session();
    let answer = victim.come_back(&callback).await;
    assert_eq!(parameter(&location(&answer), "failed"), "too-late");
    assert_eq!(victim.cookie(SESSION), Some(session));
    assert_eq!(victim.status("/sessions").await, 200, "still the admin");
}

#[tokio::test]
async fn another_site_cannot_begin_a_sign_in_without_its_reader() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.browser();
    for what in ["image", "script", "iframe", "style", "empty", "object"] {
        let request = browser.get(SIGN_IN).header("sec-fetch-site", "cross-site");
        let answer = browser.send(request.header("sec-fetch-dest", what)).await;
        assert_eq!(answer.status(), 400, "{what}");
        assert_eq!(browser.cookie(PRE_LOGIN), None, "{what}");
    }
    assert_eq!(site.provider().counters().discovery, 0);
}

#[tokio::test]
async fn another_site_cannot_read_or_frame_what_is_here() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.sign_in("admin").await;
    for path in ["/sessions", "/api/v1/clusters", "/export/audit.jsonl", "/me"] {
        let request = browser.get(path).header("origin", "https://evil.example");
        let answer = browser.send(request).await;
        for name in ["access-control-allow-origin", "access-control-allow-credentials"] {
            assert!(!answer.headers().contains_key(name), "{path}: {name}");
        }
        assert_eq!(answer.headers()["cross-origin-resource-policy"], "same-origin", "{path}");
        answer.text().await.unwrap();
    }
    let request = browser.get("/export/audit.csv").header("sec-fetch-site", "cross-site");
    let answer = browser.send(request.header("sec-fetch-dest", "iframe")).await;
    assert_eq!(answer.status(), 403, "a download that nobody has asked for");
    let exports = site.actions().await.iter().filter(|action| *action == "export.audit").count();
    assert_eq!(exports, 1, "the one that was asked for");
}
