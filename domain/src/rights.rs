//! What somebody may do. Each address asks for one right; what has a right is said here only.

use crate::user::{Person, Role, Visitor};

/// What an address asks of whoever asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// Nothing.
    Anyone,
    /// To be signed in.
    SignedIn,
    /// To read about the ingresses of the own teams, or about all.
    ReadOwn,
    /// To read about all ingresses.
    ReadAll,
    /// To read the audit entries.
    Audit,
    /// To decide what is assigned to the own teams, or on behalf of others.
    Review,
    /// To see campaigns, and how far they are.
    Campaigns,
    /// To see and end sessions, and to say who may come in; to open, change and close campaigns.
    Administer,
}

impl Right {
    /// All rights.
    pub const ALL: [Self; 8] = [
        Self::Anyone,
        Self::SignedIn,
        Self::ReadOwn,
        Self::ReadAll,
        Self::Audit,
        Self::Review,
        Self::Campaigns,
        Self::Administer,
    ];

    /// The least role that has it; `None` if it needs no role.
    pub fn role(self) -> Option<Role> {
        match self {
            Self::Anyone | Self::SignedIn => None,
            Self::ReadOwn | Self::ReadAll | Self::Campaigns => Some(Role::Viewer),
            Self::Audit => Some(Role::Auditor),
            Self::Review | Self::Administer => Some(Role::Admin),
        }
    }
}

impl Visitor {
    /// Whether they have a right.
    pub fn may(&self, right: Right) -> bool {
        match (self, right) {
            (_, Right::Anyone) => true,
            (Self::Anonymous, _) => false,
            (Self::Local, _) => {
                matches!(right, Right::ReadOwn | Right::ReadAll | Right::Campaigns)
            }
            (Self::Person(person), _) => person.may(right),
        }
    }

    /// Whether they may read about an ingress of this owner: about all, or it is one of their teams.
    pub fn owns(&self, owner: Option<&str>) -> bool {
        self.may(Right::ReadAll)
            || self.person().zip(owner).is_some_and(|(person, owner)| person.is_of(owner))
    }

    /// The person, if somebody is signed in.
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Person(person) => Some(person),
            Self::Anonymous | Self::Local => None,
        }
    }
}

impl Person {
    fn may(&self, right: Right) -> bool {
        let by_team = matches!(right, Right::ReadOwn | Right::Review) && !self.teams.is_empty();
        by_team || right.role().is_none_or(|least| self.role.is_some_and(|role| role >= least))
    }

    /// Whether they are an admin.
    pub fn is_admin(&self) -> bool {
        self.may(Right::Administer)
    }

    /// Whether a team is one of theirs.
    pub fn is_of(&self, team: &str) -> bool {
        self.teams.iter().any(|name| name == team)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::testing::person;

    fn somebody(role: Option<Role>, teams: &[&str]) -> Visitor {
        let teams = teams.iter().map(|&team| team.to_owned()).collect();
        Visitor::Person(Arc::new(Person { role, teams, ..person("ada") }))
    }

    fn check(visitor: &Visitor, expected: &[Right]) {
        let has: Vec<Right> = Right::ALL.into_iter().filter(|&right| visitor.may(right)).collect();
        assert_eq!(has, expected, "{visitor:?}");
    }

    #[test]
    fn each_role_may_what_those_below_it_may() {
        use Right::{Anyone, Audit, Campaigns, ReadAll, ReadOwn, Review, SignedIn};
        check(&Visitor::Anonymous, &[Anyone]);
        check(&Visitor::Local, &[Anyone, ReadOwn, ReadAll, Campaigns]);
        check(&somebody(None, &[]), &[Anyone, SignedIn]);
        check(&somebody(None, &["shop"]), &[Anyone, SignedIn, ReadOwn, Review]);
        let viewer = [Anyone, SignedIn, ReadOwn, ReadAll, Campaigns];
        check(&somebody(Some(Role::Viewer), &[]), &viewer);
        let member = [Anyone, SignedIn, ReadOwn, ReadAll, Review, Campaigns];
        check(&somebody(Some(Role::Viewer), &["shop"]), &member);
        let auditor = [Anyone, SignedIn, ReadOwn, ReadAll, Audit, Campaigns];
        check(&somebody(Some(Role::Auditor), &[]), &auditor);
        check(&somebody(Some(Role::Admin), &[]), &Right::ALL);
    }

    #[test]
    fn a_member_reads_about_the_ingresses_of_the_own_teams_only() {
        let member = somebody(None, &["shop", "pay"]);
        assert!(member.owns(Some("shop")) && member.owns(Some("pay")));
        for other in [None, Some(""), Some("Shop"), Some("sho"), Some("shop ")] {
            assert!(!member.owns(other), "{other:?}");
        }
    }

    #[test]
    fn who_reads_everything_reads_about_orphans_too() {
        for visitor in [Visitor::Local, somebody(Some(Role::Viewer), &[])] {
            assert!(visitor.owns(None) && visitor.owns(Some("shop")));
        }
        for visitor in [Visitor::Anonymous, somebody(None, &[])] {
            assert!(!visitor.owns(None) && !visitor.owns(Some("shop")));
        }
    }
}
