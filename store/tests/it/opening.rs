//! Opening a file, and refusing by name what is not safe.

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use domain::inventory::View;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use store::{Error, SCHEMA, Store};
use tempfile::TempDir;

use crate::support::{Shelf, cluster, simple};

async fn refusal(path: &Path) -> Error {
    Store::open(path).await.expect_err("it must not open")
}

#[tokio::test]
async fn a_second_process_is_refused_until_the_first_is_done() {
    let shelf = Shelf::new().await;
    let path = shelf.path();
    let error = refusal(&path).await;
    assert!(matches!(&error, Error::InUse(named) if *named == path), "{error}");
    shelf.store.close().await.unwrap();
    Store::open(&path).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("notes.txt");
    let text = "no database at all\n".repeat(500);
    std::fs::write(&path, &text).unwrap();
    let error = refusal(&path).await;
    assert!(matches!(&error, Error::Corrupt { path: named, .. } if *named == path), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test]
async fn a_folder_is_no_file() {
    let folder = TempDir::new().unwrap();
    let error = refusal(folder.path()).await;
    assert!(matches!(&error, Error::Open { path, .. } if path == folder.path()), "{error}");
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_not_touched() {
    let shelf = Shelf::new().await;
    let path = shelf.path();
    shelf.store.close().await.unwrap();
    let options = SqliteConnectOptions::new().filename(&path);
    let mut connection = options.connect().await.unwrap();
    sqlx::raw_sql("PRAGMA user_version = 99").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let before = std::fs::read(&path).unwrap();
    match refusal(&path).await {
        Error::Newer { path: named, found, known } => {
            assert_eq!((named, found, known), (path.clone(), 99, SCHEMA));
        }
        other => panic!("{other}"),
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn missing_folders_are_made() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a/b/routebook.db");
    Store::open(&path).await.unwrap();
    assert!(path.exists());
}

/// Reads everything there is.
async fn read_all(path: &Path) -> Result<(), Error> {
    let store = Store::open(path).await?;
    store.known_ingresses(&cluster("prod")).await?;
    store.manifests(&cluster("prod")).await?;
    for query in ["", "q=example", "sort=host", "sort=problems"] {
        for row in store.inventory(&View::parse(query).unwrap(), crate::support::now()).await?.rows
        {
            store.ingress(row.id, crate::support::now()).await?;
        }
    }
    Ok(())
}

/// A closed database of a few hundred pages.
async fn sound() -> (TempDir, std::path::PathBuf) {
    let shelf = Shelf::new().await;
    let manifests: Vec<_> = (0..1500).map(|n| simple("shop", &format!("web-{n}"))).collect();
    shelf.put("prod", &manifests).await;
    let path = shelf.path();
    shelf.store.close().await.unwrap();
    read_all(&path).await.unwrap();
    (shelf.folder, path)
}

fn is_damage(result: Result<(), Error>, path: &Path) {
    let error = result.expect_err("damage must be noticed");
    assert!(matches!(&error, Error::Corrupt { path: named, .. } if named == path), "{error:?}");
    assert!(error.to_string().contains(&path.display().to_string()), "{error}");
}

#[tokio::test]
async fn damaged_pages_are_called_so() {
    let (_folder, path) = sound().await;
    let length = std::fs::metadata(&path).unwrap().len();
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = usize::try_from(length).unwrap() / 4..usize::try_from(length).unwrap() * 3 / 4;
    bytes[middle.clone()].iter_mut().for_each(|byte| *byte ^= 0xff);
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(middle.start as u64)).unwrap();
    file.write_all(&bytes[middle]).unwrap();
    is_damage(read_all(&path).await, &path);
}

#[tokio::test]
async fn a_truncated_file_is_called_damaged() {
    let (_folder, path) = sound().await;
    let length = std::fs::metadata(&path).unwrap().len();
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(length / 2).unwrap();
    is_damage(read_all(&path).await, &path);
}

#[tokio::test]
async fn a_damaged_first_page_is_called_damaged() {
    let (_folder, path) = sound().await;
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(100)).unwrap();
    file.write_all(&[0xff; 3000]).unwrap();
    is_damage(read_all(&path).await, &path);
}
