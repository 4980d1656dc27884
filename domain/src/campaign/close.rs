//! Campaigns end, and each review with them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Closed, Open};
use crate::review::Outcome;

/// What closed a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Closing {
    /// An admin.
    ByHand,
    /// Its due date.
    Due,
}

impl Closing {
    /// Its code in the store and in exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ByHand => "by-hand",
            Self::Due => "due",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::ByHand, Self::Due].into_iter().find(|closing| closing.as_str() == text)
    }

    /// In words, for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::ByHand => "Closed by an admin",
            Self::Due => "Closed because it was due",
        }
    }
}

/// How many reviews had which outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Confirmed by a reviewer.
    pub confirmed: u64,
    /// Retired by a reviewer.
    pub retired: u64,
    /// Undecided; nothing changed.
    pub exceptions: u64,
    /// Undecided, and handed up.
    pub escalated: u64,
    /// Undecided, and retired by the rule of the campaign.
    pub retired_undecided: u64,
    /// Left the cluster by themselves.
    pub gone: u64,
}

impl Summary {
    /// Counts.
    pub fn of(outcomes: &[Outcome]) -> Self {
        let mut summary = Self::default();
        for outcome in outcomes {
            summary.add(*outcome, 1);
        }
        summary
    }

    /// Counts so many more.
    pub fn add(&mut self, outcome: Outcome, count: u64) {
        *self.place(outcome) += count;
    }

    /// How many of an outcome.
    pub fn count(mut self, outcome: Outcome) -> u64 {
        *self.place(outcome)
    }

    /// How many in all.
    pub fn total(self) -> u64 {
        Outcome::ALL.into_iter().map(|outcome| self.count(outcome)).sum()
    }

    fn place(&mut self, outcome: Outcome) -> &mut u64 {
        match outcome {
            Outcome::Confirmed => &mut self.confirmed,
            Outcome::Retired => &mut self.retired,
            Outcome::Exception => &mut self.exceptions,
            Outcome::Escalated => &mut self.escalated,
            Outcome::RetiredUndecided => &mut self.retired_undecided,
            Outcome::Gone => &mut self.gone,
        }
    }
}

impl Open {
    /// Ends it. `outcomes` has one outcome for each review, from
    /// [`Review::settle`](crate::review::Review::settle).
    pub fn close(self, by: Closing, now: Timestamp, outcomes: &[Outcome]) -> Closed {
        let Self { id, terms, series, opened_at, completeness } = self;
        let outcome = Summary::of(outcomes);
        Closed { id, terms, series, opened_at, completeness, closed_at: now, by, outcome }
    }
}
