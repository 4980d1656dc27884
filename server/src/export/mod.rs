//! The inventory as a file: CSV for spreadsheets, JSON Lines for machines. Both come from one table
//! of columns, which `/api/v1/` answers with too, and are written batch by batch, so that a large
//! inventory needs no more memory than a small one.

mod columns;
mod encode;
mod guard;

use clap::ValueEnum;
use domain::inventory::{InvalidView, View};
use jiff::Timestamp;
use url::form_urlencoded;

pub use columns::{COLUMNS, Column, Record, Value, allowed};
pub use encode::{AsOf, Encoder};

/// Says which columns there are. Columns may be added under the same number; it grows when one goes
/// away or comes to mean something else.
pub const SCHEMA: &str = "inventory/1";

/// The form of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For spreadsheets (RFC 4180), in which no cell is run as a formula
    Csv,
    /// One JSON object a line, with the values as they are
    Jsonl,
}

impl Format {
    /// The type in the answer's head.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Jsonl => "application/jsonl; charset=utf-8",
        }
    }

    /// What a browser calls the file.
    pub fn file_name(self, now: Timestamp) -> String {
        let ending = match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        };
        format!("routebook-inventory-{}.{ending}", now.strftime("%Y-%m-%dT%H%M%SZ"))
    }
}

/// Words of a page's address that mean nothing to a file: it has all columns and all rows.
const OF_PAGES: [&str; 3] = ["columns", "after", "before"];

/// Reads the query of a page's address as the view to export.
pub fn view(query: &str) -> Result<View, InvalidView> {
    let mut rest = form_urlencoded::Serializer::new(String::new());
    for (key, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
        if !OF_PAGES.contains(&&*key) {
            rest.append_pair(&key, &value);
        }
    }
    View::parse(&rest.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_page_is_what_to_export() {
        let check = |query, expected: &str| assert_eq!(view(query).unwrap().query(), expected);
        check("", "");
        check("?q=shop&sort=-created&columns=tls,owner&after=x", "q=shop&sort=-created");
        check("owner=-&before=&tls=expired", "owner=-&tls=expired");
        assert!(view("colour=red").is_err());
    }

    #[test]
    fn the_file_is_named_after_the_moment() {
        let now = "2026-11-24T10:11:12.345Z".parse().unwrap();
        assert_eq!(Format::Csv.file_name(now), "routebook-inventory-2026-11-24T101112Z.csv");
        assert_eq!(Format::Jsonl.file_name(now), "routebook-inventory-2026-11-24T101112Z.jsonl");
    }
}
