//! What a method found out about a certificate.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// So many names of a certificate are kept.
pub const MOST_NAMES: usize = 100;
/// A DNS name is not longer (RFC 1035).
const LONGEST_NAME: usize = 253;

/// How something was found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// From the status of a cert-manager `Certificate`.
    CertManager,
    /// From the metrics of the controller: the certificate that it has loaded.
    Metrics,
    /// From a TLS handshake: the certificate that is really served.
    Handshake,
    /// From the Secret.
    Secret,
}

impl Method {
    /// All methods.
    pub const ALL: [Self; 4] = [Self::CertManager, Self::Metrics, Self::Handshake, Self::Secret];

    /// A code for the store; the same as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CertManager => "cert-manager",
            Self::Metrics => "metrics",
            Self::Handshake => "handshake",
            Self::Secret => "secret",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == text)
    }

    /// In words, as a sentence begins with it.
    pub fn label(self) -> &'static str {
        match self {
            Self::CertManager => "cert-manager",
            Self::Metrics => "the controller's metrics",
            Self::Handshake => "a TLS handshake",
            Self::Secret => "the Secret",
        }
    }

    /// Whose word counts most: what is served before what is stored, and that before what is said.
    pub(super) fn rank(self) -> u8 {
        match self {
            Self::Handshake => 0,
            Self::Secret => 1,
            Self::Metrics => 2,
            Self::CertManager => 3,
        }
    }
}

/// What is known of a certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The names it is for, at most [`MOST_NAMES`]. In a handshake with a host, those that match the
    /// host come first. None are known from metrics.
    pub names: Vec<String>,
    /// How many more names it has.
    pub more_names: usize,
    /// Who issued it, in words; empty if that is not known.
    pub issuer: String,
    /// From when it is valid.
    pub not_before: Option<Timestamp>,
    /// Until when it is valid.
    pub not_after: Option<Timestamp>,
    /// Its serial number in hexadecimal.
    pub serial: Option<String>,
}

impl Certificate {
    /// One with these names, as far as they are kept.
    pub fn with_names(names: impl IntoIterator<Item = String>) -> Self {
        let mut names = names.into_iter();
        let kept = names.by_ref().take(MOST_NAMES);
        let kept = kept.map(|name| shortened(&name, LONGEST_NAME)).collect();
        Self { names: kept, more_names: names.count(), ..Self::default() }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// A certificate.
    Certificate(Certificate),
    /// cert-manager is in trouble, or not done yet.
    NotReady {
        /// cert-manager's own word, such as `DoesNotExist`.
        reason: String,
        /// cert-manager's own sentence.
        message: String,
        /// The certificate that there is nevertheless.
        certificate: Option<Certificate>,
    },
    /// There is no such Secret of type `kubernetes.io/tls`.
    Missing,
    /// It may not or cannot be read.
    Unreadable {
        /// Why.
        reason: String,
    },
    /// There was no handshake: it failed, or was not allowed.
    Unreachable {
        /// Why.
        reason: String,
    },
}

impl Finding {
    /// The certificate that was found, if one was.
    pub fn certificate(&self) -> Option<&Certificate> {
        match self {
            Self::Certificate(found) | Self::NotReady { certificate: Some(found), .. } => {
                Some(found)
            }
            _ => None,
        }
    }

    /// Whether it says anything of the certificate, or of its absence.
    pub(super) fn tells(&self) -> bool {
        !matches!(self, Self::Unreadable { .. } | Self::Unreachable { .. })
    }
}

/// What evidence is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// The Secret of this name in the ingress's namespace.
    Secret(String),
    /// This host.
    Host(String),
}

/// What a method found out about a Secret or a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// How.
    pub method: Method,
    /// When.
    pub at: Timestamp,
    /// About what.
    pub subject: Subject,
    /// What.
    pub finding: Finding,
}

impl Evidence {
    /// Whether it is about this host or this Secret.
    pub(super) fn concerns(&self, host: Option<&str>, secret: Option<&str>) -> bool {
        match &self.subject {
            Subject::Secret(name) => secret == Some(name),
            Subject::Host(name) => host.is_some_and(|host| host.eq_ignore_ascii_case(name)),
        }
    }

    /// Whether its certificate's names can be compared. Metrics tell none, and a cert-manager
    /// `Certificate` may be for none that we know.
    pub(super) fn tells_names(&self, certificate: &Certificate) -> bool {
        match self.method {
            Method::Handshake | Method::Secret => true,
            Method::Metrics | Method::CertManager => !certificate.names.is_empty(),
        }
    }
}

/// A text from outside, cut to so many characters.
pub fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_thousand_names_are_a_hundred_and_a_number() {
        let names = (0..10_000).map(|n| format!("host-{n}.example.com"));
        let certificate = Certificate::with_names(names);
        assert_eq!((certificate.names.len(), certificate.more_names), (100, 9_900));
        let long = Certificate::with_names(["x".repeat(10_000)]);
        assert_eq!(long.names[0].chars().count(), 254);
    }

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(shortened("äöü", 2), "äö…");
        assert_eq!(shortened("äöü", 3), "äöü");
    }

    #[test]
    fn methods_are_written_everywhere_alike() {
        for method in Method::ALL {
            assert_eq!(Method::parse(method.as_str()), Some(method));
            assert_eq!(serde_json::to_value(method).unwrap(), method.as_str());
        }
    }
}
