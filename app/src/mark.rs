//! Short marks of what a page shows, without what only time changes, so that the browser can tell a
//! page that has changed from one that has merely grown older. Nobody can compute from a mark what is
//! in it and not on the page: the key of the hash is known to the process only.

use std::fmt::Debug;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;

use domain::traffic::Traffic;

static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// Equal within one process, which is as long as a page stays open against it.
pub fn mark(shown: &impl Debug) -> String {
    format!("{:016x}", KEY.hash_one(format!("{shown:?}")))
}

/// Traffic without what every round of the collector changes: of a busy ingress that would be news
/// every few minutes, and nobody waits for it.
pub fn lasting(traffic: &Traffic) -> Traffic {
    Traffic {
        reason: String::new(),
        last_any: None,
        last_success: None,
        covered: None,
        ..traffic.clone()
    }
}
