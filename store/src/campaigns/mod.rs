//! Campaigns: drafted, opened over a frozen population, and closed with one outcome for each review.
//!
//! Each act is one transaction: the state is loaded for it, `domain` decides, and the next state is
//! written where the expected one still stands, together with the entry of the audit trail.

mod close;
mod draft;
mod evidence;
mod open;
mod population;
mod preview;
mod read;

use domain::CampaignId;
use domain::campaign::{Campaign, CannotExtend, CannotOpen, Terms, TermsError, WrongState};
use serde_json::{Value, json};
use sqlx::{Sqlite, Transaction};

use crate::acts::{Act, CONFLICT, FORBIDDEN, INVALID, Stop};

pub use evidence::{Evidence, EvidenceRow};
pub use preview::Preview;
pub use read::{CampaignRow, CampaignView, Progress};

pub(crate) use draft::insert;
pub(crate) use open::{Opening, freeze, opened_as};
pub(crate) use read::{counted, load, parsed};

/// What audit entries call it.
pub(crate) fn target(id: CampaignId) -> String {
    format!("campaign {id}")
}

/// What audit entries say of the terms.
pub(crate) fn told(terms: &Terms) -> Value {
    json!({
        "name": terms.name,
        "scope": terms.scope.query(),
        "due": terms.due,
        "undecided": terms.undecided.as_str(),
        "reasons": terms.reasons.as_str(),
        "fallback": terms.fallback,
        "attest_months": terms.attest_months,
        "look_back_days": terms.look_back_days,
        "four_eyes": terms.four_eyes,
    })
}

/// The campaign of this number.
pub(crate) async fn existing(
    transaction: &mut Transaction<'_, Sqlite>,
    id: CampaignId,
) -> Result<Campaign, Stop> {
    load(transaction, id).await?.ok_or_else(|| Stop::missing("campaign"))
}

/// Only admins lead campaigns.
pub(crate) fn admin(act: &Act) -> Result<(), Stop> {
    match act.person.is_admin() {
        true => Ok(()),
        false => Err(Stop::refused("only an admin may do this; ask one", FORBIDDEN)),
    }
}

/// The state was another one than expected, although it was read in this transaction.
pub(crate) fn overtaken() -> Stop {
    Stop::refused("it was changed meanwhile; load the page again", CONFLICT)
}

impl From<TermsError> for Stop {
    fn from(error: TermsError) -> Self {
        Self::refused(error.to_string(), INVALID)
    }
}

impl From<CannotOpen> for Stop {
    fn from(error: CannotOpen) -> Self {
        Self::refused(error.to_string(), CONFLICT)
    }
}

impl From<CannotExtend> for Stop {
    fn from(error: CannotExtend) -> Self {
        let status = match error {
            CannotExtend::State(_) => CONFLICT,
            CannotExtend::DuePast(_) | CannotExtend::NotLater(_) => INVALID,
        };
        Self::refused(error.to_string(), status)
    }
}

impl From<WrongState> for Stop {
    fn from(error: WrongState) -> Self {
        Self::refused(error.to_string(), CONFLICT)
    }
}
