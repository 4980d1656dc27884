//! What changed between two sights of the same ingress, in words that a reviewer understands.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ingress::{Ingress, Route, TlsEntry};
use crate::material;

/// One difference between two sights of the same ingress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What changed: `class`, `route`, `TLS`, `annotation KEY` or `label KEY`.
    pub what: String,
    /// What it was; `None` if it is new.
    pub before: Option<String>,
    /// What it is; `None` if it is gone.
    pub after: Option<String>,
    /// Whether it is part of what a reviewer attests.
    pub material: bool,
}

/// Values longer than this are cut in a change; the manifest has them whole.
const LONGEST_VALUE: usize = 300;
/// More changes than this at once are counted, not listed.
const MOST_CHANGES: usize = 50;

/// Everything that changed except status, managed fields and versions.
pub fn diff(before: &Ingress, after: &Ingress) -> Vec<Change> {
    let mut changes = Vec::new();
    let class = |ingress: &Ingress| ingress.class.as_ref().map(|class| class.name.clone());
    if class(before) != class(after) {
        changes.push(Change {
            what: "class".into(),
            before: class(before),
            after: class(after),
            material: true,
        });
    }
    let routes = |ingress: &Ingress| ingress.routes.iter().map(route_text).collect::<Vec<_>>();
    changes.extend(listed("route", &routes(before), &routes(after)));
    let tls = |ingress: &Ingress| ingress.tls.iter().map(tls_text).collect::<Vec<_>>();
    changes.extend(listed("TLS", &tls(before), &tls(after)));
    let (old, new) = (&before.object, &after.object);
    changes.extend(keyed("annotation", &old.annotations, &new.annotations));
    changes.extend(keyed("label", &old.labels, &new.labels));
    shorten(changes)
}

/// `host/path → backend (type)`.
pub fn route_text(route: &Route) -> String {
    let host = if route.host.is_empty() { "*" } else { &route.host };
    let path_type = match route.path_type.as_str() {
        "" => String::new(),
        text => format!(" ({text})"),
    };
    format!("{host}{} → {}{path_type}", route.path, route.backend)
}

fn tls_text(entry: &TlsEntry) -> String {
    let secret = entry.secret.as_deref().unwrap_or("no secret");
    format!("{} from {secret}", entry.hosts.join(", "))
}

/// What came and went; only the order, if nothing else.
fn listed(what: &str, before: &[String], after: &[String]) -> Vec<Change> {
    if before == after {
        return Vec::new();
    }
    let (old, new): (BTreeSet<_>, BTreeSet<_>) = (before.iter().collect(), after.iter().collect());
    let change = |before: Option<&String>, after: Option<&String>| Change {
        what: what.to_owned(),
        before: before.cloned(),
        after: after.cloned(),
        material: true,
    };
    let gone = old.difference(&new).map(|text| change(Some(*text), None));
    let come = new.difference(&old).map(|text| change(None, Some(*text)));
    let changes: Vec<_> = gone.chain(come).collect();
    if !changes.is_empty() {
        return changes;
    }
    let count = |list: &[String]| Some(format!("{} in another order or number", list.len()));
    vec![Change {
        what: what.to_owned(),
        before: count(before),
        after: count(after),
        material: true,
    }]
}

fn keyed(
    what: &str,
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Vec<Change> {
    if before == after {
        return Vec::new();
    }
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let differing = keys.into_iter().filter(|key| before.get(*key) != after.get(*key));
    let change = |key: &String| Change {
        what: format!("{what} {key}"),
        before: before.get(key).cloned(),
        after: after.get(key).cloned(),
        material: what == "annotation" && material::annotation_is_material(key),
    };
    differing.map(change).collect()
}

fn shorten(mut changes: Vec<Change>) -> Vec<Change> {
    let cut = |text: &mut String| {
        if text.chars().count() > LONGEST_VALUE {
            *text = text.chars().take(LONGEST_VALUE).chain("…".chars()).collect();
        }
    };
    let more = changes.len().saturating_sub(MOST_CHANGES);
    let material = changes.iter().skip(MOST_CHANGES).any(|change| change.material);
    changes.truncate(MOST_CHANGES);
    for change in &mut changes {
        cut(&mut change.what);
        change.before.as_mut().map(cut);
        change.after.as_mut().map(cut);
    }
    if more > 0 {
        let what = format!("{more} more");
        changes.push(Change { what, before: None, after: None, material });
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::ingress;

    #[test]
    fn nothing_changed_is_no_change() {
        let one = ingress("shop", "web").build();
        let mut two = one.clone();
        two.object.resource_version = "2".into();
        two.addresses.push("192.0.2.1".into());
        assert_eq!(diff(&one, &two), []);
    }

    #[test]
    fn material_and_cosmetic_changes_are_told_apart() {
        let one = ingress("shop", "web").build();
        let mut two = one.clone();
        two.routes[0].host = "new.example.com".into();
        two.object.labels.insert("team".into(), "cart".into());
        let changes = diff(&one, &two);
        let kinds: Vec<_> = changes.iter().map(|c| (c.what.as_str(), c.material)).collect();
        assert_eq!(kinds, [("route", true), ("route", true), ("label team", false)]);
        assert_eq!(changes[2].after.as_deref(), Some("cart"));
    }

    #[test]
    fn a_flood_of_changes_is_counted_and_long_values_are_cut() {
        let one = ingress("shop", "web").build();
        let mut two = one.clone();
        for n in 0..80 {
            two.object.labels.insert(format!("k{n}"), "x".repeat(1000));
        }
        let changes = diff(&one, &two);
        assert_eq!(changes.len(), 51);
        assert_eq!(changes[50].what, "30 more");
        assert_eq!(changes[0].after.as_ref().unwrap().chars().count(), 301);
    }
}
