//! Entries, and how each hangs on the one before it.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Action, Actor, Hash};

/// What the hash is over begins with this; another way to hash would begin with another one.
const WAY: &str = "routebook-audit-1";

/// What is to be recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// When it was done.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What was done.
    pub action: Action,
    /// To what, such as a person, a provider or a file; empty if there is nothing to name.
    pub target: String,
    /// What else is to be known: an object.
    pub detail: serde_json::Value,
    /// From which address; empty if that is not known.
    pub address: String,
}

/// What was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number; the first is 1.
    pub sequence: u64,
    /// When it was done, in whole milliseconds.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// The code of what was done. Newer versions know more of them.
    pub action: String,
    /// To what.
    pub target: String,
    /// What else is to be known, as JSON.
    pub detail: String,
    /// From which address.
    pub address: String,
    /// The hash of the entry before it.
    pub previous: Hash,
    /// Its own hash.
    pub hash: Hash,
}

/// The place in the chain after which the next entry comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The number of the last entry; 0 if there is none.
    pub sequence: u64,
    /// Its hash.
    pub hash: Hash,
}

impl Link {
    /// Before the first entry.
    pub const START: Self = Self { sequence: 0, hash: Hash::START };
}

impl Draft {
    /// The entry that follows. Its moment is cut to milliseconds, as the store keeps it.
    pub fn chain(self, previous: &Link) -> Entry {
        let at = Timestamp::from_millisecond(self.at.as_millisecond()).unwrap_or(self.at);
        let mut entry = Entry {
            sequence: previous.sequence + 1,
            at,
            actor: self.actor,
            action: self.action.as_str().to_owned(),
            target: self.target,
            detail: self.detail.to_string(),
            address: self.address,
            previous: previous.hash,
            hash: Hash::START,
        };
        entry.hash = entry.expected_hash();
        entry
    }
}

impl Entry {
    /// The hash that it must have by what it says: SHA-256 over a JSON array of texts.
    pub fn expected_hash(&self) -> Hash {
        let said = [
            WAY,
            &self.sequence.to_string(),
            &self.at.as_millisecond().to_string(),
            self.actor.kind(),
            self.actor.issuer(),
            self.actor.subject(),
            self.actor.name(),
            &self.action,
            &self.target,
            &self.detail,
            &self.address,
            &self.previous.to_string(),
        ];
        let text = serde_json::to_vec(&said).expect("texts are JSON");
        Hash(Sha256::digest(text).into())
    }

    /// Its place in the chain.
    pub fn link(&self) -> Link {
        Link { sequence: self.sequence, hash: self.hash }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn draft() -> Draft {
        Draft {
            at: Timestamp::from_nanosecond(1_700_000_000_123_456_789).unwrap(),
            actor: Actor::Person {
                issuer: "https://id.example.com".into(),
                subject: "1".into(),
                name: "Ada \"ü\" \u{7}".into(),
            },
            action: Action::SignIn,
            target: "session 7".into(),
            detail: json!({"provider": "corp"}),
            address: "192.0.2.1".into(),
        }
    }

    /// Entries of released versions must be verified for ever: these hashes never change.
    #[test]
    fn the_hash_of_an_entry_is_fixed() {
        let first = draft().chain(&Link::START);
        assert_eq!(first.hash.to_string(), FIRST);
        assert_eq!(first.at.as_nanosecond(), 1_700_000_000_123_000_000);
        let second = Draft { actor: Actor::System, ..draft() }.chain(&first.link());
        assert_eq!(second.hash.to_string(), SECOND);
        assert_eq!((second.sequence, second.previous), (2, first.hash));
    }

    const FIRST: &str = "92a35d288ee4cdc2f7b438d80a25b36158c299d8270c1af767cd04b93d69d294";
    const SECOND: &str = "4a75adde95d10c1f22bf39da165645da887d87cd6ed76166464dc2b1bb7b0198";

    #[test]
    fn everything_that_an_entry_says_is_in_its_hash() {
        let changes: [fn(&mut Entry); 9] = [
            |entry| entry.sequence += 1,
            |entry| entry.at = Timestamp::UNIX_EPOCH,
            |entry| entry.actor = Actor::Anonymous,
            |entry| entry.actor = Actor::read("robot", "", "", ""),
            |entry| entry.action.push('x'),
            |entry| entry.target.push('x'),
            |entry| entry.detail.push(' '),
            |entry| entry.address.clear(),
            |entry| entry.previous = Hash([1; 32]),
        ];
        let entry = draft().chain(&Link::START);
        for change in changes {
            let mut other = entry.clone();
            change(&mut other);
            assert_ne!(other.expected_hash(), entry.hash, "{other:?}");
        }
    }

    #[test]
    fn what_moves_from_one_part_to_the_next_is_another_entry() {
        let entry = draft().chain(&Link::START);
        let moved = Entry { target: "session".into(), detail: " 7{}".into(), ..entry.clone() };
        assert_ne!(moved.expected_hash(), entry.hash);
    }
}
