//! Where reviews stand: gone, given away and taken back, nobody's; and what a later confirmation stops.

use domain::inventory::View;
use domain::recommendation::Advice;
use domain::retirement::{RetirementView, State};
use domain::review::{Choice, Counts, Kind, Outcome, ReviewView, Stage};
use domain::{CampaignId, IngressId};
use store::{Batch, Sighting, Store};

use crate::acting::{
    act, admin, changed, choice, day, decide, entries, member, opened, outcome, owned, recorded,
    review, reviews, shelf, status, terms, undo,
};
use crate::support::{Shelf, cluster, now, verified};

/// Three ingresses of `shop` and one of `cart`, in an open campaign.
async fn scene() -> (Shelf, CampaignId) {
    let shelf = shelf().await;
    let manifests = [("a", "shop"), ("b", "shop"), ("c", "shop"), ("z", "cart")];
    shelf.put("prod", &manifests.map(|(name, owner)| owned(name, owner))).await;
    let id = opened(&shelf.store, terms("cluster=prod")).await;
    (shelf, id)
}

fn to(team: &str) -> Choice {
    Choice { proposed: Some(team.into()), ..choice(Kind::NotMine) }
}

async fn leaves(store: &Store, name: &str) {
    let deleted = vec![Sighting::read(&owned(name, "shop").to_string())];
    let gone = Batch { deleted, ..Batch::default() };
    store.apply_ingresses(&cluster("prod"), &gone, now()).await.unwrap();
}

async fn counts(store: &Store, id: CampaignId) -> Counts {
    store.campaign(id).await.unwrap().unwrap().counts()
}

async fn names(store: &Store, id: CampaignId, view: ReviewView) -> Vec<String> {
    let view = ReviewView { campaign: Some(id), ..view };
    let page = store.reviews(&view, 100).await.unwrap();
    page.rows.into_iter().map(|row| row.row.name).collect()
}

async fn standing(store: &Store, id: CampaignId, stage: Stage) -> Vec<String> {
    names(store, id, ReviewView { stages: vec![stage], ..ReviewView::default() }).await
}

#[tokio::test]
async fn of_what_is_gone_nothing_is_to_be_decided_until_it_is_back() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let ada = member("ada", &["shop"]);
    let one = review(store, id, "a").await;
    decide(store, &act(&ada), &one, choice(Kind::Confirm), now()).await.unwrap();
    for name in ["a", "b"] {
        leaves(store, name).await;
    }
    let found = counts(store, id).await;
    assert_eq!((found.open, found.gone, found.confirmed, found.total()), (2, 1, 1, 4));
    assert_eq!(standing(store, id, Stage::Gone).await, ["b"]);
    assert_eq!(standing(store, id, Stage::Decided).await, ["a"]);
    assert_eq!(standing(store, id, Stage::Open).await, ["c", "z"]);
    let queue = store.reviews(&ReviewView::waiting(vec!["shop".into()]), 10).await.unwrap();
    assert_eq!((queue.rows.len(), queue.counts.waiting(), queue.counts.gone), (1, 1, 1));
    let mut back = owned("b", "shop");
    back["metadata"]["resourceVersion"] = "2".into();
    shelf.put("prod", &[back]).await;
    assert_eq!(standing(store, id, Stage::Open).await, ["b", "c", "z"]);
    leaves(store, "c").await;
    store.close_campaign(&act(&admin()), id, day(1)).await.unwrap();
    assert_eq!(outcome(&review(store, id, "c").await), Outcome::Gone);
    let closed = counts(store, id).await;
    assert_eq!((closed.settled, closed.gone), (4, 0));
    verified(store, &[]).await.unwrap();
}

#[tokio::test]
async fn what_is_said_to_be_nobodys_is_not_decided() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let one = review(store, id, "a").await;
    let ada = member("ada", &["shop"]);
    decide(store, &act(&ada), &one, choice(Kind::NotMine), now()).await.unwrap();
    let found = counts(store, id).await;
    assert_eq!((found.not_mine, found.decided(), found.undecided()), (1, 0, 4));
    assert_eq!(standing(store, id, Stage::NotMine).await, ["a"]);
    assert!(standing(store, id, Stage::Decided).await.is_empty());
    store.close_campaign(&act(&admin()), id, day(1)).await.unwrap();
    let left = ReviewView { outcomes: vec![Outcome::Exception], ..ReviewView::default() };
    assert_eq!(names(store, id, left).await, ["a", "b", "c", "z"]);
    let view = store.campaign(id).await.unwrap().unwrap();
    let shop = view.progress.iter().find(|one| one.assignee == "shop").unwrap();
    assert_eq!(shop.outcomes.exceptions, 3);
    assert_eq!(shop.people, [("ada".to_owned(), 1)]);
}

