//! Short marks of what a page shows, without what only time changes, so that the browser can tell a
//! page that has changed from one that has merely grown older. Nobody can compute from a mark what is
//! in it and not on the page: the key of the hash is known to the process only.

use std::fmt::{self, Debug, Write};
use std::hash::{BuildHasher as _, DefaultHasher, Hasher as _, RandomState};
use std::sync::LazyLock;

use domain::traffic::Traffic;

static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// Equal within one process, which is as long as a page stays open against it.
pub fn mark(shown: &impl Debug) -> String {
    let mut text = Hashed(KEY.build_hasher());
    // Nothing that is written into a hash fails.
    let _ = write!(text, "{shown:?}");
    format!("{:016x}", text.0.finish())
}

/// Takes text without keeping it.
struct Hashed(DefaultHasher);

impl Write for Hashed {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
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
