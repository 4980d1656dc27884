//! At closing, each review gets just one outcome. It follows from what was decided last, and never
//! from an answer that is missing, unless the campaign says so.

use serde::{Deserialize, Serialize};

use super::{Kind, Review, ReviewState};
use crate::campaign::Undecided;
use crate::recommendation::Advice;

/// What came of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A reviewer confirmed it.
    Confirmed,
    /// A reviewer wanted it retired.
    Retired,
    /// Nobody decided; nothing changed.
    Exception,
    /// Nobody decided; it is handed up.
    Escalated,
    /// Nobody decided, and the rule of the campaign retires it, as was recommended.
    RetiredUndecided,
    /// It left the cluster by itself.
    Gone,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Confirmed,
        Self::Retired,
        Self::Exception,
        Self::Escalated,
        Self::RetiredUndecided,
        Self::Gone,
    ];

    /// Its code in the store and in exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Retired => "retired",
            Self::Exception => "exception",
            Self::Escalated => "escalated",
            Self::RetiredUndecided => "retired-undecided",
            Self::Gone => "gone",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }

    /// Its name on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Confirmed => "Confirmed",
            Self::Retired => "To be retired",
            Self::Exception => "Exception: nobody decided",
            Self::Escalated => "Escalated: nobody decided",
            Self::RetiredUndecided => "To be retired: nobody decided",
            Self::Gone => "Gone by itself",
        }
    }
}

/// What is known of an ingress when its campaign closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtClosing {
    /// Whether it is in its cluster.
    pub present: bool,
    /// Whether it would be recommended to be retired today, by what is known of today, and did not
    /// change materially since the campaign was opened: what was recommended then was about what it
    /// was then.
    pub still_recommended: bool,
}

impl Review {
    /// Settles it by the rule for the undecided. A settled one keeps its outcome.
    ///
    /// Without an answer only what was recommended to be retired is ever retired, and only if that
    /// [still holds](AtClosing::still_recommended).
    pub fn settle(self, undecided: Undecided, at: AtClosing) -> (Self, Outcome) {
        let outcome = self.outcome(undecided, at);
        (Self { state: ReviewState::Settled(outcome), ..self }, outcome)
    }

    fn outcome(&self, undecided: Undecided, at: AtClosing) -> Outcome {
        let kind = match &self.state {
            ReviewState::Settled(outcome) => return *outcome,
            ReviewState::Decided(decision) => Some(decision.choice.kind),
            ReviewState::Open | ReviewState::Reopened { .. } => None,
        };
        let is_changed = matches!(self.state, ReviewState::Reopened { .. });
        match (kind, undecided) {
            (Some(Kind::Retire), _) => Outcome::Retired,
            _ if !at.present => Outcome::Gone,
            (Some(Kind::Confirm), _) => Outcome::Confirmed,
            (_, Undecided::Exception) => Outcome::Exception,
            (_, Undecided::Escalate) => Outcome::Escalated,
            (_, Undecided::Retire)
                if self.recommendation.advice == Advice::Retire
                    && !is_changed
                    && at.still_recommended =>
            {
                Outcome::RetiredUndecided
            }
            (_, Undecided::Retire) => Outcome::Exception,
        }
    }
}
