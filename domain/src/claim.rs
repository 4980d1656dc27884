//! Whose an ingress is, as people say it in Routebook: claims, and what an admin sets.
//!
//! Nobody changes the owner of what they have to review; there *not mine* is the way.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ClaimId, IngressId};
use crate::owner::Team;
use crate::text::{self, Unfit};
use crate::user::Person;

/// Somebody said whose an ingress is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerClaim {
    /// The store's number; 0 before it is kept.
    pub id: ClaimId,
    /// Which ingress.
    pub ingress: IngressId,
    /// The team whose it is said to be.
    pub owner: String,
    /// Where it stands.
    pub state: ClaimState,
    /// What whoever said it was called then.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When it was said.
    pub at: Timestamp,
}

/// Where a claim stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClaimState {
    /// Somebody has to accept it.
    Proposed,
    /// It is so.
    Accepted,
    /// It is not so.
    Refused,
    /// Whoever said it does not say it any more.
    Withdrawn,
}

impl ClaimState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Proposed, Self::Accepted, Self::Refused, Self::Withdrawn];

    /// Its code in URLs, store and exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Its name on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Proposed => "Proposed",
            Self::Accepted => "Accepted",
            Self::Refused => "Refused",
            Self::Withdrawn => "Withdrawn",
        }
    }
}

/// Why an owner is not claimed or set. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotClaim {
    /// There is no such team.
    #[error("there is no team {0:?}; choose one of the list")]
    NoSuchTeam(String),
    /// It has that owner already.
    #[error("it is that owner's already")]
    AlreadyOwner,
    /// They have to review it.
    #[error(
        "your team reviews this ingress in an open campaign; say there that it is not yours, and whose \
         it is"
    )]
    UnderReview,
    /// Somebody else has to say so.
    #[error("this is for the team that owns the ingress, or for an admin, to say")]
    NotYours,
    /// It was answered.
    #[error("this claim was answered already")]
    Answered,
    /// The reason.
    #[error(transparent)]
    Reason(#[from] Unfit),
}

/// What has to be known of the moment.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// The owner now; `None` for an orphan.
    pub owner: Option<&'a str>,
    /// The teams that review it in campaigns which are open.
    pub under_review: &'a [String],
    /// The teams of the configuration.
    pub teams: &'a [Team],
    /// Who acts.
    pub visitor: &'a Person,
    /// When.
    pub now: Timestamp,
}

impl Standing<'_> {
    /// Nobody changes the owner of what they have to review.
    fn check_fairness(&self) -> Result<(), CannotClaim> {
        let reviews = |team: &String| self.visitor.is_of(team);
        if self.under_review.iter().any(reviews) { Err(CannotClaim::UnderReview) } else { Ok(()) }
    }

    fn team(&self, name: &str) -> Result<String, CannotClaim> {
        let name = name.trim();
        let team = Team::named(self.teams, name);
        team.ok_or_else(|| CannotClaim::NoSuchTeam(name.chars().take(100).collect()))
    }

    /// Whether they answer a claim for this team: the present owner does, of an orphan the team itself.
    fn check_answers(&self, claimed: &str) -> Result<(), CannotClaim> {
        let answers = self.visitor.is_admin() || self.visitor.is_of(self.owner.unwrap_or(claimed));
        if answers { Ok(()) } else { Err(CannotClaim::NotYours) }
    }
}

/// Says that an ingress is a team's. An orphan that a member takes on is theirs at once; everything
/// else is a proposal: of an orphan to the team that is named, else to the present owner.
pub fn claim(
    ingress: IngressId,
    team: &str,
    reason: &str,
    standing: &Standing<'_>,
) -> Result<OwnerClaim, CannotClaim> {
    let owner = standing.team(team)?;
    if standing.owner == Some(owner.as_str()) {
        return Err(CannotClaim::AlreadyOwner);
    }
    standing.check_fairness()?;
    let reason = text::reason(reason)?;
    let is_taken_on = standing.owner.is_none() && standing.visitor.is_of(&owner);
    let state = if is_taken_on { ClaimState::Accepted } else { ClaimState::Proposed };
    Ok(OwnerClaim {
        id: ClaimId(0),
        ingress,
        owner,
        state,
        by: standing.visitor.name().to_owned(),
        reason,
        at: standing.now,
    })
}

/// The owner that an admin sets whoever else is named; `None` to go by what is found again.
pub fn set(
    team: Option<&str>,
    reason: &str,
    standing: &Standing<'_>,
) -> Result<Option<String>, CannotClaim> {
    if !standing.visitor.is_admin() {
        return Err(CannotClaim::NotYours);
    }
    standing.check_fairness()?;
    let team = team.filter(|team| !team.trim().is_empty());
    let team = team.map(|team| standing.team(team)).transpose()?;
    text::reason(reason)?;
    Ok(team)
}

impl OwnerClaim {
    /// It is so.
    pub fn accept(self, standing: &Standing<'_>) -> Result<Self, CannotClaim> {
        self.check_open()?;
        standing.check_answers(&self.owner)?;
        standing.check_fairness()?;
        standing.team(&self.owner)?;
        Ok(Self { state: ClaimState::Accepted, ..self })
    }

    /// It is not so.
    pub fn refuse(self, reason: &str, standing: &Standing<'_>) -> Result<Self, CannotClaim> {
        self.check_open()?;
        standing.check_answers(&self.owner)?;
        text::reason(reason)?;
        Ok(Self { state: ClaimState::Refused, ..self })
    }

    /// The team for which it was said does not say it any more.
    pub fn withdraw(self, standing: &Standing<'_>) -> Result<Self, CannotClaim> {
        self.check_open()?;
        if !standing.visitor.is_admin() && !standing.visitor.is_of(&self.owner) {
            return Err(CannotClaim::NotYours);
        }
        Ok(Self { state: ClaimState::Withdrawn, ..self })
    }

    fn check_open(&self) -> Result<(), CannotClaim> {
        if self.state == ClaimState::Proposed { Ok(()) } else { Err(CannotClaim::Answered) }
    }
}

#[cfg(test)]
mod tests;
