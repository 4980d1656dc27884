//! Rows → bytes, one batch at a time.

use csv::{Terminator, Writer, WriterBuilder};
use serde::Serialize;

use super::guard::guarded;
use super::{Format, Sheet};

/// The last column of every file.
const SCHEMA_VERSION: &str = "schema_version";

/// Writes rows in one form.
pub struct Encoder<S> {
    format: Format,
    sheet: S,
    /// How long the last batch was: the next one will be about as long.
    room: usize,
}

#[derive(Serialize)]
struct Line<T> {
    #[serde(flatten)]
    object: T,
    schema_version: &'static str,
}

impl<S: Sheet> Encoder<S> {
    /// Nothing is written yet.
    pub fn new(format: Format, sheet: S) -> Self {
        Self { format, sheet, room: 0 }
    }

    /// What stands before all rows: the names of the columns in CSV, nothing in JSON Lines.
    pub fn head(&self) -> Vec<u8> {
        match self.format {
            Format::Csv => {
                let mut out = writer(0);
                put(out.write_record(self.sheet.columns().chain([SCHEMA_VERSION])));
                bytes(out)
            }
            Format::Jsonl => Vec::new(),
        }
    }

    /// The rows, each with its line end.
    pub fn rows(&mut self, rows: &[S::Row]) -> Vec<u8> {
        let bytes = match self.format {
            Format::Csv => self.csv(rows),
            Format::Jsonl => self.jsonl(rows),
        };
        self.room = bytes.len();
        bytes
    }

    fn csv(&self, rows: &[S::Row]) -> Vec<u8> {
        let mut out = writer(self.room);
        for row in rows {
            self.sheet.cells(row, |cell| put(out.write_field(guarded(cell).as_bytes())));
            put(out.write_field(S::SCHEMA));
            put(out.write_record(None::<&[u8]>));
        }
        bytes(out)
    }

    fn jsonl(&self, rows: &[S::Row]) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.room);
        for row in rows {
            let line = Line { object: self.sheet.object(row), schema_version: S::SCHEMA };
            serde_json::to_writer(&mut out, &line).expect("keys are texts, and memory takes all");
            out.push(b'\n');
        }
        out
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
