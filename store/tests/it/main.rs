//! The store on real files: what it keeps, finds, refuses and survives.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod audit;
mod backup;
mod counts;
mod disk;
mod filters;
mod migrations;
mod odd;
mod opening;
mod paging;
mod people;
mod provider_sign_outs;
mod search;
mod sessions;
mod sign_ins;
mod statuses;
mod support;
mod tampering;
mod time;
