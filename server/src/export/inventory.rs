//! The inventory as rows, by its table of columns.

use std::collections::HashMap;
use std::fmt::Write as _;

use domain::inventory::Row;
use domain::sync::{ClusterStatus, Freshness};
use jiff::Timestamp;
use serde::Serialize;

use super::{COLUMNS, Record, Sheet, Value};

/// As of when each cluster was read, and now.
#[derive(Debug, Clone, Default)]
pub struct AsOf {
    read: HashMap<String, Timestamp>,
    now: Timestamp,
}

impl AsOf {
    /// What the statuses say.
    pub fn new(statuses: &[ClusterStatus], now: Timestamp) -> Self {
        let read = statuses.iter().filter_map(|status| match status.freshness(now) {
            Freshness::Fresh(at) | Freshness::Stale(at) => Some((status.name.clone(), at)),
            Freshness::Never => None,
        });
        Self { read: read.collect(), now }
    }

    /// A row with the moments that it is known for.
    pub fn record<'a>(&self, row: &'a Row) -> Record<'a> {
        Record { row, data_as_of: self.read.get(&row.cluster).copied(), now: self.now }
    }
}

/// The ingresses, one in each row.
#[derive(Debug, Clone, Default)]
pub struct Inventory(pub AsOf);

impl Sheet for Inventory {
    type Row = Row;

    const NAME: &'static str = "inventory";
    const UNIT: &'static str = "ingresses";
    const SCHEMA: &'static str = "inventory/1";

    fn columns(&self) -> impl Iterator<Item = &'static str> {
        COLUMNS.iter().map(|column| column.name)
    }

    fn cells(&self, row: &Row, mut put: impl FnMut(&str)) {
        let record = self.0.record(row);
        // Where numbers and times are written before they are cells.
        let mut scratch = String::new();
        for column in COLUMNS {
            scratch.clear();
            put(cell(&column.value, record, &mut scratch));
        }
    }

    fn object<'a>(&'a self, row: &'a Row) -> impl Serialize + 'a {
        self.0.record(row)
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

#[cfg(test)]
mod tests;
