//! What is concluded of the TLS of an ingress.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::evidence::{Certificate, Method};

/// The TLS state of an ingress, or of one of its TLS entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsState {
    /// The manifest declares no TLS.
    #[default]
    None,
    /// TLS is declared without a Secret: the controller serves its default certificate.
    NoSecret,
    /// The Secret that is named is not there.
    SecretMissing,
    /// cert-manager has no certificate yet, or the certificate is not valid yet.
    NotReady,
    /// The certificate is valid for the hosts, and for some time.
    Valid,
    /// The certificate expires soon.
    Expiring,
    /// The certificate has expired.
    Expired,
    /// The certificate is not for the host.
    NameMismatch,
    /// TLS ends elsewhere: at a cloud load balancer, a tunnel, or in the backend.
    #[serde(rename = "upstream")]
    TerminatedUpstream,
    /// Nobody has told.
    Unknown,
}

impl TlsState {
    /// All states.
    pub const ALL: [Self; 10] = [
        Self::None,
        Self::NoSecret,
        Self::SecretMissing,
        Self::NotReady,
        Self::Valid,
        Self::Expiring,
        Self::Expired,
        Self::NameMismatch,
        Self::TerminatedUpstream,
        Self::Unknown,
    ];

    /// A code for the store and for URLs; the same as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::NoSecret => "no-secret",
            Self::SecretMissing => "secret-missing",
            Self::NotReady => "not-ready",
            Self::Valid => "valid",
            Self::Expiring => "expiring",
            Self::Expired => "expired",
            Self::NameMismatch => "name-mismatch",
            Self::TerminatedUpstream => "upstream",
            Self::Unknown => "unknown",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// In words, for badges and filters.
    pub fn label(self) -> &'static str {
        match self {
            Self::None => "No TLS",
            Self::NoSecret => "No Secret named",
            Self::SecretMissing => "Secret missing",
            Self::NotReady => "Not ready",
            Self::Valid => "Valid",
            Self::Expiring => "Expires soon",
            Self::Expired => "Expired",
            Self::NameMismatch => "Name mismatch",
            Self::TerminatedUpstream => "Ended upstream",
            Self::Unknown => "Unknown",
        }
    }

    /// One sentence for somebody who sees it for the first time.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::None => {
                "The Ingress declares no TLS: its hosts are served over plain HTTP, unless something \
                 in front of it adds TLS."
            }
            Self::NoSecret => {
                "TLS is declared, but no Secret is named: the controller serves its default \
                 certificate, which no method has looked at."
            }
            Self::SecretMissing => {
                "The Secret that should hold the certificate is not there: controllers then serve a \
                 default certificate that browsers refuse."
            }
            Self::NotReady => {
                "There is no usable certificate yet: cert-manager is still at it or failing, or the \
                 certificate's time has not begun."
            }
            Self::Valid => "The certificate fits the hosts and does not expire soon.",
            Self::Expiring => "The certificate fits the hosts, but expires soon.",
            Self::Expired => "The certificate has expired: browsers refuse it.",
            Self::NameMismatch => {
                "The certificate is for other names than the host: browsers refuse it."
            }
            Self::TerminatedUpstream => {
                "TLS ends elsewhere, such as at a cloud load balancer or in the backend itself, with a \
                 certificate that the cluster does not hold."
            }
            Self::Unknown => "TLS is declared, but no method has told anything of the certificate.",
        }
    }

    /// How much it calls for somebody. What is unknown comes after what is known to be bad, and
    /// before what is known to be good.
    pub(super) fn gravity(self) -> u8 {
        match self {
            Self::None => 0,
            Self::TerminatedUpstream => 1,
            Self::Valid => 2,
            Self::NoSecret => 3,
            Self::Unknown => 4,
            Self::Expiring => 5,
            Self::NotReady => 6,
            Self::SecretMissing => 7,
            Self::NameMismatch => 8,
            Self::Expired => 9,
        }
    }
}

/// What is concluded of one entry of `spec.tls`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its hosts, the first few; empty means those of the controller's default.
    pub hosts: Vec<String>,
    /// How many more there are.
    pub more_hosts: usize,
    /// The Secret it names.
    pub secret: Option<String>,
    /// The worst of its hosts.
    pub state: TlsState,
    /// Why, in one sentence.
    pub reason: String,
    /// Who told it; `None` if nobody did.
    pub method: Option<Method>,
    /// When.
    pub at: Option<Timestamp>,
    /// When the first of its certificates expires.
    pub expires_at: Option<Timestamp>,
    /// The certificate that the state is about.
    pub certificate: Option<Certificate>,
}

/// What is concluded of a whole ingress.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tls {
    /// The worst of its entries.
    pub state: TlsState,
    /// Why, in one sentence.
    pub reason: String,
    /// Who told it; `None` if nobody did.
    pub method: Option<Method>,
    /// When.
    pub at: Option<Timestamp>,
    /// When the first of its certificates expires.
    pub expires_at: Option<Timestamp>,
    /// Its entries in the order of the manifest, the first few.
    pub entries: Vec<Entry>,
    /// What two methods tell differently, if they do.
    pub disagreement: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_written_everywhere_alike_and_explained() {
        for state in TlsState::ALL {
            assert_eq!(TlsState::parse(state.as_str()), Some(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
            assert!(state.explanation().ends_with('.') && !state.label().is_empty());
        }
    }

    #[test]
    fn every_state_has_a_gravity_of_its_own() {
        let mut gravities = TlsState::ALL.map(TlsState::gravity);
        gravities.sort_unstable();
        assert_eq!(gravities, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
}
