//! Decisions: who may, what follows, what is kept, and what comes to nothing.

use domain::campaign::Terms;
use domain::retirement::{RetirementView, Stage as Standing};
use domain::review::{Choice, Kind, ReviewState, ReviewView, Stage};
use domain::{CampaignId, ReviewId};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use store::{Act, ActError, Batch, ReviewRow, Sighting, Store};

use crate::acting::{
    act, admin, changed, choice, day, decide, entries, member, opened, owned, recorded, review,
    reviews, shelf, status, terms, undo,
};
use crate::support::{Shelf, cluster, now, verified};

/// Three ingresses of `shop` and one of `cart`, in an open campaign.
async fn scene() -> (Shelf, CampaignId) {
    let shelf = shelf().await;
    let manifests = [("a", "shop"), ("b", "shop"), ("c", "shop"), ("z", "cart")];
    let manifests = manifests.map(|(name, owner)| owned(name, owner));
    shelf.put("prod", &manifests).await;
    let id = opened(&shelf.store, terms("cluster=prod")).await;
    (shelf, id)
}

fn kind(one: &ReviewRow) -> Option<Kind> {
    match &one.review.state {
        ReviewState::Decided(decision) => Some(decision.choice.kind),
        _ => None,
    }
}

async fn standing(store: &Store) -> Vec<Standing> {
    let page = store.retirements(&RetirementView::default(), now()).await.unwrap();
    page.rows.iter().rev().map(|row| row.retirement.state.stage()).collect()
}

#[tokio::test]
async fn a_confirmation_is_kept_with_its_entry_and_attests() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let one = review(store, id, "a").await;
    let ada = member("ada", &["shop"]);
    decide(store, &act(&ada), &one, choice(Kind::Confirm), now()).await.unwrap();
    let one = review(store, id, "a").await;
    assert_eq!(kind(&one), Some(Kind::Confirm));
    let attestation = one.row.attestation.unwrap();
    assert_eq!((attestation.by.as_str(), attestation.at), ("ada", now()));
    assert_eq!(attestation.hash, one.row.material_hash);
    let entry = &entries(store).await[0];
    assert_eq!((entry.action.as_str(), entry.actor.name()), ("review.decided", "ada"));
    assert_eq!(entry.target, format!("review {}", one.review.id));
    assert!(entry.detail.contains("\"reason\":\"because\""), "{}", entry.detail);
    let card = store.review(one.review.id, now()).await.unwrap().unwrap();
    assert_eq!(card.decisions.len(), 1);
    assert!(card.attestation.is_some() && card.changes.is_empty());
    verified(store, &[]).await.unwrap();
}

#[tokio::test]
async fn a_retirement_is_requested_and_withdrawn_with_its_decision() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let one = review(store, id, "a").await;
    let ada = member("ada", &["shop"]);
    decide(store, &act(&ada), &one, choice(Kind::Retire), now()).await.unwrap();
    assert_eq!(standing(store).await, [Standing::Held]);
    undo(store, &act(&ada), one.review.id, now()).await.unwrap();
    assert_eq!(standing(store).await, [Standing::Cancelled]);
    assert_eq!(review(store, id, "a").await.review.state, ReviewState::Open);
    decide(store, &act(&ada), &one, choice(Kind::Retire), now()).await.unwrap();
    decide(store, &act(&ada), &one, choice(Kind::Confirm), now()).await.unwrap();
    assert_eq!(standing(store).await, [Standing::Cancelled, Standing::Cancelled]);
    let card = store.review(one.review.id, now()).await.unwrap().unwrap();
    let told: Vec<_> =
        card.decisions.iter().map(|one| (one.choice.kind, one.superseded, one.undone)).collect();
    let expected =
        [(Kind::Confirm, false, false), (Kind::Retire, true, false), (Kind::Retire, true, true)];
    assert_eq!(told, expected, "the latest first; all stay visible");
    assert_eq!(recorded(store, "retirement.cancelled").await, 2);
}

