//! Teams, and which values mean them.

use std::iter;

use serde::{Deserialize, Serialize};

use super::text::{LONGEST_NAME, cut, same};

/// A team.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Its name.
    pub name: String,
    /// Values that mean it, besides its name.
    pub matches: Vec<String>,
    /// The groups whose members belong to it when they sign in.
    pub groups: Vec<String>,
    /// Its e-mail address.
    pub email: Option<String>,
    /// Its chat address.
    pub chat: Option<String>,
}

/// The team that a value means, see [`Rules::team_of`](super::Rules::team_of).
pub(super) fn of<'a>(teams: &'a [Team], value: &str) -> Option<&'a Team> {
    let value = value.trim();
    if value.is_empty() {
        return None;
    }
    // Literally first: references in two namespaces may end in the same name.
    let literally = |team: &&Team| team.words().any(|word| same(word, value));
    let name = referred(value);
    let by_name =
        |team: &&Team| team.names().any(|word| same(word, name) || same(referred(word), value));
    teams.iter().find(literally).or_else(|| teams.iter().find(by_name))
}

impl Team {
    /// Its name, as the inventory has it as owner.
    pub fn as_owner(&self) -> String {
        cut(&self.name, LONGEST_NAME)
    }

    /// The name, as the inventory has it, of the team that is called just like this.
    pub fn named(teams: &[Self], name: &str) -> Option<String> {
        teams.iter().map(Self::as_owner).find(|team| team == name)
    }

    /// Its name, and the values that mean it.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        iter::once(&self.name).chain(&self.matches).map(|name| name.trim())
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        let addresses = self.email.iter().chain(&self.chat);
        self.names().chain(addresses.map(|address| address.trim()))
    }
}

/// The name in a reference: `payments` in `group:default/payments` (Backstage, "Entity
/// References"), in `@org/payments` (a team on a code host), in `#payments`, and in
/// `group-default-payments`, as labels have it, which know neither `:` nor `/`. A person
/// (`user:default/payments`) is not the team of that name.
pub(super) fn referred(text: &str) -> &str {
    if after(text, "user:").is_some() {
        return text;
    }
    let last = || text.rsplit([':', '/']).next().unwrap_or(text);
    let name = after(text, "group-default-").unwrap_or_else(last);
    let name = name.trim_start_matches(['@', '#']);
    if name.is_empty() { text } else { name }
}

/// What follows this start, however that is written.
fn after<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn teams() -> [Team; 2] {
        let payments = Team {
            name: "payments".into(),
            matches: vec!["Pay, Refunds".into(), "group:money/core".into()],
            email: Some("pay@example.com".into()),
            chat: Some("#team-pay".into()),
            ..Team::default()
        };
        let core =
            Team { name: "Core Team".into(), matches: vec!["core".into()], ..Team::default() };
        [payments, core]
    }

    fn check(value: &str, expected: Option<&str>) {
        let teams = teams();
        let team = of(&teams, value).map(|team| team.name.as_str());
        assert_eq!(team, expected, "{value}");
    }

    #[test]
    fn a_team_is_known_by_its_name_its_values_and_its_addresses() {
        check("payments", Some("payments"));
        check(" PayMents ", Some("payments"));
        check("pay, refunds", Some("payments"));
        check("Pay@Example.com", Some("payments"));
        check("#team-pay", Some("payments"));
        check("core team", Some("Core Team"));
        for other in ["", " ", "pay", "paymentss", "payments@example.com", "team-pay", "ümläut"] {
            check(other, None);
        }
    }

    #[test]
    fn a_team_is_known_by_the_name_in_a_reference() {
        check("group:default/payments", Some("payments"));
        check("Group:Default/Payments", Some("payments"));
        check("group:payments", Some("payments"));
        check("group-default-payments", Some("payments"));
        check("@our-org/payments", Some("payments"));
        check("@payments", Some("payments"));
        check("group:other/core", Some("Core Team"));
        for other in ["user:default/payments", "group:", "/", "@", "group-other-payments"] {
            check(other, None);
        }
    }

    #[test]
    fn what_stands_literally_in_the_configuration_goes_before_the_name_in_a_reference() {
        check("group:money/core", Some("payments"));
        check("core", Some("Core Team"));
    }

    #[test]
    fn a_value_that_a_team_writes_as_a_reference_may_be_written_short() {
        let team = Team {
            name: "Money".into(),
            matches: vec!["group:default/money-core".into()],
            ..Team::default()
        };
        let teams = [team];
        assert!(of(&teams, "money-core").is_some());
        assert!(of(&teams, "group:other/money-core").is_none());
    }
}
