//! The audit chain: who did what, when, to what, from where.
//!
//! Each entry carries the hash of the one before it, and its own hash over everything it says. So
//! none can be changed, taken out or exchanged without [`Verifier`] finding it. Entries cut off the
//! end are found by a [`Checkpoint`] that was kept elsewhere.

mod action;
mod actor;
mod chain;
mod hash;
mod verify;
mod view;

pub use action::Action;
pub use actor::Actor;
pub use chain::{Draft, Entry, Link};
pub use hash::{Checkpoint, Hash, InvalidCheckpoint, InvalidHash};
pub use verify::{Broken, Verifier};
pub use view::{AuditPage, AuditView, InvalidAuditView};

/// Entries on a page.
pub const PAGE_SIZE: usize = 100;
