//! Why a question has no answer, in Prometheus' words.

use std::fmt;

/// An answer of status "error".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The question cannot be understood: status 400.
    BadData(String),
    /// The question was understood, but has no result: status 422.
    Execution(String),
}

impl Failure {
    /// The HTTP status.
    pub(super) fn status(&self) -> u16 {
        match self {
            Self::BadData(_) => 400,
            Self::Execution(_) => 422,
        }
    }

    /// The value of `errorType`.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::BadData(_) => "bad_data",
            Self::Execution(_) => "execution",
        }
    }

    /// A parameter that cannot be understood.
    pub(super) fn parameter(name: &str, why: impl fmt::Display) -> Self {
        Self::BadData(format!("invalid parameter \"{name}\": {why}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadData(why) | Self::Execution(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Failure {}
