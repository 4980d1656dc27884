//! What the cluster knows: one table per kind and the history that watches read. Nothing here
//! decides; it only keeps revisions, order and history consistent.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde_json::Value;

use super::kinds::{KINDS, Kind};
use super::object::{Object, key};

/// Objects by etcd key. Shared with lists that are under way; copied when written to meanwhile.
pub(super) type Objects = Arc<BTreeMap<Arc<str>, Arc<Object>>>;

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Added,
    Modified,
    Deleted,
}

/// One entry of the history.
#[derive(Debug)]
pub(super) struct Event {
    pub change: Change,
    /// The new version; for a deletion the last one, under the revision of the deletion.
    pub object: Arc<Object>,
    pub previous: Option<Arc<Object>>,
}

#[derive(Default)]
pub(super) struct Table {
    pub objects: Objects,
    /// False for a custom kind that is not installed.
    served: bool,
    events: VecDeque<Arc<Event>>,
    /// Revision of the newest event that is no longer kept.
    forgotten: u64,
}

/// A list that may be continued: the objects of one kind at one revision.
#[derive(Clone)]
struct Held {
    kind: usize,
    revision: u64,
    objects: Objects,
}

pub(super) struct State {
    pub revision: u64,
    tables: Vec<Table>,
    held: VecDeque<Held>,
    window: usize,
    lists: usize,
}

/// The history that a watch has not seen.
pub(super) struct News {
    pub events: Vec<Arc<Event>>,
    /// Everything up to here is in `events` or was seen before.
    pub until: u64,
}

impl State {
    /// An empty state at a revision that keeps `window` events per kind and `lists` lists to be
    /// continued.
    pub fn new(window: usize, lists: usize, revision: u64) -> Self {
        let table = |kind: &&Kind| Table { served: !kind.custom, ..Table::default() };
        let tables = KINDS.iter().map(table).collect();
        Self { revision, tables, held: VecDeque::new(), window, lists }
    }

    pub fn table(&self, kind: &Kind) -> &Table {
        &self.tables[kind.position()]
    }

    pub fn get(&self, kind: &Kind, namespace: &str, name: &str) -> Option<&Arc<Object>> {
        self.table(kind).objects.get(&key(namespace, name))
    }

    pub fn serves(&self, kind: &Kind) -> bool {
        self.table(kind).served
    }

    pub fn set_served(&mut self, kind: &Kind, served: bool) {
        self.tables[kind.position()].served = served;
    }

    /// All tables as they are now; costs a few reference counts.
    pub fn objects(&self) -> Vec<Objects> {
        self.tables.iter().map(|table| table.objects.clone()).collect()
    }

    /// Writes a new version.
    pub fn put(&mut self, kind: &'static Kind, value: Value) -> Arc<Object> {
        self.revision += 1;
        let object = Object::new(kind, value, self.revision);
        let table = &mut self.tables[kind.position()];
        let objects = Arc::make_mut(&mut table.objects);
        let previous = objects.insert(object.key(), object.clone());
        let change = if previous.is_some() { Change::Modified } else { Change::Added };
        self.remember(kind, Event { change, object: object.clone(), previous });
        object
    }

    /// Removes an object and answers its last version.
    pub fn remove(&mut self, object: &Object) -> Arc<Object> {
        self.revision += 1;
        let last = Object::new(object.kind, object.value(), self.revision);
        let table = &mut self.tables[object.kind.position()];
        let previous = Arc::make_mut(&mut table.objects).remove(&object.key());
        let event = Event { change: Change::Deleted, object: last.clone(), previous };
        self.remember(object.kind, event);
        last
    }

    fn remember(&mut self, kind: &Kind, event: Event) {
        let table = &mut self.tables[kind.position()];
        table.events.push_back(Arc::new(event));
        while table.events.len() > self.window {
            let oldest = table.events.pop_front().expect("longer than the window");
            table.forgotten = oldest.object.resource_version;
        }
    }

    /// Up to `most` events after `cursor`, or the oldest revision to watch from when `cursor` is
    /// too old.
    pub fn news(&self, kind: &Kind, cursor: u64, most: usize) -> Result<News, u64> {
        let table = self.table(kind);
        if cursor < table.forgotten {
            return Err(table.forgotten);
        }
        let seen = table.events.partition_point(|event| event.object.resource_version <= cursor);
        let events: Vec<_> = table.events.range(seen..).take(most).cloned().collect();
        let until = match events.last() {
            Some(last) if events.len() == most => last.object.resource_version,
            _ => self.revision.max(cursor),
        };
        Ok(News { events, until })
    }

    /// Keeps the objects of one kind at one revision, so that a list can be continued.
    pub fn hold(&mut self, kind: &Kind, revision: u64, objects: Objects) {
        if self.kept(kind, revision).is_some() {
            return;
        }
        self.held.push_back(Held { kind: kind.position(), revision, objects });
        while self.held.len() > self.lists {
            self.held.pop_front();
        }
    }

    /// The objects of one kind at one revision, if that is now or still kept.
    pub fn held(&self, kind: &Kind, revision: u64) -> Option<Objects> {
        match self.kept(kind, revision) {
            Some(held) => Some(held.objects.clone()),
            None if revision == self.revision => Some(self.table(kind).objects.clone()),
            None => None,
        }
    }

    fn kept(&self, kind: &Kind, revision: u64) -> Option<&Held> {
        let wanted = (kind.position(), revision);
        self.held.iter().find(|held| (held.kind, held.revision) == wanted)
    }

    /// Forgets all history, as a compaction of etcd does.
    pub fn compact(&mut self) {
        self.held.clear();
        for table in &mut self.tables {
            table.events.clear();
            table.forgotten = self.revision;
        }
    }
}
