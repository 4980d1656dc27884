//! The binary finds every change of the database.

use std::path::PathBuf;

use tempfile::TempDir;

use super::surgery::{self, Row};
use super::{Dice, assert_found, assert_in_order, record, verify_database};
use crate::support::Site;

/// Entries in the database: fewer than 128, so that each number is one byte.
const ENTRIES: usize = 100;

/// How often each kind of change is tried.
const TIMES: usize = 200;

/// Each change is looked at without anything that was noted elsewhere, and one of so many with it too:
/// a process is started for each look.
const COMPARED: usize = 10;

/// A database with entries, closed in order.
struct Evidence {
    folder: TempDir,
    bytes: Vec<u8>,
    rows: Vec<Row>,
    head: String,
}

impl Evidence {
    async fn new() -> Self {
        let site = Site::start().await;
        let head = record(&site, ENTRIES).await;
        let closed = site.close().await;
        let bytes = closed.database();
        let rows = surgery::rows(&bytes);
        let numbers: Vec<u64> = rows.iter().map(|row| row.sequence).collect();
        assert_eq!(numbers, (1..=ENTRIES as u64).collect::<Vec<_>>(), "every row is found");
        Self { folder: closed.folder, bytes, rows, head }
    }

    /// A copy with a change.
    fn changed(&self, name: &str, change: impl FnOnce(&mut [u8])) -> PathBuf {
        let mut bytes = self.bytes.clone();
        change(&mut bytes);
        let file = self.folder.path().join(format!("{name}.db"));
        std::fs::write(&file, bytes).unwrap();
        file
    }

    /// Changes a copy, and asserts that this is found.
    fn is_found(&self, time: usize, name: &str, change: impl FnOnce(&mut [u8])) {
        let name = format!("{time}-{name}");
        let file = self.changed(&name, change);
        assert_found(&verify_database(&file, &[]), &name);
        if time.is_multiple_of(COMPARED) {
            assert_found(&verify_database(&file, &["--checkpoint", &self.head]), &name);
        }
    }
}

#[tokio::test]
async fn what_was_not_changed_is_in_order() {
    let evidence = Evidence::new().await;
    let file = evidence.changed("same", |_| {});
    let ended = verify_database(&file, &[]);
    assert_in_order(&ended);
    assert!(ended.out.contains(&evidence.head), "{}", ended.out);
    assert!(ended.out.contains("none given"), "what could not be seen is said: {}", ended.out);
    let ended = verify_database(&file, &["--checkpoint", &evidence.head]);
    assert_in_order(&ended);
    assert!(ended.out.contains("1 compared"), "{}", ended.out);
}

#[tokio::test]
async fn a_single_bit_in_any_entry_is_found() {
    let evidence = Evidence::new().await;
    let mut dice = Dice(1);
    for time in 0..TIMES {
        let row = &evidence.rows[dice.below(ENTRIES)];
        let place = row.body.start + dice.below(row.body.len());
        let name = format!("edit-{}-{}", row.sequence, place - row.body.start);
        evidence.is_found(time, &name, |bytes| bytes[place] ^= 1);
    }
}

#[tokio::test]
async fn an_entry_that_was_taken_out_is_found() {
    let evidence = Evidence::new().await;
    let mut dice = Dice(2);
    for time in 0..TIMES {
        let row = &evidence.rows[dice.below(ENTRIES - 1)];
        let name = format!("delete-{}", row.sequence);
        evidence.is_found(time, &name, |bytes| surgery::delete(bytes, row));
    }
}

#[tokio::test]
async fn entries_in_another_order_are_found() {
    let evidence = Evidence::new().await;
    let mut dice = Dice(3);
    for time in 0..TIMES {
        // A page holds about ten: only the last ones may be alone on theirs.
        let one = &evidence.rows[dice.below(ENTRIES - 20)];
        let beside = |row: &&Row| row.page == one.page && row.sequence != one.sequence;
        let others: Vec<&Row> = evidence.rows.iter().filter(beside).collect();
        let other = others[dice.below(others.len())];
        let name = format!("exchange-{}-{}", one.sequence, other.sequence);
        evidence.is_found(time, &name, |bytes| surgery::exchange(bytes, one, other));
    }
}

#[tokio::test]
async fn an_end_that_was_cut_off_is_found_by_what_was_noted_elsewhere() {
    let site = Site::start().await;
    let folder = TempDir::new().unwrap();
    let mut older = Vec::new();
    for time in 0..TIMES {
        let file = folder.path().join(format!("cut-{time}.db"));
        store::backup(site.store.path(), &file).await.unwrap();
        older.push((file, super::head(&site).await));
        record(&site, 1 + time % 3).await;
    }
    let latest = super::head(&site).await;
    for (file, head) in older {
        let name = file.display().to_string();
        assert_in_order(&verify_database(&file, &[]));
        assert_in_order(&verify_database(&file, &["--checkpoint", &head]));
        let ended = verify_database(&file, &["--checkpoint", &head, "--checkpoint", &latest]);
        assert_found(&ended, &name);
        assert!(ended.err.contains("removed"), "{name}: {}", ended.err);
    }
}

#[tokio::test]
async fn a_chain_that_was_written_anew_is_found_by_what_was_noted_elsewhere() {
    let [one, other] = [Site::start().await, Site::start().await];
    let noted = record(&one, 7).await;
    record(&other, 3).await;
    record(&other, 6).await;
    let file = other.close().await;
    let path = file.folder.path().join("routebook.db");
    assert_in_order(&verify_database(&path, &[]));
    let ended = verify_database(&path, &["--checkpoint", &noted]);
    assert_found(&ended, "another chain");
    assert!(ended.err.contains("checkpoint"), "{}", ended.err);
}

#[tokio::test]
async fn what_cannot_be_verified_says_why() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("missing.db");
    let ended = verify_database(&missing, &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.err.contains("missing.db") && !missing.exists(), "{}", ended.err);
    for noted in ["7", "7:abc", "x:y", ":"] {
        let ended = verify_database(&missing, &["--checkpoint", noted]);
        assert_eq!(ended.code, Some(2), "{noted}: {}", ended.err);
    }
    let log = folder.path().join("routebook.log");
    std::fs::write(&log, "INFO ready\n").unwrap();
    let ended = verify_database(&missing, &["--log", log.to_str().unwrap()]);
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(ended.err.contains("audit checkpoint"), "{}", ended.err);
}
