//! What a reviewer may choose, and what is kept of it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::audit::Actor;
use crate::recommendation::Advice;

/// What a reviewer may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It is needed as it is.
    Confirm,
    /// It may go, or some of its routes.
    Retire,
    /// It is somebody else's.
    NotMine,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Confirm, Self::Retire, Self::NotMine];

    /// Its code in forms, store and exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Retire => "retire",
            Self::NotMine => "not-mine",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Its name on buttons.
    pub fn label(self) -> &'static str {
        match self {
            Self::Confirm => "Confirm",
            Self::Retire => "Retire",
            Self::NotMine => "Not mine",
        }
    }

    /// What was decided, in words.
    pub fn past(self) -> &'static str {
        match self {
            Self::Confirm => "Confirmed",
            Self::Retire => "To be retired",
            Self::NotMine => "Not theirs",
        }
    }
}

/// What a reviewer chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What.
    pub kind: Kind,
    /// To retire: the keys of the routes that may go; empty for all.
    pub routes: Vec<String>,
    /// To retire: not before this day.
    pub wish: Option<Date>,
    /// Not mine: the team whose it is.
    pub proposed: Option<String>,
    /// Why; may be empty.
    pub reason: String,
}

impl Choice {
    /// A choice with nothing but a reason.
    pub fn new(kind: Kind, reason: &str) -> Self {
        let reason = reason.to_owned();
        Self { kind, routes: Vec::new(), wish: None, proposed: None, reason }
    }

    /// Whether it is not what was recommended.
    pub fn is_against(&self, advice: Advice) -> bool {
        matches!(
            (self.kind, advice),
            (Kind::Confirm, Advice::Retire) | (Kind::Retire, Advice::Keep)
        )
    }
}

/// A choice that was made: who made it, when, and of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The store's number; 0 before it is kept.
    pub id: i64,
    /// The team for which it was made.
    pub team: String,
    /// What was chosen.
    pub choice: Choice,
    /// Who chose.
    pub by: Actor,
    /// Whether an admin did so who is not of the team.
    pub on_behalf: bool,
    /// When.
    pub at: Timestamp,
    /// The material hash of what was decided about.
    pub material_hash: String,
    /// What had been recommended.
    pub recommendation: Advice,
    /// Whether a later one counts instead.
    pub superseded: bool,
    /// Whether it was taken back.
    pub undone: bool,
}

impl Decision {
    /// Whether this one counts.
    pub fn counts(&self) -> bool {
        !self.superseded && !self.undone
    }
}
