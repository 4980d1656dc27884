//! How fresh what Routebook shows is, per cluster and kind.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What Routebook watches in a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// `v1` Namespace.
    Namespace,
    /// `networking.k8s.io/v1` IngressClass.
    IngressClass,
    /// `v1` Service.
    Service,
    /// `discovery.k8s.io/v1` EndpointSlice.
    EndpointSlice,
    /// `cert-manager.io/v1` Certificate, where cert-manager is installed.
    Certificate,
    /// `networking.k8s.io/v1` Ingress.
    Ingress,
}

impl Kind {
    /// All kinds; what ingresses are judged by comes before them.
    pub const ALL: [Self; 6] = [
        Self::Namespace,
        Self::IngressClass,
        Self::Service,
        Self::EndpointSlice,
        Self::Certificate,
        Self::Ingress,
    ];

    /// The kind's name, as Kubernetes writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Namespace => "Namespace",
            Self::IngressClass => "IngressClass",
            Self::Service => "Service",
            Self::EndpointSlice => "EndpointSlice",
            Self::Certificate => "Certificate",
            Self::Ingress => "Ingress",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The API group; empty for the core group.
    pub fn group(self) -> &'static str {
        match self {
            Self::Namespace | Self::Service => "",
            Self::IngressClass | Self::Ingress => "networking.k8s.io",
            Self::EndpointSlice => "discovery.k8s.io",
            Self::Certificate => "cert-manager.io",
        }
    }

    /// The plural in URLs and RBAC rules.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Namespace => "namespaces",
            Self::IngressClass => "ingressclasses",
            Self::Service => "services",
            Self::EndpointSlice => "endpointslices",
            Self::Certificate => "certificates",
            Self::Ingress => "ingresses",
        }
    }

    /// Whether a cluster may do without: a CustomResourceDefinition brings it, and an API server that
    /// does not know it is in order.
    pub fn is_optional(self) -> bool {
        matches!(self, Self::Certificate)
    }

    /// The rule to add to a ClusterRole so that Routebook may read this kind, as YAML.
    pub fn rbac_rule(self) -> String {
        format!(
            "- apiGroups: [\"{}\"]\n  resources: [\"{}\"]\n  verbs: [\"list\", \"watch\"]",
            self.group(),
            self.plural()
        )
    }
}

/// Where the sync of one kind stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Nothing was read yet since the start.
    Waiting,
    /// The first list is being read.
    Listing,
    /// Complete, and changes arrive as they happen.
    Watching,
    /// The last attempt failed; it is tried again.
    Failing,
    /// The role may not read this kind (403).
    NotPermitted,
    /// The cluster does not have this kind (404), and may do without.
    NotServed,
}

impl Phase {
    /// A code for the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Listing => "listing",
            Self::Watching => "watching",
            Self::Failing => "failing",
            Self::NotPermitted => "not-permitted",
            Self::NotServed => "not-served",
        }
    }

    /// Reads what [`Self::as_str`] wrote; anything else is `Waiting`.
    pub fn parse(text: &str) -> Self {
        let others =
            [Self::Listing, Self::Watching, Self::Failing, Self::NotPermitted, Self::NotServed];
        others.into_iter().find(|phase| phase.as_str() == text).unwrap_or(Self::Waiting)
    }

    /// In words, for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Listing => "first list running",
            Self::Watching => "up to date",
            Self::Failing => "failing",
            Self::NotPermitted => "not permitted",
            Self::NotServed => "not installed",
        }
    }
}

/// The sync of one kind in one cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindStatus {
    /// Which kind.
    pub kind: Kind,
    /// Where it stands.
    pub phase: Phase,
    /// The last moment for which the store is known to equal the cluster; `None` before the first
    /// complete list.
    pub data_as_of: Option<Timestamp>,
    /// When the last complete list ended.
    pub listed_at: Option<Timestamp>,
    /// The resource version that the store stands at.
    pub resource_version: Option<String>,
    /// How many objects the cluster has of it.
    pub objects: i64,
    /// How many objects the running list has read, and about how many remain.
    pub progress: Option<(i64, Option<i64>)>,
    /// The last error, in words, if the last attempt failed.
    pub error: Option<String>,
    /// How often the watch had to be started again since the process started.
    pub restarts: i64,
}

