//! A test double of Routebook's neighbourhood, in one process and on loopback only. Tests, benches
//! and the demo link it; a release build must never contain it.

pub mod certificates;
pub mod fleet;
pub mod hands;
pub mod kubernetes;
pub mod manifests;
pub mod openid;
pub mod prometheus;
pub mod tls;
pub mod tls_endpoint;
