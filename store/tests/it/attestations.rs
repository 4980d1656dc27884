//! Attestations: what counts after each decision, and how the list is filtered by it.

use domain::audit::AuditView;
use domain::inventory::View;
use domain::review::Kind;
use futures::TryStreamExt;
use jiff::Timestamp;

use crate::acting::{
    act, admin, changed, choice, day, decide, member, opened, owned, review, shelf, terms, undo,
};
use crate::support::{Shelf, now};

/// Four ingresses of `shop`.
async fn four() -> Shelf {
    let shelf = shelf().await;
    let manifests = ["a", "b", "c", "d"].map(|name| owned(name, "shop"));
    shelf.put("prod", &manifests).await;
    shelf
}

async fn names(shelf: &Shelf, query: &str, at: Timestamp) -> Vec<String> {
    let view = View::parse(query).unwrap();
    let page = shelf.store.inventory(&view, at).await.unwrap();
    page.rows.into_iter().map(|row| row.name).collect()
}

async fn by(shelf: &Shelf, name: &str) -> Option<String> {
    let id = shelf.id(name).await;
    let detail = shelf.store.ingress(id, now()).await.unwrap().unwrap();
    detail.attestation.map(|attestation| attestation.by)
}

#[tokio::test]
async fn the_list_is_filtered_by_what_was_attested() {
    let shelf = four().await;
    let check = async |reviewed: &str, at: Timestamp, expected: &[&str]| {
        for more in ["", "&owner=shop", "&q=example", "&sort=-created&cluster=prod"] {
            let query = format!("reviewed={reviewed}{more}");
            let mut found = names(&shelf, &query, at).await;
            found.sort();
            assert_eq!(found, expected, "{query}");
        }
    };
    check("never", now(), &["a", "b", "c", "d"]).await;
    check("valid", now(), &[]).await;
    let id = opened(&shelf.store, terms("cluster=prod")).await;
    let ada = member("ada", &["shop"]);
    for name in ["a", "b"] {
        let one = review(&shelf.store, id, name).await;
        decide(&shelf.store, &act(&ada), &one, choice(Kind::Confirm), day(1)).await.unwrap();
    }
    shelf.put("prod", &[changed("b", "shop", 2)]).await;
    check("never", day(2), &["c", "d"]).await;
    check("valid", day(2), &["a"]).await;
    check("changed", day(2), &["b"]).await;
    check("expired", day(2), &[]).await;
    check("valid", day(366), &["a"]).await;
    check("expired", day(368), &["a"]).await;
    check("valid", day(368), &[]).await;
    check("changed", day(368), &["b"]).await;
    check("never", day(368), &["c", "d"]).await;
    shelf
        .put(
            "prod",
            &[{
                let mut before = owned("b", "shop");
                before["metadata"]["resourceVersion"] = "3".into();
                before
            }],
        )
        .await;
    check("valid", day(2), &["a"]).await;
    check("changed", day(2), &["b"]).await;
}

#[tokio::test]
async fn rows_details_and_exports_say_who_and_until_when() {
    let shelf = four().await;
    let id = opened(&shelf.store, terms("cluster=prod")).await;
    let one = review(&shelf.store, id, "a").await;
    let ada = member("ada", &["shop"]);
    decide(&shelf.store, &act(&ada), &one, choice(Kind::Confirm), now()).await.unwrap();
    let view = View::parse("reviewed=valid").unwrap();
    let page = shelf.page(&view).await;
    let attestation = page.rows[0].attestation.clone().unwrap();
    assert_eq!((attestation.by.as_str(), attestation.at), ("ada", now()));
    assert_eq!(attestation.until.to_string(), "2024-11-14T22:13:20Z");
    assert_eq!(attestation.hash, page.rows[0].material_hash);
    let exported: Vec<_> = shelf.store.export(&view, now()).try_collect().await.unwrap();
    assert_eq!(exported.concat()[0].attestation, Some(attestation.clone()));
    let detail = shelf.store.ingress(page.rows[0].id, now()).await.unwrap().unwrap();
    assert_eq!(detail.attestation, Some(attestation));
}

