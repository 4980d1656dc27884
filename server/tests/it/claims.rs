//! Whose an ingress is, as people say it: claims, their answers, and the word of an admin.

use domain::claim::ClaimState;
use serde_json::json;

use crate::support::{Browser, Setup, Site, account, act, done, owned, refused};

struct Scene {
    site: Site,
    admin: Browser,
    owner: Browser,
    other: Browser,
}

/// `payments` owns `web`, nobody owns `orphan`; no campaign is open. Everybody sees both.
async fn scene() -> Scene {
    let seeing = Setup::default().signing_in(json!({"defaultRole": "viewer"}));
    let site = Site::with_sign_in(seeing).await;
    let (admin, owner) = (site.sign_in("admin").await, site.sign_in("owner").await);
    let other = site.sign_in("other-owner").await;
    site.show(&[owned("web", "payments"), owned("orphan", "")]).await;
    Scene { site, admin, owner, other }
}

impl Scene {
    async fn owner_of(&self, name: &str) -> Option<String> {
        let id = self.site.number(name).await;
        self.site.store.owner_of(id).await.unwrap().flatten()
    }

    async fn path(&self, name: &str, what: &str) -> String {
        format!("/ingresses/{}/{what}", self.site.number(name).await)
    }
}

#[tokio::test]
async fn an_orphan_that_a_team_takes_on_is_theirs_at_once() {
    let scene = scene().await;
    let path = scene.path("orphan", "claim").await;
    let claim = act(&[("team", "payments"), ("reason", "we built it in 2019")]);
    done(scene.owner.submit(&path, &claim).await).await;
    done(scene.owner.submit(&path, &claim).await).await;
    assert_eq!(scene.owner_of("orphan").await.as_deref(), Some("payments"));
    let page = scene.owner.text("/ingresses?owner=payments").await;
    assert!(page.contains("orphan.example.com"), "{page}");
    let entries = scene.site.audit().await;
    let claims: Vec<_> = entries.iter().filter(|entry| entry.action == "owner.claimed").collect();
    assert_eq!(claims.len(), 1);
    assert!(claims[0].detail.contains("we built it in 2019"), "{}", claims[0].detail);
    assert_eq!(claims[0].address, scene.owner.address());
}

#[tokio::test]
async fn what_has_another_owner_is_given_by_the_owner_or_by_an_admin() {
    let scene = scene().await;
    let path = scene.path("web", "claim").await;
    let claim = |reason: &str| act(&[("team", "search"), ("reason", reason)]);
    done(scene.other.submit(&path, &claim("we run it")).await).await;
    assert_eq!(scene.owner_of("web").await.as_deref(), Some("payments"), "not yet");
    let waiting = scene.site.store.claims().await.unwrap();
    assert_eq!((waiting.len(), waiting[0].claim.state), (1, ClaimState::Proposed));
    let id = waiting[0].claim.id;
    assert!(scene.admin.text("/owners").await.contains("we run it"));
    let accept = act(&[("reason", "right")]);
    let own = scene.other.submit(&format!("/claims/{id}/accept"), &accept).await;
    refused(own, 403, "for the team that owns the ingress").await;
    let silent = scene.owner.submit(&format!("/claims/{id}/refuse"), &act(&[])).await;
    refused(silent, 422, "The reason is missing").await;
    let no = act(&[("reason", "no, it is ours")]);
    done(scene.owner.submit(&format!("/claims/{id}/refuse"), &no).await).await;
    let late = scene.admin.submit(&format!("/claims/{id}/accept"), &accept).await;
    refused(late, 409, "answered already").await;
    assert_eq!(scene.owner_of("web").await.as_deref(), Some("payments"));

    done(scene.other.submit(&path, &claim("we asked them")).await).await;
    let id = scene.site.store.claims().await.unwrap()[0].claim.id;
    done(scene.owner.submit(&format!("/claims/{id}/accept"), &act(&[])).await).await;
    assert_eq!(scene.owner_of("web").await.as_deref(), Some("search"));
    let actions = scene.site.actions().await;
    let actions: Vec<_> = actions.iter().filter(|one| !one.starts_with("sign-in")).collect();
    let expected = ["owner.claimed", "claim.refused", "owner.claimed", "claim.accepted"];
    assert_eq!(actions, expected);
}

#[tokio::test]
async fn nobody_claims_what_they_cannot_look_at() {
    let site = Site::with_sign_in(Setup::default()).await;
    let (admin, owner) = (site.sign_in("admin").await, site.sign_in("owner").await);
    site.show(&[owned("web", "payments"), owned("orphan", "")]).await;
    let id = site.number("orphan").await;
    let claim = act(&[("team", "payments"), ("reason", "ours")]);
    let there = owner.submit(&format!("/ingresses/{id}/claim"), &claim).await;
    let there = (there.status(), there.text().await.unwrap().replace(&id.to_string(), "N"));
    let nowhere = owner.submit("/ingresses/999999/claim", &claim).await;
    let nowhere = (nowhere.status(), nowhere.text().await.unwrap().replace("999999", "N"));
    assert_eq!(there.0, 403);
    assert_eq!(nowhere.0, 403);
    assert!(!there.1.contains("orphan"), "{}", there.1);
    assert_eq!(site.store.owner_of(id).await.unwrap(), Some(None));
    assert_eq!(site.count("owner.claimed").await, 0);
    let set = act(&[("team", "payments"), ("reason", "theirs")]);
    done(admin.submit(&format!("/ingresses/{id}/owner"), &set).await).await;
}