#[tokio::test]
async fn not_mine_gives_it_to_the_team_that_is_named() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let one = review(store, id, "a").await;
    let (ada, bob) = (member("ada", &["shop"]), member("bob", &["cart"]));
    let theirs = Choice { proposed: Some("cart".into()), ..choice(Kind::NotMine) };
    decide(store, &act(&ada), &one, theirs, now()).await.unwrap();
    let given = review(store, id, "a").await;
    assert_eq!((given.review.assignee.as_str(), kind(&given)), ("cart", None));
    assert_eq!(given.last.as_ref().map(|last| last.choice.kind), Some(Kind::NotMine));
    let again = decide(store, &act(&ada), &given, choice(Kind::Confirm), now()).await;
    assert_eq!(status(again), 403, "it is another team's now");
    decide(store, &act(&bob), &given, choice(Kind::Confirm), now()).await.unwrap();
    let nobody = Choice { proposed: Some("no such team".into()), ..choice(Kind::NotMine) };
    let other = review(store, id, "b").await;
    assert_eq!(status(decide(store, &act(&ada), &other, nobody, now()).await), 422);
    decide(store, &act(&ada), &other, choice(Kind::NotMine), now()).await.unwrap();
    assert_eq!(kind(&review(store, id, "b").await), Some(Kind::NotMine));
}

#[tokio::test]
async fn only_the_team_decides_and_an_admin_on_behalf() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let one = review(store, id, "a").await;
    let others = [member("bob", &["cart"]), member("eve", &[])];
    for other in &others {
        let done = decide(store, &act(other), &one, choice(Kind::Confirm), now()).await;
        assert_eq!(status(done), 403);
        assert_eq!(status(undo(store, &act(other), one.review.id, now()).await), 403);
        let said = store.comment(&act(other), one.review.id, "hello", now()).await;
        assert_eq!(status(said), 403);
    }
    decide(store, &act(&admin()), &one, choice(Kind::Confirm), now()).await.unwrap();
    let card = store.review(one.review.id, now()).await.unwrap().unwrap();
    assert!(card.decisions[0].on_behalf);
    let entry = &entries(store).await[0];
    assert!(entry.detail.contains("\"on_behalf\":true"), "{}", entry.detail);
}

#[tokio::test]
async fn many_are_decided_together_or_not_at_all() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let ada = member("ada", &["shop"]);
    let all = reviews(store, id).await;
    let ids: Vec<ReviewId> = all.iter().map(|one| one.review.id).collect();
    let hashes: Vec<String> = all.iter().map(|one| one.row.material_hash.clone()).collect();
    let confirm = |ids: &[ReviewId], hashes: &[String], act: Act| {
        let (ids, hashes, store) = (ids.to_vec(), hashes.to_vec(), store.clone());
        async move { store.decide(&act, &ids, choice(Kind::Confirm), &hashes, now()).await }
    };
    let before = entries(store).await.len();
    assert_eq!(status(confirm(&ids, &hashes, act(&ada)).await), 403, "one is of another team");
    assert_eq!(status(confirm(&[], &[], act(&ada)).await), 422);
    assert_eq!(status(confirm(&ids[..2], &hashes[..1], act(&ada)).await), 422);
    assert_eq!(status(confirm(&[ids[0], ids[0]], &hashes[..2], act(&ada)).await), 422);
    assert_eq!(status(confirm(&[ReviewId(99)], &hashes[..1], act(&ada)).await), 403);
    assert!(reviews(store, id).await.iter().all(|one| kind(one).is_none()));
    assert_eq!(entries(store).await.len(), before);
    assert_eq!(confirm(&ids[..3], &hashes[..3], act(&ada)).await.unwrap(), ids[..3]);
    let decided = reviews(store, id).await;
    assert_eq!(decided.iter().filter(|one| kind(one) == Some(Kind::Confirm)).count(), 3);
    assert_eq!(entries(store).await.len(), before + 3, "an entry for each");
    verified(store, &[]).await.unwrap();
}

#[tokio::test]
async fn the_same_form_sent_twice_is_one_decision() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let ada = member("ada", &["shop"]);
    let one = review(store, id, "a").await;
    let once = act(&ada);
    let first = decide(store, &once, &one, choice(Kind::Confirm), now()).await.unwrap();
    let second = decide(store, &once, &one, choice(Kind::Confirm), day(1)).await.unwrap();
    assert_eq!(first, second);
    store.close_campaign(&act(&admin()), id, day(2)).await.unwrap();
    let late = decide(store, &once, &one, choice(Kind::Confirm), day(3)).await.unwrap();
    assert_eq!(first, late, "also after a lost answer and a closing");
    let card = store.review(one.review.id, day(3)).await.unwrap().unwrap();
    assert_eq!(card.decisions.len(), 1);
    let stolen = Act { person: member("eve", &["shop"]), ..once };
    let stolen = decide(store, &stolen, &one, choice(Kind::Confirm), now()).await;
    assert_eq!(status(stolen), 409, "the key is somebody else's");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_owners_at_once_both_are_on_record_and_the_last_counts() {
    let (shelf, id) = scene().await;
    let store = shelf.store.clone();
    let one = review(&store, id, "a").await;
    let decided = [("ada", Kind::Confirm), ("bob", Kind::Retire)].map(|(name, kind)| {
        let (store, one) = (store.clone(), one.clone());
        tokio::spawn(async move {
            let act = act(&member(name, &["shop"]));
            decide(&store, &act, &one, choice(kind), now()).await.unwrap();
        })
    });
    for done in decided {
        done.await.unwrap();
    }
    let card = store.review(one.review.id, now()).await.unwrap().unwrap();
    assert_eq!(card.decisions.len(), 2);
    assert_eq!(card.decisions.iter().filter(|one| one.counts()).count(), 1);
    assert_eq!(card.review.state, ReviewState::Decided(card.decisions[0].clone()));
}

