//! The inventory as a question and an answer: a [`View`] is what the URL of the list says, a
//! [`Page`] is what the store answers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::class::Class;
use crate::ids::IngressId;
use crate::problem::{self, Checks, Problem};

/// Rows on a page.
pub const PAGE_SIZE: usize = 50;
/// The longest search text that is looked at, in characters.
pub const LONGEST_SEARCH: usize = 200;
/// A search counts its matches exactly up to here.
pub const COUNT_LIMIT: i64 = 5_000;

/// What a list page shows: filters, order, position. The URL is the view.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// Words that must all stand in host, name, namespace, service or path.
    pub search: String,
    /// Only this cluster.
    pub cluster: Option<String>,
    /// Only this namespace.
    pub namespace: Option<String>,
    /// Only this class; `-` for those without one.
    pub class: Option<String>,
    /// Only with this problem.
    pub problem: Option<ProblemFilter>,
    /// Those in the clusters, or those removed from them.
    pub shown: Shown,
    /// The order.
    pub sort: Sort,
    /// From the end of the order to its start.
    pub descending: bool,
    /// Where in the order the page begins.
    pub at: At,
}

/// A filter by problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemFilter {
    /// At least one.
    Any,
    /// None found, and everything checked.
    None,
    /// Some check could not be made.
    Unchecked,
    /// This one, by its code.
    Code(&'static str),
}

/// Which ingresses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shown {
    /// Those that are in the clusters.
    #[default]
    Present,
    /// Those that were, and are no more.
    Removed,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// Cluster, then namespace, then name.
    #[default]
    Place,
    /// Namespace, then name.
    Namespace,
    /// Name.
    Name,
    /// The first host.
    Host,
    /// Class.
    Class,
    /// Creation: ascending is the oldest first.
    Created,
    /// The number of problems.
    Problems,
}

impl Sort {
    /// All orders.
    pub const ALL: [Self; 7] = [
        Self::Place,
        Self::Namespace,
        Self::Name,
        Self::Host,
        Self::Class,
        Self::Created,
        Self::Problems,
    ];

    /// Its word in the URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Place => "cluster",
            Self::Namespace => "namespace",
            Self::Name => "name",
            Self::Host => "host",
            Self::Class => "class",
            Self::Created => "created",
            Self::Problems => "problems",
        }
    }
}

/// Where a page begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum At {
    /// At the start of the order.
    #[default]
    Start,
    /// After this row.
    After(Cursor),
    /// So that it ends before this row.
    Before(Cursor),
}

/// The place of a row in an order: its sort values, then its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The sort values, as many as the order has columns.
    pub keys: Vec<Key>,
    /// The row.
    pub id: IngressId,
}

/// One sort value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Key {
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
}

/// Why a URL is not a view. The message names the parameter and what it may be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidView {
    /// A value that the parameter does not have.
    #[error("{parameter}={value:?} is not known; it may be {allowed}")]
    Value {
        /// The parameter.
        parameter: &'static str,
        /// Its value.
        value: String,
        /// What it may be.
        allowed: String,
    },
    /// A parameter that a list does not have.
    #[error("{0:?} is not a filter of this list")]
    Parameter(String),
    /// A page mark that this list did not give out.
    #[error("the page mark is not one of this list in this order; begin at the first page")]
    Cursor,
}

