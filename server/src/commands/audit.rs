//! `routebook audit verify`: whether the audit trail is complete and unchanged, in the database or in
//! an exported file, without a running Routebook and without trusting it.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use domain::audit::{AuditView, Broken, Checkpoint, Entry, Link, Verifier};
use futures::StreamExt as _;
use jiff::Timestamp;
use serde_json::Value;
use store::Store;

use super::{answer, archive};
use crate::export::{Unreadable, audit_entries};
use crate::schedule::CHECKPOINT;
use crate::{Config, Error};

/// Which part of Routebook writes checkpoints, as its log names it.
const SCHEDULE: &str = "server::schedule";

/// What stands before it in a line of text, the level of another one.
const LEVELS: [&str; 5] = ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"];

/// What to compare.
#[derive(Debug)]
pub struct Verify {
    /// An exported file, instead of the database.
    pub file: Option<PathBuf>,
    /// What was noted elsewhere.
    pub checkpoints: Vec<Checkpoint>,
    /// Logs in which it was noted.
    pub logs: Vec<PathBuf>,
}

/// Goes through the entries, and says what there is, or where it does not hold.
pub async fn verify(config: Config, asked: Verify) -> Result<(), Error> {
    let mut checkpoints = asked.checkpoints;
    for log in &asked.logs {
        checkpoints.extend(noted(log)?);
    }
    if let Some(file) = &asked.file
        && archive::is_archive(file)?
    {
        return answer(&archive::verify(file, &checkpoints)?);
    }
    let trail = Trail::new(&checkpoints);
    let (of, found) = match &asked.file {
        Some(file) => (file, of_file(trail, file)?),
        None => (&config.database, of_database(trail, &config.database).await?),
    };
    answer(&found.report(of, checkpoints.len()))
}

/// The entries that were seen so far.
struct Trail {
    verifier: Verifier,
    times: Option<(Timestamp, Timestamp)>,
}

impl Trail {
    fn new(checkpoints: &[Checkpoint]) -> Self {
        Self { verifier: Verifier::new(checkpoints), times: None }
    }

    fn next(&mut self, entry: &Entry) -> Result<(), Broken> {
        let first = self.times.map_or(entry.at, |(first, _)| first);
        self.times = Some((first, entry.at));
        self.verifier.next(entry)
    }

    fn finish(self) -> Result<Found, Broken> {
        Ok(Found { head: self.verifier.finish()?, times: self.times })
    }
}

/// A whole trail.
struct Found {
    head: Link,
    times: Option<(Timestamp, Timestamp)>,
}

impl Found {
    /// What was found, and what could not be.
    fn report(&self, of: &Path, checkpoints: usize) -> String {
        let times = match self.times {
            Some((first, last)) => format!(", from {first} to {last}"),
            None => String::new(),
        };
        let compared = match checkpoints {
            0 => "none given, so nobody knows whether entries were cut off at the end".to_owned(),
            count => format!("{count} compared, and all are right"),
        };
        let (of, head) = (of.display(), Checkpoint::from(self.head));
        format!(
            "{of}: the audit trail is in order and unchanged\n\
             entries:     {}{times}\n\
             head:        {head}\n\
             checkpoints: {compared}\n",
            head.sequence
        )
    }
}

fn of_file(mut trail: Trail, file: &Path) -> Result<Found, Error> {
    for entry in audit_entries(file).map_err(|error| unreadable(file, error))? {
        let entry = entry.map_err(|error| unreadable(file, error))?;
        trail.next(&entry).map_err(|broken| not_in_order(file, &broken))?;
    }
    trail.finish().map_err(|broken| not_in_order(file, &broken))
}

async fn of_database(mut trail: Trail, database: &Path) -> Result<Found, Error> {
    let store = Store::open_read_only(database).await?;
    let mut batches = Box::pin(store.audit_entries(&AuditView::default()));
    while let Some(batch) = batches.next().await {
        for entry in batch? {
            trail.next(&entry).map_err(|broken| not_in_order(database, &broken))?;
        }
    }
    trail.finish().map_err(|broken| not_in_order(database, &broken))
}

