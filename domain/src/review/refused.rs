//! Why an act was refused. Nothing of it was saved.

use crate::text::{LONGEST_REASON, Unfit};

/// Why an act was refused. Nothing of it was saved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The campaign is not open.
    #[error("the campaign is closed, so nothing can be decided in it any more")]
    Closed,
    /// The review is another team's.
    #[error(
        "this review is assigned to another team; only its members, or an admin, may decide it"
    )]
    NotYours,
    /// The ingress is gone.
    #[error("this ingress is no longer in its cluster; there is nothing to decide")]
    Gone,
    /// The ingress is not what the form showed.
    #[error("the ingress changed since you opened this page; look at it again, then decide")]
    Changed,
    /// A reason is needed.
    #[error("this needs a reason; write one and send it again")]
    ReasonMissing,
    /// The reason or comment is too long.
    #[error("the text is longer than {} characters; shorten it and send it again", LONGEST_REASON)]
    TooLong,
    /// The ingress has no such route.
    #[error("the ingress has no route {0:?}; open its page again and choose from there")]
    UnknownRoute(String),
    /// There is no such team.
    #[error("there is no team {0:?}; choose one of the list")]
    NoSuchTeam(String),
    /// It is that team's already.
    #[error("this review is assigned to that team already; choose another")]
    SameTeam,
    /// Somebody else must confirm it.
    #[error("you changed this ingress last, so somebody else of the team must confirm it first")]
    FourEyes,
    /// The wish date is over.
    #[error("the day from which it may be removed is over; choose today or later")]
    WishPast,
    /// Nothing was decided.
    #[error("there is no decision to take back")]
    NothingToUndo,
    /// Another decision counts than the one to be taken back.
    #[error("another decision was made since you opened this page; look at it again")]
    Overtaken,
    /// Nobody assigns reviews to themselves.
    #[error("you are in that team, and nobody can make themselves reviewer; ask another admin")]
    Yourself,
}

impl From<Unfit> for Refused {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Missing(_) => Self::ReasonMissing,
            Unfit::TooLong { .. } => Self::TooLong,
        }
    }
}

impl Refused {
    /// Whether it is about who acts, and not about what is said or how things stand.
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::NotYours | Self::FourEyes | Self::Yourself)
    }

    /// Whether what was sent is to blame: sent again with another text or choice, it may be taken.
    pub fn is_input(&self) -> bool {
        matches!(
            self,
            Self::ReasonMissing
                | Self::TooLong
                | Self::UnknownRoute(_)
                | Self::NoSuchTeam(_)
                | Self::SameTeam
                | Self::WishPast
        )
    }
}
