//! What was written, before it is checked: texts, each with its place.

use std::fmt;
use std::sync::Arc;

/// Where something was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, or the environment variable.
    pub source: Arc<str>,
    /// Line and column, from 1, where the source has them.
    pub at: Option<(u64, u64)>,
}

/// A value and its place.
#[derive(Debug, Clone)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub place: Place,
}

/// What was given of each key.
#[derive(Debug, Default)]
pub struct Given {
    pub external_url: Option<Placed<String>>,
    pub listen: Option<Placed<String>>,
    pub metrics_listen: Option<Placed<String>>,
    pub database: Option<Placed<String>>,
    pub clusters: Option<Vec<Cluster>>,
    pub log_format: Option<Placed<String>>,
    pub log_level: Option<Placed<String>>,
}

/// What was given of one cluster.
#[derive(Debug)]
pub struct Cluster {
    pub name: Placed<String>,
    pub kubeconfig: Option<Placed<String>>,
    pub context: Option<Placed<String>>,
    pub in_cluster: Option<Placed<bool>>,
}

impl Given {
    /// What is given here, and for the rest what the other one gives.
    pub fn or(self, other: Self) -> Self {
        Self {
            external_url: self.external_url.or(other.external_url),
            listen: self.listen.or(other.listen),
            metrics_listen: self.metrics_listen.or(other.metrics_listen),
            database: self.database.or(other.database),
            clusters: self.clusters.or(other.clusters),
            log_format: self.log_format.or(other.log_format),
            log_level: self.log_level.or(other.log_level),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        match self.at {
            Some((line, column)) => write!(f, ":{line}:{column}"),
            None => Ok(()),
        }
    }
}
