//! Reads exported audit entries back, one by one: both forms, whatever the file is called.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use csv::StringRecord;
use domain::audit::Entry;

use super::audit::Record;
use super::guard::unguarded;

/// Why a file is no export of audit entries, or where it stops being one.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The system does not give it.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// It says something else.
    #[error("{0}")]
    Other(String),
}

type Entries = Box<dyn Iterator<Item = Result<Entry, Unreadable>>>;

/// The entries of a file in their order. JSON Lines begin with a brace; an empty file has none.
pub fn audit_entries(path: &Path) -> Result<Entries, Unreadable> {
    let mut file = BufReader::new(File::open(path)?);
    let is_csv = file.fill_buf()?.first().is_some_and(|byte| *byte != b'{');
    if is_csv {
        return Ok(Box::new(rows(file)?));
    }
    Ok(Box::new(audit_lines(file)))
}

/// The entries of JSON Lines in their order.
pub fn audit_lines(file: impl BufRead) -> impl Iterator<Item = Result<Entry, Unreadable>> {
    file.lines().zip(1..).map(|(line, number): (_, u64)| {
        let record = serde_json::from_str::<Record<'_>>(&line?);
        entry("line", number, record.map_err(|error| error.to_string()))
    })
}

fn rows(
    file: impl io::Read,
) -> Result<impl Iterator<Item = Result<Entry, Unreadable>>, Unreadable> {
    let mut reader = csv::Reader::from_reader(file);
    let names = reader.headers().map_err(of_csv)?.clone();
    Ok(reader.into_records().map(move |row| row_entry(&names, &row.map_err(of_csv)?)))
}

fn row_entry(names: &StringRecord, row: &StringRecord) -> Result<Entry, Unreadable> {
    let number = row.position().map_or(0, |position| position.record() + 1);
    let bare: StringRecord = row.iter().map(unguarded).collect();
    let record = bare.deserialize::<Record<'_>>(Some(names));
    entry("row", number, record.map_err(|error| error.to_string()))
}

fn entry(what: &str, number: u64, record: Result<Record<'_>, String>) -> Result<Entry, Unreadable> {
    let no_entry = || "its moment is no whole millisecond".to_owned();
    let entry = record.and_then(|record| record.entry().ok_or_else(no_entry));
    entry.map_err(|error| Unreadable::Other(format!("{what} {number} is no audit entry: {error}")))
}

fn of_csv(error: csv::Error) -> Unreadable {
    let text = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(error) => Unreadable::Read(error),
        _ => Unreadable::Other(text),
    }
}

#[cfg(test)]
mod tests {
    use domain::audit::{Action, Actor, Draft, Link};
    use jiff::Timestamp;
    use serde_json::json;
    use tempfile::TempDir;

    use super::*;
    use crate::export::{Audit, Encoder, Format};

    /// A chain in which every text is one that a spreadsheet would run, or close to it.
    fn chain() -> Vec<Entry> {
        let texts = ["", "=1", "'=1", "''-1", "a;@b\r\n'+1", "\t'=x", "{\"a\":\n1}", "Ada, \"A\""];
        let mut head = Link::START;
        let entries = texts.iter().map(|text| {
            let actor = match text.len() % 3 {
                0 => Actor::Anonymous,
                _ => Actor::Person {
                    issuer: "https://id.example.com".into(),
                    subject: (*text).into(),
                    name: format!("-{text}"),
                },
            };
            let entry = Draft {
                at: Timestamp::from_millisecond(1_700_000_000_120).unwrap(),
                actor,
                action: Action::SignIn,
                target: (*text).into(),
                detail: json!({ *text: text }),
                address: "192.0.2.1".into(),
            };
            let entry = entry.chain(&head);
            head = entry.link();
            entry
        });
        entries.collect()
    }

    fn read(bytes: &[u8]) -> Result<Vec<Entry>, Unreadable> {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("export");
        std::fs::write(&path, bytes).unwrap();
        audit_entries(&path)?.collect()
    }

    fn export(format: Format) -> Vec<u8> {
        let mut encoder = Encoder::new(format, Audit);
        let mut bytes = encoder.head();
        bytes.extend(encoder.rows(&chain()));
        bytes
    }

    #[test]
    fn what_is_exported_is_read_back_letter_for_letter() {
        for format in [Format::Csv, Format::Jsonl] {
            let entries = read(&export(format)).unwrap();
            assert_eq!(entries, chain(), "{format:?}");
            assert!(entries.iter().all(|entry| entry.hash == entry.expected_hash()), "{format:?}");
        }
    }

    #[test]
    fn a_file_without_entries_has_none() {
        assert!(read(b"").unwrap().is_empty());
        assert!(read(&Encoder::new(Format::Csv, Audit).head()).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_entry_is_named_with_its_line() {
        let check = |bytes: &[u8], part: &str| {
            let error = read(bytes).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        };
        let mut cut = export(Format::Jsonl);
        cut.truncate(cut.len() - 9);
        check(&cut, "line 8 is no audit entry");
        check(b"{\"sequence\":1}\n", "line 1 is no audit entry: missing field");
        check(b"sequence,at\r\n1,x\r\n", "row 2 is no audit entry");
        check(b"cluster,namespace\r\nprod,shop\r\n", "row 2 is no audit entry");
        let text = String::from_utf8(export(Format::Jsonl)).unwrap();
        let finer = text.replacen(":20.12Z", ":20.1200001Z", 1);
        assert_ne!(finer, text);
        check(finer.as_bytes(), "line 1 is no audit entry: its moment");
    }
}
