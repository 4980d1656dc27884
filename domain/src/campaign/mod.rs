//! Campaigns: one review round over a frozen population.
//!
//! A [`Draft`] is opened, an [`Open`] one is extended and closed, and a [`Closed`] one stays as it is.
//! Each transition consumes the state and returns the next, or says why not. Who reviews what is in
//! [`review`](crate::review), when campaigns begin by themselves in [`series`](crate::series).

mod close;
mod completeness;
mod open;
mod template;
mod terms;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use close::{Closing, Summary};
pub use completeness::{ClusterRecord, Completeness, completeness};
pub use open::{CannotExtend, CannotOpen, reviewer};
pub use template::Template;
pub use terms::{MOST_MONTHS, Reasons, Terms, TermsError, Undecided, end_of_day};

use crate::ids::{CampaignId, SeriesId};

/// A campaign that is not open yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The store's number.
    pub id: CampaignId,
    /// What it is about.
    pub terms: Terms,
    /// The series that made it.
    pub series: Option<SeriesId>,
}

/// A campaign in which reviewers decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// The store's number.
    pub id: CampaignId,
    /// What it is about.
    pub terms: Terms,
    /// The series that made it.
    pub series: Option<SeriesId>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// What the population was taken from.
    pub completeness: Completeness,
}

/// A campaign that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// The store's number.
    pub id: CampaignId,
    /// What it is about.
    pub terms: Terms,
    /// The series that made it.
    pub series: Option<SeriesId>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// What the population was taken from.
    pub completeness: Completeness,
    /// When it was closed.
    pub closed_at: Timestamp,
    /// What closed it.
    pub by: Closing,
    /// What came of it.
    pub outcome: Summary,
}

/// A campaign in whatever state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Campaign {
    /// Not open yet.
    Draft(Draft),
    /// Reviewers decide.
    Open(Open),
    /// Over.
    Closed(Closed),
}

/// Where a campaign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CampaignState {
    /// Not open yet.
    Draft,
    /// Reviewers decide.
    Open,
    /// Over.
    Closed,
}

impl CampaignState {
    /// All of them, in their order.
    pub const ALL: [Self; 3] = [Self::Draft, Self::Open, Self::Closed];

    /// Its code in the store and in exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Its name on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Open => "Open",
            Self::Closed => "Closed",
        }
    }
}

/// The campaign is not in the state that this needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this campaign is {}, and this needs one that is {}; nothing was changed", .is.as_str(), .needs.as_str())]
pub struct WrongState {
    /// Where it stands.
    pub is: CampaignState,
    /// Where it would have to stand.
    pub needs: CampaignState,
}

impl Campaign {
    /// The store's number.
    pub fn id(&self) -> CampaignId {
        match self {
            Self::Draft(draft) => draft.id,
            Self::Open(open) => open.id,
            Self::Closed(closed) => closed.id,
        }
    }

    /// What it is about.
    pub fn terms(&self) -> &Terms {
        match self {
            Self::Draft(draft) => &draft.terms,
            Self::Open(open) => &open.terms,
            Self::Closed(closed) => &closed.terms,
        }
    }

    /// The series that made it.
    pub fn series(&self) -> Option<SeriesId> {
        match self {
            Self::Draft(draft) => draft.series,
            Self::Open(open) => open.series,
            Self::Closed(closed) => closed.series,
        }
    }

    /// Where it stands.
    pub fn state(&self) -> CampaignState {
        match self {
            Self::Draft(_) => CampaignState::Draft,
            Self::Open(_) => CampaignState::Open,
            Self::Closed(_) => CampaignState::Closed,
        }
    }

    /// Whether reviewers may decide in it: also one that is not closed yet is over when it is due.
    pub fn takes_decisions(&self, now: Timestamp) -> bool {
        matches!(self, Self::Open(open) if !open.is_due(now))
    }

    /// When it was opened, if it was.
    pub fn opened_at(&self) -> Option<Timestamp> {
        match self {
            Self::Draft(_) => None,
            Self::Open(open) => Some(open.opened_at),
            Self::Closed(closed) => Some(closed.opened_at),
        }
    }

    /// What the population was taken from, once it was opened.
    pub fn completeness(&self) -> Option<&Completeness> {
        match self {
            Self::Draft(_) => None,
            Self::Open(open) => Some(&open.completeness),
            Self::Closed(closed) => Some(&closed.completeness),
        }
    }

    /// The draft, if it is one.
    pub fn into_draft(self) -> Result<Draft, WrongState> {
        match self {
            Self::Draft(draft) => Ok(draft),
            other => Err(WrongState { is: other.state(), needs: CampaignState::Draft }),
        }
    }

    /// The open campaign, if it is one.
    pub fn into_open(self) -> Result<Open, WrongState> {
        match self {
            Self::Open(open) => Ok(open),
            other => Err(WrongState { is: other.state(), needs: CampaignState::Open }),
        }
    }
}

#[cfg(test)]
mod tests;
