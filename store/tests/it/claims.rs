//! Claims and what admins set: whose an ingress is then, who may say so, and what is kept of it.

use domain::claim::ClaimState;
use domain::owner::OwnerSource;
use domain::{ClaimId, IngressId};
use store::ClaimReply::{Accept, Refuse, Withdraw};
use store::{Batch, Store};

use crate::acting::{
    act, admin, changed, entries, member, opened, owned, recorded, shelf, status, terms,
};
use crate::support::{Shelf, cluster, now, verified};

/// `orphan` of nobody and `web` of `shop`.
async fn scene() -> (Shelf, IngressId, IngressId) {
    let shelf = shelf().await;
    shelf.put("prod", &[owned("orphan", ""), owned("web", "shop")]).await;
    let (orphan, web) = (shelf.id("orphan").await, shelf.id("web").await);
    (shelf, orphan, web)
}

async fn owner(store: &Store, id: IngressId) -> Option<String> {
    store.owner_of(id).await.unwrap().unwrap()
}

#[tokio::test]
async fn an_orphan_that_a_member_takes_on_is_theirs_at_once_and_stays() {
    let (shelf, orphan, _) = scene().await;
    let store = &shelf.store;
    let claim = act(&member("bob", &["cart"]));
    let made = store.claim_owner(&claim, orphan, "cart", "we run it", now()).await.unwrap();
    assert_eq!(made.state, ClaimState::Accepted);
    assert_eq!(owner(store, orphan).await.as_deref(), Some("cart"));
    let again = store.claim_owner(&claim, orphan, "cart", "we run it", now()).await.unwrap();
    assert_eq!(again, made, "the same submit again");
    assert_eq!(recorded(store, "owner.claimed").await, 1);
    let detail = store.ingress(orphan, now()).await.unwrap().unwrap();
    let found = detail.owner.unwrap();
    assert_eq!((found.source, found.team), (OwnerSource::Override, true));
    assert_eq!(detail.owner_set.as_deref(), Some("cart"));
    shelf.put("prod", &[changed("orphan", "shop", 2)]).await;
    assert_eq!(owner(store, orphan).await.as_deref(), Some("cart"), "also when its label differs");
    store.reassess_all(&cluster("prod"), now()).await.unwrap();
    assert_eq!(owner(store, orphan).await.as_deref(), Some("cart"));
    assert!(store.claims().await.unwrap().is_empty(), "nothing waits");
    assert_eq!(store.claims_of(orphan).await.unwrap().len(), 1);
    verified(store, &[]).await.unwrap();
}

#[tokio::test]
async fn what_somebody_owns_is_proposed_and_the_owner_answers() {
    let (shelf, _, web) = scene().await;
    let store = &shelf.store;
    let (ada, bob) = (member("ada", &["shop"]), member("bob", &["cart"]));
    let made = store.claim_owner(&act(&bob), web, "cart", "it moved", now()).await.unwrap();
    assert_eq!(made.state, ClaimState::Proposed);
    assert_eq!(owner(store, web).await.as_deref(), Some("shop"));
    let twice = store.claim_owner(&act(&bob), web, "cart", "it did", now()).await;
    assert_eq!(status(twice), 409, "it waits already");
    let waiting = store.claims().await.unwrap();
    assert_eq!((waiting.len(), waiting[0].ingress.as_str()), (1, "web"));
    assert_eq!((waiting[0].owner.as_deref(), &waiting[0].claim), (Some("shop"), &made));
    assert_eq!(status(store.answer_claim(&act(&bob), made.id, (Accept, "yes"), now()).await), 403);
    assert_eq!(status(store.answer_claim(&act(&ada), made.id, (Refuse, " "), now()).await), 422);
    let accept = act(&ada);
    store.answer_claim(&accept, made.id, (Accept, ""), now()).await.unwrap();
    store.answer_claim(&accept, made.id, (Accept, ""), now()).await.unwrap();
    assert_eq!(owner(store, web).await.as_deref(), Some("cart"));
    assert_eq!(recorded(store, "claim.accepted").await, 1);
    assert_eq!(status(store.answer_claim(&act(&ada), made.id, (Refuse, "no"), now()).await), 409);
    let told = &store.claims_of(web).await.unwrap()[0];
    assert_eq!(told.claim.state, ClaimState::Accepted);
    assert_eq!(told.answer.as_ref().map(|answer| answer.by.as_str()), Some("ada"));
}