#[tokio::test]
async fn a_claim_that_waits_is_taken_back_by_the_team_that_made_it() {
    let scene = scene().await;
    let claim = act(&[("team", "search"), ("reason", "we run it")]);
    done(scene.other.submit(&scene.path("web", "claim").await, &claim).await).await;
    let id = scene.site.store.claims().await.unwrap()[0].claim.id;
    let withdraw = format!("/claims/{id}/withdraw");
    let page = scene.other.text(&format!("/ingresses/{}", scene.site.number("web").await)).await;
    assert!(page.contains(&format!("action=\"{withdraw}\"")), "{page}");
    assert_eq!(scene.owner.submit(&withdraw, &act(&[])).await.status(), 403, "not the owner's");
    done(scene.other.submit(&withdraw, &act(&[])).await).await;
    assert!(scene.site.store.claims().await.unwrap().is_empty());
    let again = scene.other.submit(&withdraw, &act(&[])).await;
    refused(again, 409, "answered already").await;
    assert_eq!(scene.site.count("claim.withdrawn").await, 1);
    assert_eq!(scene.owner_of("web").await.as_deref(), Some("payments"));
}

#[tokio::test]
async fn an_admin_sets_the_owner_and_takes_that_back() {
    let scene = scene().await;
    let path = scene.path("web", "owner").await;
    let set = |team: &str| act(&[("team", team), ("reason", "reorganised")]);
    let answer = scene.owner.submit(&path, &set("search")).await;
    assert_eq!(answer.status(), 403);
    refused(scene.admin.submit(&path, &set("nobody")).await, 422, "There is no team").await;
    let silent = act(&[("team", "search")]);
    refused(scene.admin.submit(&path, &silent).await, 422, "The reason is missing").await;
    done(scene.admin.submit(&path, &set("search")).await).await;
    assert_eq!(scene.owner_of("web").await.as_deref(), Some("search"));
    scene.site.show(&[crate::support::changed("web", "payments", &["/new"])]).await;
    assert_eq!(scene.owner_of("web").await.as_deref(), Some("search"), "whatever it says itself");
    done(scene.admin.submit(&path, &set("")).await).await;
    assert_eq!(scene.owner_of("web").await.as_deref(), Some("payments"));
    assert_eq!(scene.site.count("owner.set").await, 2);
}

/// There *not mine* is the way.
#[tokio::test]
async fn nobody_changes_the_owner_of_what_they_review() {
    let scene = scene().await;
    let groups = json!(["platform-admins", "team-payments"]);
    scene.site.provider().set_account(account("both", groups));
    let both = scene.site.sign_in("both").await;
    let id = scene.site.open_campaign(&scene.admin, &[("fallback", "payments")]).await;
    assert_eq!(scene.site.reviews(id).await.len(), 2);
    let claim = act(&[("team", "payments"), ("reason", "ours")]);
    let answer = scene.owner.submit(&scene.path("orphan", "claim").await, &claim).await;
    refused(answer, 403, "reviews this ingress in an open campaign").await;
    let set = act(&[("team", "search"), ("reason", "theirs")]);
    let answer = both.submit(&scene.path("web", "owner").await, &set).await;
    refused(answer, 403, "reviews this ingress in an open campaign").await;
    assert_eq!(scene.owner_of("orphan").await, None);
    done(scene.admin.submit(&format!("/campaigns/{id}/close"), &act(&[])).await).await;
    let answer = scene.owner.submit(&scene.path("orphan", "claim").await, &claim).await;
    done(answer).await;
}

#[tokio::test]
async fn a_claim_that_cannot_be_says_why() {
    let scene = scene().await;
    let (web, orphan) = (scene.path("web", "claim").await, scene.path("orphan", "claim").await);
    let post = async |path: &str, fields: &[(&str, &str)], status: u16, words: &str| {
        refused(scene.owner.submit(path, &act(fields)).await, status, words).await;
    };
    post(&orphan, &[("team", "payments")], 422, "The reason is missing").await;
    post(&orphan, &[("team", "nobody"), ("reason", "r")], 422, "There is no team").await;
    post(&web, &[("team", "payments"), ("reason", "r")], 409, "already").await;
    let long = "x".repeat(4_001);
    post(&orphan, &[("team", "payments"), ("reason", long.as_str())], 422, "4000 characters").await;
    post("/ingresses/99/claim", &[("team", "payments"), ("reason", "r")], 404, "no such").await;
    post("/claims/99/accept", &[], 403, "is for the team").await;
    assert!(scene.site.store.claims().await.unwrap().is_empty());
    assert_eq!(scene.owner_of("orphan").await, None);
}
