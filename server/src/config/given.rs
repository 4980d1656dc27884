//! What was written, before it is checked: values, each with its place.

use std::fmt;
use std::sync::Arc;

use serde_saphyr::{Location, Spanned};

use super::Error;
use super::keys::{
    AuthKeys, ClusterKeys, OwnersKeys, RetirementKeys, TeamKeys, Text, TlsKeys, TrafficKeys,
};

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

/// Some YAML: the file, or the environment variable that it stands in.
#[derive(Debug, Clone)]
pub struct Source(pub Arc<str>);

/// What was written under one key, all in one place.
pub struct Written<T> {
    /// The keys below it.
    pub keys: T,
    /// Where they stand.
    pub source: Source,
}

/// What was given of each key.
#[derive(Default)]
pub struct Given {
    pub external_url: Option<Placed<String>>,
    pub listen: Option<Placed<String>>,
    pub metrics_listen: Option<Placed<String>>,
    pub trusted_proxies: Option<Written<Vec<Text>>>,
    pub auth: Option<Written<AuthKeys>>,
    pub database: Option<Placed<String>>,
    pub clusters: Option<Written<Vec<ClusterKeys>>>,
    pub owners: Option<Written<OwnersKeys>>,
    pub teams: Option<Written<Vec<TeamKeys>>>,
    pub traffic: Option<Written<TrafficKeys>>,
    pub tls: Option<Written<TlsKeys>>,
    pub retirement: Option<Written<RetirementKeys>>,
    pub log_format: Option<Placed<String>>,
    pub log_level: Option<Placed<String>>,
}

impl Given {
    /// What is given here, and for the rest what the other one gives.
    pub fn or(self, other: Self) -> Self {
        Self {
            external_url: self.external_url.or(other.external_url),
            listen: self.listen.or(other.listen),
            metrics_listen: self.metrics_listen.or(other.metrics_listen),
            trusted_proxies: self.trusted_proxies.or(other.trusted_proxies),
            auth: self.auth.or(other.auth),
            database: self.database.or(other.database),
            clusters: self.clusters.or(other.clusters),
            owners: self.owners.or(other.owners),
            teams: self.teams.or(other.teams),
            traffic: self.traffic.or(other.traffic),
            tls: self.tls.or(other.tls),
            retirement: self.retirement.or(other.retirement),
            log_format: self.log_format.or(other.log_format),
            log_level: self.log_level.or(other.log_level),
        }
    }
}

impl Source {
    /// The place of a value.
    pub fn place<T>(&self, value: &Spanned<T>) -> Place {
        self.at(value.referenced)
    }

    /// A place by its line and column.
    pub fn at(&self, location: Location) -> Place {
        Place { source: self.0.clone(), at: Some((location.line(), location.column())) }
    }

    /// A value with its place.
    pub fn placed<T>(&self, value: Spanned<T>) -> Placed<T> {
        Placed { place: self.place(&value), value: value.value }
    }

    /// Refuses a value.
    pub fn refuse<T>(&self, value: &Spanned<T>, message: impl Into<String>) -> Error {
        Error::new(Some(&self.place(value)), message)
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
