//! Disks that are full or may not be written. Both need a file system of their own: tmpfs, where
//! this process may mount one.

use std::path::Path;
use std::process::Command;

use store::{Batch, Error, Sighting, Store};
use tempfile::TempDir;

use crate::support::{cluster, now, simple, skipped};

/// A mounted tmpfs; taken down at the end.
struct Mount(TempDir);

impl Mount {
    fn of(size: &str) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        run(&["-t", "tmpfs", "-o", size, "tmpfs"], folder.path()).then(|| Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

fn run(arguments: &[&str], on: &Path) -> bool {
    let output = Command::new("mount").args(arguments).arg(on).output();
    output.is_ok_and(|output| output.status.success())
}

async fn put(store: &Store, n: u64) -> Result<(), Error> {
    let mut manifest = simple("shop", &format!("web-{n}"));
    // What does not compress.
    let mut random = fastrand::Rng::with_seed(n);
    let noise: String = (0..20_000).map(|_| random.alphanumeric()).collect();
    manifest["metadata"]["annotations"] = serde_json::json!({"noise": noise});
    let seen = vec![Sighting::read(&manifest.to_string())];
    let batch = Batch { seen, ..Batch::default() };
    store.apply_ingresses(&cluster("prod"), &batch, now()).await.map(drop)
}

async fn stored(store: &Store) -> u64 {
    store.known_ingresses(&cluster("prod")).await.unwrap().len() as u64
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_goes_on_when_there_is_room() {
    let Some(disk) = Mount::of("size=3m") else {
        return skipped("a full disk needs the right to mount a tmpfs");
    };
    let ballast = disk.path().join("ballast");
    std::fs::write(&ballast, vec![0; 1 << 20]).unwrap();
    let path = disk.path().join("routebook.db");
    let store = Store::open(&path).await.unwrap();
    store.configure(&[cluster("prod")]).await.unwrap();
    let mut kept = 0;
    let error = loop {
        match put(&store, kept).await {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(&error, Error::DiskFull(named) if *named == path), "{error:?}");
    assert!(kept > 10);
    assert_eq!(stored(&store).await, kept, "what was said to be stored is, and no more");
    // Now and then a checkpoint still makes room for one; every other attempt says the same.
    for _ in 0..50 {
        match put(&store, kept).await {
            Ok(()) => kept += 1,
            Err(error) => assert!(matches!(error, Error::DiskFull(_)), "{error:?}"),
        }
        assert_eq!(stored(&store).await, kept);
    }
    std::fs::remove_file(&ballast).unwrap();
    put(&store, kept).await.unwrap();
    assert_eq!(stored(&store).await, kept + 1);
    store.close().await.unwrap();
    let again = Store::open(&path).await.unwrap();
    assert_eq!(stored(&again).await, kept + 1);
    let manifests = again.manifests(&cluster("prod")).await.unwrap();
    assert!(manifests.values().all(|manifest| manifest.len() > 20_000));
    drop(again);
}

#[tokio::test]
async fn no_room_at_the_start_is_called_so() {
    let Some(disk) = Mount::of("size=64k") else {
        return skipped("a full disk needs the right to mount a tmpfs");
    };
    let path = disk.path().join("routebook.db");
    let error = Store::open(&path).await.unwrap_err();
    assert!(matches!(&error, Error::DiskFull(named) if *named == path), "{error:?}");
}

#[tokio::test]
async fn a_read_only_folder_is_called_so() {
    let Some(disk) = Mount::of("size=8m") else {
        return skipped("a read-only folder needs the right to mount a tmpfs");
    };
    let path = disk.path().join("routebook.db");
    Store::open(&path).await.unwrap().close().await.unwrap();
    assert!(run(&["-o", "remount,ro"], disk.path()));
    let error = Store::open(&path).await.unwrap_err();
    assert!(matches!(&error, Error::ReadOnly(named) if *named == path), "{error:?}");
}

#[tokio::test]
async fn a_read_only_file_is_called_so() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("routebook.db");
    Store::open(&path).await.unwrap().close().await.unwrap();
    let bound = Command::new("mount").arg("--bind").arg(&path).arg(&path).output();
    if !bound.is_ok_and(|output| output.status.success()) {
        return skipped("a read-only file needs the right to mount, as root may write any file");
    }
    assert!(run(&["-o", "remount,ro,bind"], &path));
    let outcome = Store::open(&path).await.map(drop);
    let unmounted = Command::new("umount").arg("-l").arg(&path).status().unwrap();
    assert!(unmounted.success());
    let error = outcome.unwrap_err();
    assert!(matches!(&error, Error::ReadOnly(named) if *named == path), "{error:?}");
}