#[tokio::test]
async fn an_undone_confirmation_gives_way_to_the_one_before() {
    let shelf = four().await;
    let store = &shelf.store;
    let (ada, bob) = (member("ada", &["shop"]), member("bob", &["shop"]));
    let first = opened(store, terms("cluster=prod")).await;
    let one = review(store, first, "a").await;
    decide(store, &act(&ada), &one, choice(Kind::Confirm), now()).await.unwrap();
    store.close_campaign(&act(&admin()), first, day(1)).await.unwrap();
    assert_eq!(by(&shelf, "a").await.as_deref(), Some("ada"), "closing changes nothing");
    let second = opened(store, terms("cluster=prod")).await;
    let one = review(store, second, "a").await;
    decide(store, &act(&bob), &one, choice(Kind::Confirm), day(2)).await.unwrap();
    assert_eq!(by(&shelf, "a").await.as_deref(), Some("bob"));
    undo(store, &act(&bob), one.review.id, day(2)).await.unwrap();
    assert_eq!(by(&shelf, "a").await.as_deref(), Some("ada"));
}

#[tokio::test]
async fn another_decision_takes_a_confirmation_away() {
    let shelf = four().await;
    let store = &shelf.store;
    let ada = member("ada", &["shop"]);
    let id = opened(store, terms("cluster=prod")).await;
    for kind in [Kind::Retire, Kind::NotMine] {
        let one = review(store, id, "a").await;
        decide(store, &act(&ada), &one, choice(Kind::Confirm), now()).await.unwrap();
        assert_eq!(by(&shelf, "a").await.as_deref(), Some("ada"));
        decide(store, &act(&ada), &one, choice(kind), now()).await.unwrap();
        assert_eq!(by(&shelf, "a").await, None, "{kind:?}");
    }
    let one = review(store, id, "b").await;
    decide(store, &act(&ada), &one, choice(Kind::Confirm), now()).await.unwrap();
    undo(store, &act(&ada), one.review.id, now()).await.unwrap();
    assert_eq!(by(&shelf, "b").await, None);
    let entries = store.audit(&AuditView::default()).await.unwrap().entries;
    assert_eq!(entries[0].action, "review.undone");
}

#[tokio::test]
async fn another_life_was_never_reviewed() {
    let shelf = four().await;
    let id = opened(&shelf.store, terms("cluster=prod")).await;
    let one = review(&shelf.store, id, "a").await;
    let ada = member("ada", &["shop"]);
    decide(&shelf.store, &act(&ada), &one, choice(Kind::Confirm), now()).await.unwrap();
    let mut again = owned("a", "shop");
    again["metadata"]["uid"] = "again".into();
    shelf.put("prod", &[again]).await;
    assert_eq!(names(&shelf, "reviewed=valid", now()).await, [""; 0]);
    assert_eq!(names(&shelf, "reviewed=valid&show=removed", now()).await, ["a"]);
}

#[tokio::test]
async fn decisions_of_every_campaign_are_told_of_an_ingress_and_beside_a_later_review() {
    let shelf = four().await;
    let store = &shelf.store;
    let ada = member("ada", &["shop"]);
    let first = opened(store, terms("cluster=prod")).await;
    for kind in [Kind::Retire, Kind::Confirm] {
        let one = review(store, first, "a").await;
        decide(store, &act(&ada), &one, choice(kind), day(1)).await.unwrap();
    }
    let one = review(store, first, "b").await;
    decide(store, &act(&ada), &one, choice(Kind::Confirm), day(1)).await.unwrap();
    store.close_campaign(&act(&admin()), first, day(2)).await.unwrap();
    let second = opened(store, terms("cluster=prod")).await;
    let about = store.decisions_about(shelf.id("a").await).await.unwrap();
    let told = about.iter().map(|one| (one.campaign, one.decision.choice.kind));
    assert_eq!(told.collect::<Vec<_>>(), [(first, Kind::Confirm), (first, Kind::Retire)]);
    assert!(about[1].decision.superseded && about[0].name == "Round");
    let later = review(store, second, "a").await;
    let card = store.review(later.review.id, day(3)).await.unwrap().unwrap();
    assert_eq!((card.earlier, card.decisions.len()), (about, 0));
    let old = review(store, first, "a").await;
    let card = store.review(old.review.id, day(3)).await.unwrap().unwrap();
    assert_eq!((card.earlier.len(), card.decisions.len()), (0, 2));
}
