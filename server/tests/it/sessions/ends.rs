//! Admins see sessions and end them, and say who may come in.

use serde_json::Value;

use crate::support::{SESSION, SIGN_IN, Setup, Site, location, parameter};

#[tokio::test]
async fn an_admin_sees_who_is_signed_in_and_from_where() {
    let site = Site::with_sign_in(Setup::default()).await;
    let viewer = site.sign_in("viewer").await;
    let admin = site.sign_in("admin").await;
    let page = admin.text("/sessions").await;
    for part in ["The viewer", "The admin", viewer.address(), admin.address()] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    for session in [viewer.session(), admin.session()] {
        assert!(!page.contains(&session), "{page}");
    }
}

#[tokio::test]
async fn a_session_that_an_admin_ends_has_ended() {
    let site = Site::with_sign_in(Setup::default()).await;
    let (one, other) = (site.sign_in("viewer").await, site.sign_in("viewer").await);
    let admin = site.sign_in("admin").await;
    let sessions = site.person("viewer").await.1;
    let answer = admin.submit(&format!("/sessions/{}/end", sessions[0]), "").await;
    assert_eq!((answer.status().as_u16(), location(&answer).as_str()), (303, "/sessions"));
    let signed_in = [one.is_signed_in().await, other.is_signed_in().await];
    assert_eq!(signed_in.iter().filter(|signed_in| **signed_in).count(), 1);
    assert_eq!(site.person("viewer").await.1, sessions[1..]);
    let entries = site.audit().await;
    let last = entries.last().unwrap();
    assert_eq!((last.action.as_str(), last.actor.subject()), ("session.ended", "subject-of-admin"));
    assert_eq!(last.address, admin.address());
}

#[tokio::test]
async fn a_session_that_is_not_there_cannot_be_ended() {
    let site = Site::with_sign_in(Setup::default()).await;
    let admin = site.sign_in("admin").await;
    for path in [
        "/sessions/999999/end",
        "/sessions/-1/end",
        "/sessions/x/end",
        "/users/999999/disable",
        "/users/x/disable",
        "/users/999999/enable",
    ] {
        let answer = admin.submit(path, "").await;
        let status = answer.status();
        assert!(status == 303 || status.is_client_error(), "{path}: {status}");
    }
    assert_eq!(site.actions().await, ["sign-in"], "nothing was done, so nothing is recorded");
}

#[tokio::test]
async fn who_is_disabled_is_out_and_stays_out_until_enabled() {
    let site = Site::with_sign_in(Setup::default()).await;
    let (one, other) = (site.sign_in("viewer").await, site.sign_in("viewer").await);
    let admin = site.sign_in("admin").await;
    let user = site.person("viewer").await.0;
    let answer = admin.submit(&format!("/users/{}/disable", user.id), "").await;
    assert_eq!((answer.status().as_u16(), location(&answer).as_str()), (303, "/sessions"));
    assert!(!one.is_signed_in().await && !other.is_signed_in().await);
    assert!(site.person("viewer").await.0.disabled.is_some());

    let answer = one.try_sign_in(site.provider(), SIGN_IN, "viewer").await;
    assert_eq!(parameter(&location(&answer), "failed"), "disabled");
    assert_eq!(one.cookie(SESSION), None);
    assert!(!one.is_signed_in().await);
    let page = one.text(&location(&answer)).await;
    assert!(page.contains("#platform on chat"), "whom to ask: {page}");

    admin.submit(&format!("/users/{}/enable", user.id), "").await;
    let answer = one.try_sign_in(site.provider(), SIGN_IN, "viewer").await;
    assert_eq!(location(&answer), "/");
    assert!(!other.is_signed_in().await, "sessions from before do not come back");
    let actions = site.actions().await;
    let expected = ["user.disabled", "sign-in.failed", "user.enabled", "sign-in"];
    assert_eq!(actions[3..], expected);
    let entries = site.audit().await;
    let detail: Value = serde_json::from_str(&entries[4].detail).unwrap();
    assert_eq!(detail["code"], "disabled");
    assert!(entries[4].detail.contains("subject-of-viewer"), "who it was: {detail}");
}

#[tokio::test]
async fn who_is_disabled_learns_nothing_more_of_the_other_accounts() {
    let site = Site::with_sign_in(Setup::default()).await;
    let viewer = site.sign_in("viewer").await;
    let admin = site.sign_in("admin").await;
    let user = site.person("viewer").await.0;
    admin.submit(&format!("/users/{}/disable", user.id), "").await;
    for path in ["/", "/me", "/ingresses", "/status"] {
        assert_eq!(viewer.status(path).await, 303, "{path}");
    }
    for path in ["/api/v1/ingresses", "/export/inventory.csv", "/events"] {
        assert_eq!(viewer.status(path).await, 401, "{path}");
    }
}

#[tokio::test]
async fn nobody_can_disable_themselves() {
    let site = Site::with_sign_in(Setup::default()).await;
    let admin = site.sign_in("admin").await;
    let user = site.person("admin").await.0;
    let answer = admin.submit(&format!("/users/{}/disable", user.id), "").await;
    assert_eq!(answer.status(), 400);
    assert!(admin.is_signed_in().await);
    assert_eq!(site.actions().await, ["sign-in"]);
}