impl View {
    /// Reads a URL's query, such as `q=shop&sort=-created`. Empty values count as absent, as a
    /// form without JavaScript sends them.
    pub fn parse(query: &str) -> Result<Self, InvalidView> {
        let mut view = Self::default();
        let mut at = None;
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim().to_owned();
            if value.is_empty() {
                continue;
            }
            match &*key {
                "q" => view.search = value.chars().take(LONGEST_SEARCH).collect(),
                "cluster" => view.cluster = Some(value),
                "namespace" => view.namespace = Some(value),
                "class" => view.class = Some(value),
                "problem" => view.problem = Some(ProblemFilter::parse(&value)?),
                "show" => view.shown = Shown::parse(&value)?,
                "sort" => (view.sort, view.descending) = parse_sort(&value)?,
                "after" => at = Some((true, value)),
                "before" => at = Some((false, value)),
                _ => return Err(InvalidView::Parameter(key.into_owned())),
            }
        }
        if let Some((after, text)) = at {
            let cursor = Cursor::parse(&text, view.sort).ok_or(InvalidView::Cursor)?;
            view.at = if after { At::After(cursor) } else { At::Before(cursor) };
        }
        Ok(view)
    }

    /// The query that [`Self::parse`] reads back; empty for the default view.
    pub fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let mut put = |key: &str, value: &str| {
            if !value.is_empty() {
                query.append_pair(key, value);
            }
        };
        put("q", &self.search);
        put("cluster", self.cluster.as_deref().unwrap_or(""));
        put("namespace", self.namespace.as_deref().unwrap_or(""));
        put("class", self.class.as_deref().unwrap_or(""));
        put("problem", self.problem.map_or("", ProblemFilter::as_str));
        put("show", self.shown.as_str());
        if self.sort != Sort::default() || self.descending {
            put("sort", &self.sort_text());
        }
        match &self.at {
            At::Start => {}
            At::After(cursor) => put("after", &cursor.to_text()),
            At::Before(cursor) => put("before", &cursor.to_text()),
        }
        query.finish()
    }

    /// `name`, or `-name` for the other direction.
    pub fn sort_text(&self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.sort.as_str())
    }

    /// The same view from its start.
    pub fn from_start(&self) -> Self {
        Self { at: At::Start, ..self.clone() }
    }

    /// The view that a click on a column's head asks for: sorted by it, or the other way round.
    pub fn sorted_by(&self, sort: Sort) -> Self {
        let descending = self.sort == sort && !self.descending;
        Self { sort, descending, at: At::Start, ..self.clone() }
    }

    /// Whether any filter is set.
    pub fn is_filtered(&self) -> bool {
        let plain = Self {
            shown: self.shown,
            sort: self.sort,
            descending: self.descending,
            at: self.at.clone(),
            ..Self::default()
        };
        *self != plain
    }
}

fn parse_sort(text: &str) -> Result<(Sort, bool), InvalidView> {
    let (word, descending) = text.strip_prefix('-').map_or((text, false), |word| (word, true));
    let sort = Sort::ALL.into_iter().find(|sort| sort.as_str() == word);
    sort.map(|sort| (sort, descending)).ok_or_else(|| InvalidView::Value {
        parameter: "sort",
        value: text.to_owned(),
        allowed: Sort::ALL.map(Sort::as_str).join(", ") + ", each also with - in front",
    })
}

impl ProblemFilter {
    /// Reads the URL's word.
    pub fn parse(text: &str) -> Result<Self, InvalidView> {
        match text {
            "any" => Ok(Self::Any),
            "none" => Ok(Self::None),
            "unchecked" => Ok(Self::Unchecked),
            _ => problem::CODES.into_iter().find(|code| *code == text).map(Self::Code).ok_or_else(
                || InvalidView::Value {
                    parameter: "problem",
                    value: text.to_owned(),
                    allowed: format!("any, none, unchecked, {}", problem::CODES.join(", ")),
                },
            ),
        }
    }

    /// The URL's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::None => "none",
            Self::Unchecked => "unchecked",
            Self::Code(code) => code,
        }
    }
}

impl Shown {
    fn parse(text: &str) -> Result<Self, InvalidView> {
        match text {
            "present" => Ok(Self::Present),
            "removed" => Ok(Self::Removed),
            _ => Err(InvalidView::Value {
                parameter: "show",
                value: text.to_owned(),
                allowed: "present, removed".into(),
            }),
        }
    }

    /// The URL's word; empty for the default.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Present => "",
            Self::Removed => "removed",
        }
    }
}

