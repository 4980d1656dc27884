//! Exported audit entries, over HTTP and from the command line, and what the binary finds in them.

use std::path::{Path, PathBuf};

use csv::StringRecord;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Dice, assert_found, assert_in_order, record, verify_file};
use crate::support::{Setup, Site, finish, routebook};

/// What the hash of an entry is over, and the hash.
const COLUMNS: [&str; 12] = [
    "sequence", "at", "actor", "issuer", "subject", "name", "action", "target", "detail",
    "address", "previous", "hash",
];

const ENTRIES: usize = 60;
const TIMES: usize = 20;

/// Entries as both kinds of files.
struct Exported {
    folder: TempDir,
    jsonl: String,
    csv: String,
    head: String,
}

impl Exported {
    async fn new() -> Self {
        let site = Site::start().await;
        let head = record(&site, ENTRIES).await;
        let closed = site.close().await;
        let [jsonl, csv] = ["jsonl", "csv"].map(|format| export(closed.folder.path(), format));
        Self { folder: closed.folder, jsonl, csv, head }
    }

    fn is_found(&self, name: &str, text: &str, arguments: &[&str]) {
        let file = self.write(name, text);
        assert_found(&verify_file(&file, arguments), &format!("{name}\n{text}"));
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let file = self.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    }
}

/// What `routebook export audit` writes.
fn export(folder: &Path, format: &str) -> String {
    let arguments = ["export", "audit", "--format", format];
    let ended = finish(routebook(folder, &arguments, &[("ROUTEBOOK_DATABASE", "routebook.db")]));
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    ended.out
}

/// The text with another letter or digit somewhere.
fn edited(text: &str, dice: &mut Dice) -> String {
    let places: Vec<usize> = text
        .bytes()
        .enumerate()
        .filter(|(_, byte)| byte.is_ascii_alphanumeric())
        .map(|(at, _)| at)
        .collect();
    if places.is_empty() {
        return format!("{text}x");
    }
    let at = places[dice.below(places.len())];
    let other = match text.as_bytes()[at] {
        b'9' => '0',
        b'z' => 'a',
        b'Z' => 'A',
        byte => char::from(byte + 1),
    };
    format!("{}{other}{}", &text[..at], &text[at + 1..])
}

fn parsed(csv: &str) -> (StringRecord, Vec<StringRecord>) {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let names = reader.headers().unwrap().clone();
    (names, reader.records().map(Result::unwrap).collect())
}

