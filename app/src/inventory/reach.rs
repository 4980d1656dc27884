//! How much of the list a visitor sees: all of it, or what their teams own.

use domain::inventory::View;
use domain::rights::Right;
use domain::user::Visitor;

use super::plain;

/// What in the address stands for those without an owner.
const ORPHANS: &str = "-";

/// How far somebody sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// To the end.
    Everything,
    /// To what these teams own. Never without a team.
    Teams(Vec<String>),
}

impl Reach {
    /// How far the visitor sees; `None` if they see nothing.
    pub fn of(visitor: &Visitor) -> Option<Self> {
        if visitor.may(Right::ReadAll) {
            return Some(Self::Everything);
        }
        // A team of that name would own what nobody owns.
        let is_team = |team: &&String| !team.trim().is_empty() && *team != ORPHANS;
        let person = visitor.person().filter(|_| visitor.may(Right::ReadOwn))?;
        let teams: Vec<_> = person.teams.iter().filter(is_team).cloned().collect();
        (!teams.is_empty()).then_some(Self::Teams(teams))
    }

    /// The list that they see in place of one that reaches too far: with the same filters, of their
    /// first team.
    pub fn narrowed(&self, view: &View) -> Option<View> {
        let Self::Teams(teams) = self else { return None };
        // Addresses do not keep spaces around a name.
        let is_own = |owner: &str| teams.iter().any(|team| team.trim() == owner);
        if view.owner.as_deref().is_some_and(is_own) {
            return None;
        }
        let owner = teams.first().map(|team| team.trim().to_owned());
        Some(View { owner, ..view.from_start() })
    }

    /// The same list without the filters that the visitor has set.
    pub fn plain(&self, view: &View) -> View {
        match self {
            Self::Everything => plain(view),
            Self::Teams(_) => View { owner: view.owner.clone(), ..plain(view) },
        }
    }

    /// Whether the visitor has set any filter.
    pub fn is_filtered(&self, view: &View) -> bool {
        match self {
            Self::Everything => view.is_filtered(),
            Self::Teams(_) => View { owner: None, ..view.clone() }.is_filtered(),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::user::Role;

    use super::*;
    use crate::testing::visitor;

    #[test]
    fn a_role_sees_everything_and_a_team_what_it_owns() {
        let check = |visitor: &Visitor, expected: Option<Reach>| {
            assert_eq!(Reach::of(visitor), expected);
        };
        check(&Visitor::Local, Some(Reach::Everything));
        check(&visitor(Some(Role::Viewer), &["payments"]), Some(Reach::Everything));
        check(&visitor(None, &["payments"]), Some(Reach::Teams(vec!["payments".into()])));
        check(&visitor(None, &[]), None);
        check(&visitor(None, &["-", " "]), None);
        check(&Visitor::Anonymous, None);
    }

    #[test]
    fn a_list_that_reaches_too_far_becomes_one_of_the_first_team() {
        let teams = Reach::Teams(vec!["payments".into(), "core".into()]);
        let check = |query: &str, expected: Option<&str>| {
            let view = View::parse(query).unwrap();
            let narrowed = teams.narrowed(&view).map(|view| view.query());
            assert_eq!(narrowed.as_deref(), expected, "{query}");
            assert_eq!(Reach::Everything.narrowed(&view), None);
        };
        check("", Some("owner=payments"));
        check("owner=-", Some("owner=payments"));
        check("owner=others&unused=90&sort=traffic", Some("owner=payments&unused=90&sort=traffic"));
        check("after=%5B%22prod%22%2C%22a%22%2C%22b%22%2C7%5D", Some("owner=payments"));
        check("owner=payments", None);
        check("owner=core&q=x", None);
    }

    #[test]
    fn the_own_team_is_no_filter_of_the_visitor() {
        let teams = Reach::Teams(vec!["payments".into()]);
        let view = View::parse("owner=payments").unwrap();
        assert!(!teams.is_filtered(&view) && Reach::Everything.is_filtered(&view));
        let searched = View { search: "x".into(), ..view.clone() };
        assert!(teams.is_filtered(&searched));
        assert_eq!(teams.plain(&searched), view);
        assert_eq!(Reach::Everything.plain(&searched), View::default());
    }
}
