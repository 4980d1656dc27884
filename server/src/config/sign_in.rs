//! How people sign in, as it was checked.

use std::path::PathBuf;

use domain::user::RoleRules;
use jiff::SignedDuration;
use url::Url;

/// How people sign in, and what follows from their groups.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Where they may sign in; at least one.
    pub providers: Vec<Provider>,
    /// Which groups have which role.
    pub roles: RoleRules,
    /// Whom to ask for a role, as people read it.
    pub contact: Option<String>,
    /// A session ends when nobody asked for anything for so long.
    pub idle: SignedDuration,
    /// A session ends after so long in any case.
    pub absolute: SignedDuration,
}

/// An OpenID provider. No secret is in here, only the name of its file.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its name in addresses.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Its issuer.
    pub issuer: Url,
    /// The issuer letter by letter, as the provider must name itself: an address without a path is
    /// another issuer with `/` than without.
    pub issuer_text: String,
    /// As whom Routebook is known there.
    pub client_id: String,
    /// The file with the secret; without one Routebook is a public client.
    pub client_secret_file: Option<PathBuf>,
    /// What is asked for; `openid` is among it.
    pub scopes: Vec<String>,
    /// The claim with the groups: its name, or a path with `/`.
    pub groups_claim: String,
    /// Where that claim is looked for.
    pub groups_from: GroupsFrom,
    /// What the provider may sign with, by the names of RFC 7518 and RFC 8037.
    pub algorithms: Vec<String>,
    /// The authorities to trust, as PEM, instead of the system's.
    pub ca_file: Option<PathBuf>,
}

/// Where the claim with the groups is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupsFrom {
    /// In the id token.
    IdToken,
    /// At the userinfo endpoint.
    Userinfo,
    /// In the id token, and at the userinfo endpoint if it is not there.
    Both,
}
