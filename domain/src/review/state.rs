//! Where a review stands.

use serde::{Deserialize, Serialize};

use super::{Decision, Kind, Outcome};
use crate::change::Change;

/// Where a review stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReviewState {
    /// Nobody has decided.
    Open,
    /// Somebody has.
    Decided(Decision),
    /// Somebody had, and the ingress changed materially.
    Reopened {
        /// What was decided before.
        last: Decision,
        /// What changed since, the oldest first.
        changes: Vec<Change>,
    },
    /// The campaign is closed.
    Settled(Outcome),
}

/// The same without what belongs to it, and whether there is something to decide about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Nobody has decided.
    Open,
    /// The ingress changed after somebody decided.
    Reopened,
    /// The team says that it is not theirs, and did not name whose.
    NotMine,
    /// Somebody has decided.
    Decided,
    /// The ingress has left its cluster before somebody decided.
    Gone,
    /// The campaign is closed.
    Settled,
}

impl Stage {
    /// All of them, what is to be done first.
    pub const ALL: [Self; 6] =
        [Self::Open, Self::Reopened, Self::NotMine, Self::Decided, Self::Gone, Self::Settled];
    /// Those that a reviewer has to decide.
    pub const WAITING: [Self; 2] = [Self::Open, Self::Reopened];
    /// Those that the rule for the undecided would be for, see [`Counts::undecided`](super::Counts).
    pub const UNDECIDED: [Self; 3] = [Self::Open, Self::Reopened, Self::NotMine];

    /// Its code in URLs, store and exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Reopened => "reopened",
            Self::NotMine => "not-mine",
            Self::Decided => "decided",
            Self::Gone => "gone",
            Self::Settled => "settled",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text)
    }

    /// Its name on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "To decide",
            Self::Reopened => "Changed, decide again",
            Self::NotMine => "Not theirs, not said whose",
            Self::Decided => "Decided",
            Self::Gone => "Gone from its cluster",
            Self::Settled => "Settled",
        }
    }
}

impl ReviewState {
    /// Without what belongs to it; `present` is whether the ingress is in its cluster.
    pub fn stage(&self, present: bool) -> Stage {
        match self {
            Self::Decided(decision) if decision.choice.kind != Kind::NotMine => Stage::Decided,
            Self::Open | Self::Reopened { .. } | Self::Decided(_) if !present => Stage::Gone,
            Self::Open => Stage::Open,
            Self::Decided(_) => Stage::NotMine,
            Self::Reopened { .. } => Stage::Reopened,
            Self::Settled(_) => Stage::Settled,
        }
    }

    /// What was decided last, whether it still holds or not.
    pub fn last(&self) -> Option<&Decision> {
        match self {
            Self::Decided(decision) | Self::Reopened { last: decision, .. } => Some(decision),
            Self::Open | Self::Settled(_) => None,
        }
    }
}
