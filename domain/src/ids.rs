//! The names and numbers by which Routebook tells things apart.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The configured name of a cluster: 1 to 63 lowercase letters, digits and inner hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClusterName(String);

/// Why a text is not a cluster name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "cluster name {0:?} must be 1 to 63 lowercase letters, digits or hyphens, and begin and end with a letter or digit"
)]
pub struct InvalidClusterName(String);

impl ClusterName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClusterName {
    type Err = InvalidClusterName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for ClusterName {
    type Error = InvalidClusterName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let inner = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
        let bytes = text.as_bytes();
        let fits = (1..=63).contains(&bytes.len())
            && bytes.iter().all(|&c| inner(c) || c == b'-')
            && inner(bytes[0])
            && inner(bytes[bytes.len() - 1]);
        if fits { Ok(Self(text)) } else { Err(InvalidClusterName(text)) }
    }
}

impl From<ClusterName> for String {
    fn from(name: ClusterName) -> Self {
        name.0
    }
}

impl fmt::Display for ClusterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The store's number of one ingress in one life; never used again for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IngressId(pub i64);

impl fmt::Display for IngressId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cluster_names_are_dns_labels() {
        let fits = |text: &str| text.parse::<ClusterName>().is_ok();
        for good in ["a", "prod-eu", "0", &"x".repeat(63)] {
            assert!(fits(good), "{good}");
        }
        for bad in ["", "-a", "a-", "Prod", "a.b", "a b", "a/b", "é", &"x".repeat(64)] {
            assert!(!fits(bad), "{bad}");
        }
    }
}