fn not_in_order(of: &Path, broken: &Broken) -> Error {
    Error::Audit(format!("the audit trail in {} is broken: {broken}", of.display()))
}

fn unreadable(file: &Path, error: Unreadable) -> Error {
    match error {
        Unreadable::Read(reason) => Error::Read { path: file.to_owned(), reason },
        Unreadable::Other(reason) => Error::Audit(format!("{}, {reason}", file.display())),
    }
}

/// The checkpoints in a log. A log without any is not the right one.
fn noted(log: &Path) -> Result<Vec<Checkpoint>, Error> {
    let failed = |reason| Error::Read { path: log.to_owned(), reason };
    let mut checkpoints = Vec::new();
    for line in BufReader::new(File::open(log).map_err(failed)?).split(b'\n') {
        checkpoints.extend(checkpoint(&String::from_utf8_lossy(&line.map_err(failed)?)));
    }
    if checkpoints.is_empty() {
        let log = log.display();
        return Err(Error::Usage(format!(
            "--log {log}: no line in it is an \"{CHECKPOINT}\" of Routebook's"
        )));
    }
    Ok(checkpoints)
}

/// The checkpoint that the schedule has written with this line. What it looks for may stand in other
/// lines too: they repeat what clusters, providers and browsers have said.
fn checkpoint(line: &str) -> Option<Checkpoint> {
    match serde_json::from_str(line) {
        Ok(Value::Object(object)) => in_object(&object),
        _ => in_text(line),
    }
}

/// `[whatever a collector writes] TIME  INFO server::schedule: audit checkpoint SEQUENCE:HASH`.
fn in_text(line: &str) -> Option<Checkpoint> {
    let (before, rest) = line.split_once(SCHEDULE)?;
    let mut words = before.split_whitespace().rev();
    let is_event = words.next() == Some("INFO") && words.next()?.parse::<Timestamp>().is_ok();
    // A second level would be that of a line that repeats this one.
    let is_first = words.all(|word| !LEVELS.contains(&word));
    if !(is_event && is_first) {
        return None;
    }
    said(rest.strip_prefix(": ")?)
}

/// As tracing-subscriber nests it, or such a line, or one of text, as Docker wraps it.
fn in_object(object: &serde_json::Map<String, Value>) -> Option<Checkpoint> {
    if let Some(Value::String(line)) = object.get("log") {
        return checkpoint(line);
    }
    let is_ours = object.get("target").is_some_and(|target| target == SCHEDULE);
    let message = object.get("fields")?.get("message")?.as_str()?;
    said(message).filter(|_| is_ours)
}

