//! What a list page shows: the URL is the view.

use form_urlencoded::Serializer;

use super::{At, Column, Cursor, LONGEST_SEARCH, MOST_DAYS, ProblemFilter, Shown, Sort};
use crate::attestation::Reviewed;
use crate::managed::Manager;
use crate::tls::TlsState;
use crate::traffic::Verdict;

/// What a list page shows: filters, order, position, columns.
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
    /// Only those of this controller, by `spec.controller`; `-` for those whose controller is not
    /// known.
    pub controller: Option<String>,
    /// Only those of this owner; `-` for orphans.
    pub owner: Option<String>,
    /// Only those that this manages.
    pub managed: Option<Manager>,
    /// Only with this traffic verdict.
    pub verdict: Option<Verdict>,
    /// Only those known not to have been used successfully for so many days.
    pub unused_days: Option<u32>,
    /// Only with this TLS state.
    pub tls: Option<TlsState>,
    /// Only those with a certificate that expires within so many days, or has expired.
    pub expires_days: Option<u32>,
    /// Only those created within so many days.
    pub new_days: Option<u32>,
    /// Only those reviewed like this.
    pub reviewed: Option<Reviewed>,
    /// Only with this problem.
    pub problem: Option<ProblemFilter>,
    /// Those in the clusters, or those removed from them.
    pub shown: Shown,
    /// The order.
    pub sort: Sort,
    /// From the end of the order to its start.
    pub descending: bool,
    /// The columns, in their order; none for the default ones.
    pub columns: Vec<Column>,
    /// Where in the order the page begins.
    pub at: At,
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
    /// form without JavaScript sends them; `columns` may be given several times.
    pub fn parse(query: &str) -> Result<Self, InvalidView> {
        let mut view = Self::default();
        let mut at = None;
        let mut columns = String::new();
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
                "controller" => view.controller = Some(value),
                "owner" => view.owner = Some(value),
                "managed" => view.managed = Some(parse_managed(&value)?),
                "traffic" => view.verdict = Some(parse_verdict(&value)?),
                "unused" => view.unused_days = Some(parse_days("unused", &value)?),
                "tls" => view.tls = Some(parse_tls(&value)?),
                "expires" => view.expires_days = Some(parse_days("expires", &value)?),
                "new" => view.new_days = Some(parse_days("new", &value)?),
                "reviewed" => view.reviewed = Some(parse_reviewed(&value)?),
                "problem" => view.problem = Some(ProblemFilter::parse(&value)?),
                "show" => view.shown = Shown::parse(&value)?,
                "sort" => (view.sort, view.descending) = parse_sort(&value)?,
                "columns" => columns = format!("{columns},{value}"),
                "after" => at = Some((true, value)),
                "before" => at = Some((false, value)),
                _ => return Err(InvalidView::Parameter(key.into_owned())),
            }
        }
        view.columns = Column::parse_list(&columns)?;
        if let Some((after, text)) = at {
            let cursor = Cursor::parse(&text, view.sort).ok_or(InvalidView::Cursor)?;
            view.at = if after { At::After(cursor) } else { At::Before(cursor) };
        }
        Ok(view)
    }

    /// The query that [`Self::parse`] reads back; empty for the default view.
    pub fn query(&self) -> String {
        let mut query = Serializer::new(String::new());
        self.put_filters(&mut query);
        put(&mut query, "show", self.shown.as_str());
        if self.sort != Sort::default() || self.descending {
            put(&mut query, "sort", &self.sort_text());
        }
        put(&mut query, "columns", &self.columns_text());
        match &self.at {
            At::Start => {}
            At::After(cursor) => put(&mut query, "after", &cursor.to_text()),
            At::Before(cursor) => put(&mut query, "before", &cursor.to_text()),
        }
        query.finish()
    }

    fn put_filters(&self, query: &mut Serializer<'_, String>) {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let days = |value: Option<u32>| value.map(|days| days.to_string()).unwrap_or_default();
        put(query, "q", &self.search);
        put(query, "cluster", &text(&self.cluster));
        put(query, "namespace", &text(&self.namespace));
        put(query, "class", &text(&self.class));
        put(query, "controller", &text(&self.controller));
        put(query, "owner", &text(&self.owner));
        put(query, "managed", self.managed.map_or("", Manager::as_str));
        put(query, "traffic", self.verdict.map_or("", Verdict::as_str));
        put(query, "unused", &days(self.unused_days));
        put(query, "tls", self.tls.map_or("", TlsState::as_str));
        put(query, "expires", &days(self.expires_days));
        put(query, "new", &days(self.new_days));
        put(query, "reviewed", self.reviewed.map_or("", Reviewed::as_str));
        put(query, "problem", self.problem.map_or("", ProblemFilter::as_str));
    }

    /// `name`, or `-name` for the other direction.
    pub fn sort_text(&self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.sort.as_str())
    }

    /// The chosen columns, separated by commas; empty for the default ones.
    pub fn columns_text(&self) -> String {
        let words: Vec<_> = self.columns.iter().map(|column| column.as_str()).collect();
        words.join(",")
    }

    /// The columns to show.
    pub fn shown_columns(&self) -> &[Column] {
        if self.columns.is_empty() { &Column::DEFAULT } else { &self.columns }
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
        *self != self.unfiltered()
    }

    /// The same order and columns over everything.
    pub fn unfiltered(&self) -> Self {
        Self {
            shown: self.shown,
            sort: self.sort,
            descending: self.descending,
            columns: self.columns.clone(),
            at: self.at.clone(),
            ..Self::default()
        }
    }
}

