//! The process: configuration, HTTP, metrics and the command line. This is where the parts are put
//! together; rules live in `domain`, rows in `store`, clusters in `observe` and pages in `app`.

mod audit_start;
mod auth;
pub mod cli;
mod commands;
pub mod config;
mod connections;
mod error;
mod export;
mod http;
mod metrics;
mod schedule;
mod serve;
mod state;
mod telemetry;

#[doc(hidden)]
pub use self::commands::serve_beside;
#[doc(hidden)]
pub use self::http::{Kind, Row};
pub use config::Config;
pub use error::Error;
pub use serve::{Server, bind};

/// Every address and the right that it needs, for the tests that walk through them.
#[doc(hidden)]
pub fn rights() -> &'static [Row] {
    http::RIGHTS
}

/// Makes ring the TLS provider of the whole process. It must be called before the first connection
/// to a cluster, and does nothing the second time.
pub fn install_tls_provider() {
    // An error only says that a provider is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
