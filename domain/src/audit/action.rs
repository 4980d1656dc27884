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
    /// A campaign was drafted.
    CampaignCreated,
    /// The terms of a draft were changed.
    CampaignChanged,
    /// A campaign was opened: its population is frozen.
    CampaignOpened,
    /// A campaign was given more time.
    CampaignExtended,
    /// A campaign was closed, by hand or because it was due.
    CampaignClosed,
    /// A review was given to another team.
    ReviewReassigned,
    /// A reviewer decided, or an admin on behalf of one.
    Decided,
    /// A decision was taken back.
    Undone,
    /// A decided review was opened again, because the ingress changed.
    Reopened,
    /// Somebody wrote a comment to a review.
    Commented,
    /// An ingress, or some of its routes, is to go.
    RetirementRequested,
    /// It stays after all: somebody said so, or traffic came back.
    RetirementCancelled,
    /// The hold is over: it may be removed.
    RetirementDue,
    /// The cluster shows that it is gone.
    RetirementProved,
    /// What was gone is there again.
    RetirementReappeared,
    /// Somebody said whose an ingress is.
    OwnerClaimed,
    /// An admin said whose an ingress is, or took that back.
    OwnerSet,
    /// A claim was accepted.
    ClaimAccepted,
    /// A claim was refused.
    ClaimRefused,
    /// A claim was withdrawn.
    ClaimWithdrawn,
    /// A series of campaigns was set up.
    SeriesCreated,
    /// A series was changed, or its next campaign alone.
    SeriesChanged,
    /// A series was ended.
    SeriesEnded,
    /// The evidence of a campaign was exported.
    ExportCampaign,
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 35] = [
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
        Self::CampaignCreated,
        Self::CampaignChanged,
        Self::CampaignOpened,
        Self::CampaignExtended,
        Self::CampaignClosed,
        Self::ReviewReassigned,
        Self::Decided,
        Self::Undone,
        Self::Reopened,
        Self::Commented,
        Self::RetirementRequested,
        Self::RetirementCancelled,
        Self::RetirementDue,
        Self::RetirementProved,
        Self::RetirementReappeared,
        Self::OwnerClaimed,
        Self::OwnerSet,
        Self::ClaimAccepted,
        Self::ClaimRefused,
        Self::ClaimWithdrawn,
        Self::SeriesCreated,
        Self::SeriesChanged,
        Self::SeriesEnded,
        Self::ExportCampaign,
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
            Self::CampaignCreated => "campaign.created",
            Self::CampaignChanged => "campaign.changed",
            Self::CampaignOpened => "campaign.opened",
            Self::CampaignExtended => "campaign.extended",
            Self::CampaignClosed => "campaign.closed",
            Self::ReviewReassigned => "review.reassigned",
            Self::Decided => "review.decided",
            Self::Undone => "review.undone",
            Self::Reopened => "review.reopened",
            Self::Commented => "review.commented",
            Self::RetirementRequested => "retirement.requested",
            Self::RetirementCancelled => "retirement.cancelled",
            Self::RetirementDue => "retirement.due",
            Self::RetirementProved => "retirement.proved",
            Self::RetirementReappeared => "retirement.reappeared",
            Self::OwnerClaimed => "owner.claimed",
            Self::OwnerSet => "owner.set",
            Self::ClaimAccepted => "claim.accepted",
            Self::ClaimRefused => "claim.refused",
            Self::ClaimWithdrawn => "claim.withdrawn",
            Self::SeriesCreated => "series.created",
            Self::SeriesChanged => "series.changed",
            Self::SeriesEnded => "series.ended",
            Self::ExportCampaign => "export.campaign",
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
            Self::CampaignCreated => "Campaign created",
            Self::CampaignChanged => "Campaign changed",
            Self::CampaignOpened => "Campaign opened",
            Self::CampaignExtended => "Campaign extended",
            Self::CampaignClosed => "Campaign closed",
            Self::ReviewReassigned => "Review reassigned",
            Self::Decided => "Review decided",
            Self::Undone => "Decision undone",
            Self::Reopened => "Review reopened",
            Self::Commented => "Review commented",
            Self::RetirementRequested => "Retirement requested",
            Self::RetirementCancelled => "Retirement cancelled",
            Self::RetirementDue => "Retirement due",
            Self::RetirementProved => "Retirement proved",
            Self::RetirementReappeared => "Retired one reappeared",
            Self::OwnerClaimed => "Owner claimed",
            Self::OwnerSet => "Owner set",
            Self::ClaimAccepted => "Claim accepted",
            Self::ClaimRefused => "Claim refused",
            Self::ClaimWithdrawn => "Claim withdrawn",
            Self::SeriesCreated => "Series created",
            Self::SeriesChanged => "Series changed",
            Self::SeriesEnded => "Series ended",
            Self::ExportCampaign => "Campaign exported",
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
