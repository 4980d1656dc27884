//! The sync against a Kubernetes API that misbehaves on demand.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod certificates;
mod faults;
mod handshakes;
mod kill;
mod lives;
mod problems;
mod real;
mod real_prometheus;
mod storm;
mod tls_server;
mod traffic;
mod world;