#[tokio::test]
async fn what_the_form_did_not_show_is_not_decided() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let ada = member("ada", &["shop"]);
    let shown = review(store, id, "a").await;
    shelf.put("prod", &[changed("a", "shop", 2)]).await;
    let done = decide(store, &act(&ada), &shown, choice(Kind::Confirm), now()).await;
    assert_eq!(status(done), 409);
    let now_shown = review(store, id, "a").await;
    decide(store, &act(&ada), &now_shown, choice(Kind::Confirm), now()).await.unwrap();
    let gone = Batch {
        deleted: vec![Sighting::read(&owned("b", "shop").to_string())],
        ..Batch::default()
    };
    store.apply_ingresses(&cluster("prod"), &gone, now()).await.unwrap();
    let gone = review(store, id, "b").await;
    let done = decide(store, &act(&ada), &gone, choice(Kind::Confirm), now()).await;
    assert_eq!(status(done), 409, "it is gone");
}

#[tokio::test]
async fn a_material_change_opens_a_decided_review_again() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let ada = member("ada", &["shop"]);
    for (name, kind) in [("a", Kind::Confirm), ("b", Kind::Retire)] {
        let one = review(store, id, name).await;
        decide(store, &act(&ada), &one, choice(kind), now()).await.unwrap();
    }
    let mut cosmetic = owned("a", "shop");
    cosmetic["metadata"]["resourceVersion"] = "2".into();
    cosmetic["metadata"]["annotations"] = serde_json::json!({"note": "x"});
    shelf.put("prod", &[cosmetic]).await;
    assert_eq!(kind(&review(store, id, "a").await), Some(Kind::Confirm));
    shelf
        .put("prod", &[changed("a", "shop", 3), changed("b", "shop", 3), changed("c", "shop", 3)])
        .await;
    let reopened = review(store, id, "a").await;
    let ReviewState::Reopened { last, changes } = &reopened.review.state else {
        panic!("{reopened:?}")
    };
    assert_eq!(last.choice.kind, Kind::Confirm);
    assert!(!changes.is_empty() && changes.iter().all(|change| change.material));
    assert_eq!(reopened.review.material_hash, reopened.row.material_hash);
    assert_eq!(reopened.row.reviewed(now()), domain::Reviewed::Changed);
    assert_eq!(standing(store).await, [Standing::Cancelled], "it is to be decided again");
    assert_eq!(review(store, id, "c").await.review.state, ReviewState::Open);
    assert_eq!(recorded(store, "review.reopened").await, 2);
    let waiting = ReviewView { stages: vec![Stage::Reopened], ..ReviewView::default() };
    let page = store.reviews(&waiting, 10).await.unwrap();
    assert_eq!((page.rows.len(), page.counts.reopened, page.counts.open), (2, 2, 2));
    decide(store, &act(&ada), &reopened, choice(Kind::Confirm), now()).await.unwrap();
    assert_eq!(kind(&review(store, id, "a").await), Some(Kind::Confirm));
    verified(store, &[]).await.unwrap();
}

#[tokio::test]
async fn removing_the_routes_that_may_go_is_no_change_to_be_reviewed() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let ada = member("ada", &["shop"]);
    let mut two = owned("a", "shop");
    let second = serde_json::json!({"path": "/old", "pathType": "Prefix",
        "backend": {"service": {"name": "a", "port": {"number": 80}}}});
    let paths = &mut two["spec"]["rules"][0]["http"]["paths"];
    paths.as_array_mut().unwrap().push(second);
    two["metadata"]["resourceVersion"] = "2".into();
    shelf.put("prod", &[two]).await;
    let one = review(store, id, "a").await;
    let unknown = Choice { routes: vec!["x /y".into()], ..choice(Kind::Retire) };
    assert_eq!(status(decide(store, &act(&ada), &one, unknown, now()).await), 422);
    let some = Choice { routes: vec!["a.example.com /old".into()], ..choice(Kind::Retire) };
    decide(store, &act(&ada), &one, some, now()).await.unwrap();
    let mut less = owned("a", "shop");
    less["metadata"]["resourceVersion"] = "3".into();
    shelf.put("prod", &[less]).await;
    assert_eq!(kind(&review(store, id, "a").await), Some(Kind::Retire));
    assert_eq!(standing(store).await, [Standing::Removed]);
}

