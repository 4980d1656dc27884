//! Short marks of what a page shows, without what only time changes, so that the browser can tell a
//! page that has changed from one that has merely grown older.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};

use domain::traffic::Traffic;

/// Equal within one process, which is as long as a page stays open against it.
pub fn mark(shown: &impl Debug) -> String {
    let mut hasher = DefaultHasher::new();
    format!("{shown:?}").hash(&mut hasher);
    format!("{:016x}", hasher.finish())
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
