//! The sync against a Kubernetes API that misbehaves on demand.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod faults;
mod kill;
mod lives;
mod problems;
mod real;
mod storm;
mod world;
