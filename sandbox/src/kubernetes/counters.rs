//! What clients asked for over HTTP, so that tests can bound it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::kinds::Kind;

/// What a request does, in RBAC's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Reads one object.
    Get,
    /// Reads a collection.
    List,
    /// Follows a collection.
    Watch,
    /// Creates an object.
    Create,
    /// Replaces an object.
    Update,
    /// Patches an object.
    Patch,
    /// Deletes an object.
    Delete,
    /// Deletes a collection.
    DeleteCollection,
}

impl Verb {
    /// The verb as rules and messages write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::List => "list",
            Self::Watch => "watch",
            Self::Create => "create",
            Self::Update => "update",
            Self::Patch => "patch",
            Self::Delete => "delete",
            Self::DeleteCollection => "deletecollection",
        }
    }
}

type Key = (Verb, &'static str, u16);

/// Counts of requests, and of watches that are open.
#[derive(Debug, Default, Clone)]
pub struct Counters {
    inner: Arc<Mutex<Counts>>,
}

#[derive(Debug, Default)]
struct Counts {
    requests: HashMap<Key, u64>,
    watches: HashMap<&'static str, usize>,
}

impl Counters {
    /// Requests answered with one class of status: 2 for 2xx; 0 for those that got no answer.
    pub fn requests_of_class(&self, verb: Verb, kind: &Kind, class: u16) -> u64 {
        self.lock().requests.get(&(verb, kind.plural, class)).copied().unwrap_or(0)
    }

    /// All requests of a verb for a kind.
    pub fn requests(&self, verb: Verb, kind: &Kind) -> u64 {
        let counts = self.lock();
        let wanted = |key: &Key| (key.0, key.1) == (verb, kind.plural);
        counts.requests.iter().filter(|(key, _)| wanted(key)).map(|(_, count)| count).sum()
    }

    /// All requests for objects, of every kind and verb.
    pub fn total(&self) -> u64 {
        self.lock().requests.values().sum()
    }

    /// Watches that are open now.
    pub fn open_watches(&self, kind: &Kind) -> usize {
        self.lock().watches.get(kind.plural).copied().unwrap_or(0)
    }

    /// Sets the request counts to zero; open watches stay counted.
    pub fn reset(&self) {
        self.lock().requests.clear();
    }

    pub(super) fn count(&self, verb: Verb, kind: &Kind, status: u16) {
        *self.lock().requests.entry((verb, kind.plural, status / 100)).or_default() += 1;
    }

    /// Counts a watch as open until the answer is dropped.
    pub(super) fn open_watch(&self, kind: &'static Kind) -> OpenWatch {
        *self.lock().watches.entry(kind.plural).or_default() += 1;
        OpenWatch { counters: self.clone(), kind }
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One open watch.
pub(super) struct OpenWatch {
    counters: Counters,
    kind: &'static Kind,
}

impl Drop for OpenWatch {
    fn drop(&mut self) {
        if let Some(open) = self.counters.lock().watches.get_mut(self.kind.plural) {
            *open -= 1;
        }
    }
}
