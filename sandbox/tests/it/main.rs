//! The doubles, asked by clients that know nothing of them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod command;
mod faults;
mod first_page;
mod fleet;
mod kinds;
mod kubectl;
mod lists;
mod manifests;
mod openid;
mod permissions;
mod prometheus;
mod prometheus_http;
mod server;
mod speed;
mod support;
mod tls_endpoint;
mod traffic;
mod validate;
mod watches;
mod writes;
