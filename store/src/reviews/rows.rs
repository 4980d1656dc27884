//! How reviews and decisions stand in the database.
//!
//! Many come as one JSON text: each row would be handed from SQLite's thread to this one by itself.

use domain::audit::Actor;
use domain::recommendation::{Advice, Recommendation};
use domain::review::{Choice, Decision, Kind, Outcome, Review, ReviewState};
use domain::{CampaignId, Change, IngressId, ReviewId};
use serde::Deserialize;

use crate::campaigns::parsed;
use crate::row::{from_json, moment};

/// A review `r`, for [`ReviewRow`].
pub(crate) const REVIEW: &str = "json_array(r.id, r.campaign, r.ingress_id, r.assignee, r.state, \
    r.material_hash, r.recommendation, r.reasons, r.changes, r.outcome)";

/// A decision `d` that may be absent, for [`DecisionRow`]. Only the last of a review may count: also
/// when that one is undone, the one before does not count again.
pub(crate) const DECISION: &str = "json(CASE WHEN d.id IS NOT NULL THEN json_array(d.id, d.team, d.kind, \
    d.routes, d.wish, d.proposed, d.reason, d.issuer, d.subject, d.name, d.on_behalf, d.at, \
    d.material_hash, d.recommendation, d.undone, EXISTS (SELECT 1 FROM decisions AS later \
    WHERE later.review = d.review AND later.id > d.id)) END)";

/// What [`REVIEW`] says.
#[derive(Debug, Deserialize)]
pub(crate) struct ReviewRow(
    i64,
    i64,
    i64,
    String,
    String,
    String,
    String,
    String,
    String,
    Option<String>,
);

/// What [`DECISION`] says.
#[derive(Debug, Deserialize)]
pub(crate) struct DecisionRow(
    i64,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    String,
    String,
    String,
    String,
    i64,
    i64,
    String,
    String,
    i64,
    i64,
);

impl ReviewRow {
    /// The number of the review.
    pub(crate) fn id(&self) -> ReviewId {
        ReviewId(self.0)
    }

    /// What has changed since the decision.
    pub(crate) fn changes(&self) -> Vec<Change> {
        from_json(&self.8)
    }

    /// The review, with the decision that its row names.
    pub(crate) fn read(self, decision: Option<DecisionRow>) -> Result<Review, sqlx::Error> {
        self.with(decision.map(DecisionRow::read).transpose()?)
    }

    /// The same with a decision that was read.
    pub(crate) fn with(self, decision: Option<Decision>) -> Result<Review, sqlx::Error> {
        let state = match (self.4.as_str(), decision) {
            (OPEN, _) => ReviewState::Open,
            (SETTLED, _) => {
                let outcome = self.9.as_deref().and_then(Outcome::parse);
                ReviewState::Settled(outcome.ok_or_else(|| odd("an outcome", &self.4))?)
            }
            (REOPENED, Some(last)) => ReviewState::Reopened { last, changes: self.changes() },
            (kind, Some(decision)) if Kind::parse(kind).is_some() => ReviewState::Decided(decision),
            (state, _) => return Err(odd("the state of a review", state)),
        };
        let advice = Advice::parse(&self.6).unwrap_or_default();
        Ok(Review {
            id: ReviewId(self.0),
            campaign: CampaignId(self.1),
            ingress: IngressId(self.2),
            assignee: self.3,
            state,
            material_hash: self.5,
            recommendation: Recommendation { advice, reasons: from_json(&self.7) },
        })
    }
}

impl DecisionRow {
    /// The decision.
    pub(crate) fn read(self) -> Result<Decision, sqlx::Error> {
        let kind = Kind::parse(&self.2).ok_or_else(|| odd("a decision", &self.2))?;
        let choice = Choice {
            kind,
            routes: parsed(&self.3)?,
            wish: self.4.and_then(|day| day.parse().ok()),
            proposed: self.5,
            reason: self.6,
        };
        Ok(Decision {
            id: self.0,
            team: self.1,
            choice,
            by: Actor::Person { issuer: self.7, subject: self.8, name: self.9 },
            on_behalf: self.10 != 0,
            at: moment(self.11),
            material_hash: self.12,
            recommendation: Advice::parse(&self.13).unwrap_or_default(),
            undone: self.14 != 0,
            superseded: self.15 != 0,
        })
    }
}

pub(crate) const OPEN: &str = "open";
pub(crate) const REOPENED: &str = "reopened";
pub(crate) const SETTLED: &str = "settled";

/// What stands in the column `state`: of a decided one what was decided, so that progress is counted
/// in the index.
pub(crate) fn code(state: &ReviewState) -> &'static str {
    match state {
        ReviewState::Open => OPEN,
        ReviewState::Decided(decision) => decision.choice.kind.as_str(),
        ReviewState::Reopened { .. } => REOPENED,
        ReviewState::Settled(_) => SETTLED,
    }
}

fn odd(what: &str, value: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("{what} cannot be read: {value:?}").into())
}
