//! The handle on an in-memory cluster: how it is made, read and watched from within the process.
//! It applies no permissions and no faults; those belong to the HTTP side.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use jiff::Timestamp;
use serde_json::json;
use tokio::sync::watch;

use super::counters::Counters;
use super::faults::Faults;
use super::kinds::{Kind, NAMESPACE};
use super::object::Object;
use super::state::{News, Objects, State};
use super::status::Status;

/// What a cluster is made with.
#[derive(Debug, Clone)]
pub struct ClusterOptions {
    /// Name of the cluster, of its kubeconfig context and of its certificate authority.
    pub name: String,
    /// Uid of `kube-system`, by which a cluster is told from another; random by default.
    pub kube_system_uid: Option<String>,
    /// Where creation times come from.
    pub clock: fn() -> Timestamp,
    /// How many events per kind a watch can go back.
    pub watch_window: usize,
    /// How many unfinished lists can be continued before the oldest expires.
    pub open_lists: usize,
    /// Seed of everything that faults leave to chance.
    pub seed: u64,
    /// The resource version to count from. A cluster that is started again must not give versions
    /// out twice.
    pub first_revision: u64,
}

impl ClusterOptions {
    /// The usual options under a name.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            kube_system_uid: None,
            clock: system_clock,
            watch_window: 50_000,
            open_lists: 32,
            seed: 1,
            first_revision: 1,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the default clock of a test double")]
fn system_clock() -> Timestamp {
    Timestamp::now()
}

/// A cheap handle on one cluster.
#[derive(Clone)]
pub struct Cluster {
    inner: Arc<Inner>,
}

struct Inner {
    options: ClusterOptions,
    state: RwLock<State>,
    /// Says the revision after every change.
    revision: watch::Sender<u64>,
    faults: Faults,
    counters: Counters,
}

/// The state of a whole cluster at one revision.
#[derive(Clone)]
pub struct Snapshot {
    /// The revision.
    pub revision: u64,
    tables: Vec<Objects>,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Snapshot({})", self.revision)
    }
}

impl Snapshot {
    pub(super) fn objects(&self, kind: &Kind) -> Objects {
        self.tables[kind.position()].clone()
    }
}

impl Cluster {
    /// A cluster with the usual options.
    pub fn new(name: &str) -> Self {
        Self::with(ClusterOptions::named(name))
    }

    /// A cluster with `kube-system` and `default` in it.
    pub fn with(options: ClusterOptions) -> Self {
        let state = State::new(options.watch_window, options.open_lists, options.first_revision);
        let inner = Inner {
            state: RwLock::new(state),
            revision: watch::Sender::new(0),
            faults: Faults::new(options.seed),
            counters: Counters::default(),
            options,
        };
        let cluster = Self { inner: Arc::new(inner) };
        cluster.found();
        cluster
    }

    /// Puts the namespaces in place that every cluster has.
    fn found(&self) {
        let options = self.options();
        let uid = options.kube_system_uid.clone().unwrap_or_else(super::write::new_uid);
        let namespaces = [
            json!({"apiVersion": "v1", "kind": "Namespace",
                   "metadata": {"name": "kube-system", "uid": uid}}),
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}}),
        ];
        self.load(namespaces).expect("namespaces load into an empty cluster");
    }

    /// The name of the cluster.
    pub fn name(&self) -> &str {
        &self.inner.options.name
    }

    /// The newest revision.
    pub fn revision(&self) -> u64 {
        self.read().revision
    }

    /// One object.
    pub fn get(&self, kind: &Kind, namespace: &str, name: &str) -> Result<Arc<Object>, Status> {
        let state = self.read();
        state.get(kind, namespace, name).cloned().ok_or_else(|| Status::not_found(kind, name))
    }

    /// All objects of a kind, in the order of a real list; an empty namespace means all of them.
    pub fn list(&self, kind: &Kind, namespace: &str) -> Vec<Arc<Object>> {
        let objects = self.read().table(kind).objects.clone();
        let wanted = |object: &&Arc<Object>| namespace.is_empty() || object.namespace == namespace;
        objects.values().filter(wanted).cloned().collect()
    }

    /// How many objects of a kind there are.
    pub fn count(&self, kind: &Kind) -> usize {
        self.read().table(kind).objects.len()
    }

    /// The uid of `kube-system`.
    pub fn uid(&self) -> String {
        self.get(&NAMESPACE, "", "kube-system").map_or_else(|_| String::new(), |o| o.uid.clone())
    }

    /// Everything as it is now, to be served later as an old list.
    pub fn snapshot(&self) -> Snapshot {
        let state = self.read();
        Snapshot { revision: state.revision, tables: state.objects() }
    }

    /// Forgets all history: older watches and continue tokens are answered with 410.
    pub fn compact(&self) {
        self.write().compact();
    }

    /// The faults to be injected over HTTP.
    pub fn faults(&self) -> &Faults {
        &self.inner.faults
    }

    /// What was asked over HTTP.
    pub fn counters(&self) -> &Counters {
        &self.inner.counters
    }

    pub(super) fn options(&self) -> &ClusterOptions {
        &self.inner.options
    }

    /// Says the revision after every change.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.inner.revision.subscribe()
    }

    pub(super) fn news(&self, kind: &Kind, cursor: u64, most: usize) -> Result<News, u64> {
        self.read().news(kind, cursor, most)
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, State> {
        self.inner.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs one change under the lock and wakes the watches.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.write();
        let before = state.revision;
        let outcome = change(&mut state);
        let after = state.revision;
        drop(state);
        if after != before {
            self.inner.revision.send_replace(after);
        }
        outcome
    }

    /// Wakes the watches where something changed that has no revision.
    pub(super) fn wake(&self) {
        self.inner.revision.send_modify(|_| {});
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.inner.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}