#[tokio::test]
async fn nothing_is_decided_once_the_campaign_is_closed() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let ada = member("ada", &["shop"]);
    let one = review(store, id, "a").await;
    store.close_campaign(&act(&admin()), id, now()).await.unwrap();
    let done = decide(store, &act(&ada), &one, choice(Kind::Confirm), now()).await;
    assert_eq!(status(done), 409);
    assert_eq!(status(undo(store, &act(&ada), one.review.id, now()).await), 409);
    let given = store.reassign(&act(&admin()), one.review.id, "cart", "x", now()).await;
    assert_eq!(status(given), 409);
    store.comment(&act(&ada), one.review.id, "too late", now()).await.unwrap();
}

#[tokio::test]
async fn an_admin_gives_a_review_to_another_team_with_a_reason() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let one = review(store, id, "a").await.review.id;
    let give = async |team: &str, reason: &str| {
        status(store.reassign(&act(&admin()), one, team, reason, now()).await)
    };
    assert_eq!(give("cart", " ").await, 422, "without a reason");
    assert_eq!(give("nobody", "x").await, 422);
    assert_eq!(give("shop", "x").await, 422, "it has it");
    assert_eq!(give("cart", "they took it over").await, 0);
    assert_eq!(review(store, id, "a").await.review.assignee, "cart");
    let entry = &entries(store).await[0];
    assert_eq!(entry.action, "review.reassigned");
    assert!(entry.detail.contains("they took it over"), "{}", entry.detail);
}

#[tokio::test]
async fn long_texts_are_refused_and_markup_stays_text() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let ada = member("ada", &["shop"]);
    let one = review(store, id, "a").await;
    let long = "x".repeat(100_000);
    let done = decide(store, &act(&ada), &one, Choice::new(Kind::Confirm, &long), now()).await;
    assert_eq!(status(done), 422);
    assert_eq!(status(store.comment(&act(&ada), one.review.id, &long, now()).await), 422);
    assert_eq!(status(store.comment(&act(&ada), one.review.id, " ", now()).await), 422);
    let markup = "<script>alert(1)</script>";
    decide(store, &act(&ada), &one, Choice::new(Kind::Confirm, markup), now()).await.unwrap();
    let card = store.review(one.review.id, now()).await.unwrap().unwrap();
    assert_eq!(card.decisions[0].choice.reason, markup);
    assert!(card.comments.is_empty());
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_decided() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let ada = member("ada", &["shop"]);
    let one = review(store, id, "a").await;
    let mut connection =
        SqliteConnectOptions::new().filename(store.path()).connect().await.unwrap();
    let no_room =
        "CREATE TRIGGER no_room BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END";
    sqlx::raw_sql(no_room).execute(&mut connection).await.unwrap();
    let once = act(&ada);
    decide(store, &once, &one, choice(Kind::Retire), now()).await.unwrap_err();
    store.close_campaign(&act(&admin()), id, now()).await.unwrap_err();
    let same = review(store, id, "a").await;
    assert_eq!((same.review.state, same.last), (ReviewState::Open, None));
    assert!(standing(store).await.is_empty());
    sqlx::raw_sql("DROP TRIGGER no_room").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    decide(store, &once, &one, choice(Kind::Retire), now()).await.unwrap();
    verified(store, &[]).await.unwrap();
}

#[tokio::test]
async fn nothing_is_decided_after_the_due_moment_also_before_the_campaign_is_closed() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let (ada, one) = (member("ada", &["shop"]), review(&shelf.store, id, "a").await);
    let late = day(14) + SignedDuration::from_secs(1);
    let confirm = || choice(Kind::Confirm);
    assert_eq!(status(decide(store, &act(&ada), &one, confirm(), late).await), 409);
    decide(store, &act(&ada), &one, confirm(), day(14)).await.unwrap();
    assert_eq!(status(undo(store, &act(&ada), one.review.id, late).await), 409);
    let to = (one.review.id, "cart", "it moved");
    assert_eq!(status(store.reassign(&act(&admin()), to.0, to.1, to.2, late).await), 409);
    assert_eq!(kind(&review(store, id, "a").await), Some(Kind::Confirm));
}