impl Cursor {
    fn parse(text: &str, sort: Sort) -> Option<Self> {
        let mut keys: Vec<Key> = serde_json::from_str(text).ok()?;
        let Some(Key::Number(id)) = keys.pop() else { return None };
        let numeric = matches!(sort, Sort::Created | Sort::Problems);
        let fits = |key: &Key| matches!(key, Key::Number(_)) == numeric;
        let columns = match sort {
            Sort::Place => 3,
            Sort::Namespace | Sort::Class => 2,
            _ => 1,
        };
        (keys.len() == columns && keys.iter().all(fits)).then_some(Self { keys, id: IngressId(id) })
    }

    fn to_text(&self) -> String {
        let id = Key::Number(self.id.0);
        let keys: Vec<&Key> = self.keys.iter().chain([&id]).collect();
        serde_json::to_string(&keys).expect("keys are numbers and texts")
    }
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The store's number.
    pub id: IngressId,
    /// The cluster.
    pub cluster: String,
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The class it asks for.
    pub class: Option<Class>,
    /// `spec.controller` of that class, if an IngressClass of the name is known.
    pub controller: Option<String>,
    /// The first few distinct hosts; an empty one stands for every host.
    pub hosts: Vec<String>,
    /// How many distinct hosts there are.
    pub host_count: i64,
    /// How many routes there are.
    pub route_count: i64,
    /// The load balancer's addresses.
    pub addresses: Vec<String>,
    /// When the API server created it; `None` if it does not say so legibly.
    pub created_at: Option<Timestamp>,
    /// When it was found to be gone.
    pub removed_at: Option<Timestamp>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// Which checks were made.
    pub checks: Checks,
}

/// How many match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Count {
    /// Exactly so many.
    Exactly(i64),
    /// More than so many; counting on would take too long.
    MoreThan(i64),
}

/// The answer to a [`View`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The rows, in order.
    pub rows: Vec<Row>,
    /// How many match the filters.
    pub matching: Count,
    /// How many there are without filters.
    pub total: i64,
    /// Where the page before begins, if there is one.
    pub previous: Option<Cursor>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// What the filters may be set to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// The clusters.
    pub clusters: Vec<String>,
    /// The classes in use.
    pub classes: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: Result<&str, &str>) {
        let got = View::parse(query).map(|view| view.query()).map_err(|error| error.to_string());
        match expected {
            Ok(text) => assert_eq!(got.as_deref(), Ok(text), "{query}"),
            Err(part) => {
                let error = got.expect_err(query);
                assert!(error.contains(part), "{error}");
            }
        }
    }

    #[test]
    fn the_url_is_the_view() {
        check("", Ok(""));
        check("q=&cluster=&sort=", Ok(""));
        check("q=+shop++web+&cluster=prod", Ok("q=shop++web&cluster=prod"));
        check("sort=-created&problem=any", Ok("problem=any&sort=-created"));
        check("sort=cluster", Ok(""));
        check("show=removed&class=-", Ok("class=-&show=removed"));
        check(
            "after=%5B%22prod%22%2C%22a%22%2C%22b%22%2C7%5D",
            Ok("after=%5B%22prod%22%2C%22a%22%2C%22b%22%2C7%5D"),
        );
        check("sort=created&before=%5B5%2C7%5D", Ok("sort=created&before=%5B5%2C7%5D"));
    }

    #[test]
    fn a_url_that_is_no_view_says_why() {
        check("sort=colour", Err("cluster, namespace, name"));
        check("problem=bad", Err("service-missing"));
        check("show=some", Err("present, removed"));
        check("colour=red", Err("\"colour\" is not a filter"));
        check("after=x", Err("first page"));
        check("after=%5B1%2C7%5D", Err("first page"));
        check("sort=created&after=%5B%22x%22%2C7%5D", Err("first page"));
    }

    #[test]
    fn a_click_on_the_sorted_column_turns_it_round() {
        let view = View::default().sorted_by(Sort::Name);
        assert_eq!(view.query(), "sort=name");
        assert_eq!(view.sorted_by(Sort::Name).query(), "sort=-name");
        assert_eq!(view.sorted_by(Sort::Created).query(), "sort=created");
    }
}
