//! The store on real files: what it keeps, finds, refuses and survives.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod backup;
mod counts;
mod disk;
mod filters;
mod migrations;
mod odd;
mod opening;
mod paging;
mod search;
mod statuses;
mod support;
mod time;
