//! Rows → bytes, one batch at a time.

use std::collections::HashMap;
use std::fmt::Write as _;

use csv::{Terminator, Writer, WriterBuilder};
use domain::inventory::Row;
use domain::sync::{ClusterStatus, Freshness};
use jiff::Timestamp;
use serde::Serialize;

use super::guard::guarded;
use super::{COLUMNS, Format, Record, SCHEMA, Value};

/// As of when each cluster was read.
#[derive(Debug, Clone, Default)]
pub struct AsOf(HashMap<String, Timestamp>);

impl AsOf {
    /// What the statuses say.
    pub fn new(statuses: &[ClusterStatus], now: Timestamp) -> Self {
        let read = statuses.iter().filter_map(|status| match status.freshness(now) {
            Freshness::Fresh(at) | Freshness::Stale(at) => Some((status.name.clone(), at)),
            Freshness::Never => None,
        });
        Self(read.collect())
    }

    /// A row with the moment that it is known for.
    pub fn record<'a>(&self, row: &'a Row) -> Record<'a> {
        Record { row, data_as_of: self.0.get(&row.cluster).copied() }
    }
}

/// Writes rows in one form.
pub struct Encoder {
    format: Format,
    as_of: AsOf,
    /// How long the last batch was: the next one will be about as long.
    room: usize,
    /// Where numbers and times are written before they are cells.
    scratch: String,
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    record: Record<'a>,
    schema_version: &'static str,
}

impl Encoder {
    /// Nothing is written yet.
    pub fn new(format: Format, as_of: AsOf) -> Self {
        Self { format, as_of, room: 0, scratch: String::new() }
    }

    /// What stands before all rows: the names of the columns in CSV, nothing in JSON Lines.
    pub fn head(&self) -> Vec<u8> {
        match self.format {
            Format::Csv => {
                let mut out = writer(0);
                let names = COLUMNS.iter().map(|column| column.name);
                put(out.write_record(names.chain(["schema_version"])));
                bytes(out)
            }
            Format::Jsonl => Vec::new(),
        }
    }

    /// The rows, each with its line end.
    pub fn rows(&mut self, rows: &[Row]) -> Vec<u8> {
        let bytes = match self.format {
            Format::Csv => self.csv(rows),
            Format::Jsonl => self.jsonl(rows),
        };
        self.room = bytes.len();
        bytes
    }

    fn csv(&mut self, rows: &[Row]) -> Vec<u8> {
        let mut out = writer(self.room);
        for row in rows {
            let record = self.as_of.record(row);
            for column in COLUMNS {
                self.scratch.clear();
                let cell = cell(&column.value, record, &mut self.scratch);
                put(out.write_field(guarded(cell).as_bytes()));
            }
            put(out.write_field(SCHEMA));
            put(out.write_record(None::<&[u8]>));
        }
        bytes(out)
    }

    fn jsonl(&self, rows: &[Row]) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.room);
        for row in rows {
            let line = Line { record: self.as_of.record(row), schema_version: SCHEMA };
            serde_json::to_writer(&mut out, &line).expect("keys are texts, and memory takes all");
            out.push(b'\n');
        }
        out
    }
}

/// The text of a cell: that of the row, or what was written into `scratch`.
fn cell<'a>(value: &Value, record: Record<'a>, scratch: &'a mut String) -> &'a str {
    match value {
        Value::Text(of) => return of(record),
        Value::MaybeText(of) => return of(record).unwrap_or_default(),
        Value::Words(of) => join(&of(record), scratch),
        Value::Number(of) => write(scratch, Some(of(record))),
        Value::MaybeNumber(of) => write(scratch, of(record)),
        Value::MaybeFlag(of) => write(scratch, of(record)),
        Value::MaybeTime(of) => write(scratch, of(record)),
    }
    scratch
}

fn write(scratch: &mut String, value: Option<impl std::fmt::Display>) {
    if let Some(value) = value {
        // A String takes all that is written.
        let _ = write!(scratch, "{value}");
    }
}

/// Separated by spaces, which none of the words has. An empty one is the host that stands for all.
fn join(words: &[&str], scratch: &mut String) {
    for (number, word) in words.iter().enumerate() {
        if number > 0 {
            scratch.push(' ');
        }
        scratch.push_str(if word.is_empty() { "*" } else { word });
    }
}

fn writer(room: usize) -> Writer<Vec<u8>> {
    WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::with_capacity(room))
}

