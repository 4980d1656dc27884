//! What nobody decided until the end, where the rule of the campaign is to retire.

use domain::campaign::{Terms, Undecided};
use domain::recommendation::Advice;
use domain::review::{Kind, Outcome};
use domain::traffic::Traffic;
use jiff::{SignedDuration, Timestamp};
use store::{Batch, Sighting};

use crate::acting::{
    act, changed, choice, day, decide, fresh, member, old, opened, outcome, owned, quiet, read,
    recorded, review, reviews, shelf, terms, undo,
};
use crate::support::{Shelf, cluster};

/// Of when what is known of the cluster is, and up to when its traffic was read, if it was.
async fn known(shelf: &Shelf, data_as_of: Timestamp, read_until: Option<Timestamp>) {
    fresh(&shelf.store, data_as_of);
    if let Some(until) = read_until {
        read(&shelf.store, until).await;
    }
}

#[tokio::test]
async fn nothing_is_retired_without_an_answer_that_is_not_recommended_any_more() {
    let names = ["same", "used", "unwatched", "changed", "undone"];
    let shelf = shelf().await;
    shelf.put("prod", &names.map(|name| old(owned(name, "shop")))).await;
    let store = &shelf.store;
    for name in names {
        quiet(&shelf, name, Traffic::default()).await;
    }
    let retiring = Terms { undecided: Undecided::Retire, ..terms("cluster=prod") };
    let id = opened(store, retiring).await;
    let all = reviews(store, id).await;
    assert!(all.iter().all(|one| one.review.recommendation.advice == Advice::Retire), "{all:?}");
    quiet(&shelf, "used", Traffic { last_success: Some(day(3)), ..Traffic::default() }).await;
    let unwatched = shelf.id("unwatched").await;
    let traffic = [(unwatched, Traffic::default(), None)];
    store.save_traffic(&cluster("prod"), &traffic).await.unwrap();
    let ada = member("ada", &["shop"]);
    let one = review(store, id, "undone").await;
    decide(store, &act(&ada), &one, choice(Kind::Confirm), day(1)).await.unwrap();
    for name in ["changed", "undone"] {
        let seen = vec![Sighting::read(&old(changed(name, "shop", 2)).to_string())];
        let batch = Batch { seen, ..Batch::default() };
        store.apply_ingresses(&cluster("prod"), &batch, day(3)).await.unwrap();
    }
    undo(store, &act(&ada), one.review.id, day(4)).await.unwrap();
    known(&shelf, day(15), Some(day(15))).await;
    assert_eq!(store.close_due_campaigns(day(15)).await.unwrap(), [id]);
    let outcomes = reviews(store, id).await;
    let outcomes: Vec<_> =
        outcomes.iter().map(|one| (one.row.name.as_str(), outcome(one))).collect();
    let exception = |name| (name, Outcome::Exception);
    let expected = [
        exception("changed"),
        ("same", Outcome::RetiredUndecided),
        exception("undone"),
        exception("unwatched"),
        exception("used"),
    ];
    assert_eq!(outcomes, expected);
    assert_eq!(recorded(store, "retirement.requested").await, 1);
}

async fn check(data_as_of: Timestamp, read_until: Option<Timestamp>, expected: Outcome) {
    let shelf = shelf().await;
    let store = &shelf.store;
    shelf.put("prod", &[old(owned("a", "shop"))]).await;
    quiet(&shelf, "a", Traffic::default()).await;
    let retiring = Terms { undecided: Undecided::Retire, ..terms("cluster=prod") };
    let id = opened(store, retiring).await;
    known(&shelf, data_as_of, read_until).await;
    assert_eq!(store.close_due_campaigns(day(15)).await.unwrap(), [id]);
    let found = outcome(&review(store, id, "a").await);
    assert_eq!(found, expected, "{data_as_of} {read_until:?}");
    let retired = usize::from(expected == Outcome::RetiredUndecided);
    assert_eq!(recorded(store, "retirement.requested").await, retired);
}

#[tokio::test]
async fn nothing_is_retired_without_an_answer_if_what_is_known_is_not_of_today() {
    let before = |minutes| day(15) - SignedDuration::from_mins(minutes);
    check(day(15), Some(day(15)), Outcome::RetiredUndecided).await;
    check(before(2), Some(before(120)), Outcome::RetiredUndecided).await;
    check(before(3), Some(day(15)), Outcome::Exception).await;
    check(day(15), Some(before(121)), Outcome::Exception).await;
    check(day(15), None, Outcome::Exception).await;
}
