//! The audit entries as rows, and rows as audit entries again: who verifies an exported file must
//! find in it, letter for letter, what the hashes are over.

use std::borrow::Cow;

use domain::audit::{Actor, Entry, Hash};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Sheet;

const COLUMNS: [&str; 12] = [
    "sequence", "at", "actor", "issuer", "subject", "name", "action", "target", "detail",
    "address", "previous", "hash",
];

/// The audit entries, one in each row.
#[derive(Debug, Clone, Copy)]
pub struct Audit;

impl Sheet for Audit {
    type Row = Entry;

    const NAME: &'static str = "audit";
    const UNIT: &'static str = "entries";
    const SCHEMA: &'static str = "audit/1";

    fn columns(&self) -> impl Iterator<Item = &'static str> {
        COLUMNS.into_iter()
    }

    fn cells(&self, entry: &Entry, mut put: impl FnMut(&str)) {
        let actor = &entry.actor;
        put(&entry.sequence.to_string());
        put(&entry.at.to_string());
        for text in [actor.kind(), actor.issuer(), actor.subject(), actor.name()] {
            put(text);
        }
        for text in [&entry.action, &entry.target, &entry.detail, &entry.address] {
            put(text);
        }
        put(&entry.previous.to_string());
        put(&entry.hash.to_string());
    }

    fn object<'a>(&'a self, entry: &'a Entry) -> impl Serialize + 'a {
        Record::of(entry)
    }
}

/// An entry as it stands in a file. `detail` is a text and not an object, because the hash is over the
/// text.
#[derive(Debug, Serialize, Deserialize)]
pub struct Record<'a> {
    sequence: u64,
    at: Timestamp,
    actor: Cow<'a, str>,
    issuer: Option<Cow<'a, str>>,
    subject: Option<Cow<'a, str>>,
    name: Option<Cow<'a, str>>,
    action: Cow<'a, str>,
    target: Cow<'a, str>,
    detail: Cow<'a, str>,
    address: Option<Cow<'a, str>>,
    previous: Cow<'a, str>,
    hash: Cow<'a, str>,
}

impl<'a> Record<'a> {
    fn of(entry: &'a Entry) -> Self {
        let actor = &entry.actor;
        Self {
            sequence: entry.sequence,
            at: entry.at,
            actor: actor.kind().into(),
            issuer: known(actor.issuer()),
            subject: known(actor.subject()),
            name: known(actor.name()),
            action: entry.action.as_str().into(),
            target: entry.target.as_str().into(),
            detail: entry.detail.as_str().into(),
            address: known(&entry.address),
            previous: entry.previous.to_string().into(),
            hash: entry.hash.to_string().into(),
        }
    }

    /// The entry that it says. What is no hash there becomes one that fits no entry; a moment that is
    /// finer than the hash would notice is none of ours.
    pub fn entry(&self) -> Option<Entry> {
        let [issuer, subject, name, address] =
            [&self.issuer, &self.subject, &self.name, &self.address]
                .map(|text| text.as_deref().unwrap_or_default());
        let at = Timestamp::from_millisecond(self.at.as_millisecond()).ok()?;
        (at == self.at).then(|| Entry {
            sequence: self.sequence,
            at,
            actor: Actor::read(&self.actor, issuer, subject, name),
            action: self.action.to_string(),
            target: self.target.to_string(),
            detail: self.detail.to_string(),
            address: address.to_owned(),
            previous: Hash::read(&self.previous),
            hash: Hash::read(&self.hash),
        })
    }
}

/// What is not known is nothing in JSON.
fn known(text: &str) -> Option<Cow<'_, str>> {
    (!text.is_empty()).then_some(Cow::Borrowed(text))
}

#[cfg(test)]
mod tests {
    use domain::audit::{Action, Draft, Link};
    use serde_json::{Value, json};

    use super::*;

    fn entry() -> Entry {
        let draft = Draft {
            at: Timestamp::UNIX_EPOCH,
            actor: Actor::System,
            action: Action::RolesChanged,
            target: "roles".into(),
            detail: json!({"before": null}),
            address: String::new(),
        };
        draft.chain(&Link::START)
    }

    #[test]
    fn every_column_is_documented_and_has_the_same_name_in_both_forms() {
        let page = include_str!("../../../docs/audit.md");
        let entry = entry();
        let object = serde_json::to_value(Audit.object(&entry)).unwrap();
        assert_eq!(object.as_object().unwrap().len(), COLUMNS.len());
        for column in COLUMNS {
            assert!(page.contains(&format!("`{column}`")), "{column} is not documented");
            assert!(object.get(column).is_some(), "{column} is not in the object");
        }
        let mut cells = 0;
        Audit.cells(&entry, |_| cells += 1);
        assert_eq!(cells, COLUMNS.len());
    }

    #[test]
    fn the_detail_is_a_text_and_what_is_not_known_is_nothing() {
        let object = serde_json::to_value(Audit.object(&entry())).unwrap();
        assert_eq!(object["detail"], "{\"before\":null}");
        assert_eq!((&object["issuer"], &object["address"]), (&Value::Null, &Value::Null));
        assert_eq!(object["at"], "1970-01-01T00:00:00Z");
    }
}
