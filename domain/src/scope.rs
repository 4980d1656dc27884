//! Which ingresses a campaign is about: the filters of the inventory, and a few that only campaigns
//! have. What is in no cluster any more is never in a scope.

use std::collections::BTreeMap;

use form_urlencoded::Serializer;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::inventory::{InvalidView, MOST_DAYS, View};

/// So many labels may be asked for.
const MOST_LABELS: usize = 20;
/// What says how a list looks, and nothing about what is in it.
const LOOKS: [&str; 4] = ["sort", "columns", "after", "before"];
/// The filters of the inventory that a scope has too.
const FILTERS: [&str; 13] = [
    "q",
    "namespace",
    "class",
    "controller",
    "owner",
    "managed",
    "traffic",
    "unused",
    "tls",
    "expires",
    "new",
    "reviewed",
    "problem",
];

/// Which ingresses a campaign is about. As JSON it is its query.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scope {
    /// The clusters, in order, each once; empty for all.
    pub clusters: Vec<String>,
    /// Every other filter. Its cluster, order, position and columns are empty and mean nothing.
    pub view: View,
    /// Labels that an ingress must have with just these values, in order, each once.
    pub labels: Vec<(String, String)>,
    /// The grace period: those created within so many days are left out; 0 for none.
    pub older_than_days: u32,
}

impl Scope {
    /// Reads a query such as `cluster=prod&cluster=test&unused=90&label=tier=web&older=30`. Clusters
    /// and labels may repeat. How a list looks (`sort`, `columns`, the page) is left out; empty values
    /// count as absent.
    pub fn parse(query: &str) -> Result<Self, InvalidView> {
        let mut scope = Self::default();
        let mut rest = Serializer::new(String::new());
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim();
            match &*key {
                _ if value.is_empty() => {}
                "cluster" => scope.clusters.push(value.to_owned()),
                "label" => scope.labels.push(label(value)?),
                "older" => scope.older_than_days = days(value)?,
                "show" if value != "present" => return Err(unknown("show", value, "present")),
                key if LOOKS.contains(&key) || key == "show" => {}
                key => {
                    rest.append_pair(key, value);
                }
            }
        }
        scope.view = View::parse(&rest.finish())?;
        scope.clusters.sort_unstable();
        scope.clusters.dedup();
        scope.labels.sort_unstable();
        scope.labels.dedup();
        if scope.labels.len() > MOST_LABELS {
            let allowed = format!("given at most {MOST_LABELS} times");
            return Err(unknown("label", &scope.labels[MOST_LABELS].0, &allowed));
        }
        Ok(scope)
    }

    /// The query that [`Self::parse`] reads back; empty for every ingress.
    pub fn query(&self) -> String {
        let mut query = Serializer::new(String::new());
        for cluster in &self.clusters {
            query.append_pair("cluster", cluster);
        }
        let filters = self.filters().query();
        for (key, value) in form_urlencoded::parse(filters.as_bytes()) {
            query.append_pair(&key, &value);
        }
        for (key, value) in &self.labels {
            query.append_pair("label", &format!("{key}={value}"));
        }
        if self.older_than_days > 0 {
            query.append_pair("older", &self.older_than_days.to_string());
        }
        query.finish()
    }

    /// Whether a parameter of a form belongs to a scope, so that the others can be taken out.
    pub fn is_parameter(key: &str) -> bool {
        ["cluster", "label", "older"].contains(&key) || FILTERS.contains(&key)
    }

    /// Reads the scope out of a form that has more than that.
    pub fn of_form(query: &str) -> Result<Self, InvalidView> {
        let mut own = Serializer::new(String::new());
        let pairs = form_urlencoded::parse(query.as_bytes());
        for (key, value) in pairs.filter(|(key, _)| Self::is_parameter(key)) {
            own.append_pair(&key, &value);
        }
        Self::parse(&own.finish())
    }

    /// Whether it is about this cluster.
    pub fn has_cluster(&self, name: &str) -> bool {
        self.clusters.is_empty() || self.clusters.iter().any(|cluster| cluster == name)
    }

    /// Whether an ingress has the labels that are asked for.
    pub fn has_labels(&self, labels: &BTreeMap<String, String>) -> bool {
        self.labels.iter().all(|(key, value)| labels.get(key) == Some(value))
    }

    /// Whether an ingress of this age is left out, because it was created within the grace period.
    pub fn is_too_young(&self, created_at: Timestamp, now: Timestamp) -> bool {
        let grace = SignedDuration::from_hours(24 * i64::from(self.older_than_days));
        self.older_than_days > 0 && now.duration_since(created_at) < grace
    }

    /// Whether it is about every ingress.
    pub fn is_everything(&self) -> bool {
        self.query().is_empty()
    }

    /// The filters of the inventory, whatever else stands in the view.
    fn filters(&self) -> View {
        let plain = View::default();
        View {
            cluster: None,
            shown: plain.shown,
            sort: plain.sort,
            descending: plain.descending,
            columns: plain.columns,
            at: plain.at,
            ..self.view.clone()
        }
    }
}

