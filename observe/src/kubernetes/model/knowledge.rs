//! What Routebook should know of a cluster, told word by word and without a database.

use std::collections::{BTreeMap, HashSet};

use domain::detail::{Happening, Proof};

use super::cluster::{Thing, Told};

/// One life, as it should be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Life {
    /// The last state that was seen of it.
    pub thing: Thing,
    /// What proved its end.
    pub end: Option<Proof>,
    /// What should be recorded of it, in order.
    pub history: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Knowledge {
    pub lives: BTreeMap<String, Life>,
}

impl Knowledge {
    /// Takes over what was told at once. `first` when nothing "appears" in it; `trusted` when the
    /// same version of what is there means the same object.
    pub fn take(&mut self, told: &[(Told, Thing)], first: bool, trusted: bool) {
        let before = self.lives.clone();
        for (what, thing) in told {
            for (uid, other) in &mut self.lives {
                if other.thing.name == thing.name && *uid != thing.uid {
                    // A name has one life at a time.
                    other.end.get_or_insert(Proof::Replaced);
                }
            }
            let new = || Life { thing: thing.clone(), end: None, history: Vec::new() };
            let life = self.lives.entry(thing.uid.clone()).or_insert_with(new);
            match what {
                Told::Present => {
                    let known = before.get(&thing.uid).filter(|life| life.end.is_none());
                    let same = known.filter(|life| trusted && life.thing.version == thing.version);
                    life.thing = same.map_or(thing, |life| &life.thing).clone();
                    life.end = None;
                }
                Told::Deleted => {
                    // The end tells the last state; status alone is not worth a new one.
                    let known = before.get(&thing.uid).map(|life| &life.thing);
                    let same = known.filter(|known| differences(known, thing).is_empty());
                    life.thing = same.unwrap_or(thing).clone();
                    life.end.get_or_insert(Proof::DeleteEvent);
                }
            }
        }
        for (uid, life) in &mut self.lives {
            let entries = happened(before.get(uid), life, first);
            life.history.extend(entries);
        }
    }

    /// A complete list had only these.
    pub fn only(&mut self, uids: &HashSet<String>) {
        for (uid, life) in &mut self.lives {
            if life.end.is_none() && !uids.contains(uid) {
                life.end = Some(Proof::CompleteList);
                life.history.push("removed by complete-list".into());
            }
        }
    }

    /// The version of every life and whether it is gone.
    pub fn versions(&self) -> BTreeMap<String, (String, bool)> {
        let version = |(uid, life): (&String, &Life)| {
            (uid.clone(), (life.thing.version.to_string(), life.end.is_some()))
        };
        self.lives.iter().map(version).collect()
    }
}

fn happened(before: Option<&Life>, after: &Life, first: bool) -> Vec<String> {
    let mut entries = Vec::new();
    let was_there = before.is_some_and(|life| life.end.is_none());
    let mut came = false;
    match before {
        None if first => came = true,
        None => {
            came = true;
            entries.push("appeared".into());
        }
        Some(before) => {
            if !was_there && after.end.is_none() {
                came = true;
                entries.push("reappeared".into());
            }
            let differences = differences(&before.thing, &after.thing);
            if !differences.is_empty() {
                entries.push(differences);
            }
        }
    }
    if let Some(end) = after.end.filter(|_| was_there || came) {
        entries.push(format!("removed by {}", end.as_str()));
    }
    entries
}

/// What a reader would call a change; status and versions are none.
fn differences(before: &Thing, after: &Thing) -> String {
    let mut words = Vec::new();
    if before.class != after.class {
        words.push(format!("class c{} to c{}", before.class, after.class));
    }
    if before.note != after.note {
        words.push(format!("label note {} to {}", before.note, after.note));
    }
    words.join(", ")
}

/// An entry of the store in the words used here.
pub(super) fn words(what: &Happening) -> String {
    match what {
        Happening::Appeared => "appeared".into(),
        Happening::Reappeared => "reappeared".into(),
        Happening::Removed(proof) => format!("removed by {}", proof.as_str()),
        Happening::Changed(changes) => {
            let word = |change: &domain::Change| {
                let text = |value: &Option<String>| value.clone().unwrap_or_default();
                format!("{} {} to {}", change.what, text(&change.before), text(&change.after))
            };
            changes.iter().map(word).collect::<Vec<_>>().join(", ")
        }
    }
}
