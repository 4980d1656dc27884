//! What the server tells the pages of signing in.

use std::fmt;
use std::sync::Arc;

use domain::user::Role;

/// The address at which the provider of this name ends its own session, if it has one.
pub type EndSession = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// How people sign in.
pub struct SignInPage {
    /// The ways in, in the order of the configuration.
    pub providers: Vec<ProviderLink>,
    /// Whom to ask, such as a channel or an address.
    pub contact: Option<String>,
    /// Which groups give which role.
    pub role_groups: Vec<(Role, Vec<String>)>,
    /// Where a provider, given by its name, ends the session that it keeps itself; `None` if it has no
    /// such place or was not asked yet.
    pub end_session: EndSession,
}

/// One way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderLink {
    /// The provider's name, as it stands in addresses.
    pub name: String,
    /// What people call it.
    pub label: String,
}

impl SignInPage {
    /// What people call the provider of this name; `None` if there is none.
    pub fn label(&self, name: &str) -> Option<&str> {
        let provider = self.providers.iter().find(|provider| provider.name == name);
        provider.map(|provider| provider.label.as_str())
    }
}

impl fmt::Debug for SignInPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInPage").field("providers", &self.providers).finish_non_exhaustive()
    }
}