impl TryFrom<String> for Scope {
    type Error = InvalidView;

    fn try_from(query: String) -> Result<Self, Self::Error> {
        Self::parse(&query)
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.query()
    }
}

fn label(text: &str) -> Result<(String, String), InvalidView> {
    let pair = text.split_once('=').map(|(key, value)| (key.trim(), value.trim()));
    let pair = pair.filter(|(key, _)| !key.is_empty());
    let pair = pair.map(|(key, value)| (key.to_owned(), value.to_owned()));
    pair.ok_or_else(|| unknown("label", text, "written as KEY=VALUE"))
}

fn days(text: &str) -> Result<u32, InvalidView> {
    let days = text.parse().ok().filter(|days| *days <= MOST_DAYS);
    days.ok_or_else(|| unknown("older", text, &format!("a number of days up to {MOST_DAYS}")))
}

fn unknown(parameter: &'static str, value: &str, allowed: &str) -> InvalidView {
    InvalidView::Value { parameter, value: value.to_owned(), allowed: allowed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: Result<&str, &str>) {
        let got = Scope::parse(query);
        match expected {
            Ok(text) => {
                let scope = got.expect(query);
                assert_eq!(scope.query(), text, "{query}");
                assert_eq!(Scope::parse(text), Ok(scope.clone()), "{query}");
                let json = serde_json::to_value(&scope).unwrap();
                assert_eq!(json, text);
                assert_eq!(serde_json::from_value::<Scope>(json).unwrap(), scope);
            }
            Err(part) => {
                let error = got.expect_err(query).to_string();
                assert!(error.contains(part), "{error}");
            }
        }
    }

    #[test]
    fn a_scope_is_a_query() {
        check("", Ok(""));
        check("cluster=&owner=&older=0", Ok(""));
        check(
            "unused=90&cluster=test&older=30&cluster=prod&cluster=test",
            Ok("cluster=prod&cluster=test&unused=90&older=30"),
        );
        check(
            "label=tier%3Dweb&label=a%3Db%3Dc&label=tier%3Dweb&label=x%3D",
            Ok("label=a%3Db%3Dc&label=tier%3Dweb&label=x%3D"),
        );
        check("owner=-&class=-", Ok("class=-&owner=-"));
        check("sort=-traffic&columns=owner&after=x&show=present&q=shop", Ok("q=shop"));
    }

    #[test]
    fn what_is_no_scope_says_why() {
        check("older=-1", Err("3650"));
        check("older=3651", Err("3650"));
        check("label=tier", Err("KEY=VALUE"));
        check("label=%3Dweb", Err("KEY=VALUE"));
        check("colour=red", Err("\"colour\" is not a filter"));
        check("unused=0", Err("unused"));
        check("show=removed", Err("present"));
        let flood: Vec<String> = (0..21).map(|n| format!("label=k{n}%3Dv")).collect();
        check(&flood.join("&"), Err("at most 20"));
    }

    #[test]
    fn how_a_list_looks_is_not_part_of_a_scope() {
        let view = View { cluster: Some("prod".into()), descending: true, ..View::default() };
        assert_eq!(Scope { view, ..Scope::default() }.query(), "");
    }

    #[test]
    fn every_filter_of_a_form_is_found_and_nothing_else() {
        let scope = Scope::of_form("name=Q1&owner=shop&due=2026-01-31&cluster=prod&key=k").unwrap();
        assert_eq!(scope.query(), "cluster=prod&owner=shop");
        for key in FILTERS {
            let error = Scope::parse(&format!("{key}=1")).err();
            let is_filter = !matches!(error, Some(InvalidView::Parameter(_)));
            assert!(is_filter && Scope::is_parameter(key), "{key}");
        }
        assert!(!Scope::is_parameter("sort") && !Scope::is_parameter("name"));
    }

    #[test]
    fn labels_and_clusters_must_be_just_these() {
        let scope = Scope::parse("cluster=prod&label=tier%3Dweb&label=a%3D").unwrap();
        assert!(scope.has_cluster("prod") && !scope.has_cluster("test"));
        assert!(Scope::default().has_cluster("test"));
        let labels = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        assert!(scope.has_labels(&labels(&[("tier", "web"), ("a", ""), ("b", "c")])));
        assert!(!scope.has_labels(&labels(&[("tier", "web")])));
        assert!(!scope.has_labels(&labels(&[("tier", "db"), ("a", "")])));
        assert!(Scope::default().has_labels(&labels(&[])));
    }

    #[test]
    fn the_grace_period_ends_to_the_second() {
        let scope = Scope { older_than_days: 30, ..Scope::default() };
        let created: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert!(scope.is_too_young(created, at("2026-01-30T23:59:59Z")));
        assert!(!scope.is_too_young(created, at("2026-01-31T00:00:00Z")));
        assert!(!Scope::default().is_too_young(created, created));
    }
}