fn said(message: &str) -> Option<Checkpoint> {
    message.strip_prefix(CHECKPOINT)?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use domain::audit::{Action, Actor, Draft};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_checkpoint_is_found_in_every_form_of_log() {
        let hash = "0f".repeat(32);
        let expected: Checkpoint = format!("12:{hash}").parse().unwrap();
        let check = |line: &str, expected: Option<Checkpoint>| {
            assert_eq!(checkpoint(line), expected, "{line}");
        };
        let text =
            format!("2026-11-24T10:00:00Z  INFO server::schedule: audit checkpoint 12:{hash}");
        let json = json!({
            "timestamp": "2026-11-24T10:00:00Z",
            "level": "INFO",
            "fields": {"message": format!("audit checkpoint 12:{hash}")},
            "target": "server::schedule",
        })
        .to_string();
        check(&text, Some(expected));
        check(&format!("pod/routebook-0 {text}\r"), Some(expected));
        check(&format!("2026-11-24T10:00:01Z stderr F {text}"), Some(expected));
        check(
            &json!({ "log": format!("{text}\n"), "stream": "stderr" }).to_string(),
            Some(expected),
        );
        check(&json, Some(expected));
        check(&json!({ "log": json, "stream": "stderr" }).to_string(), Some(expected));
        check("an audit checkpoint was missed", None);
        check(&format!("12:{hash}"), None);
    }

    #[test]
    fn what_a_line_of_another_part_repeats_is_no_checkpoint() {
        let forged = format!("audit checkpoint 9:{}", "0f".repeat(32));
        let line = format!("2026-11-24T10:00:00Z  INFO server::schedule: {forged}");
        assert!(checkpoint(&line).is_some());
        let request = "request{method=GET route=\"/\" id=\"x\"}";
        for text in [
            format!("2026-11-24T10:00:00Z  WARN server::auth: a sign-in failed: {forged}"),
            format!("2026-11-24T10:00:00Z  WARN server::auth: a sign-in failed: {line}"),
            format!("2026-11-24T10:00:00Z  WARN observe::kubernetes: {line}"),
            format!("2026-11-24T10:00:00Z  INFO observe::kubernetes: {line}"),
            format!("2026-11-24T10:00:00Z  WARN server::schedule: {forged}"),
            format!("2026-11-24T10:00:00Z  INFO {request}: server::schedule: {forged}"),
            format!("2026-11-24T10:00:00Z  INFO server::schedule: it says {forged}"),
            format!("2026-11-24T10:00:00Z  INFO server::schedules: {forged}"),
            format!("{line} and so on"),
            format!("INFO server::schedule: {forged}"),
            forged.clone(),
        ] {
            assert_eq!(checkpoint(&text), None, "{text}");
        }
        let object = |target: &str, message: &str| {
            json!({
                "timestamp": "2026-11-24T10:00:00Z",
                "level": "WARN",
                "fields": {"message": message, "target": "server::schedule"},
                "target": target,
                "span": {"id": forged, "message": forged, "name": "request"},
            })
        };
        for object in [
            object("server::auth", &format!("a sign-in failed: {forged}")),
            object("server::auth", &forged),
            object("server::auth", &line),
            object("server::schedule", &format!("it says {forged}")),
            object("server::schedule", &format!("{forged} and so on")),
            json!({"message": forged, "target": "server::schedule"}),
            json!([{"fields": {"message": forged}, "target": "server::schedule"}]),
            json!(forged),
        ] {
            let whole = object.to_string();
            assert_eq!(checkpoint(&whole), None, "{whole}");
            let wrapped = json!({ "log": whole }).to_string();
            assert_eq!(checkpoint(&wrapped), None, "{wrapped}");
            let behind = format!("2026-11-24T10:00:00Z  WARN observe::kubernetes: {whole}");
            assert_eq!(checkpoint(&behind), None, "{behind}");
        }
    }

    fn chain(length: u64) -> Vec<Entry> {
        let mut head = Link::START;
        let next = |second: u64| {
            let draft = Draft {
                at: Timestamp::from_second(second.cast_signed()).unwrap(),
                actor: Actor::System,
                action: Action::RolesChanged,
                target: "roles".into(),
                detail: json!({}),
                address: String::new(),
            };
            let entry = draft.chain(&head);
            head = entry.link();
            entry
        };
        (0..length).map(next).collect()
    }

    #[test]
    fn the_report_says_what_was_compared_and_what_was_not() {
        let entries = chain(3);
        let head = Checkpoint::from(entries[2].link());
        let mut trail = Trail::new(&[head]);
        for entry in &entries {
            trail.next(entry).unwrap();
        }
        let found = trail.finish().unwrap();
        let file = Path::new("audit.csv");
        assert_eq!(
            found.report(file, 1),
            format!(
                "audit.csv: the audit trail is in order and unchanged\n\
                 entries:     3, from 1970-01-01T00:00:00Z to 1970-01-01T00:00:02Z\n\
                 head:        {head}\n\
                 checkpoints: 1 compared, and all are right\n"
            )
        );
        assert!(found.report(file, 0).contains("cut off at the end"));
        let empty = Trail::new(&[]).finish().unwrap();
        assert!(empty.report(file, 0).contains("entries:     0\nhead:        0:0000"));
    }
}
