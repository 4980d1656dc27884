//! How a provider runs.

use std::sync::Arc;

use jiff::Timestamp;

use super::account::{Account, demo_accounts};
use crate::tls::Authority;

/// What tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How tokens are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256.
    Es256,
    /// RSA with the padding of PKCS #1 v1.5.
    Rs256,
    /// RSA with PSS.
    Ps256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// Its name in tokens and keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::EdDsa => "EdDSA",
        }
    }
}

/// Where the groups of an account are told, and all other claims that OpenID has no name for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupsIn {
    /// In the ID token only.
    IdToken,
    /// In the answer of the userinfo endpoint only.
    Userinfo,
    /// In both.
    Both,
}

impl GroupsIn {
    pub(super) fn id_token(self) -> bool {
        self != Self::Userinfo
    }

    pub(super) fn userinfo(self) -> bool {
        self != Self::IdToken
    }
}

/// How a provider runs. It has one client.
#[derive(Clone)]
pub struct Options {
    /// The time in its tokens.
    pub now: Clock,
    /// The client's id.
    pub client_id: String,
    /// The client's secret; empty for a client that has none.
    pub client_secret: String,
    /// Who can sign in.
    pub accounts: Vec<Account>,
    /// How tokens are signed.
    pub algorithm: Algorithm,
    /// Where groups are told.
    pub groups_in: GroupsIn,
    /// The port on 127.0.0.1; 0 for any free one.
    pub port: u16,
    /// Whose certificate it serves `https://localhost` with; plain HTTP without one.
    pub tls: Option<Arc<Authority>>,
    /// The client's address for back-channel sign-out, over plain HTTP.
    pub back_channel: Option<String>,
}

impl Options {
    /// The demo's accounts, signed for with ES256, over plain HTTP on any free port.
    pub fn new(now: Clock) -> Self {
        Self {
            now,
            client_id: "routebook".to_owned(),
            client_secret: "demo-secret".to_owned(),
            accounts: demo_accounts(),
            algorithm: Algorithm::Es256,
            groups_in: GroupsIn::Both,
            port: 0,
            tls: None,
            back_channel: None,
        }
    }
}
