//! Retirements: what follows when it was decided that an ingress, or some of its routes, may go.
//!
//! On hold, then due, then removed, which only the watch can prove; and perhaps there again. Routebook
//! removes nothing itself: [`steps`] says how somebody does.

mod act;
mod hold;
mod routes;
mod state;
mod steps;
mod view;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use act::{CannotCancel, IN_USE};
pub use hold::{HOLD_DAYS, Policy, weekly_limit};
pub use state::{Stage, State};
pub use steps::{Steps, Target, steps};
pub use view::RetirementView;

use crate::ids::{IngressId, RetirementId, ReviewId};

/// One ingress, or some of its routes, on the way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retirement {
    /// The store's number; 0 before it is kept.
    pub id: RetirementId,
    /// The ingress.
    pub ingress: IngressId,
    /// The review in which it was decided.
    pub review: Option<ReviewId>,
    /// The keys of the routes that go, see [`route_key`](crate::traffic::route_key); empty for all.
    pub routes: Vec<String>,
    /// When it was requested.
    pub requested_at: Timestamp,
    /// What whoever requested it was called then.
    pub requested_by: String,
    /// Not before this day, UTC.
    pub wish: Option<Date>,
    /// Where it stands.
    pub state: State,
    /// Why it was requested.
    pub reason: String,
}

impl Retirement {
    /// Whether only some routes go.
    pub fn is_partial(&self) -> bool {
        !self.routes.is_empty()
    }

    /// How long it took from the request to the proof, once there is one.
    pub fn took(&self) -> Option<SignedDuration> {
        match &self.state {
            State::Removed { at, .. } => Some(at.duration_since(self.requested_at)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
