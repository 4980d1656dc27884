//! Who asks: people as their provider names them, and the roles and teams that follow from their
//! groups.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::owner::Team;

/// Who somebody is: the provider, and what it calls them. Names and addresses may change hands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// The provider's issuer.
    pub issuer: String,
    /// The subject, which the provider never gives to somebody else.
    pub subject: String,
}

/// What the provider told of somebody at the last sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Their name.
    pub name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their groups, sorted, each once.
    pub groups: Vec<String>,
}

impl Profile {
    /// What to call them: the name, else the e-mail address, else the subject.
    pub fn shown_name<'a>(&'a self, identity: &'a Identity) -> &'a str {
        let mut told = [&self.name, &self.email].into_iter().flatten().map(|text| text.trim());
        told.find(|text| !text.is_empty()).unwrap_or(&identity.subject)
    }
}

/// Somebody who has signed in at least once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The store's number.
    pub id: i64,
    /// Who they are.
    pub identity: Identity,
    /// What the provider told of them.
    pub profile: Profile,
    /// The configured name of the provider.
    pub provider: String,
    /// When they first signed in.
    pub first_seen: Timestamp,
    /// When they last signed in.
    pub signed_in: Timestamp,
    /// Since when an admin does not let them in; `None` if they may come in.
    pub disabled: Option<Timestamp>,
}

impl User {
    /// What to call them.
    pub fn name(&self) -> &str {
        self.profile.shown_name(&self.identity)
    }
}

/// What somebody may do everywhere. Each role may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads everything about ingresses.
    Viewer,
    /// Reads the audit entries too.
    Auditor,
    /// Sees and ends sessions too, says who may come in, and leads campaigns.
    Admin,
}

impl Role {
    /// All roles, the least first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Auditor, Self::Admin];

    /// Its code in configuration and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Its name on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Viewer => "Viewer",
            Self::Auditor => "Auditor",
            Self::Admin => "Admin",
        }
    }
}

/// Which groups have which role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleRules {
    /// Groups whose members are admins.
    pub admin: Vec<String>,
    /// Groups whose members are auditors.
    pub auditor: Vec<String>,
    /// Groups whose members are viewers.
    pub viewer: Vec<String>,
    /// What everybody is who has signed in.
    pub default: Option<Role>,
}

/// Why somebody has a role, or none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Because {
    /// They are in this group.
    Group(String),
    /// Everybody who has signed in has it.
    Default,
    /// None of their groups has a role.
    NoGroup,
}

impl RoleRules {
    /// The groups of a role.
    pub fn groups(&self, role: Role) -> &[String] {
        match role {
            Role::Viewer => &self.viewer,
            Role::Auditor => &self.auditor,
            Role::Admin => &self.admin,
        }
    }

    /// The highest role that one of the groups gives, or the default if that is higher, and why.
    pub fn role(&self, groups: &[String]) -> (Option<Role>, Because) {
        for role in Role::ALL.into_iter().rev() {
            let given = self.groups(role);
            if let Some(group) = groups.iter().find(|group| given.contains(group)) {
                return (Some(role), Because::Group(group.clone()));
            }
            if self.default == Some(role) {
                return (Some(role), Because::Default);
            }
        }
        (None, Because::NoGroup)
    }
}

/// Somebody who is signed in, with what follows from their groups now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub user: User,
    /// Their role; `None` if they have none.
    pub role: Option<Role>,
    /// Why.
    pub because: Because,
    /// The names of their teams, as the inventory has them as owners.
    pub teams: Vec<String>,
    /// The store's number of the session.
    pub session: i64,
}

impl Person {
    /// The role and the teams that the groups of a user give now.
    pub fn new(user: User, session: i64, rules: &RoleRules, teams: &[Team]) -> Self {
        let groups = &user.profile.groups;
        let (role, because) = rules.role(groups);
        let is_member = |team: &&Team| team.groups.iter().any(|group| groups.contains(group));
        let teams = teams.iter().filter(is_member).map(Team::as_owner).collect();
        Self { user, role, because, teams, session }
    }

    /// What to call them.
    pub fn name(&self) -> &str {
        self.user.name()
    }
}

/// Who makes a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Visitor {
    /// Somebody who has not signed in.
    #[default]
    Anonymous,
    /// Whoever reaches a Routebook that has no sign-in, which serves this machine only.
    Local,
    /// Somebody who is signed in.
    Person(Arc<Person>),
}

#[cfg(test)]
mod tests;
