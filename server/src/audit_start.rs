//! What a start records: that other people have other rights than at the last start, because somebody
//! has changed the configuration.

use std::collections::{BTreeMap, BTreeSet};

use domain::audit::{Action, Actor, Draft};
use domain::owner::Team;
use domain::user::{Role, RoleRules};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use store::Store;

use crate::Config;

/// Which groups have which rights. It is kept as text: the order of its parts must not depend on
/// anything but them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Granted<'a> {
    admin: BTreeSet<&'a str>,
    auditor: BTreeSet<&'a str>,
    viewer: BTreeSet<&'a str>,
    default_role: &'static str,
    teams: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

/// Records an entry if the rights of groups are others than at the last start. The first start has
/// nothing to compare with.
pub async fn roles(config: &Config, store: &Store, now: Timestamp) -> Result<(), store::Error> {
    let granted = config.sign_in.as_ref();
    let granted = granted.map(|sign_in| Granted::of(&sign_in.roles, &config.rules.owner.teams));
    let after = json!(granted);
    let text = after.to_string();
    store.roles_configured(&text, |before| changed(before.as_deref(), &after, now)).await
}

/// What was before may be of an older version, and is told as it was kept.
fn changed(before: Option<&str>, after: &Value, now: Timestamp) -> Draft {
    let before: Option<Value> = before.and_then(|text| serde_json::from_str(text).ok());
    Draft {
        at: now,
        actor: Actor::System,
        action: Action::RolesChanged,
        target: "roles".to_owned(),
        detail: json!({"before": before, "after": after}),
        address: String::new(),
    }
}

impl<'a> Granted<'a> {
    fn of(rules: &'a RoleRules, teams: &'a [Team]) -> Self {
        let teams = teams.iter().filter(|team| !team.groups.is_empty());
        Self {
            admin: names(&rules.admin),
            auditor: names(&rules.auditor),
            viewer: names(&rules.viewer),
            default_role: rules.default.map_or("none", Role::as_str),
            teams: teams.map(|team| (team.name.as_str(), names(&team.groups))).collect(),
        }
    }
}

fn names(groups: &[String]) -> BTreeSet<&str> {
    groups.iter().map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn text(rules: &RoleRules, teams: &[Team]) -> String {
        json!(Granted::of(rules, teams)).to_string()
    }

    #[test]
    fn the_same_rights_in_another_order_are_no_change() {
        let rules = |admin: &[&str]| RoleRules { admin: groups(admin), ..RoleRules::default() };
        let team =
            |name: &str| Team { name: name.into(), groups: groups(&["a", "b"]), ..Team::default() };
        let one = text(&rules(&["x", "y"]), &[team("shop"), team("pay"), Team::default()]);
        let other = text(&rules(&["y", "x", "x"]), &[team("pay"), team("shop")]);
        assert_eq!(one, other);
        assert_ne!(one, text(&rules(&["x"]), &[team("pay"), team("shop")]));
        assert_ne!(one, text(&rules(&["x", "y"]), &[team("pay")]));
    }

    #[test]
    fn the_entry_says_what_was_and_what_is() {
        let after = json!({"admin": ["y"]});
        let draft = changed(Some("{\"admin\":[\"x\"]}"), &after, Timestamp::UNIX_EPOCH);
        assert_eq!(draft.detail, json!({"before": {"admin": ["x"]}, "after": {"admin": ["y"]}}));
        assert_eq!((draft.actor, draft.action), (Actor::System, Action::RolesChanged));
    }
}
