//! What owners are found by: the steps, the keys of annotations and labels, the teams.

use serde::{Deserialize, Serialize};

use super::OwnerSource;
use super::marks::means;
use super::team::{self, Team};

/// Keys that people use, the most telling first. Those of a8r.io are Ambassador's convention for
/// annotating Services; those of backstage.io are Backstage's.
const KEYS: [&str; 6] = [
    "a8r.io/owner",
    "backstage.io/owner",
    "backstage.io/kubernetes-owner",
    "owner",
    "team",
    "app.kubernetes.io/team",
];

/// What owners are found by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// The steps in their order. [`OwnerSource::Override`] always comes first, named or not.
    pub steps: Vec<OwnerSource>,
    /// Keys of annotations of ingresses and Services, the first that has a value counts. `*/NAME`
    /// means `NAME` with any prefix.
    pub annotations: Vec<String>,
    /// Keys of labels of ingresses and Services.
    pub labels: Vec<String>,
    /// Keys of annotations and labels of Namespaces.
    pub namespace_keys: Vec<String>,
    /// Who gets what is left; the first that fits counts.
    pub fallbacks: Vec<Fallback>,
    /// The known teams.
    pub teams: Vec<Team>,
}

impl Default for Rules {
    fn default() -> Self {
        let keys = |more: Option<&'static str>| -> Vec<String> {
            KEYS.into_iter().chain(more).map(str::to_owned).collect()
        };
        Self {
            steps: OwnerSource::ALL[1..].to_vec(),
            annotations: keys(None),
            labels: keys(None),
            namespace_keys: keys(Some("*/team-name")),
            fallbacks: Vec::new(),
            teams: Vec::new(),
        }
    }
}

/// Who gets what nobody else owns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fallback {
    /// Only in this cluster.
    pub cluster: Option<String>,
    /// Only of this class.
    pub class: Option<String>,
    /// The owner.
    pub owner: String,
}

impl Rules {
    /// Whether annotations and labels under this key are looked at, on any object.
    pub fn keeps(&self, key: &str) -> bool {
        let lists = [&self.annotations, &self.labels, &self.namespace_keys];
        lists.into_iter().flatten().any(|rule| means(rule, key))
    }

    /// The team that a value means: by name, by one of its `matches` or addresses, or by the name
    /// in a reference such as `group:default/payments`; upper and lower case are the same.
    pub fn team_of(&self, value: &str) -> Option<&Team> {
        team::of(&self.teams, value)
    }
}

impl Fallback {
    pub(super) fn is_for(&self, cluster: &str, class: Option<&str>) -> bool {
        self.cluster.as_deref().is_none_or(|own| own == cluster)
            && self.class.as_deref().is_none_or(|own| Some(own) == class)
    }

    pub(super) fn place(&self) -> String {
        match (&self.cluster, &self.class) {
            (None, None) => "fallback".into(),
            (Some(cluster), None) => format!("fallback of cluster {cluster}"),
            (None, Some(class)) => format!("fallback of class {class}"),
            (Some(cluster), Some(class)) => {
                format!("fallback of class {class} in cluster {cluster}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_looked_at_is_kept() {
        let rules = Rules::default();
        for key in ["owner", "team", "a8r.io/owner", "backstage.io/owner", "a.example/team-name"] {
            assert!(rules.keeps(key), "{key}");
        }
        for key in ["", "Owner", "owners", "x/owner", "team-name", "/team-name", "a/team-names"] {
            assert!(!rules.keeps(key), "{key}");
        }
    }

    #[test]
    fn a_fallback_is_for_its_cluster_and_class_where_it_names_them() {
        let fallback = |cluster: Option<&str>, class: Option<&str>| Fallback {
            cluster: cluster.map(str::to_owned),
            class: class.map(str::to_owned),
            owner: "platform".into(),
        };
        assert!(fallback(None, None).is_for("prod", None));
        assert!(fallback(Some("prod"), None).is_for("prod", Some("nginx")));
        assert!(!fallback(Some("prod"), None).is_for("test", None));
        assert!(fallback(None, Some("nginx")).is_for("prod", Some("nginx")));
        assert!(!fallback(None, Some("nginx")).is_for("prod", None));
        assert!(!fallback(Some("prod"), Some("nginx")).is_for("test", Some("nginx")));
    }
}
