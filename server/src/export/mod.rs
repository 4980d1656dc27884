//! What leaves as a file: CSV for spreadsheets, JSON Lines for machines. The inventory comes from one
//! table of columns, which `/api/v1/` answers with too; the audit entries can be read back and
//! verified; the evidence of a campaign is one archive too. All are written batch by batch, so that
//! many rows need no more memory than few.

mod archive;
mod audit;
mod bundle;
mod columns;
mod encode;
mod evidence;
mod guard;
mod inventory;
mod manifest;
mod read;
mod sheet;
mod words;

use clap::ValueEnum;
use domain::audit::{AuditView, InvalidAuditView};
use domain::inventory::{InvalidView, View};
use jiff::Timestamp;
use url::form_urlencoded;

pub use archive::SUMS;
pub use audit::Audit;
pub use bundle::{Broken, Bundle};
pub use columns::{COLUMNS, Column, Record, Value};
pub use encode::Encoder;
pub use evidence::{Evidence, evidence_table};
pub use inventory::{AsOf, Inventory};
pub use manifest::to_apply;
pub use read::{Unreadable, audit_entries, audit_lines};
pub use sheet::Sheet;
pub use words::allowed;

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

    /// How names of such files end, and their addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }

    /// What a browser calls the file.
    pub fn file_name(self, sheet: &str, now: Timestamp) -> String {
        let at = now.strftime("%Y-%m-%dT%H%M%SZ");
        format!("routebook-{sheet}-{at}.{}", self.as_str())
    }
}

/// Words of a page's address that mean nothing to a file: it has all columns and all rows.
const OF_PAGES: [&str; 3] = ["columns", "after", "before"];

/// Reads the query of a page's address as the view to export.
pub fn view(query: &str) -> Result<View, InvalidView> {
    View::parse(&without_place(query))
}

/// The same of the page of audit entries.
pub fn audit_view(query: &str) -> Result<AuditView, InvalidAuditView> {
    AuditView::parse(&without_place(query))
}

fn without_place(query: &str) -> String {
    let mut rest = form_urlencoded::Serializer::new(String::new());
    for (key, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
        if !OF_PAGES.contains(&&*key) {
            rest.append_pair(&key, &value);
        }
    }
    rest.finish()
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
        let audit = audit_view("?action=sign-in&before=7&person=ada").unwrap();
        assert_eq!(audit.query(), "action=sign-in&person=ada");
        assert!(audit_view("sort=name").is_err());
    }

    #[test]
    fn the_file_is_named_after_the_moment() {
        let now = "2026-11-24T10:11:12.345Z".parse().unwrap();
        let name = |format: Format| format.file_name("inventory", now);
        assert_eq!(name(Format::Csv), "routebook-inventory-2026-11-24T101112Z.csv");
        assert_eq!(name(Format::Jsonl), "routebook-inventory-2026-11-24T101112Z.jsonl");
    }
}
