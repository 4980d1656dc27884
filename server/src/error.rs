//! How a command can fail, and the exit code that says so.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::config;

/// Why a command ended early. Messages are plain sentences with the way out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration is not usable.
    #[error(transparent)]
    Config(#[from] config::Error),
    /// Nobody could sign in as it is configured: a file is missing or is not what it should be.
    #[error("sign-in cannot be set up: {0}")]
    SignIn(String),
    /// The command line names something that the configuration does not have.
    #[error("{0}")]
    Usage(String),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A port could not be opened.
    #[error(
        "cannot listen on {address}: {reason}\n  stop what uses the address, or set another one with `{key}:`"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The configuration key.
        key: &'static str,
        /// What the system says.
        reason: std::io::Error,
    },
    /// A backup would replace a file.
    #[error("{0} exists already; a backup never replaces a file: name another one")]
    Exists(PathBuf),
    /// A file could not be written.
    #[error("cannot write {path}: {reason}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// A file could not be read.
    #[error("cannot read {path}: {reason}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// The audit trail is not what it was when it was written.
    #[error("{0}")]
    Audit(String),
    /// Some of a one-time sync failed.
    #[error("{failed} of {all} were not read completely: {names}")]
    Sync {
        /// How many failed.
        failed: usize,
        /// How many there were.
        all: usize,
        /// Which.
        names: String,
    },
    /// The part that watches the clusters is gone, and with it the reason to run.
    #[error("watching the clusters ended unexpectedly; the log says why: start again")]
    Observing,
    /// The system refused something that the process needs.
    #[error("{what}: {reason}")]
    System {
        /// What was tried.
        what: &'static str,
        /// What the system says.
        reason: std::io::Error,
    },
}

impl Error {
    /// 1 for what failed, 2 for what was asked wrongly.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::Usage(_) => 2,
            _ => 1,
        }
    }
}
