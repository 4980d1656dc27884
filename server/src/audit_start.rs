//! What a start records: that other people have other rights than at the last start, because somebody
//! has changed the configuration. Who names a provider decides who is in which group as much as who
//! names the groups.

use std::collections::{BTreeMap, BTreeSet};

use domain::audit::{Action, Actor, Draft};
use domain::owner::Team;
use domain::user::Role;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use store::Store;

use crate::Config;
use crate::config::{Provider, SignIn, place_name};

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
    providers: BTreeMap<&'a str, Believed<'a>>,
}

/// Whose word on people and their groups is believed, and where it is read.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Believed<'a> {
    issuer: &'a str,
    client_id: &'a str,
    groups_claim: &'a str,
    groups_from: &'static str,
    algorithms: BTreeSet<&'a str>,
}

/// Records an entry if the rights of groups, or the providers that name them, are others than at the
/// last start. The first start has nothing to compare with.
pub async fn roles(config: &Config, store: &Store, now: Timestamp) -> Result<(), store::Error> {
    let granted = config.sign_in.as_ref();
    let granted = granted.map(|sign_in| Granted::of(sign_in, &config.rules.owner.teams));
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
    fn of(sign_in: &'a SignIn, teams: &'a [Team]) -> Self {
        let (rules, providers) = (&sign_in.roles, sign_in.providers.iter());
        let teams = teams.iter().filter(|team| !team.groups.is_empty());
        Self {
            admin: names(&rules.admin),
            auditor: names(&rules.auditor),
            viewer: names(&rules.viewer),
            default_role: rules.default.map_or("none", Role::as_str),
            teams: teams.map(|team| (team.name.as_str(), names(&team.groups))).collect(),
            providers: providers.map(|one| (one.name.as_str(), Believed::of(one))).collect(),
        }
    }
}

impl<'a> Believed<'a> {
    fn of(provider: &'a Provider) -> Self {
        Self {
            issuer: &provider.issuer_text,
            client_id: &provider.client_id,
            groups_claim: &provider.groups_claim,
            groups_from: place_name(provider.groups_from),
            algorithms: names(&provider.algorithms),
        }
    }
}

fn names(all: &[String]) -> BTreeSet<&str> {
    all.iter().map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use domain::user::RoleRules;
    use jiff::SignedDuration;

    use super::*;
    use crate::config::GroupsFrom;

    fn groups(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn sign_in(rules: &RoleRules, providers: &[Provider]) -> SignIn {
        SignIn {
            providers: providers.to_vec(),
            roles: rules.clone(),
            contact: None,
            idle: SignedDuration::from_hours(8),
            absolute: SignedDuration::from_hours(24),
        }
    }

    fn text(rules: &RoleRules, teams: &[Team]) -> String {
        json!(Granted::of(&sign_in(rules, &[]), teams)).to_string()
    }

    fn provider() -> Provider {
        Provider {
            name: "corp".into(),
            label: "Example Corp".into(),
            issuer: "https://id.example.com".parse().unwrap(),
            issuer_text: "https://id.example.com".into(),
            client_id: "routebook".into(),
            client_secret_file: None,
            scopes: vec!["openid".into()],
            groups_claim: "groups".into(),
            groups_from: GroupsFrom::IdToken,
            algorithms: groups(&["RS256", "ES256"]),
            ca_file: None,
        }
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
    fn another_provider_may_give_other_people_the_same_groups() {
        let of = |all: &[Provider]| {
            json!(Granted::of(&sign_in(&RoleRules::default(), all), &[])).to_string()
        };
        let lab = Provider { name: "lab".into(), ..provider() };
        let before = of(&[provider()]);
        assert_eq!(of(&[provider(), lab.clone()]), of(&[lab.clone(), provider()]));
        let algorithms = groups(&["ES256", "RS256"]);
        let label = "Corp".to_owned();
        assert_eq!(of(&[Provider { algorithms, label, ..provider() }]), before);
        for other in [
            Provider { name: "lab".into(), ..provider() },
            Provider { issuer_text: "https://id.example.org".into(), ..provider() },
            Provider { client_id: "other".into(), ..provider() },
            Provider { groups_claim: "roles".into(), ..provider() },
            Provider { groups_from: GroupsFrom::Userinfo, ..provider() },
            Provider { algorithms: groups(&["RS256"]), ..provider() },
        ] {
            assert_ne!(of(std::slice::from_ref(&other)), before, "{other:?}");
        }
        assert_ne!(of(&[provider(), lab]), before);
        let told: Value = serde_json::from_str(&before).unwrap();
        let expected = json!({
            "issuer": "https://id.example.com",
            "clientId": "routebook",
            "groupsClaim": "groups",
            "groupsFrom": "idToken",
            "algorithms": ["ES256", "RS256"],
        });
        assert_eq!(told["providers"], json!({"corp": expected}));
    }

    #[test]
    fn the_entry_says_what_was_and_what_is() {
        let after = json!({"admin": ["y"]});
        let draft = changed(Some("{\"admin\":[\"x\"]}"), &after, Timestamp::UNIX_EPOCH);
        assert_eq!(draft.detail, json!({"before": {"admin": ["x"]}, "after": {"admin": ["y"]}}));
        assert_eq!((draft.actor, draft.action), (Actor::System, Action::RolesChanged));
    }
}
