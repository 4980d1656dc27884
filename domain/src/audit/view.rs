//! What the page of audit entries shows: the URL is the view.

use form_urlencoded::Serializer;
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::{Action, Entry};

/// The longest text that is looked for, in characters.
const LONGEST_TEXT: usize = 200;

/// Which entries are asked for, and where in them the page begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditView {
    /// Only what was done in this way.
    pub action: Option<Action>,
    /// Only what was done by people with this in their name, or of just this subject.
    pub person: Option<String>,
    /// Only what was done to something with this in its name.
    pub target: Option<String>,
    /// Only from this moment on; in URLs a day, UTC.
    pub from: Option<Timestamp>,
    /// Only until this moment, which is included; in URLs a day, UTC, with its last millisecond.
    pub to: Option<Timestamp>,
    /// The page begins with what is older than this entry.
    pub before: Option<u64>,
    /// The page ends with what is newer than this entry.
    pub after: Option<u64>,
}

/// One page, from one snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditPage {
    /// The entries, the newest first; at most [`PAGE_SIZE`](super::PAGE_SIZE).
    pub entries: Vec<Entry>,
    /// [`AuditView::after`] of the page with newer entries, if there are any.
    pub newer: Option<u64>,
    /// [`AuditView::before`] of the page with older entries, if there are any.
    pub older: Option<u64>,
    /// How many entries there are in all, whatever is asked for.
    pub total: u64,
}

/// Why a URL is not a view. The message names the parameter and what it may be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAuditView {
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
    /// A parameter that the audit entries do not have.
    #[error("{0:?} is not a filter of the audit entries")]
    Parameter(String),
}

impl AuditView {
    /// Reads a URL's query, such as `action=sign-in&from=2026-01-31`. Empty values count as absent, as
    /// a form sends them.
    pub fn parse(query: &str) -> Result<Self, InvalidAuditView> {
        let mut view = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            match &*key {
                "action" => view.action = Some(action(value)?),
                "person" => view.person = Some(text(value)),
                "target" => view.target = Some(text(value)),
                "from" => view.from = Some(day("from", value)?),
                "to" => view.to = Some(day("to", value)? + LAST_OF_DAY),
                "before" => view.before = Some(number("before", value)?),
                "after" => view.after = Some(number("after", value)?),
                _ => return Err(InvalidAuditView::Parameter(key.into_owned())),
            }
        }
        Ok(view)
    }

    /// The query that [`Self::parse`] reads back; empty for everything.
    pub fn query(&self) -> String {
        let mut query = Serializer::new(String::new());
        let mut put = |key: &str, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                query.append_pair(key, &value);
            }
        };
        put("action", self.action.map(|action| action.as_str().to_owned()));
        put("person", self.person.clone());
        put("target", self.target.clone());
        put("from", self.from.map(day_text));
        put("to", self.to.map(day_text));
        put("before", self.before.map(|sequence| sequence.to_string()));
        put("after", self.after.map(|sequence| sequence.to_string()));
        query.finish()
    }

    /// The same filters from the newest entry on.
    pub fn from_start(&self) -> Self {
        Self { before: None, after: None, ..self.clone() }
    }

    /// The same filters on the page that [`AuditPage::older`] names.
    pub fn older(&self, than: u64) -> Self {
        Self { before: Some(than), after: None, ..self.clone() }
    }

    /// The same filters on the page that [`AuditPage::newer`] names.
    pub fn newer(&self, than: u64) -> Self {
        Self { before: None, after: Some(than), ..self.clone() }
    }

    /// Whether any filter is set.
    pub fn is_filtered(&self) -> bool {
        self.from_start() != Self::default()
    }
}

/// From the first to the last millisecond of a UTC day.
const LAST_OF_DAY: SignedDuration = SignedDuration::from_millis(86_400_000 - 1);

/// The UTC day of a moment, as URLs and date fields of forms have it.
fn day_text(at: Timestamp) -> String {
    Offset::UTC.to_datetime(at).date().to_string()
}

fn day(parameter: &'static str, value: &str) -> Result<Timestamp, InvalidAuditView> {
    let day = value.parse::<Date>().ok().filter(|day| day.to_string() == value);
    let start = day.and_then(|day| Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok());
    let start = start.filter(|start| start.checked_add(LAST_OF_DAY).is_ok());
    start.ok_or_else(|| unknown(parameter, value, "a day such as 2026-01-31".to_owned()))
}

fn number(parameter: &'static str, value: &str) -> Result<u64, InvalidAuditView> {
    let number = value.parse().ok();
    number.ok_or_else(|| unknown(parameter, value, "the number of an entry".to_owned()))
}

fn action(value: &str) -> Result<Action, InvalidAuditView> {
    let allowed = || Action::ALL.map(Action::as_str).join(", ");
    Action::parse(value).ok_or_else(|| unknown("action", value, allowed()))
}

fn text(value: &str) -> String {
    value.chars().take(LONGEST_TEXT).collect()
}

fn unknown(parameter: &'static str, value: &str, allowed: String) -> InvalidAuditView {
    InvalidAuditView::Value { parameter, value: value.to_owned(), allowed }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: Result<&str, &str>) {
        let got =
            AuditView::parse(query).map(|view| view.query()).map_err(|error| error.to_string());
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
        check("action=&person=&from=", Ok(""));
        check("person=+Ada+L&action=sign-in.failed", Ok("action=sign-in.failed&person=Ada+L"));
        check("target=session+7&before=200", Ok("target=session+7&before=200"));
        check("from=2026-01-31&to=2026-02-01", Ok("from=2026-01-31&to=2026-02-01"));
        check("after=9", Ok("after=9"));
    }

    #[test]
    fn a_url_that_is_no_view_says_why() {
        check("action=sign", Err("sign-in, sign-in.failed"));
        check("colour=red", Err("\"colour\" is not a filter"));
        check("before=-1", Err("number of an entry"));
        for day in ["yesterday", "2026-02-30", "2026-1-2", "20260102", "2026-01-02T10:00"] {
            check(&format!("from={day}"), Err("2026-01-31"));
            check(&format!("to={day}"), Err("2026-01-31"));
        }
    }

    #[test]
    fn a_day_is_from_its_first_to_its_last_millisecond() {
        let view = AuditView::parse("from=2026-01-31&to=2026-01-31").unwrap();
        assert_eq!(view.from.unwrap().to_string(), "2026-01-31T00:00:00Z");
        assert_eq!(view.to.unwrap().to_string(), "2026-01-31T23:59:59.999Z");
    }

    #[test]
    fn the_place_is_no_filter() {
        let view = AuditView::parse("before=7").unwrap();
        assert!(!view.is_filtered());
        assert!(AuditView { person: Some("ada".into()), ..view.clone() }.is_filtered());
        assert_eq!(view.newer(9).query(), "after=9");
        assert_eq!(view.older(9).query(), "before=9");
        assert_eq!(view.from_start().query(), "");
    }
}