fn written(names: &StringRecord, rows: &[StringRecord]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in std::iter::once(names).chain(rows) {
        writer.write_record(row).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

#[tokio::test]
async fn exported_files_prove_what_the_database_does() {
    let exported = Exported::new().await;
    for (name, text) in [("a.jsonl", &exported.jsonl), ("a.csv", &exported.csv)] {
        let file = exported.write(name, text);
        let ended = verify_file(&file, &["--checkpoint", &exported.head]);
        assert_in_order(&ended);
        assert!(ended.out.contains("1 compared, and all are right"), "{}", ended.out);
    }
    let (names, rows) = parsed(&exported.csv);
    assert_eq!(names.iter().take(12).collect::<Vec<_>>(), COLUMNS);
    let again = exported.write("b.csv", &written(&names, &rows));
    assert_in_order(&verify_file(&again, &["--checkpoint", &exported.head]));
}

#[tokio::test]
async fn no_cell_of_an_exported_file_is_run() {
    let exported = Exported::new().await;
    for row in parsed(&exported.csv).1 {
        for piece in row.iter().flat_map(|cell| cell.split([';', '\n', '\t', '\r'])) {
            let start = piece.trim_start().chars().next();
            assert!(!start.is_some_and(|c| "=+-@".contains(c)), "{piece:?}");
        }
    }
}

#[tokio::test]
async fn an_edited_line_is_found() {
    let exported = Exported::new().await;
    let mut dice = Dice(4);
    for time in 0..TIMES {
        let mut lines: Vec<Value> =
            exported.jsonl.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let (line, column) = (dice.below(ENTRIES), COLUMNS[dice.below(12)]);
        let value = &lines[line][column];
        lines[line][column] = match value {
            Value::String(text) => json!(edited(text, &mut dice)),
            Value::Number(number) => json!(number.as_u64().unwrap() + 1),
            _ => json!("x"),
        };
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        exported.is_found(&format!("edit-{time}-{line}-{column}.jsonl"), &text, &[]);
    }
}

#[tokio::test]
async fn an_edited_cell_is_found() {
    let exported = Exported::new().await;
    let mut dice = Dice(5);
    for time in 0..TIMES {
        let (names, mut rows) = parsed(&exported.csv);
        let (line, column) = (dice.below(ENTRIES), dice.below(12));
        let mut cells: Vec<String> = rows[line].iter().map(str::to_owned).collect();
        cells[column] = edited(&cells[column], &mut dice);
        rows[line] = StringRecord::from(cells);
        let name = format!("edit-{time}-{line}-{}.csv", COLUMNS[column]);
        exported.is_found(&name, &written(&names, &rows), &[]);
    }
}

#[tokio::test]
async fn missing_and_exchanged_lines_are_found() {
    let exported = Exported::new().await;
    let mut dice = Dice(6);
    let all: Vec<String> = exported.jsonl.split_inclusive('\n').map(str::to_owned).collect();
    for time in 0..TIMES {
        let mut lines = all.clone();
        lines.remove(dice.below(ENTRIES - 1));
        exported.is_found(&format!("delete-{time}.jsonl"), &lines.concat(), &[]);

        let mut lines = all.clone();
        let one = dice.below(ENTRIES);
        lines.swap(one, (one + 1 + dice.below(ENTRIES - 1)) % ENTRIES);
        exported.is_found(&format!("exchange-{time}.jsonl"), &lines.concat(), &[]);

        let kept = &all[..dice.below(ENTRIES)];
        let file = exported.write(&format!("cut-{time}.jsonl"), &kept.concat());
        assert_in_order(&verify_file(&file, &[]));
        let noted = ["--checkpoint", exported.head.as_str()];
        exported.is_found(&format!("noted-{time}.jsonl"), &kept.concat(), &noted);
    }
}

#[tokio::test]
async fn missing_and_exchanged_rows_are_found() {
    let exported = Exported::new().await;
    let mut dice = Dice(7);
    let (names, all) = parsed(&exported.csv);
    for time in 0..TIMES {
        let mut rows = all.clone();
        match time % 3 {
            0 => drop(rows.remove(dice.below(ENTRIES - 1))),
            1 => rows.swap(time, ENTRIES - 1 - time),
            _ => rows.truncate(dice.below(ENTRIES)),
        }
        let noted = ["--checkpoint", exported.head.as_str()];
        exported.is_found(&format!("{time}.csv"), &written(&names, &rows), &noted);
    }
}

#[tokio::test]
async fn a_download_is_what_the_command_line_writes_and_each_is_recorded() {
    let site = Site::with_sign_in(Setup::default()).await;
    record(&site, 3).await;
    let auditor = site.sign_in("auditor").await;
    for format in ["jsonl", "csv"] {
        let path = format!("/export/audit.{format}");
        let answer = auditor.open(&path).await;
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("x-routebook-schema"), "audit/1");
        let disposition = header("content-disposition");
        assert!(disposition.contains("routebook-audit-2026-03-02T090000Z"), "{disposition}");
        let text = answer.text().await.unwrap();
        let folder = site.store.path().parent().unwrap().to_owned();
        let written = tokio::task::spawn_blocking(move || export(&folder, format)).await.unwrap();
        let more = written.strip_prefix(&text).unwrap();
        assert_eq!(more.lines().count(), 1, "that it was taken: {more}");
        assert!(more.contains("system") && more.contains("routebook export"), "{more}");
        assert!(text.lines().last().unwrap().contains("export.audit"), "{text}");
        let entries = site.audit().await;
        let last = &entries[entries.len() - 2];
        assert_eq!(last.actor.subject(), "subject-of-auditor");
        assert_eq!(last.address, auditor.address());
        assert!(last.detail.contains(format), "{}", last.detail);
    }
}

#[tokio::test]
async fn a_download_has_what_the_filters_find() {
    let site = Site::with_sign_in(Setup::default()).await;
    let auditor = site.sign_in("auditor").await;
    site.sign_in("viewer").await.status("/audit").await;
    let lines = async |query: &str| {
        let text = auditor.text(&format!("/export/audit.jsonl?{query}")).await;
        text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>()
    };
    let denied = lines("action=right.denied").await;
    assert_eq!(denied.len(), 1);
    assert_eq!(
        (&denied[0]["target"], &denied[0]["name"]),
        (&json!("/audit"), &json!("The viewer"))
    );
    assert_eq!(lines("person=subject-of-viewer").await.len(), 2);
    assert_eq!(lines("from=2026-03-03").await.len(), 0);
    let answer = auditor.open("/export/audit.csv?colour=red").await;
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
}

#[tokio::test]
async fn the_inventory_is_not_handed_out_unrecorded() {
    let site = Site::with_sign_in(Setup::default()).await;
    let viewer = site.sign_in("viewer").await;
    viewer.text("/export/inventory.csv?class=nginx").await;
    let entries = site.audit().await;
    let last = entries.last().unwrap();
    assert_eq!((last.action.as_str(), last.actor.name()), ("export.inventory", "The viewer"));
    assert!(last.detail.contains("class=nginx"), "{}", last.detail);
}
