//! Sign-ins that have begun: each is good once, for ten minutes.

use jiff::SignedDuration;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use store::BegunSignIn;

use crate::support::{Shelf, digest, now};

#[tokio::test]
async fn a_sign_in_that_has_begun_is_taken_out_once() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    store.begin_sign_in(&digest("a"), "corp", "/ingresses?q=shop", now()).await.unwrap();
    store.begin_sign_in(&digest("b"), "other", "/", now()).await.unwrap();
    assert_eq!(store.take_sign_in(&digest("c"), now()).await.unwrap(), None);
    let taken = store.take_sign_in(&digest("a"), now()).await.unwrap();
    let (provider, back) = ("corp".to_owned(), "/ingresses?q=shop".to_owned());
    assert_eq!(taken, Some(BegunSignIn { provider, back }));
    assert_eq!(store.take_sign_in(&digest("a"), now()).await.unwrap(), None);
    assert_eq!(store.take_sign_in(&digest("b"), now()).await.unwrap().unwrap().provider, "other");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_take_one_out_at_the_same_time_one_gets_it() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    store.begin_sign_in(&digest("a"), "corp", "/", now()).await.unwrap();
    let takers = (0..20).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { store.take_sign_in(&digest("a"), now()).await.unwrap() })
    });
    let taken = futures::future::join_all(takers.collect::<Vec<_>>()).await;
    assert_eq!(taken.into_iter().filter_map(Result::unwrap).count(), 1);
}

#[tokio::test]
async fn who_comes_back_after_ten_minutes_is_too_late() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    let after = |seconds: i64| now() + SignedDuration::from_secs(seconds);
    for id in ["a", "b"] {
        store.begin_sign_in(&digest(id), "corp", "/", now()).await.unwrap();
    }
    assert!(store.take_sign_in(&digest("a"), after(599)).await.unwrap().is_some());
    assert_eq!(store.take_sign_in(&digest("b"), after(600)).await.unwrap(), None);
    assert_eq!(store.take_sign_in(&digest("b"), now()).await.unwrap(), None, "it is used up");
}

#[tokio::test]
async fn of_more_than_ten_thousand_the_oldest_are_forgotten() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    let mut connection =
        SqliteConnectOptions::new().filename(store.path()).connect().await.unwrap();
    sqlx::query(
        "WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 10000)
         INSERT INTO sign_ins (hash, provider, back, begun_at)
         SELECT 'hash-' || n, 'corp', '/', $1 - n FROM count",
    )
    .bind(now().as_millisecond())
    .execute(&mut connection)
    .await
    .unwrap();
    store.begin_sign_in(&digest("a"), "corp", "/", now()).await.unwrap();
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM sign_ins")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    assert_eq!(left, 10_000);
    assert_eq!(store.take_sign_in("hash-10000", now()).await.unwrap(), None);
    assert!(store.take_sign_in("hash-9999", now()).await.unwrap().is_some());
    assert!(store.take_sign_in(&digest("a"), now()).await.unwrap().is_some());
}
