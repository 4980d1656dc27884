//! The orders of the list.

/// The order of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// Cluster, then namespace, then name.
    #[default]
    Place,
    /// Namespace, then name.
    Namespace,
    /// Name.
    Name,
    /// The first host.
    Host,
    /// Class.
    Class,
    /// Creation: ascending is the oldest first.
    Created,
    /// The last change that matters: ascending is the longest unchanged first.
    Changed,
    /// Owner; orphans first.
    Owner,
    /// What manages it.
    Managed,
    /// Last successful traffic: ascending is the longest unused first; those of which nothing is
    /// known come last.
    Traffic,
    /// The first expiry of its certificates; those without one come last.
    Expires,
    /// The number of problems.
    Problems,
}

impl Sort {
    /// All orders.
    pub const ALL: [Self; 12] = [
        Self::Place,
        Self::Namespace,
        Self::Name,
        Self::Host,
        Self::Class,
        Self::Created,
        Self::Changed,
        Self::Owner,
        Self::Managed,
        Self::Traffic,
        Self::Expires,
        Self::Problems,
    ];

    /// Its word in the URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Place => "cluster",
            Self::Namespace => "namespace",
            Self::Name => "name",
            Self::Host => "host",
            Self::Class => "class",
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Owner => "owner",
            Self::Managed => "managed",
            Self::Traffic => "traffic",
            Self::Expires => "expires",
            Self::Problems => "problems",
        }
    }

    /// Whether its sort values are numbers.
    pub(super) fn is_numeric(self) -> bool {
        matches!(
            self,
            Self::Created | Self::Changed | Self::Traffic | Self::Expires | Self::Problems
        )
    }

    /// How many sort values a place in it has.
    pub(super) fn keys(self) -> usize {
        match self {
            Self::Place => 3,
            Self::Namespace | Self::Class => 2,
            _ => 1,
        }
    }
}