#[tokio::test]
async fn a_claim_is_refused_or_withdrawn_and_nothing_changes() {
    let (shelf, orphan, web) = scene().await;
    let store = &shelf.store;
    let (ada, bob) = (member("ada", &["shop"]), member("bob", &["cart"]));
    let first = store.claim_owner(&act(&bob), web, "cart", "it moved", now()).await.unwrap();
    store.answer_claim(&act(&ada), first.id, (Refuse, "it did not"), now()).await.unwrap();
    let second = store.claim_owner(&act(&bob), web, "cart", "it did", now()).await.unwrap();
    assert_eq!(status(store.answer_claim(&act(&ada), second.id, (Withdraw, ""), now()).await), 403);
    store.answer_claim(&act(&bob), second.id, (Withdraw, ""), now()).await.unwrap();
    assert_eq!(owner(store, web).await.as_deref(), Some("shop"));
    let named = store.claim_owner(&act(&bob), orphan, "shop", "theirs", now()).await.unwrap();
    assert_eq!(named.state, ClaimState::Proposed, "for a team that is not theirs");
    store.answer_claim(&act(&ada), named.id, (Accept, "ours"), now()).await.unwrap();
    assert_eq!(owner(store, orphan).await.as_deref(), Some("shop"));
    let states: Vec<_> =
        store.claims_of(web).await.unwrap().iter().map(|row| row.claim.state).collect();
    assert_eq!(states, [ClaimState::Withdrawn, ClaimState::Refused]);
}

#[tokio::test]
async fn an_admin_sets_the_owner_and_takes_that_back() {
    let (shelf, _, web) = scene().await;
    let store = &shelf.store;
    let (ada, admin) = (member("ada", &["shop"]), admin());
    let set = async |act: &store::Act, team: Option<&str>, reason: &str| {
        status(store.set_owner(act, web, team, reason, now()).await)
    };
    assert_eq!(set(&act(&ada), Some("cart"), "moved").await, 403);
    assert_eq!(set(&act(&admin), Some("nobody"), "moved").await, 422);
    assert_eq!(set(&act(&admin), Some("cart"), "").await, 422);
    assert_eq!(owner(store, web).await.as_deref(), Some("shop"));
    let first = act(&admin);
    assert_eq!(set(&first, Some("cart"), "moved").await, 0);
    assert_eq!(set(&first, Some("cart"), "moved").await, 0);
    assert_eq!(owner(store, web).await.as_deref(), Some("cart"));
    let entry = &entries(store).await[0];
    assert_eq!(
        (entry.action.as_str(), entry.target.clone()),
        ("owner.set", format!("ingress {web}"))
    );
    assert!(entry.detail.contains("\"was\":\"shop\""), "{}", entry.detail);
    assert_eq!(set(&act(&admin), None, "moved back").await, 0);
    assert_eq!(owner(store, web).await.as_deref(), Some("shop"), "its label counts again");
    assert_eq!(recorded(store, "owner.set").await, 2);
}

#[tokio::test]
async fn nobody_changes_the_owner_of_what_they_review() {
    let (shelf, orphan, web) = scene().await;
    let store = &shelf.store;
    let ada = member("ada", &["shop"]);
    let bob = act(&member("bob", &["cart"]));
    let early = store.claim_owner(&bob, web, "cart", "it moved", now()).await.unwrap();
    let id = opened(store, terms("cluster=prod")).await;
    let away = store.claim_owner(&act(&ada), web, "cart", "theirs", now()).await;
    assert_eq!(status(away), 403);
    assert_eq!(status(store.answer_claim(&act(&ada), early.id, (Accept, ""), now()).await), 403);
    let platform = member("pat", &["platform"]);
    let taken = store.claim_owner(&act(&platform), orphan, "platform", "ours", now()).await;
    assert_eq!(status(taken), 403, "the fallback reviews it");
    store.set_owner(&act(&admin()), web, Some("cart"), "moved", now()).await.unwrap();
    store.close_campaign(&act(&admin()), id, now()).await.unwrap();
    store.claim_owner(&act(&platform), orphan, "platform", "ours", now()).await.unwrap();
}

#[tokio::test]
async fn what_is_gone_or_was_never_there_is_nobodys_to_claim() {
    let (shelf, orphan, web) = scene().await;
    let store = &shelf.store;
    let bob = member("bob", &["cart"]);
    let made = store.claim_owner(&act(&bob), web, "cart", "it moved", now()).await.unwrap();
    let missing = vec!["shop/orphan".into(), "shop/web".into()];
    let batch = Batch { missing, ..Batch::default() };
    store.apply_ingresses(&cluster("prod"), &batch, now()).await.unwrap();
    assert_eq!(status(store.claim_owner(&act(&bob), orphan, "cart", "x", now()).await), 409);
    assert_eq!(status(store.claim_owner(&act(&bob), IngressId(99), "cart", "x", now()).await), 404);
    assert_eq!(status(store.answer_claim(&act(&admin()), made.id, (Accept, ""), now()).await), 409);
    assert_eq!(
        status(store.answer_claim(&act(&admin()), ClaimId(99), (Accept, ""), now()).await),
        404
    );
    assert!(store.claims().await.unwrap().is_empty());
    let set = store.set_owner(&act(&admin()), web, Some("cart"), "x", now()).await;
    assert_eq!(status(set), 409);
}