fn put(query: &mut Serializer<'_, String>, key: &str, value: &str) {
    if !value.is_empty() {
        query.append_pair(key, value);
    }
}

fn unknown(parameter: &'static str, value: &str, allowed: String) -> InvalidView {
    InvalidView::Value { parameter, value: value.to_owned(), allowed }
}

fn parse_sort(text: &str) -> Result<(Sort, bool), InvalidView> {
    let (word, descending) = text.strip_prefix('-').map_or((text, false), |word| (word, true));
    let sort = Sort::ALL.into_iter().find(|sort| sort.as_str() == word);
    sort.map(|sort| (sort, descending)).ok_or_else(|| {
        let allowed = Sort::ALL.map(Sort::as_str).join(", ") + ", each also with - in front";
        unknown("sort", text, allowed)
    })
}

fn parse_managed(text: &str) -> Result<Manager, InvalidView> {
    Manager::parse(text)
        .ok_or_else(|| unknown("managed", text, Manager::ALL.map(Manager::as_str).join(", ")))
}

fn parse_verdict(text: &str) -> Result<Verdict, InvalidView> {
    Verdict::parse(text)
        .ok_or_else(|| unknown("traffic", text, Verdict::ALL.map(Verdict::as_str).join(", ")))
}

fn parse_tls(text: &str) -> Result<TlsState, InvalidView> {
    TlsState::parse(text)
        .ok_or_else(|| unknown("tls", text, TlsState::ALL.map(TlsState::as_str).join(", ")))
}

fn parse_reviewed(text: &str) -> Result<Reviewed, InvalidView> {
    Reviewed::parse(text)
        .ok_or_else(|| unknown("reviewed", text, Reviewed::ALL.map(Reviewed::as_str).join(", ")))
}

fn parse_days(parameter: &'static str, text: &str) -> Result<u32, InvalidView> {
    let days = text.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days));
    days.ok_or_else(|| unknown(parameter, text, format!("a number of days from 1 to {MOST_DAYS}")))
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
        check("reviewed=changed&tls=valid", Ok("tls=valid&reviewed=changed"));
        check("columns=reviewed,owner", Ok("columns=owner%2Creviewed"));
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
        check("reviewed=often", Err("never, valid, expired, changed"));
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
