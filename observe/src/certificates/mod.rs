//! Looks at certificates: at those that hosts serve, by TLS handshakes, and at those in Secrets, where
//! the operator has switched that on. What it finds becomes evidence in the store; what it means is
//! decided in [`domain::tls`].
//!
//! cert-manager's Certificates are followed like the other objects around ingresses, in
//! `kubernetes`; what they say is read here. The metrics of controllers are collected with the
//! traffic, and what they say of certificates is read here too.

mod agenda;
pub(crate) mod cert_manager;
mod config;
mod dialer;
mod guard;
mod handshake;
pub mod metrics;
mod network;
mod proxy;
mod rounds;
mod run;
mod secrets;
mod timing;
mod witness;
mod x509;

pub use config::{Handshake, TlsConfig};
pub use dialer::Dialer;
pub use handshake::Prober;
pub use network::{InvalidNetwork, Network};
pub use run::{probe_once, run};
pub use timing::Timing;
