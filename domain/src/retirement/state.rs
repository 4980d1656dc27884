//! Where a retirement stands.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a retirement stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It waits, in case somebody still needs it.
    Held {
        /// Until when.
        until: Timestamp,
    },
    /// It stays.
    Cancelled {
        /// Since when.
        at: Timestamp,
        /// Why.
        why: String,
    },
    /// It may be removed.
    Due {
        /// Since when.
        since: Timestamp,
    },
    /// It is gone.
    Removed {
        /// When that was learnt.
        at: Timestamp,
        /// What proves it.
        proof: String,
    },
    /// It was gone, and is there again.
    Reappeared {
        /// Since when.
        at: Timestamp,
    },
}

/// The same without what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// It was gone, and is there again.
    Reappeared,
    /// It may be removed.
    Due,
    /// It waits.
    Held,
    /// It is gone.
    Removed,
    /// It stays.
    Cancelled,
}

impl Stage {
    /// All of them, what calls for somebody first.
    pub const ALL: [Self; 5] =
        [Self::Reappeared, Self::Due, Self::Held, Self::Removed, Self::Cancelled];

    /// Its code in URLs, store and exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reappeared => "reappeared",
            Self::Due => "due",
            Self::Held => "held",
            Self::Removed => "removed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text)
    }

    /// Its name on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Reappeared => "Reappeared",
            Self::Due => "Due",
            Self::Held => "On hold",
            Self::Removed => "Removed",
            Self::Cancelled => "Cancelled",
        }
    }

    /// What it means, for somebody who sees it for the first time.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Reappeared => "It was gone, and the cluster has it again.",
            Self::Due => "The hold is over and no use was seen: remove it now.",
            Self::Held => "It waits. Successful traffic, or somebody who needs it, cancels it.",
            Self::Removed => "The cluster shows that it is gone.",
            Self::Cancelled => "It stays, for the reason given.",
        }
    }
}

impl State {
    /// Without what belongs to it.
    pub fn stage(&self) -> Stage {
        match self {
            Self::Held { .. } => Stage::Held,
            Self::Cancelled { .. } => Stage::Cancelled,
            Self::Due { .. } => Stage::Due,
            Self::Removed { .. } => Stage::Removed,
            Self::Reappeared { .. } => Stage::Reappeared,
        }
    }

    /// Its code, see [`Stage::as_str`].
    pub fn as_str(&self) -> &'static str {
        self.stage().as_str()
    }

    /// Whether something is still to come of it by itself.
    pub fn is_pending(&self) -> bool {
        matches!(self, Self::Held { .. } | Self::Due { .. })
    }
}
