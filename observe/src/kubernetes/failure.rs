//! Why a request to an API server came to nothing, as the sync tells it apart.

use std::time::Duration;

use domain::sync::Kind;

/// Why a request came to nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Failure {
    /// The resource version or continue token is too old (410): list again.
    #[error("the API server no longer has this version of the list (410)")]
    Gone,
    /// The credentials are not accepted (401): read them again.
    #[error(
        "the API server does not accept the credentials (401): {0}. Check that the token or certificate in the kubeconfig is valid and not expired"
    )]
    Unauthorized(String),
    /// The role may not do this (403).
    #[error("not permitted (403): {message}. Add this rule to Routebook's ClusterRole:\n{rule}")]
    NotPermitted {
        /// What the API server says.
        message: String,
        /// The missing rule.
        rule: String,
    },
    /// The API server does not have this kind (404), and may do without.
    #[error("the API server does not serve this kind (404): what brings it is not installed")]
    NotServed,
    /// Too many requests, or otherwise told to wait.
    #[error("the API server asks to wait ({status}): {message}")]
    Wait {
        /// The HTTP status.
        status: u16,
        /// What the API server says.
        message: String,
        /// For how long.
        after: Duration,
    },
    /// Any other HTTP status.
    #[error("the API server answered {status}: {message}")]
    Status {
        /// The HTTP status.
        status: u16,
        /// What the API server says.
        message: String,
    },
    /// Nothing arrived in time.
    #[error("{0}")]
    Silent(String),
    /// The connection could not be made, or broke.
    #[error("{0}")]
    Connection(String),
    /// The answer could not be read.
    #[error("the API server's answer could not be read: {0}")]
    Malformed(String),
    /// The list is older than one already seen.
    #[error(
        "the API server answered with an older state (version {found}, after {known} was seen); this is a lagging replica or a restored cluster, and is believed only if it lasts"
    )]
    Older {
        /// The version of the answer.
        found: String,
        /// The version seen before.
        known: String,
    },
    /// The watch ended without having shown anything.
    #[error("the watch ended at once")]
    Fruitless,
    /// The store could not take it.
    #[error("{0}")]
    Store(String),
    /// Another cluster stands behind the name.
    #[error("{0}")]
    Identity(String),
}

impl Failure {
    /// Sorts an HTTP status other than 2xx. `message` is the API server's, or the body's start.
    pub(crate) fn of_status(
        status: u16,
        retry_after: Option<Duration>,
        message: String,
        kind: Option<Kind>,
    ) -> Self {
        match (status, retry_after) {
            (410, _) => Self::Gone,
            (401, _) => Self::Unauthorized(message),
            (403, _) => Self::NotPermitted {
                message,
                rule: kind.map_or_else(cluster_rule, Kind::rbac_rule),
            },
            (404, _) if kind.is_some_and(Kind::is_optional) => Self::NotServed,
            (_, Some(after)) => Self::Wait { status, message, after },
            (429, None) => Self::Wait { status, message, after: Duration::from_secs(1) },
            _ => Self::Status { status, message },
        }
    }

    /// Whether the API server understood, and said no.
    pub(crate) fn is_refusal(&self) -> bool {
        self.needs_new_connection() || matches!(self, Self::NotPermitted { .. })
    }

    /// Whether the connection should be made anew, with the kubeconfig read again.
    pub(crate) fn needs_new_connection(&self) -> bool {
        matches!(self, Self::Unauthorized(_) | Self::Identity(_))
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::OtherCluster { .. } => Self::Identity(error.to_string()),
            other => Self::Store(other.to_string()),
        }
    }
}

/// The rule by which a cluster's identity is read.
fn cluster_rule() -> String {
    "- apiGroups: [\"\"]\n  resources: [\"namespaces\"]\n  resourceNames: [\"kube-system\"]\n  verbs: [\"get\"]"
        .to_owned()
}