#[tokio::test]
async fn what_was_given_away_comes_back_while_nobody_decided() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let (ada, bob) = (member("ada", &["shop"]), member("bob", &["cart"]));
    let one = review(store, id, "a").await;
    decide(store, &act(&ada), &one, to("cart"), now()).await.unwrap();
    assert_eq!(status(undo(store, &act(&bob), one.review.id, now()).await), 403);
    undo(store, &act(&ada), one.review.id, now()).await.unwrap();
    let back = review(store, id, "a").await;
    assert_eq!(
        (back.review.assignee.as_str(), back.review.state.stage(true)),
        ("shop", Stage::Open)
    );
    let entry = &entries(store).await[0];
    assert_eq!(entry.action, "review.undone");
    assert!(entry.detail.contains("\"reassigned\":\"shop\""), "{}", entry.detail);
    assert_eq!(status(undo(store, &act(&ada), one.review.id, now()).await), 409, "only once");
    decide(store, &act(&ada), &back, to("cart"), now()).await.unwrap();
    let given = review(store, id, "a").await;
    decide(store, &act(&bob), &given, choice(Kind::Confirm), now()).await.unwrap();
    let late = undo(store, &act(&ada), one.review.id, now()).await;
    assert_eq!(status(late), 403, "it is decided, and another team's");
    let card = store.review(one.review.id, now()).await.unwrap().unwrap();
    let teams: Vec<&str> = card.decisions.iter().map(|one| one.team.as_str()).collect();
    assert_eq!(teams, ["cart", "shop", "shop"]);
    verified(store, &[]).await.unwrap();
}

#[tokio::test]
async fn who_has_given_something_away_has_begun() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let not_begun = async || store.campaign(id).await.unwrap().unwrap().not_begun;
    let ada = member("ada", &["shop"]);
    let one = review(store, id, "a").await;
    decide(store, &act(&ada), &one, to("cart"), now()).await.unwrap();
    assert_eq!(not_begun().await, ["cart"]);
    undo(store, &act(&ada), one.review.id, now()).await.unwrap();
    assert_eq!(not_begun().await, ["cart", "shop"]);
    leaves(store, "z").await;
    assert_eq!(not_begun().await, ["shop"], "of cart's nothing is to be decided");
}

#[tokio::test]
async fn a_later_confirmation_stops_what_was_to_go() {
    let (shelf, first) = scene().await;
    let store = &shelf.store;
    let (ada, bob) = (member("ada", &["shop"]), member("bob", &["shop"]));
    for name in ["a", "b"] {
        let one = review(store, first, name).await;
        decide(store, &act(&ada), &one, choice(Kind::Retire), now()).await.unwrap();
    }
    store.close_campaign(&act(&admin()), first, day(1)).await.unwrap();
    let second = opened(store, terms("cluster=prod")).await;
    let one = review(store, second, "a").await;
    let card = store.review(one.review.id, now()).await.unwrap().unwrap();
    assert_eq!(card.retirements.len(), 1, "the card says that it is to go");
    decide(store, &act(&bob), &one, choice(Kind::Confirm), day(2)).await.unwrap();
    let page = store.retirements(&RetirementView::default(), day(2)).await.unwrap();
    let of = |name: &str| {
        let row = page.rows.iter().find(|row| row.ingress.name == name).unwrap();
        row.retirement.state.clone()
    };
    let State::Cancelled { why, .. } = of("a") else { panic!("{:?}", of("a")) };
    assert!(why.starts_with("bob confirmed"), "{why}");
    assert!(matches!(of("b"), State::Held { .. }));
    assert_eq!(recorded(store, "retirement.cancelled").await, 1);
    verified(store, &[]).await.unwrap();
}

#[tokio::test]
async fn the_queue_is_narrowed_by_cluster_and_recommendation() {
    let (shelf, _) = scene().await;
    shelf.put("test", &[owned("t", "shop")]).await;
    let store = &shelf.store;
    let id = opened(store, terms("")).await;
    let of = |name: &str| ReviewView { cluster: Some(name.into()), ..ReviewView::default() };
    assert_eq!(names(store, id, of("test")).await, ["t"]);
    assert_eq!(names(store, id, of("prod")).await, ["a", "b", "c", "z"]);
    let recommended = |advice| ReviewView { advice: Some(advice), ..ReviewView::default() };
    assert_eq!(
        names(store, id, recommended(Advice::None)).await.len(),
        reviews(store, id).await.len()
    );
    assert!(names(store, id, recommended(Advice::Retire)).await.is_empty());
    let page = store.reviews(&of("test"), 10).await.unwrap();
    assert_eq!(page.counts.total(), 1, "counts are of the same part");
}

#[tokio::test]
async fn an_attestation_that_a_change_voided_stays_void() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let ada = member("ada", &["shop"]);
    let one = review(store, id, "a").await;
    decide(store, &act(&ada), &one, choice(Kind::Confirm), now()).await.unwrap();
    let reviewed = async |id: IngressId| {
        let page = store.inventory(&View::default(), day(1)).await.unwrap();
        page.rows.iter().find(|row| row.id == id).unwrap().reviewed(day(1))
    };
    assert_eq!(reviewed(one.row.id).await, domain::Reviewed::Valid);
    store.close_campaign(&act(&admin()), id, day(1)).await.unwrap();
    let mut again = owned("a", "shop");
    again["metadata"]["resourceVersion"] = "3".into();
    for version in [changed("a", "shop", 2), again] {
        let seen = vec![Sighting::read(&version.to_string())];
        let batch = Batch { seen, ..Batch::default() };
        store.apply_ingresses(&cluster("prod"), &batch, day(1)).await.unwrap();
    }
    assert_eq!(reviewed(one.row.id).await, domain::Reviewed::Changed);
    // Nor does it revive because a later one is taken back.
    let second = opened(store, terms("cluster=prod")).await;
    let one = review(store, second, "a").await;
    decide(store, &act(&ada), &one, choice(Kind::Confirm), day(2)).await.unwrap();
    assert_eq!(reviewed(one.row.id).await, domain::Reviewed::Valid);
    undo(store, &act(&ada), one.review.id, day(2)).await.unwrap();
    assert_eq!(reviewed(one.row.id).await, domain::Reviewed::Changed);
}
