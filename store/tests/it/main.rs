//! The store on real files: what it keeps, finds, refuses and survives.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod acting;
mod attestations;
mod audit;
mod backup;
mod campaigns;
mod claims;
mod counts;
mod decisions;
mod disk;
mod filters;
mod migrations;
mod odd;
mod opening;
mod paging;
mod people;
mod provider_sign_outs;
mod retirements;
mod review_model;
mod search;
mod series;
mod sessions;
mod sign_ins;
mod standing;
mod statuses;
mod support;
mod tampering;
mod time;
mod undecided;