fn put(written: csv::Result<()>) {
    written.expect("memory takes all, and every record has the same number of fields");
}

fn bytes(out: Writer<Vec<u8>>) -> Vec<u8> {
    out.into_inner().expect("memory takes all")
}

#[cfg(test)]
mod tests {
    use domain::IngressId;
    use domain::class::{Class, ClassSource};
    use domain::inventory::TlsSummary;
    use domain::managed::Managed;
    use domain::owner::{Owner, OwnerSource};
    use domain::problem::{Checks, Problem};
    use domain::tls::TlsState;
    use domain::traffic::Traffic;
    use serde_json::{Value as Json, json};

    use super::*;

    fn row() -> Row {
        let moment = Timestamp::UNIX_EPOCH;
        Row {
            id: IngressId(7),
            cluster: "prod".into(),
            namespace: "shop".into(),
            name: "web".into(),
            uid: "u-1".into(),
            class: Some(Class { name: "nginx".into(), source: ClassSource::Spec }),
            controller: None,
            hosts: vec!["a.example".into(), String::new()],
            host_count: 2,
            route_count: 3,
            addresses: Vec::new(),
            created_at: None,
            first_seen_at: moment,
            changed_at: None,
            removed_at: None,
            owner: Some(Owner {
                name: "=cmd|' /C calc'!A0".into(),
                team: false,
                value: "=cmd|' /C calc'!A0".into(),
                source: OwnerSource::Annotation,
                place: "annotation owner".into(),
                note: Some("says \"a, b\";\r\n-1".into()),
                others: Vec::new(),
            }),
            managed: Managed::default(),
            traffic: Traffic::default(),
            unused_since: None,
            days: Vec::new(),
            tls: TlsSummary {
                state: TlsState::None,
                reason: "the manifest declares no TLS".into(),
                method: None,
                at: None,
                expires_at: None,
                disagreement: None,
            },
            problems: vec![Problem::NoRoutes {}, Problem::NoRoutes {}],
            checks: Checks { classes: true, ..Checks::default() },
        }
    }

    fn text(format: Format, rows: &[Row]) -> String {
        let mut encoder = Encoder::new(format, AsOf::default());
        let mut bytes = encoder.head();
        bytes.extend(encoder.rows(rows));
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn csv_is_as_rfc_4180_has_it_and_safe() {
        let text = text(Format::Csv, &[row()]);
        let (head, rest) = text.split_once("\r\n").unwrap();
        assert!(head.starts_with("cluster,namespace,name,uid,owner,"), "{head}");
        assert!(head.ends_with(",data_as_of,id,schema_version"), "{head}");
        assert!(
            rest.starts_with(
                "prod,shop,web,u-1,'=cmd|' /C calc'!A0,false,annotation,high,annotation owner,\
                 \"says \"\"a, b\"\";\r\n'-1\",,1970-01-01T00:00:00Z,"
            ),
            "{rest}"
        );
        assert!(
            rest.contains(",a.example *,2,3,,no-routes,services endpoints namespaces,,7,"),
            "{rest}"
        );
        assert!(rest.ends_with(",inventory/1\r\n"), "{rest}");
    }

    #[test]
    fn the_jsonl_twin_has_the_same_columns_and_the_values_as_they_are() {
        let text = text(Format::Jsonl, &[row(), row()]);
        assert_eq!(text.lines().count(), 2);
        let line: Json = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(line["owner"], "=cmd|' /C calc'!A0");
        assert_eq!(line["owner_note"], "says \"a, b\";\r\n-1");
        assert_eq!(line["hosts"], json!(["a.example", ""]));
        assert_eq!(line["host_count"], 2);
        assert_eq!(line["owner_is_team"], false);
        assert_eq!(line["created_at"], Json::Null);
        assert_eq!(line["schema_version"], "inventory/1");
        assert_eq!(line.as_object().unwrap().len(), COLUMNS.len() + 1);
    }

    #[test]
    fn columns_with_few_words_hold_no_others() {
        let text = text(Format::Jsonl, &[row()]);
        let line: Json = serde_json::from_str(&text).unwrap();
        for (column, value) in line.as_object().unwrap() {
            let Some(allowed) = super::super::allowed(column) else { continue };
            let words = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            for word in words.iter().filter_map(Json::as_str) {
                assert!(allowed.contains(&word), "{column} has {word}");
            }
        }
    }
}
