//! The Kubernetes API double, asked by clients that know nothing of it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod command;
mod faults;
mod fleet;
mod kubectl;
mod lists;
mod manifests;
mod permissions;
mod server;
mod speed;
mod support;
mod validate;
mod watches;
mod writes;
