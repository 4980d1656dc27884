//! Goes through a chain and finds the first place where it does not hold.

use super::{Checkpoint, Entry, Link};

/// Follows a chain from its first entry, entry by entry.
#[derive(Debug)]
pub struct Verifier {
    head: Link,
    /// Those that were not met yet, the last one first.
    checkpoints: Vec<Checkpoint>,
}

/// Where a chain does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// An entry is missing, or one is there twice.
    #[error(
        "entry {expected} should come next, but entry {found} does: entries were removed, added or exchanged here"
    )]
    Sequence {
        /// The number that should come.
        expected: u64,
        /// The number that does.
        found: u64,
    },
    /// An entry does not hang on the one before it.
    #[error(
        "entry {sequence} does not follow from the entry before it: one of the two was changed or exchanged"
    )]
    Previous {
        /// The entry.
        sequence: u64,
    },
    /// An entry says something else than when it was written.
    #[error("entry {sequence} was changed after it was written: its hash is not of what it says")]
    Content {
        /// The entry.
        sequence: u64,
    },
    /// The end is missing.
    #[error(
        "the chain ends with entry {found}, but a checkpoint has noted entry {checkpoint}: the entries after {found} were removed"
    )]
    Cut {
        /// The entry that was noted.
        checkpoint: u64,
        /// The last entry that there is.
        found: u64,
    },
    /// An entry is not the one that was noted.
    #[error(
        "entry {sequence} is not the one that a checkpoint has noted: the chain was written anew from there or earlier"
    )]
    Checkpoint {
        /// The entry.
        sequence: u64,
    },
}

impl Verifier {
    /// Before the first entry. The checkpoints may be in any order.
    pub fn new(checkpoints: &[Checkpoint]) -> Self {
        let mut checkpoints = checkpoints.to_vec();
        checkpoints.sort_by_key(|checkpoint| std::cmp::Reverse(checkpoint.sequence));
        Self { head: Link::START, checkpoints }
    }

    /// Takes the next entry.
    pub fn next(&mut self, entry: &Entry) -> Result<(), Broken> {
        self.meet()?;
        let sequence = entry.sequence;
        let expected = self.head.sequence + 1;
        if sequence != expected {
            return Err(Broken::Sequence { expected, found: sequence });
        }
        if entry.previous != self.head.hash {
            return Err(Broken::Previous { sequence });
        }
        if entry.hash != entry.expected_hash() {
            return Err(Broken::Content { sequence });
        }
        self.head = entry.link();
        self.meet()
    }

    /// There is no further entry. Answers the last one.
    pub fn finish(mut self) -> Result<Link, Broken> {
        self.meet()?;
        match self.checkpoints.first() {
            Some(last) => Err(Broken::Cut { checkpoint: last.sequence, found: self.head.sequence }),
            None => Ok(self.head),
        }
    }

    /// Compares the checkpoints of this place.
    fn meet(&mut self) -> Result<(), Broken> {
        let Link { sequence, hash } = self.head;
        let here = |checkpoint: &mut Checkpoint| checkpoint.sequence == sequence;
        while let Some(checkpoint) = self.checkpoints.pop_if(here) {
            if checkpoint.hash != hash {
                return Err(Broken::Checkpoint { sequence });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
