//! Reviews: one ingress in one campaign, assigned to a team.
//!
//! Decisions are only added; the last before closing counts. A material change opens a decided review
//! again. At closing each review gets just one [`Outcome`]. What an act needs to know of its moment is
//! in [`Setting`].

mod change;
mod choice;
mod decide;
mod refused;
mod settle;
mod state;
mod view;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use choice::{Choice, Decision, Kind};
pub use refused::Refused;
pub use settle::{AtClosing, Outcome};
pub use state::{ReviewState, Stage};
pub use view::ReviewView;

use crate::campaign::Reasons;
use crate::ids::{CampaignId, IngressId, ReviewId};
use crate::owner::Team;
use crate::recommendation::Recommendation;
use crate::user::Person;

/// One ingress in one campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// The store's number.
    pub id: ReviewId,
    /// The campaign.
    pub campaign: CampaignId,
    /// The ingress.
    pub ingress: IngressId,
    /// The team that decides.
    pub assignee: String,
    /// Where it stands.
    pub state: ReviewState,
    /// The material hash of the ingress when the population was frozen, or when the review was last
    /// opened again.
    pub material_hash: String,
    /// What was recommended when the population was frozen.
    pub recommendation: Recommendation,
}

/// What an act needs to know of the moment in which it happens.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// Whether the campaign is open.
    pub campaign_open: bool,
    /// Whether the ingress is in its cluster, in the same life.
    pub present: bool,
    /// Its material hash now.
    pub current_hash: &'a str,
    /// The material hash of what the form was drawn from.
    pub shown_hash: &'a str,
    /// The keys of its routes, see [`route_key`](crate::traffic::route_key).
    pub routes: &'a [String],
    /// The teams of the configuration.
    pub teams: &'a [Team],
    /// When a decision needs a reason.
    pub reasons: Reasons,
    /// With four eyes only: who last changed the object, if that is known.
    pub four_eyes: &'a [String],
    /// Who acts.
    pub visitor: &'a Person,
    /// When.
    pub now: Timestamp,
}

/// What an act makes of a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// The review.
    pub review: Review,
    /// The decision: a new one, whose number is 0, or one that was taken back.
    pub decision: Option<Decision>,
    /// The team that the review was given to.
    pub reassigned: Option<String>,
}

/// How many reviews stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Not decided yet.
    pub open: u64,
    /// Not decided, and nothing to decide any more: the ingress has left its cluster.
    pub gone: u64,
    /// Confirmed.
    pub confirmed: u64,
    /// To be retired.
    pub retired: u64,
    /// Said not to be the team's, without another owner.
    pub not_mine: u64,
    /// Changed since they were decided.
    pub reopened: u64,
    /// Settled at closing.
    pub settled: u64,
}

impl Counts {
    /// All of them.
    pub fn total(self) -> u64 {
        self.undecided() + self.gone + self.decided() + self.settled
    }

    /// Those that a reviewer still has to decide.
    pub fn waiting(self) -> u64 {
        self.open + self.reopened
    }

    /// Those that the rule for the undecided would be for if the campaign closed now.
    pub fn undecided(self) -> u64 {
        self.waiting() + self.not_mine
    }

    /// Both together.
    pub fn and(self, other: Self) -> Self {
        Self {
            open: self.open + other.open,
            gone: self.gone + other.gone,
            confirmed: self.confirmed + other.confirmed,
            retired: self.retired + other.retired,
            not_mine: self.not_mine + other.not_mine,
            reopened: self.reopened + other.reopened,
            settled: self.settled + other.settled,
        }
    }

    /// Those that stay as they were decided.
    pub fn decided(self) -> u64 {
        self.confirmed + self.retired
    }
}

#[cfg(test)]
mod tests;
