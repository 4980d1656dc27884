//! Custom kinds, which come and go while a cluster runs, as CustomResourceDefinitions bring them.

use std::sync::Arc;

use super::cluster::Cluster;
use super::kinds::{KINDS, Kind};
use super::object::Object;

impl Cluster {
    /// Serves a custom kind from now on, as a server does when its CustomResourceDefinition is
    /// created. Objects may be loaded before; they are not seen until then.
    pub fn install(&self, kind: &Kind) {
        self.change(|state| state.set_served(kind, true));
        self.wake();
    }

    /// Ends a custom kind, as deleting its CustomResourceDefinition does: its objects are deleted,
    /// watches end, and whoever asks for it gets a 404.
    pub fn uninstall(&self, kind: &Kind) {
        self.change(|state| {
            state.set_served(kind, false);
            let objects: Vec<Arc<Object>> = state.table(kind).objects.values().cloned().collect();
            for object in objects {
                state.remove(&object);
            }
        });
        self.wake();
    }

    /// Whether a kind is served.
    pub fn serves(&self, kind: &Kind) -> bool {
        self.read().serves(kind)
    }

    /// The kinds that are served now.
    pub(super) fn served(&self) -> Vec<&'static Kind> {
        let state = self.read();
        KINDS.into_iter().filter(|kind| state.serves(kind)).collect()
    }
}
