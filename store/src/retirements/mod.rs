//! Retirements: what was decided to go, until the cluster shows that it is gone, and after.
//!
//! Decisions request them (`reviews`). What the watch sees proves them or brings them back (`observe`),
//! time and traffic lead them on (`tick`), and people cancel them (`cancel`). What is needed to bring back
//! what went is kept (`manifest`). Every change of state has
//! its entry in the audit trail, in the same transaction.

mod cancel;
mod list;
mod manifest;
mod observe;
mod rows;
mod tick;

use domain::RetirementId;

pub use list::{RetirementNews, RetirementPage, RetirementRow};
pub use tick::Tick;

pub(crate) use manifest::keep_manifests;
pub(crate) use observe::{Sight, What, observe};

/// What audit entries call it.
fn target(id: RetirementId) -> String {
    format!("retirement {id}")
}
