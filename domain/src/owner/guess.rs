//! Whose an orphan may be: what its neighbours and its namespace suggest. A guess always comes with
//! its reason, and never becomes the owner by itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Rules;
use super::team::{Team, referred};

/// So many neighbours must agree.
const LEAST_AGREEING: usize = 2;
/// They must be so large a part of all, in percent, by weight.
const LEAST_PERCENT: u64 = 60;

/// The owner of another ingress nearby.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// Its owner.
    pub owner: String,
    /// In what it is near. An ingress that is near in two ways is given once, by the nearest.
    pub how: Near,
}

/// In what an ingress is near to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Near {
    /// In the same namespace.
    Namespace,
    /// Of the same host.
    Host,
    /// Leading to the same Service.
    Service,
}

impl Near {
    /// All, the nearest last.
    pub const ALL: [Self; 3] = [Self::Namespace, Self::Host, Self::Service];

    /// A host is rarely shared by teams, and a Service hardly ever; a namespace often is.
    fn weight(self) -> u64 {
        match self {
            Self::Namespace => 1,
            Self::Host => 2,
            Self::Service => 3,
        }
    }

    fn place(self, namespace: &str) -> String {
        match self {
            Self::Namespace => format!("in namespace {namespace}"),
            Self::Host => "of the same host".into(),
            Self::Service => "to the same Service".into(),
        }
    }
}

/// Whose an orphan may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guess {
    /// The owner, as the neighbours have it, or the name of a team.
    pub owner: String,
    /// Why, in a sentence without a full stop.
    pub reason: String,
}

/// The best guess for an orphan; `None` if nothing suggests anybody. Neighbours without an owner
/// are not given.
pub fn guess(neighbours: &[Neighbour], namespace: &str, rules: &Rules) -> Option<Guess> {
    by_neighbours(neighbours, namespace).or_else(|| by_name(namespace, rules))
}

fn by_neighbours(neighbours: &[Neighbour], namespace: &str) -> Option<Guess> {
    let mut weights: BTreeMap<&str, u64> = BTreeMap::new();
    for neighbour in neighbours {
        *weights.entry(neighbour.owner.as_str()).or_default() += neighbour.how.weight();
    }
    let all: u64 = weights.values().sum();
    let (owner, weight) = weights.into_iter().max_by_key(|(_, weight)| *weight)?;
    let agreeing = neighbours.iter().filter(|neighbour| neighbour.owner == owner).count();
    let enough = agreeing >= LEAST_AGREEING && weight * 100 >= all * LEAST_PERCENT;
    enough.then(|| Guess { owner: owner.to_owned(), reason: reason(neighbours, owner, namespace) })
}

/// Such as `7 of 8 owned ingresses in namespace shop belong to payments`. Those that disagree are
/// counted too.
fn reason(neighbours: &[Neighbour], owner: &str, namespace: &str) -> String {
    let share = |near: Near| {
        let all = neighbours.iter().filter(|neighbour| neighbour.how == near);
        let agreeing = all.clone().filter(|neighbour| neighbour.owner == owner).count();
        let all = all.count();
        let place = near.place(namespace);
        (all > 0).then(|| format!("{agreeing} of {all} owned ingresses {place}"))
    };
    let shares: Vec<String> = Near::ALL.into_iter().filter_map(share).collect();
    format!("{} belong to {owner}", shares.join(" and "))
}

/// The team of which a name is the namespace's, or its beginning; the longest such name counts.
fn by_name(namespace: &str, rules: &Rules) -> Option<Guess> {
    let rated = rules.teams.iter().filter_map(|team| Some((begun(namespace, team)?, team)));
    let (length, team) = rated.max_by_key(|(length, _)| *length)?;
    let reason = if length == namespace.len() {
        format!("namespace {namespace} is called like the team")
    } else {
        format!("the name of namespace {namespace} begins like that of the team")
    };
    Some(Guess { owner: team.name.clone(), reason })
}

/// How much of the namespace's name is a name of the team.
fn begun(namespace: &str, team: &Team) -> Option<usize> {
    let names = team.names().map(|name| referred(name).to_lowercase());
    let fitting = names.filter(|name| {
        let rest = namespace.strip_prefix(name.as_str());
        !name.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    });
    fitting.map(|name| name.len()).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(neighbours: &[(Near, &str, usize)], namespace: &str, expected: Option<(&str, &str)>) {
        let team = |name: &str, value: &str| Team {
            name: name.into(),
            matches: vec![value.into()],
            ..Team::default()
        };
        let teams = vec![team("Payments", "group:default/pay"), team("Pay Desk", "pay-desk")];
        let rules = Rules { teams, ..Rules::default() };
        let neighbours = neighbours.iter().flat_map(|(how, owner, count)| {
            vec![Neighbour { owner: (*owner).into(), how: *how }; *count]
        });
        let got = guess(&neighbours.collect::<Vec<_>>(), namespace, &rules);
        let got = got.as_ref().map(|guess| (guess.owner.as_str(), guess.reason.as_str()));
        assert_eq!(got, expected);
    }

    #[test]
    fn most_of_the_neighbours_are_a_reason() {
        use Near::{Host, Namespace, Service};
        check(
            &[(Namespace, "ann", 7), (Namespace, "bob", 1)],
            "shop",
            Some(("ann", "7 of 8 owned ingresses in namespace shop belong to ann")),
        );
        check(
            &[(Host, "ann", 2)],
            "shop",
            Some(("ann", "2 of 2 owned ingresses of the same host belong to ann")),
        );
        check(&[(Namespace, "ann", 3), (Host, "ann", 1), (Service, "bob", 2)], "shop", None);
        check(
            &[(Namespace, "ann", 4), (Host, "bob", 1), (Service, "ann", 1)],
            "shop",
            Some((
                "ann",
                "4 of 4 owned ingresses in namespace shop and 0 of 1 owned ingresses of the same \
                 host and 1 of 1 owned ingresses to the same Service belong to ann",
            )),
        );
    }

    #[test]
    fn a_host_says_more_than_a_namespace() {
        let expected = "0 of 2 owned ingresses in namespace shop and 2 of 2 owned ingresses of the \
                        same host belong to ann";
        check(
            &[(Near::Host, "ann", 2), (Near::Namespace, "bob", 2)],
            "shop",
            Some(("ann", expected)),
        );
    }

    #[test]
    fn too_few_or_divided_neighbours_are_no_reason() {
        check(&[], "shop", None);
        check(&[(Near::Namespace, "ann", 1)], "shop", None);
        check(&[(Near::Service, "ann", 1), (Near::Namespace, "bob", 1)], "shop", None);
        check(&[(Near::Namespace, "ann", 5), (Near::Namespace, "bob", 5)], "shop", None);
        check(&[(Near::Namespace, "ann", 59), (Near::Namespace, "bob", 41)], "shop", None);
    }

    #[test]
    fn the_name_of_the_namespace_may_be_that_of_a_team() {
        check(&[], "payments", Some(("Payments", "namespace payments is called like the team")));
        let begins = "the name of namespace pay-prod begins like that of the team";
        check(&[], "pay-prod", Some(("Payments", begins)));
        let longest = "the name of namespace pay-desk-prod begins like that of the team";
        check(&[], "pay-desk-prod", Some(("Pay Desk", longest)));
        check(&[], "payroll", None);
        check(&[], "", None);
    }

    #[test]
    fn neighbours_say_more_than_a_name() {
        let expected = "2 of 2 owned ingresses in namespace payments belong to ann";
        check(&[(Near::Namespace, "ann", 2)], "payments", Some(("ann", expected)));
    }
}
