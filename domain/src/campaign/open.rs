//! Drafts become open campaigns, and those may last longer.

use jiff::Timestamp;

use super::{Completeness, Draft, Open, Terms, TermsError, WrongState};
use crate::owner::{Owner, Team};

/// Why a campaign is not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotOpen {
    /// Clusters are not up to date.
    #[error(
        "what is known of {} is not up to date; open it again when it is, or leave these clusters out by \
         name", .clusters.join(", ")
    )]
    Stale {
        /// Which.
        clusters: Vec<String>,
    },
    /// The scope names clusters that nobody knows.
    #[error("there is no cluster {}; change the scope", .clusters.join(", "))]
    NoSuchCluster {
        /// Which.
        clusters: Vec<String>,
    },
    /// There is nothing to review.
    #[error("no ingress is in this scope; change the scope")]
    Nothing,
    /// The due date is over.
    #[error("the campaign would be due at {0}, which is over; change the due date")]
    DuePast(Timestamp),
    /// Nobody would review some of it.
    #[error("nobody would review what {} own; name a fallback team", told(.owners))]
    NoReviewer {
        /// Owners who are no team; `-` for orphans.
        owners: Vec<String>,
    },
    /// It is not a draft.
    #[error(transparent)]
    State(#[from] WrongState),
}

/// Why a campaign does not last longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotExtend {
    /// The new due date is over.
    #[error("{0} is over; choose a later day")]
    DuePast(Timestamp),
    /// The new due date is not later.
    #[error("the campaign is due at {0} already; choose a later day")]
    NotLater(Timestamp),
    /// It is not open.
    #[error(transparent)]
    State(#[from] WrongState),
}

/// Names somebody up to so many.
const MOST_TOLD: usize = 5;

fn told(owners: &[String]) -> String {
    let name = |owner: &String| match owner.as_str() {
        "-" => "nobody (orphans)".to_owned(),
        name => name.to_owned(),
    };
    let names: Vec<String> = owners.iter().take(MOST_TOLD).map(name).collect();
    let more = owners.len().saturating_sub(MOST_TOLD);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", names.join(", "))
}

/// The team that reviews what this owner has: the owner, if that is a team, else the fallback.
pub fn reviewer<'a>(owner: Option<&'a Owner>, fallback: Option<&'a str>) -> Option<&'a str> {
    owner.filter(|owner| owner.team).map(|owner| owner.name.as_str()).or(fallback)
}

impl Draft {
    /// The same campaign by other terms.
    pub fn edit(self, terms: Terms, teams: &[Team], now: Timestamp) -> Result<Self, TermsError> {
        terms.check(teams, now)?;
        Ok(Self { terms, ..self })
    }

    /// Opens it over so many ingresses. That each has a reviewer is for the caller to see to, who
    /// answers [`CannotOpen::NoReviewer`] otherwise.
    pub fn open(
        self,
        completeness: Completeness,
        population: usize,
        now: Timestamp,
    ) -> Result<Open, CannotOpen> {
        if self.terms.due <= now {
            return Err(CannotOpen::DuePast(self.terms.due));
        }
        if population == 0 {
            return Err(CannotOpen::Nothing);
        }
        let Self { id, terms, series } = self;
        Ok(Open { id, terms, series, opened_at: now, completeness })
    }
}

impl Open {
    /// Gives reviewers more time.
    pub fn extend(mut self, due: Timestamp, now: Timestamp) -> Result<Self, CannotExtend> {
        if due <= now {
            return Err(CannotExtend::DuePast(due));
        }
        if due <= self.terms.due {
            return Err(CannotExtend::NotLater(self.terms.due));
        }
        self.terms.due = due;
        Ok(self)
    }

    /// Whether it is due: reviewers decide until the due moment, which is included.
    pub fn is_due(&self, now: Timestamp) -> bool {
        now > self.terms.due
    }
}
