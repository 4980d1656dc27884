//! A cluster in a few lines: objects under names, a log of what happened, and a past that it can
//! be restored to.

use std::collections::{BTreeMap, HashSet};

use serde_json::value::RawValue;

/// So few names that lives meet under them.
const NAMES: [&str; 3] = ["a", "b", "c"];

/// An ingress, reduced to one field of each sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Thing {
    pub name: &'static str,
    pub uid: String,
    pub version: u64,
    /// Material.
    pub class: u64,
    /// Cosmetic.
    pub note: u64,
    /// Status.
    pub address: u64,
}

impl Thing {
    /// As a list has it.
    pub fn json(&self) -> String {
        let Self { name, uid, version, class, note, address } = self;
        format!(
            r#"{{"metadata":{{"namespace":"n","name":"{name}","uid":"{uid}","resourceVersion":"{version}","labels":{{"note":"{note}"}}}},"spec":{{"ingressClassName":"c{class}","defaultBackend":{{"service":{{"name":"web","port":{{"number":80}}}}}}}},"status":{{"loadBalancer":{{"ingress":[{{"ip":"192.0.2.{address}"}}]}}}}}}"#
        )
    }

    /// As a watch has it.
    pub fn raw(&self) -> Box<RawValue> {
        let rest = self.json().split_off(1);
        let text = format!(r#"{{"kind":"Ingress","apiVersion":"networking.k8s.io/v1",{rest}"#);
        RawValue::from_string(text).unwrap()
    }
}

/// What a watch tells of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Present,
    Deleted,
}

/// A moment of the past.
#[derive(Clone)]
struct Moment {
    revision: u64,
    things: BTreeMap<&'static str, Thing>,
    told: usize,
}

#[derive(Default)]
pub(super) struct Cluster {
    revision: u64,
    uids: u64,
    pub things: BTreeMap<&'static str, Thing>,
    /// Everything a watch from the start would tell.
    pub log: Vec<(Told, Thing)>,
    past: Vec<Moment>,
    /// Every UID that was not there at some moment after it was.
    pub ended: HashSet<String>,
}

impl Cluster {
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// One change of one object.
    pub fn change(&mut self, random: &mut fastrand::Rng) -> String {
        let (revision, told) = (self.revision, self.log.len());
        self.past.push(Moment { revision, things: self.things.clone(), told });
        let name = NAMES[random.usize(..NAMES.len())];
        let did = match (self.things.contains_key(name), random.u8(..8)) {
            (false, _) => self.create(name),
            (true, 0) => self.update(name, "class", |thing| thing.class += 1),
            (true, 1) => self.update(name, "note", |thing| thing.note += 1),
            (true, 2) => self.update(name, "status", |thing| thing.address += 1),
            (true, 3) => self.update(name, "class and note", |thing| {
                thing.class += 1;
                thing.note += 1;
            }),
            (true, 4 | 5) => self.delete(name),
            (true, _) => format!("{} and {}", self.delete(name), self.create(name)),
        };
        format!("{did} {name}")
    }

    fn create(&mut self, name: &'static str) -> String {
        self.revision += 1;
        self.uids += 1;
        let uid = format!("u{}", self.uids);
        let thing = Thing { name, uid, version: self.revision, class: 0, note: 0, address: 0 };
        self.log.push((Told::Present, thing.clone()));
        self.things.insert(name, thing);
        format!("create u{}", self.uids)
    }

    fn update(&mut self, name: &str, what: &str, change: impl FnOnce(&mut Thing)) -> String {
        self.revision += 1;
        let thing = self.things.get_mut(name).unwrap();
        change(thing);
        thing.version = self.revision;
        self.log.push((Told::Present, thing.clone()));
        format!("change {what} of")
    }

    fn delete(&mut self, name: &str) -> String {
        self.revision += 1;
        let mut thing = self.things.remove(name).unwrap();
        thing.version = self.revision;
        let uid = thing.uid.clone();
        self.ended.insert(uid.clone());
        self.log.push((Told::Deleted, thing));
        format!("delete {uid}")
    }

    /// Goes back to an earlier moment: versions since then will be given out again.
    pub fn restore(&mut self, random: &mut fastrand::Rng) -> bool {
        if self.past.is_empty() {
            return false;
        }
        // Not long ago, so that the same versions are soon given out for something else.
        let to = self.past.len() - random.usize(1..=self.past.len().min(4));
        let Moment { revision, things, told } = self.past[to].clone();
        let lost = self
            .things
            .values()
            .filter(|thing| things.get(thing.name).is_none_or(|kept| kept.uid != thing.uid));
        self.ended.extend(lost.map(|thing| thing.uid.clone()));
        (self.revision, self.things) = (revision, things);
        self.log.truncate(told);
        self.past.truncate(to);
        true
    }

    /// A page of a list.
    pub fn page(things: &[Thing], revision: u64) -> String {
        let items: Vec<String> = things.iter().map(Thing::json).collect();
        format!(
            r#"{{"metadata":{{"resourceVersion":"{revision}"}},"items":[{}]}}"#,
            items.join(",")
        )
    }
}
