//! A backup: whole, while others write, and never over something.

use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use store::{Error, Store, backup};

use crate::people::{is_in, new, sign_in};
use crate::support::{Shelf, cluster, digest, now, simple};

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_while_writing_is_one_moment_and_sound() {
    let shelf = Shelf::new().await;
    let done = AtomicBool::new(false);
    let write = async {
        let mut batches = 0;
        while !done.load(Ordering::Relaxed) {
            // Whole batches of ten: anything else would be half a transaction.
            let manifests: Vec<_> =
                (0..10).map(|n| simple("shop", &format!("web-{batches}-{n}"))).collect();
            shelf.put("prod", &manifests).await;
            batches += 1;
        }
        batches
    };
    let copy = async {
        for n in 0..8 {
            let to = shelf.folder.path().join(format!("copy-{n}.db"));
            backup(&shelf.path(), &to).await.unwrap();
        }
        done.store(true, Ordering::Relaxed);
    };
    let (batches, ()) = tokio::join!(write, copy);
    let mut before = 0;
    for n in 0..8 {
        let path = shelf.folder.path().join(format!("copy-{n}.db"));
        let options = SqliteConnectOptions::new().filename(&path);
        let mut connection = options.connect().await.unwrap();
        let sound: String =
            sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await.unwrap();
        assert_eq!(sound, "ok");
        connection.close().await.unwrap();
        let copy = Store::open(&path).await.unwrap();
        let count = copy.known_ingresses(&cluster("prod")).await.unwrap().len();
        assert!(count.is_multiple_of(10) && count >= before && count <= batches * 10, "{count}");
        before = count;
    }
    assert!(before > 0, "nothing was written while copying");
}

#[tokio::test]
async fn a_backup_opens_and_equals_the_original() {
    let shelf = Shelf::new().await;
    let manifests: Vec<_> = (0..200).map(|n| simple("shop", &format!("web-{n}"))).collect();
    shelf.put("prod", &manifests).await;
    let to = shelf.folder.path().join("copy.db");
    backup(&shelf.path(), &to).await.unwrap();
    let copy = Store::open(&to).await.unwrap();
    let prod = cluster("prod");
    let original = &shelf.store;
    assert_eq!(copy.manifests(&prod).await.unwrap(), original.manifests(&prod).await.unwrap());
    let known = original.known_ingresses(&prod).await.unwrap();
    assert_eq!(copy.known_ingresses(&prod).await.unwrap(), known);
    let id = shelf.id("web-7").await;
    assert_eq!(copy.ingress(id, now()).await.unwrap(), original.ingress(id, now()).await.unwrap());
}

#[tokio::test]
async fn a_closed_database_is_copied_too() {
    let shelf = Shelf::new().await;
    shelf.put("prod", &[simple("shop", "web")]).await;
    let (path, to) = (shelf.path(), shelf.folder.path().join("copy.db"));
    shelf.store.close().await.unwrap();
    backup(&path, &to).await.unwrap();
    let copy = Store::open(&to).await.unwrap();
    assert_eq!(copy.known_ingresses(&cluster("prod")).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_backup_lets_nobody_in() {
    let shelf = Shelf::new().await;
    sign_in(&shelf.store, &new("one", "ada")).await;
    shelf.store.begin_sign_in(&digest("begun"), "corp", "/the-way-back", now()).await.unwrap();
    let to = shelf.folder.path().join("copy.db");
    backup(&shelf.path(), &to).await.unwrap();
    let bytes = std::fs::read(&to).unwrap();
    let has = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(has("ada@example.com"), "it is looked for");
    let (session, begun) = (digest("one"), digest("begun"));
    for gone in [session.as_str(), begun.as_str(), "Mozilla/5.0", "/the-way-back"] {
        assert!(!has(gone), "{gone}");
    }
    assert!(!is_in(&Store::open(&to).await.unwrap(), "one").await);
    assert!(is_in(&shelf.store, "one").await, "of the original nothing is taken");
}

#[tokio::test]
async fn a_backup_overwrites_nothing_and_leaves_nothing_half_done() {
    let shelf = Shelf::new().await;
    let to = shelf.folder.path().join("precious.txt");
    std::fs::write(&to, "precious").unwrap();
    let error = backup(&shelf.path(), &to).await.unwrap_err();
    assert!(matches!(&error, Error::Open { path, .. } if *path == to), "{error}");
    assert!(error.to_string().contains("overwrites nothing"), "{error}");
    assert_eq!(std::fs::read_to_string(&to).unwrap(), "precious");
    let nothing = shelf.folder.path().join("nothing.db");
    let target = shelf.folder.path().join("target.db");
    let error = backup(&nothing, &target).await.unwrap_err();
    assert!(matches!(&error, Error::Open { path, .. } if *path == nothing), "{error}");
    assert!(!target.exists() && !nothing.exists());
    let nowhere = shelf.folder.path().join("no/such/folder/copy.db");
    let error = backup(&shelf.path(), &nowhere).await.unwrap_err();
    assert!(matches!(&error, Error::Open { path, .. } if *path == nowhere), "{error}");
}
