//! Why a source told nothing, in words for whoever runs it.

use std::time::Duration;

use super::Limits;

/// Why a source told nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    /// What is needed to ask is not there: a token, a certificate, a metric.
    #[error("{0}")]
    Setup(String),
    /// No connection.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// No answer in time.
    #[error("no complete answer came within {0} seconds")]
    Late(u64),
    /// The answer ended too soon.
    #[error("its answer broke off: {0}")]
    Broken(String),
    /// It points elsewhere.
    #[error(
        "it redirects to {0}; redirects are not followed, so that the token goes nowhere else: name the final address in `url`"
    )]
    Redirect(String),
    /// The credentials are not accepted.
    #[error("it refuses the credentials ({status}): {message}")]
    Denied {
        /// HTTP status code.
        status: u16,
        /// What it says.
        message: String,
    },
    /// It asks for a pause.
    #[error("it is overloaded and asks to wait ({status}): {message}")]
    Wait {
        /// HTTP status code.
        status: u16,
        /// What it says.
        message: String,
        /// For how long.
        after: Option<Duration>,
    },
    /// Any other refusal.
    #[error("it answered {status}: {message}")]
    Status {
        /// HTTP status code.
        status: u16,
        /// What it says.
        message: String,
    },
    /// More than is read.
    #[error("too many series ({0}); narrow it with `matchers`")]
    TooMany(String),
    /// The answer is none of Prometheus'.
    #[error("its answer could not be read: {0}")]
    Malformed(String),
    /// Not all of its stores answered.
    #[error("it answered only in part: {0}")]
    Partial(String),
    /// The store could not take it.
    #[error("{0}")]
    Store(String),
}

impl Failure {
    /// Sorts an error of the connection. The address stays out of it: it may hold a password.
    pub(super) fn of_transport(error: reqwest::Error, limits: &Limits) -> Self {
        let error = error.without_url();
        if error.is_timeout() {
            Self::Late(limits.deadline.as_secs())
        } else if error.is_body() || error.is_decode() {
            Self::Broken(causes(&error))
        } else {
            Self::Unreachable(causes(&error))
        }
    }

    /// Sorts a status other than 2xx.
    pub(super) fn of_status(status: u16, after: Option<Duration>, message: String) -> Self {
        match (status, after) {
            (401 | 403, _) => Self::Denied { status, message },
            (429, _) | (503, Some(_)) => Self::Wait { status, message, after },
            _ => Self::Status { status, message },
        }
    }

    /// Whether less at a time may go better: too long, too much, or refused as such. Prometheus
    /// answers 422 to a query that loads too many samples, and 503 to one that takes too long.
    pub(super) fn is_of_size(&self) -> bool {
        matches!(
            self,
            Self::Late(_) | Self::TooMany(_) | Self::Status { status: 413 | 422 | 500..=504, .. }
        )
    }

    /// For how long it asks to be left alone.
    pub(super) fn pause(&self) -> Option<Duration> {
        match self {
            Self::Wait { after, .. } => *after,
            _ => None,
        }
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Self::Store(error.to_string())
    }
}

/// The two innermost causes: what the layers above say of them helps nobody.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    let mut texts: Vec<String> = chain.map(ToString::to_string).collect();
    texts.dedup();
    texts.split_off(texts.len().saturating_sub(2)).join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_sorted_by_what_the_reader_can_do() {
        let of = |status, after: Option<u64>| {
            Failure::of_status(status, after.map(Duration::from_secs), "why".into())
        };
        assert!(matches!(of(401, None), Failure::Denied { .. }));
        assert_eq!(of(429, Some(7)).pause(), Some(Duration::from_secs(7)));
        assert!(matches!(of(429, None), Failure::Wait { after: None, .. }));
        assert!(matches!(of(503, Some(1)), Failure::Wait { .. }));
        for (status, smaller) in [(503, true), (422, true), (400, false), (404, false)] {
            assert_eq!(of(status, None).is_of_size(), smaller, "{status}");
        }
        assert!(Failure::Late(30).is_of_size());
    }
}