#[tokio::test]
async fn only_the_decision_that_the_page_showed_is_taken_back() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let (ada, bob) = (member("ada", &["shop"]), member("bob", &["shop"]));
    let one = review(store, id, "a").await;
    decide(store, &act(&ada), &one, choice(Kind::Retire), now()).await.unwrap();
    let shown = store.review(one.review.id, now()).await.unwrap().unwrap().decisions[0].id;
    decide(store, &act(&bob), &one, choice(Kind::Confirm), now()).await.unwrap();
    let undone = store.undo(&act(&ada), one.review.id, shown, now()).await;
    assert_eq!(status(undone), 409);
    assert_eq!(kind(&review(store, id, "a").await), Some(Kind::Confirm));
    assert_eq!(recorded(store, "review.undone").await, 0);
}

#[tokio::test]
async fn a_key_with_other_words_is_refused_and_nothing_is_done() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let (ada, one) = (member("ada", &["shop"]), review(&shelf.store, id, "a").await);
    let once = act(&ada);
    decide(store, &once, &one, choice(Kind::Confirm), now()).await.unwrap();
    let other = Act { content: "another".into(), ..once.clone() };
    assert_eq!(status(decide(store, &other, &one, choice(Kind::Retire), now()).await), 409);
    decide(store, &once, &one, choice(Kind::Confirm), now()).await.unwrap();
    assert_eq!(kind(&review(store, id, "a").await), Some(Kind::Confirm));
    assert_eq!(recorded(store, "review.decided").await, 1);
}

#[tokio::test]
async fn a_refusal_tells_nothing_of_what_is_not_theirs() {
    let (shelf, id) = scene().await;
    let store = &shelf.store;
    let (a, z) = (review(store, id, "a").await, review(store, id, "z").await);
    let hashes = [a.row.material_hash.clone(), z.row.material_hash.clone()];
    let both = [a.review.id, z.review.id];
    let ada = member("ada", &["shop"]);
    let refused = async |ids: &[ReviewId]| {
        let done = store.decide(&act(&ada), ids, choice(Kind::Confirm), &hashes, now()).await;
        let Err(ActError::Refused(sentence, status)) = done else { panic!("{done:?}") };
        (sentence, status)
    };
    let theirs = refused(&both).await;
    assert!(theirs.1 == 403 && !theirs.0.contains("shop/z"), "{theirs:?}");
    assert_eq!(refused(&[a.review.id, ReviewId(9_999)]).await, theirs, "whether there is one");
    let admin = act(&admin());
    let none = [a.review.id, ReviewId(9_999)];
    let done = store.decide(&admin, &none, choice(Kind::Confirm), &hashes, now()).await;
    assert_eq!(status(done), 404);
}

#[tokio::test]
async fn a_controller_that_writes_afterwards_does_not_hide_who_changed_it() {
    let (shelf, _) = scene().await;
    let store = &shelf.store;
    let strict = Terms { four_eyes: true, ..terms("cluster=prod") };
    let id = opened(store, strict).await;
    let written =
        |name: &str, at: &str| json!({"manager": name, "operation": "Update", "time": at});
    let mut manifest = changed("a", "shop", 2);
    let ada_wrote = written("ada", "2023-11-15T00:00:00Z");
    manifest["metadata"]["managedFields"] = json!([ada_wrote]);
    let see = async |manifest: &Value, at| {
        let seen = vec![Sighting::read(&manifest.to_string())];
        let batch = Batch { seen, ..Batch::default() };
        store.apply_ingresses(&cluster("prod"), &batch, at).await.unwrap();
    };
    see(&manifest, day(2)).await;
    manifest["metadata"]["resourceVersion"] = json!("3");
    manifest["metadata"]["annotations"] = json!({"example.com/seen": "yes"});
    manifest["metadata"]["managedFields"] =
        json!([ada_wrote, written("cert-manager", "2023-11-17T00:00:00Z")]);
    see(&manifest, day(4)).await;
    let one = review(store, id, "a").await;
    let (ada, bob) = (member("ada", &["shop"]), member("bob", &["shop"]));
    let confirm = || choice(Kind::Confirm);
    assert_eq!(status(decide(store, &act(&ada), &one, confirm(), day(5)).await), 403);
    decide(store, &act(&bob), &one, confirm(), day(5)).await.unwrap();
    decide(store, &act(&ada), &one, confirm(), day(5)).await.unwrap();
}
