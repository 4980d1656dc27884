//! A material change opens a decided review again.

use super::{Review, ReviewState};
use crate::change::Change;

/// So many changes are kept; of more, the first.
const MOST_CHANGES: usize = 100;

impl Review {
    /// The ingress has another material hash. What was decided is decided no longer; one that is open
    /// or settled stays as it is.
    pub fn changed(self, hash: &str, changes: Vec<Change>) -> Self {
        let (last, mut all) = match self.state {
            ReviewState::Decided(last) if last.material_hash != hash => (last, Vec::new()),
            ReviewState::Reopened { last, changes } if self.material_hash != hash => {
                (last, changes)
            }
            state => return Self { state, ..self },
        };
        all.extend(changes);
        all.truncate(MOST_CHANGES);
        let state = ReviewState::Reopened { last, changes: all };
        Self { state, material_hash: hash.to_owned(), ..self }
    }
}
