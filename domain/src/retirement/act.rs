//! What happens to a retirement. What does not concern its state leaves it as it is.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::{Policy, Retirement, State};
use crate::ids::{IngressId, RetirementId, ReviewId};
use crate::review::Choice;
use crate::text::{self, Unfit};

/// How the reason begins why one was cancelled by itself.
pub const IN_USE: &str = "a request was answered with success on ";

/// Why a retirement is not cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotCancel {
    /// It is gone already.
    #[error("it is removed already; to undo that, download the kept manifest and apply it")]
    Removed,
    /// It was cancelled before.
    #[error("this retirement was cancelled already")]
    Already,
    /// The reason.
    #[error(transparent)]
    Reason(#[from] Unfit),
}

impl Retirement {
    /// A new one, on hold, as a reviewer chose it. It has no number yet.
    pub fn request(
        ingress: IngressId,
        review: Option<ReviewId>,
        choice: &Choice,
        by: &str,
        policy: &Policy,
        now: Timestamp,
    ) -> Self {
        Self {
            id: RetirementId(0),
            ingress,
            review,
            routes: choice.routes.clone(),
            requested_at: now,
            requested_by: by.to_owned(),
            wish: choice.wish,
            state: State::Held { until: policy.hold(now, choice.wish) },
            reason: choice.reason.clone(),
        }
    }

    /// When what goes was last used successfully. A success after the request cancels what is not
    /// removed yet.
    pub fn traffic(self, last_success: Option<Timestamp>, now: Timestamp) -> Self {
        let returned = last_success.filter(|at| *at > self.requested_at);
        match returned {
            Some(seen) if self.state.is_pending() => {
                let day = day(seen);
                let why = format!("{IN_USE}{day}, after the request");
                Self { state: State::Cancelled { at: now, why }, ..self }
            }
            _ => self,
        }
    }

    /// Time goes by: what was long enough on hold becomes due, if the limit of the week lets it and
    /// its traffic [was read](Self::is_read).
    pub fn tick(self, now: Timestamp, may_become_due: bool) -> Self {
        match self.state {
            State::Held { until } if now >= until && may_become_due => {
                Self { state: State::Due { since: now }, ..self }
            }
            _ => self,
        }
    }

    /// Whether its traffic was read up to the end of the hold. `read_until` is up to when all that
    /// measures it was read; `None` if nothing does. A source that is down, or of which the time of an
    /// outage is still to be read, does not tell whether it is used.
    pub fn is_read(&self, read_until: Option<Timestamp>) -> bool {
        match self.state {
            State::Held { until } => read_until.is_none_or(|read| read >= until),
            _ => true,
        }
    }

    /// The ingress is gone, as this proves.
    pub fn gone(self, proof: &str, at: Timestamp) -> Self {
        match self.state {
            State::Held { .. } | State::Due { .. } | State::Reappeared { .. } => {
                Self { state: State::Removed { at, proof: proof.to_owned() }, ..self }
            }
            State::Cancelled { .. } | State::Removed { .. } => self,
        }
    }

    /// The ingress is there again.
    pub fn back(self, at: Timestamp) -> Self {
        match self.state {
            State::Removed { .. } => Self { state: State::Reappeared { at }, ..self },
            _ => self,
        }
    }

    /// Somebody needs it after all.
    pub fn cancel(self, by: &str, reason: &str, now: Timestamp) -> Result<Self, CannotCancel> {
        match self.state {
            State::Removed { .. } => return Err(CannotCancel::Removed),
            State::Cancelled { .. } => return Err(CannotCancel::Already),
            State::Held { .. } | State::Due { .. } | State::Reappeared { .. } => {}
        }
        let reason = text::reason(reason)?;
        let why = format!("by {by}: {reason}");
        Ok(Self { state: State::Cancelled { at: now, why }, ..self })
    }

    /// The decision that requested it was taken back, or another one counts instead.
    pub fn withdraw(self, why: &str, now: Timestamp) -> Self {
        match self.state {
            State::Held { .. } | State::Due { .. } => {
                Self { state: State::Cancelled { at: now, why: why.to_owned() }, ..self }
            }
            _ => self,
        }
    }
}

/// The UTC day.
fn day(at: Timestamp) -> Date {
    Offset::UTC.to_datetime(at).date()
}
