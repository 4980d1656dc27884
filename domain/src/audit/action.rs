//! What was done.

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Somebody signed in.
    SignIn,
    /// A sign-in came to nothing.
    SignInFailed,
    /// Somebody signed out.
    SignOut,
    /// The provider ended sessions.
    SignOutByProvider,
    /// An admin ended a session.
    SessionEnded,
    /// An admin shut somebody out.
    UserDisabled,
    /// An admin let somebody in again.
    UserEnabled,
    /// Somebody asked for what they may not.
    RightDenied,
    /// Another mapping of groups to roles was configured.
    RolesChanged,
    /// The inventory was exported.
    ExportInventory,
    /// The audit entries were exported.
    ExportAudit,
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 11] = [
        Self::SignIn,
        Self::SignInFailed,
        Self::SignOut,
        Self::SignOutByProvider,
        Self::SessionEnded,
        Self::UserDisabled,
        Self::UserEnabled,
        Self::RightDenied,
        Self::RolesChanged,
        Self::ExportInventory,
        Self::ExportAudit,
    ];

    /// Its code in the store, in files and in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::SignInFailed => "sign-in.failed",
            Self::SignOut => "sign-out",
            Self::SignOutByProvider => "sign-out.provider",
            Self::SessionEnded => "session.ended",
            Self::UserDisabled => "user.disabled",
            Self::UserEnabled => "user.enabled",
            Self::RightDenied => "right.denied",
            Self::RolesChanged => "roles.changed",
            Self::ExportInventory => "export.inventory",
            Self::ExportAudit => "export.audit",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == text)
    }

    /// Its name on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::SignIn => "Signed in",
            Self::SignInFailed => "Sign-in failed",
            Self::SignOut => "Signed out",
            Self::SignOutByProvider => "Signed out by the provider",
            Self::SessionEnded => "Session ended",
            Self::UserDisabled => "User disabled",
            Self::UserEnabled => "User enabled",
            Self::RightDenied => "Right denied",
            Self::RolesChanged => "Roles changed",
            Self::ExportInventory => "Inventory exported",
            Self::ExportAudit => "Audit exported",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_code_and_a_name_of_its_own() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.as_str()), Some(action));
            let same = |other: &&Action| {
                other.as_str() == action.as_str() || other.label() == action.label()
            };
            assert_eq!(Action::ALL.iter().filter(same).count(), 1, "{action:?}");
        }
        assert_eq!(Action::parse("sign-in.again"), None);
    }
}
