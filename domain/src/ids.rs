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

/// Why a text is not the number of anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a number that Routebook gave to anything")]
pub struct InvalidNumber(String);

/// Numbers that the store gives, each kind a type of its own.
macro_rules! numbers {
    ($($(#[$words:meta])* $name:ident)*) => {$(
        $(#[$words])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidNumber;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                number(text).map(Self)
            }
        }
    )*};
}

numbers! {
    /// The store's number of one ingress in one life; never used again for another.
    IngressId
    /// The store's number of a campaign.
    CampaignId
    /// The store's number of a series of campaigns.
    SeriesId
    /// The store's number of a review.
    ReviewId
    /// The store's number of a retirement.
    RetirementId
    /// The store's number of a claim to be the owner.
    ClaimId
}

/// Digits only, without zeros in front, so that one thing has one address.
fn number(text: &str) -> Result<i64, InvalidNumber> {
    let number = text.parse::<i64>().ok().filter(|number| *number >= 0);
    let number = number.filter(|number| number.to_string() == text);
    number.ok_or_else(|| InvalidNumber(text.chars().take(40).collect()))
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

    #[test]
    fn a_number_is_read_in_one_way_only() {
        assert_eq!("0".parse::<ReviewId>(), Ok(ReviewId(0)));
        let most = "9223372036854775807".parse::<CampaignId>();
        assert_eq!(most, Ok(CampaignId(i64::MAX)));
        for bad in ["", "-1", "+1", "01", "1.0", " 1", "x", "9223372036854775808"] {
            assert!(bad.parse::<CampaignId>().is_err(), "{bad}");
        }
    }
}
