//! The columns of the list.

use super::InvalidView;

/// A column of the list. The name is always shown, so it is none of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// The cluster.
    Cluster,
    /// The namespace.
    Namespace,
    /// The hosts.
    Hosts,
    /// The class, with the controller behind it.
    Class,
    /// The owner.
    Owner,
    /// How long ago it was created.
    Age,
    /// When it last changed in a way that matters.
    Changed,
    /// Last traffic.
    Traffic,
    /// The TLS state.
    Tls,
    /// Who last confirmed it, and until when that holds.
    Reviewed,
    /// What manages it.
    Managed,
    /// The number of routes.
    Routes,
    /// The load balancer's addresses.
    Address,
    /// What is wrong with it.
    Problems,
}

impl Column {
    /// All columns, in the order in which they stand.
    pub const ALL: [Self; 14] = [
        Self::Cluster,
        Self::Namespace,
        Self::Hosts,
        Self::Class,
        Self::Owner,
        Self::Age,
        Self::Changed,
        Self::Traffic,
        Self::Tls,
        Self::Reviewed,
        Self::Managed,
        Self::Routes,
        Self::Address,
        Self::Problems,
    ];

    /// Those that are shown unless others are chosen.
    pub const DEFAULT: [Self; 9] = [
        Self::Cluster,
        Self::Namespace,
        Self::Hosts,
        Self::Class,
        Self::Owner,
        Self::Age,
        Self::Traffic,
        Self::Tls,
        Self::Problems,
    ];

    /// Its word in the URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Namespace => "namespace",
            Self::Hosts => "hosts",
            Self::Class => "class",
            Self::Owner => "owner",
            Self::Age => "age",
            Self::Changed => "changed",
            Self::Traffic => "traffic",
            Self::Tls => "tls",
            Self::Reviewed => "reviewed",
            Self::Managed => "managed",
            Self::Routes => "routes",
            Self::Address => "address",
            Self::Problems => "problems",
        }
    }

    /// Its head in the table.
    pub fn label(self) -> &'static str {
        match self {
            Self::Cluster => "Cluster",
            Self::Namespace => "Namespace",
            Self::Hosts => "Hosts",
            Self::Class => "Class",
            Self::Owner => "Owner",
            Self::Age => "Age",
            Self::Changed => "Last changed",
            Self::Traffic => "Last traffic",
            Self::Tls => "TLS",
            Self::Reviewed => "Reviewed",
            Self::Managed => "Managed by",
            Self::Routes => "Routes",
            Self::Address => "Address",
            Self::Problems => "Problems",
        }
    }

    /// Reads a comma-separated list, in any order, into the order of [`Self::ALL`]. The default
    /// columns read as none, so that one view has one address.
    pub(super) fn parse_list(text: &str) -> Result<Vec<Self>, InvalidView> {
        let mut chosen = Vec::new();
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            let column = Self::ALL.into_iter().find(|column| column.as_str() == word);
            chosen.push(column.ok_or_else(|| InvalidView::Value {
                parameter: "columns",
                value: word.to_owned(),
                allowed: Self::ALL.map(Self::as_str).join(", "),
            })?);
        }
        chosen.sort_unstable();
        chosen.dedup();
        if chosen == Self::DEFAULT {
            chosen.clear();
        }
        Ok(chosen)
    }
}
