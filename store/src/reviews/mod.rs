//! Reviews: what is to be decided, by whom, and what was.
//!
//! Decisions are only ever added. Each act loads the state for itself, lets `domain` decide, and
//! writes the next state where the expected one still stands.

mod about;
mod act;
mod card;
mod decide;
mod load;
mod presence;
mod queue;
mod reopen;
mod retire;
mod rows;
mod undo;
mod write;

use domain::ReviewId;
use domain::review::Refused;

use crate::acts::{CONFLICT, FORBIDDEN, INVALID, Stop};

pub use about::DecidedIn;
pub use card::{Comment, ReviewCard};
pub use load::Basis;
pub use queue::{ReviewPage, ReviewRow};

pub(crate) use card::{comments_of, decisions_of};
pub(crate) use presence::presence;
pub(crate) use reopen::{Version, reopen};
pub(crate) use retire::{By, Wanted, last_of_reviews, request};
pub(crate) use rows::{DECISION, DecisionRow, REVIEW, ReviewRow as StoredReview};

/// What audit entries call it.
pub(crate) fn target(id: ReviewId) -> String {
    format!("review {id}")
}

/// A refusal. Of many at once it names the ingress.
pub(crate) fn refused(error: &Refused, place: Option<&str>) -> Stop {
    let status = match error {
        error if error.is_forbidden() => FORBIDDEN,
        error if error.is_input() => INVALID,
        _ => CONFLICT,
    };
    match place {
        Some(place) => Stop::refused(format!("{place}: {error}"), status),
        None => Stop::refused(error.to_string(), status),
    }
}

impl From<Refused> for Stop {
    fn from(error: Refused) -> Self {
        refused(&error, None)
    }
}
