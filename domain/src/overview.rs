//! Figures over all clusters: what a platform lead looks at first, and what the owners' page says.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::IngressId;
use crate::owner::{Guess, OwnerSource};
use crate::tls::TlsState;
use crate::traffic::Verdict;

/// The overview. All figures are of ingresses that are in their clusters now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overview {
    /// The figures over everything.
    pub all: Figures,
    /// The same for each cluster, by name.
    pub clusters: Vec<(String, Figures)>,
    /// How many ingresses each controller has, the most first; an empty name for those whose
    /// controller is not known.
    pub controllers: Vec<(String, i64)>,
    /// How many there are of each verdict, in the order of [`Verdict::ALL`].
    pub verdicts: Vec<(Verdict, i64)>,
    /// How many there are of each TLS state, in the order of [`TlsState::ALL`].
    pub tls: Vec<(TlsState, i64)>,
}

/// What is counted of some ingresses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Figures {
    /// How many there are.
    pub ingresses: i64,
    /// Known not to have been used successfully for as long as the look-back.
    pub stale: i64,
    /// Without an owner.
    pub orphans: i64,
    /// With a certificate that expires soon and has not expired.
    pub expiring: i64,
    /// With a certificate that has expired.
    pub expired: i64,
    /// Of which nothing can tell whether they are used.
    pub not_measurable: i64,
    /// With at least one problem.
    pub problems: i64,
    /// Without TLS.
    pub no_tls: i64,
}

/// The figures as they stood at the end of a UTC day, or for today as they stand now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snapshot {
    /// The day.
    pub day: Date,
    /// The figures over everything.
    pub figures: Figures,
}

/// The owners' page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owners {
    /// Everybody who owns something, and every configured team, the most ingresses first.
    pub owners: Vec<OwnerFigures>,
    /// How many ingresses have an owner, of how many: over everything.
    pub coverage: Coverage,
    /// The same for each cluster, by name.
    pub by_cluster: Vec<(String, Coverage)>,
    /// The namespaces with orphans, the most orphans first: cluster, namespace, coverage. At most
    /// [`MOST_LISTED`].
    pub by_namespace: Vec<(String, String, Coverage)>,
    /// How owners are known: how many ingresses for each source, in the order of
    /// [`OwnerSource::ALL`].
    pub sources: Vec<(OwnerSource, i64)>,
    /// Orphans with the best guess, at most [`MOST_LISTED`], by cluster, namespace and name.
    pub orphans: Vec<Orphan>,
}

/// The owners' page lists at most so many namespaces, and so many orphans.
pub const MOST_LISTED: usize = 50;

/// One owner's share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerFigures {
    /// The team, or the owner as written.
    pub name: String,
    /// Whether it is a team of the configuration.
    pub team: bool,
    /// What is counted of its ingresses.
    pub figures: Figures,
}

/// A share of ingresses that have an owner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Coverage {
    /// With an owner.
    pub owned: i64,
    /// In all.
    pub ingresses: i64,
}

impl Coverage {
    /// The share in whole percent, rounded down, so that 100 means all; `None` of nothing.
    pub fn percent(self) -> Option<i64> {
        (self.ingresses > 0).then(|| self.owned * 100 / self.ingresses)
    }
}

/// An ingress without an owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orphan {
    /// The store's number.
    pub id: IngressId,
    /// The cluster.
    pub cluster: String,
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// When the API server created it.
    pub created_at: Option<Timestamp>,
    /// Whose it may be, and why.
    pub guess: Option<Guess>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coverage_of_nothing_is_no_share_and_only_all_is_a_hundred() {
        let percent = |owned, ingresses| Coverage { owned, ingresses }.percent();
        assert_eq!(percent(0, 0), None);
        assert_eq!(percent(999, 1000), Some(99));
        assert_eq!(percent(1000, 1000), Some(100));
    }
}
