//! What stands in the fields of the form, as the address has it: a filter of the inventory under the
//! name it has there, and the rules.

use domain::SeriesId;
use domain::campaign::{Reasons, Terms, Undecided, end_of_day};
use domain::inventory::InvalidView;
use domain::scope::Scope;
use domain::series::{Every, InvalidEvery, Series};
use form_urlencoded::Serializer;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::format;

/// The field that every sent form has, even if nothing is in it.
const ALWAYS: &str = "name";

/// The usual look-back, in days.
const LOOK_BACK: u32 = 90;

/// The fields that are not empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    all: Vec<(String, String)>,
    /// Whether the form was sent; what is not there was left empty then.
    sent: bool,
}

impl Fields {
    /// Reads the query of an address.
    pub fn read(query: &str) -> Self {
        let mut fields = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            fields.sent |= name == ALWAYS;
            let value = value.trim();
            if !value.is_empty() {
                fields.all.push((name.into_owned(), value.to_owned()));
            }
        }
        fields
    }

    /// The fields that say these terms.
    pub fn of(terms: &Terms) -> Self {
        let mut fields = Self::read(&terms.scope.query());
        fields.set("name", terms.name.clone());
        fields.set("due", format::date(terms.due));
        fields.set("look_back_days", terms.look_back_days.to_string());
        fields.set("undecided", terms.undecided.as_str().to_owned());
        fields.set("reasons", terms.reasons.as_str().to_owned());
        fields.set("fallback", terms.fallback.clone().unwrap_or_default());
        fields.set("attest_months", terms.attest_months.to_string());
        let eyes = if terms.four_eyes { "on" } else { "" };
        fields.set("four_eyes", eyes.to_owned());
        fields
    }

    /// The fields that say this series, whose campaigns have due dates of their own.
    pub fn of_series(series: &Series) -> Self {
        let mut fields = Self::of(series.once.as_ref().unwrap_or(&series.template));
        fields.all.retain(|(name, _)| !["name", "due"].contains(&name.as_str()));
        let every = series.every.to_string();
        let mut parts = every.splitn(3, '/').map(str::to_owned);
        let (kind, n) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let on = if kind == "weeks" { "on" } else { "day" };
        fields.set(on, parts.next().unwrap_or_default());
        fields.set("every", kind);
        fields.set("n", n);
        fields.set("name", series.name.clone());
        fields.set("zone", series.zone.clone());
        fields.set("starts", series.starts.to_string());
        fields.set("duration_days", series.duration_days.to_string());
        fields
            .set("ends_after", series.ends_after.map(|most| most.to_string()).unwrap_or_default());
        fields
    }

    /// These, and what they do not say from others; a form that was sent says everything.
    pub fn over(mut self, others: Self) -> Self {
        if self.sent {
            return self;
        }
        let given: Vec<String> = self.all.iter().map(|(name, _)| name.clone()).collect();
        self.all.extend(others.all.into_iter().filter(|(name, _)| !given.contains(name)));
        self
    }

    /// Adds a field if there is something in it.
    pub fn set(&mut self, name: &str, value: String) {
        if !value.is_empty() {
            self.all.push((name.to_owned(), value));
        }
    }

    /// Whether a form was sent.
    pub fn is_sent(&self) -> bool {
        self.sent
    }

    /// A value; empty if there is none.
    pub fn one(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// A value that may be left out.
    pub fn maybe(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All values of a field that may repeat.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let own = self.all.iter().filter(move |(field, _)| field == name);
        own.map(|(_, value)| value.as_str())
    }

    /// Which ingresses they mean.
    pub fn scope(&self) -> Result<Scope, InvalidView> {
        let mut query = Serializer::new(String::new());
        query.extend_pairs(self.all.iter().filter(|(name, _)| Scope::is_parameter(name)));
        Scope::of_form(&query.finish())
    }

    /// The terms, or why there are none.
    pub fn terms(&self) -> Result<Terms, String> {
        let scope = self.scope().map_err(|error| error.to_string())?;
        self.terms_until(scope, self.due()?)
    }

    /// The series, or why there is none; `None` if nothing is to be repeated.
    pub fn series(&self, now: Timestamp) -> Option<Result<Series, String>> {
        self.maybe("every").map(|every| self.repeated(every, now))
    }

    fn repeated(&self, every: &str, now: Timestamp) -> Result<Series, String> {
        let scope = self.scope().map_err(|error| error.to_string())?;
        let zone = self.zone()?;
        let starts = match self.maybe("starts") {
            Some(text) => date(text)?,
            None => zone.to_datetime(now).date(),
        };
        Ok(Series {
            id: SeriesId(0),
            name: self.one("name").to_owned(),
            template: self.terms_until(scope, now)?,
            every: self.every(every).map_err(|error| error.to_string())?,
            zone: self.zone_name().to_owned(),
            duration_days: self.number("duration_days", 14)?,
            starts,
            ends_after: Some(self.number("ends_after", 0)?).filter(|most| *most > 0),
            opened: 0,
            next: None,
            waiting: None,
            once: None,
        })
    }

    fn every(&self, every: &str) -> Result<Every, InvalidEvery> {
        let on = if every == "weeks" { self.one("on") } else { self.one("day") };
        let n = self.maybe("n").unwrap_or("1");
        format!("{every}/{n}/{on}").parse()
    }

    /// The terms with another due date.
    fn terms_until(&self, scope: Scope, due: Timestamp) -> Result<Terms, String> {
        let usual = Terms::new(self.one("name"), scope, due);
        Ok(Terms {
            look_back_days: self.number("look_back_days", usual.look_back_days)?,
            undecided: Undecided::parse(self.one("undecided")).unwrap_or(usual.undecided),
            reasons: Reasons::parse(self.one("reasons")).unwrap_or(usual.reasons),
            fallback: self.maybe("fallback").map(str::to_owned),
            attest_months: self.number("attest_months", usual.attest_months)?,
            four_eyes: self.maybe("four_eyes").is_some(),
            ..usual
        })
    }

    /// How long something has to be unused to be recommended for retiring.
    pub fn look_back_days(&self) -> u32 {
        self.number("look_back_days", LOOK_BACK).unwrap_or(LOOK_BACK)
    }

    /// A whole number, if one is given.
    fn number(&self, name: &str, otherwise: u32) -> Result<u32, String> {
        let Some(text) = self.maybe(name) else { return Ok(otherwise) };
        let wrong = |_| format!("{}: {text:?} must be a whole number", name.replace('_', " "));
        text.parse().map_err(wrong)
    }

    /// The end of the day until which reviewers decide.
    fn due(&self) -> Result<Timestamp, String> {
        let day = date(self.maybe("due").ok_or("name the day until which reviewers decide")?)?;
        end_of_day(day, &self.zone()?).ok_or_else(|| format!("{day} cannot be the last day"))
    }

    fn zone(&self) -> Result<TimeZone, String> {
        let name = self.zone_name();
        TimeZone::get(name).map_err(|_| format!("there is no time zone {name:?}"))
    }

    fn zone_name(&self) -> &str {
        self.maybe("zone").unwrap_or("UTC")
    }
}

fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("{text:?} is no day; write it as 2026-12-31"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(query: &str) -> Result<Terms, String> {
        Fields::read(query).terms()
    }

    #[test]
    fn fields_and_terms_say_the_same() {
        let due = "2026-12-07T23:59:59Z".parse().unwrap();
        let scope = Scope::parse("cluster=a&cluster=b&unused=90&label=x%3Dy&older=30").unwrap();
        let usual = Terms::new("Q4 & more", scope, due);
        let strict = Terms {
            undecided: Undecided::Retire,
            reasons: Reasons::Always,
            fallback: Some("core".into()),
            attest_months: 6,
            look_back_days: 30,
            four_eyes: true,
            ..usual.clone()
        };
        for terms in [usual, strict] {
            assert_eq!(Fields::of(&terms).terms(), Ok(terms));
        }
    }

    #[test]
    fn fields_and_series_say_the_same() {
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        for every in ["weeks/2/monday", "months/3/31"] {
            let series = Series {
                id: SeriesId(0),
                name: "Quarterly".into(),
                template: Terms::new("Quarterly", Scope::parse("unused=90").unwrap(), now),
                every: every.parse().unwrap(),
                zone: "Europe/Berlin".into(),
                duration_days: 21,
                starts: "2026-12-01".parse().unwrap(),
                ends_after: Some(4),
                opened: 0,
                next: None,
                waiting: None,
                once: None,
            };
            assert_eq!(Fields::of_series(&series).series(now), Some(Ok(series)));
        }
        assert_eq!(Fields::read("n=3&day=31&on=monday").series(now), None);
        let error = Fields::read("every=months").series(now).unwrap().unwrap_err();
        assert!(error.contains("how often"), "{error}");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let check = |query: &str, part: &str| {
            let error = terms(query).unwrap_err();
            assert!(error.contains(part), "{query}: {error}");
        };
        check("name=Q4", "name the day");
        check("name=Q4&due=soon", "is no day");
        check("due=2026-12-07&zone=Mars", "no time zone");
        check("due=2026-12-07&attest_months=many", "attest months");
        check("due=2026-12-07&unused=0", "unused");
    }

    #[test]
    fn a_form_that_was_sent_is_not_filled_up_again() {
        let usual = Fields::read("due=2026-12-07&unused=90");
        let given = Fields::read("unused=30&cluster=prod").over(usual.clone());
        assert_eq!((given.one("unused"), given.one("due")), ("30", "2026-12-07"));
        let sent = Fields::read("name=&unused=").over(usual);
        assert!(sent.is_sent() && sent.maybe("unused").is_none() && sent.maybe("due").is_none());
    }

    #[test]
    fn a_day_ends_where_the_reviewers_are() {
        let terms = terms("due=2026-03-31&zone=Europe%2FBerlin").unwrap();
        assert_eq!(terms.due.to_string(), "2026-03-31T21:59:59Z");
    }
}