impl KindStatus {
    /// Nothing known yet.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            phase: Phase::Waiting,
            data_as_of: None,
            listed_at: None,
            resource_version: None,
            objects: 0,
            progress: None,
            error: None,
            restarts: 0,
        }
    }
}

/// The sync of one cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterStatus {
    /// The configured name.
    pub name: String,
    /// The UID of its `kube-system` namespace, once known.
    pub uid: Option<String>,
    /// The address of its API server, once known.
    pub server: Option<String>,
    /// The version its API server states, once known.
    pub version: Option<String>,
    /// Why the cluster as a whole is not read, if so: unreachable, refused, another identity.
    pub error: Option<String>,
    /// Whether it is in the configuration; one that was taken out keeps its records.
    pub configured: bool,
    /// Its kinds.
    pub kinds: Vec<KindStatus>,
}

/// How far a cluster's ingresses can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Freshness {
    /// Current to within [`STALE_AFTER`].
    Fresh(Timestamp),
    /// Older than that.
    Stale(Timestamp),
    /// Never read completely.
    Never,
}

/// Data older than this is marked as stale. A quiet watch proves itself about twice a minute.
pub const STALE_AFTER: SignedDuration = SignedDuration::from_secs(120);

impl ClusterStatus {
    /// The status of one kind.
    pub fn kind(&self, kind: Kind) -> Option<&KindStatus> {
        self.kinds.iter().find(|status| status.kind == kind)
    }

    /// How fresh what is shown of its ingresses is: as fresh as the oldest of the kinds that go
    /// into it. One that may not be read, is not installed, or never was read, goes into nothing.
    pub fn freshness(&self, now: Timestamp) -> Freshness {
        let ingresses = self.kind(Kind::Ingress).and_then(|status| status.data_as_of);
        let unused = |phase| matches!(phase, Phase::NotPermitted | Phase::NotServed);
        let used = self.kinds.iter().filter(|status| !unused(status.phase));
        let oldest = used.filter_map(|status| status.data_as_of).min();
        freshness(ingresses.map(|at| oldest.map_or(at, |oldest| oldest.min(at))), now)
    }
}

/// How fresh data as of a moment is.
pub fn freshness(data_as_of: Option<Timestamp>, now: Timestamp) -> Freshness {
    match data_as_of {
        None => Freshness::Never,
        Some(at) if now.duration_since(at) > STALE_AFTER => Freshness::Stale(at),
        Some(at) => Freshness::Fresh(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_stale_after_two_minutes() {
        let at = Timestamp::UNIX_EPOCH;
        let after = |seconds| at + SignedDuration::from_secs(seconds);
        assert_eq!(freshness(None, at), Freshness::Never);
        assert_eq!(freshness(Some(at), after(120)), Freshness::Fresh(at));
        assert_eq!(freshness(Some(at), after(121)), Freshness::Stale(at));
    }

    #[test]
    fn a_cluster_is_as_fresh_as_the_oldest_kind_that_goes_into_it() {
        let at = |seconds| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds);
        let mut cluster = ClusterStatus {
            name: "prod".into(),
            uid: None,
            server: None,
            version: None,
            error: None,
            configured: true,
            kinds: Kind::ALL.map(KindStatus::new).to_vec(),
        };
        let place = |kind| Kind::ALL.into_iter().position(|one| one == kind).unwrap();
        let (ingress, service) = (place(Kind::Ingress), place(Kind::Service));
        cluster.kinds[service].data_as_of = Some(at(0));
        assert_eq!(cluster.freshness(at(500)), Freshness::Never);
        cluster.kinds[ingress].data_as_of = Some(at(500));
        assert_eq!(cluster.freshness(at(500)), Freshness::Stale(at(0)));
        for phase in [Phase::NotPermitted, Phase::NotServed] {
            cluster.kinds[service].phase = phase;
            assert_eq!(cluster.freshness(at(500)), Freshness::Fresh(at(500)));
        }
    }

    #[test]
    fn kinds_and_phases_read_what_they_wrote() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        }
        let refused = [Phase::Failing, Phase::NotPermitted, Phase::NotServed];
        for phase in [Phase::Waiting, Phase::Listing, Phase::Watching].into_iter().chain(refused) {
            assert_eq!(Phase::parse(phase.as_str()), phase);
        }
    }
}
