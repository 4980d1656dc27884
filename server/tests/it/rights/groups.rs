//! What follows from groups, and when.

use serde_json::{Value, json};

use super::site;
use crate::support::{SESSION, Setup, Site, account};

#[tokio::test]
async fn who_has_no_role_learns_which_groups_they_have_and_whom_to_ask() {
    let site = Site::with_sign_in(Setup::default()).await;
    site.provider().set_account(account("newcomer", json!(["choir", "chess"])));
    let browser = site.sign_in("newcomer").await;
    for path in ["/", "/ingresses", "/status", "/audit"] {
        let answer = browser.open(path).await;
        assert_eq!(answer.status(), 403, "{path}");
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
        let page = answer.text().await.unwrap();
        for part in ["no role", "choir", "chess", "#platform on chat", "The newcomer"] {
            assert!(page.contains(part), "{path}: {part} is not in\n{page}");
        }
        assert!(page.contains("/auth/sign-out"), "there is a way to take another account: {page}");
    }
}

#[tokio::test]
async fn a_refusal_is_recorded_once_a_minute() {
    let site = Site::with_sign_in(Setup::default()).await;
    let browser = site.sign_in("viewer").await;
    for path in ["/audit", "/audit?action=sign-in", "/sessions", "/audit"] {
        assert_eq!(browser.status(path).await, 403, "{path}");
    }
    browser.submit("/users/1/disable", "").await;
    let entries = site.audit().await;
    let denied: Vec<_> = entries.iter().filter(|entry| entry.action == "right.denied").collect();
    let targets: Vec<&str> = denied.iter().map(|entry| entry.target.as_str()).collect();
    assert_eq!(targets, ["/audit", "/sessions", "/users/1/disable"]);
    for entry in denied {
        assert_eq!(entry.actor.subject(), "subject-of-viewer");
        assert_eq!(entry.address, browser.address());
    }
    site.browser().open("/audit").await;
    assert_eq!(site.audit().await.len(), entries.len(), "strangers write no entries");
}

#[tokio::test]
async fn other_groups_count_from_the_next_request_on() {
    let site = site().await;
    let browser = site.sign_in("admin").await;
    assert_eq!(browser.status("/sessions").await, 200);
    site.provider().set_account(account("admin", json!(["engineering"])));
    assert_eq!(browser.status("/sessions").await, 200, "nobody has told Routebook yet");
    site.sign_in("admin").await;
    assert_eq!(browser.status("/sessions").await, 403);
    assert_eq!(browser.status("/status").await, 200);
    site.provider().set_account(account("admin", json!([])));
    site.sign_in("admin").await;
    assert_eq!(browser.status("/status").await, 403);
}

#[tokio::test]
async fn another_mapping_counts_from_the_start_on_and_is_recorded() {
    let site = Site::with_sign_in(Setup::default()).await;
    let (viewer, admin) = (site.sign_in("viewer").await, site.sign_in("admin").await);
    let same = site.restart(|_| {}).await;
    assert_eq!(same.actions().await, ["sign-in", "sign-in"], "nothing was changed");
    let roles = json!({"roles": [
        {"group": "engineering", "role": "auditor"},
        {"group": "platform-admins", "role": "viewer"},
    ]});
    let site = same.restart(|setup| *setup = setup.clone().signing_in(roles)).await;
    let again = |session: String| {
        let browser = site.browser();
        browser.put(SESSION, &session);
        browser
    };
    let (viewer, admin) = (again(viewer.session()), again(admin.session()));
    assert_eq!((viewer.status("/audit").await, viewer.status("/sessions").await), (200, 403));
    assert_eq!((admin.status("/audit").await, admin.status("/status").await), (403, 200));
    let entries = site.audit().await;
    let changed = entries.iter().find(|entry| entry.action == "roles.changed").unwrap();
    assert_eq!(changed.actor.kind(), "system");
    let detail: Value = serde_json::from_str(&changed.detail).unwrap();
    assert_eq!(detail["before"]["admin"], json!(["platform-admins"]), "{detail}");
    assert_eq!(detail["after"]["auditor"], json!(["engineering"]), "{detail}");
}

#[tokio::test]
async fn a_default_role_is_everybodys_who_has_signed_in() {
    let setup = Setup::default().signing_in(json!({"defaultRole": "viewer"}));
    let site = Site::with_sign_in(setup).await;
    let nobody = site.sign_in("nobody").await;
    assert_eq!((nobody.status("/status").await, nobody.status("/audit").await), (200, 403));
    assert_eq!(site.sign_in("auditor").await.status("/audit").await, 200, "the higher one counts");
    assert_eq!(site.browser().status("/status").await, 303);
}

#[tokio::test]
async fn the_highest_role_of_several_groups_counts() {
    let site = Site::with_sign_in(Setup::default()).await;
    let groups = json!(["engineering", "platform-admins", "team-payments"]);
    site.provider().set_account(account("both", groups));
    let browser = site.sign_in("both").await;
    assert_eq!(browser.status("/sessions").await, 200);
    assert_eq!(browser.status("/ingresses").await, 200, "not led to the own list");
}

#[tokio::test]
async fn which_clusters_there_are_is_for_those_who_may_read_about_them() {
    let site = site().await;
    let ready = async |account: Option<&str>| {
        let browser = match account {
            Some(account) => site.sign_in(account).await,
            None => site.browser(),
        };
        serde_json::from_str::<Value>(&browser.text("/readyz").await).unwrap()
    };
    for account in [None, Some("nobody"), Some("owner")] {
        assert_eq!(ready(account).await, json!({"ready": true}), "{account:?}");
    }
    assert!(ready(Some("viewer")).await["clusters"].is_array());
}
