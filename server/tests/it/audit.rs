//! The audit trail from outside: what is recorded, who sees it, and that nobody changes it unnoticed.

mod files;
mod noted;
mod page;
mod surgery;
mod tampering;

use std::path::Path;

use domain::audit::{Action, Actor, Draft};
use jiff::Timestamp;
use serde_json::json;

use crate::support::{Ended, Site, finish, routebook};

/// In the target of every entry that a test writes.
const MARK: &str = "mark-";

/// Texts that a file has to quote, or that a spreadsheet would run.
const TEXTS: [&str; 8] = [
    "plain",
    "=cmd|'/C calc'!A0",
    "a,\"b\";=1+1",
    "line\nbreak\r\n-1",
    "'quoted'",
    "\u{202e}right to left, Ärger, 日本",
    "{\"code\":\"id-token\"}",
    "  +1  ",
];

/// An entry of everything that there can be.
fn draft(number: usize) -> Draft {
    let text = TEXTS[number % TEXTS.len()];
    let person = || Actor::Person {
        issuer: "https://id.example.com".to_owned(),
        subject: format!("subject {text}"),
        name: text.to_owned(),
    };
    let actor = match number % 5 {
        0 => Actor::System,
        1 => Actor::Anonymous,
        2 => Actor::Local,
        _ => person(),
    };
    Draft {
        at: Timestamp::from_millisecond(1_770_000_000_000 + number as i64 * 1_001).unwrap(),
        actor,
        action: Action::ALL[number % Action::ALL.len()],
        target: format!("{MARK}{number} {text}"),
        detail: json!({"number": number, "text": text, "more": [text, null, 1.5]}),
        address: ["", "192.0.2.17", "2001:db8::17"][number % 3].to_owned(),
    }
}

/// Writes so many entries; answers the last one as a checkpoint.
async fn record(site: &Site, count: usize) -> String {
    for number in 0..count {
        site.store.record(draft(number)).await.unwrap();
    }
    head(site).await
}

/// The last entry as a checkpoint.
async fn head(site: &Site) -> String {
    let head = site.store.audit_head().await.unwrap();
    format!("{}:{}", head.sequence, head.hash)
}

/// `routebook audit verify` over a database.
fn verify_database(database: &Path, arguments: &[&str]) -> Ended {
    let folder = database.parent().unwrap();
    let arguments = [&["audit", "verify"][..], arguments].concat();
    let environment = [("ROUTEBOOK_DATABASE", database.to_str().unwrap())];
    finish(routebook(folder, &arguments, &environment))
}

/// `routebook audit verify` over an exported file.
fn verify_file(file: &Path, arguments: &[&str]) -> Ended {
    let folder = file.parent().unwrap();
    let command = ["audit", "verify", "--file", file.to_str().unwrap()];
    let arguments = [&command[..], arguments].concat();
    finish(routebook(folder, &arguments, &[]))
}

fn assert_in_order(ended: &Ended) {
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("in order and unchanged"), "{}", ended.out);
}

/// It is found, and the place is said.
fn assert_found(ended: &Ended, what: &str) {
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{what}: {}", ended.err);
    assert!(ended.err.starts_with("error: "), "{what}: {}", ended.err);
    let is_placed = ["entry ", "line ", "row "].iter().any(|word| ended.err.contains(word));
    assert!(is_placed, "{what}: where it is: {}", ended.err);
}

/// Chance that is the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        // xorshift64 (Marsaglia, "Xorshift RNGs", 2003).
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}
