//! Where a review stands.

use serde::{Deserialize, Serialize};

use super::{Decision, Outcome};
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

/// The same without what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Nobody has decided.
    Open,
    /// The ingress changed after somebody decided.
    Reopened,
    /// Somebody has decided.
    Decided,
    /// The campaign is closed.
    Settled,
}

impl Stage {
    /// All of them, what is to be done first.
    pub const ALL: [Self; 4] = [Self::Open, Self::Reopened, Self::Decided, Self::Settled];
    /// Those that somebody has to decide.
    pub const WAITING: [Self; 2] = [Self::Open, Self::Reopened];

    /// Its code in URLs, store and exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Reopened => "reopened",
            Self::Decided => "decided",
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
            Self::Decided => "Decided",
            Self::Settled => "Settled",
        }
    }
}

impl ReviewState {
    /// Without what belongs to it.
    pub fn stage(&self) -> Stage {
        match self {
            Self::Open => Stage::Open,
            Self::Decided(_) => Stage::Decided,
            Self::Reopened { .. } => Stage::Reopened,
            Self::Settled(_) => Stage::Settled,
        }
    }

    /// Its code, see [`Stage::as_str`].
    pub fn as_str(&self) -> &'static str {
        self.stage().as_str()
    }

    /// What was decided last, whether it still holds or not.
    pub fn last(&self) -> Option<&Decision> {
        match self {
            Self::Decided(decision) | Self::Reopened { last: decision, .. } => Some(decision),
            Self::Open | Self::Settled(_) => None,
        }
    }
}
