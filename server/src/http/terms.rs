//! The terms of a campaign as a form has them: the filters of the inventory, and the rules.

use domain::Scope;
use domain::campaign::{Reasons, Terms, Undecided, end_of_day};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::form::Form;
use super::not_done::NotDone;
use super::reviews::date;

/// Reads the terms of one campaign. Whether they may be is for the domain to say.
pub fn terms(form: &Form) -> Result<Terms, NotDone> {
    terms_until(form, due(form)?)
}

/// Reads them with another due date than the form's.
pub fn terms_until(form: &Form, due: Timestamp) -> Result<Terms, NotDone> {
    let usual = Terms::new(form.one("name"), Scope::of_form(&form.query())?, due);
    Ok(Terms {
        look_back_days: number(form, "look_back_days", usual.look_back_days)?,
        undecided: word(form, "undecided", Undecided::parse, usual.undecided)?,
        reasons: word(form, "reasons", Reasons::parse, usual.reasons)?,
        fallback: form.maybe("fallback"),
        attest_months: number(form, "attest_months", usual.attest_months)?,
        four_eyes: form.has("four_eyes"),
        ..usual
    })
}

/// The end of the day until which reviewers decide, where the form says that they are.
pub fn due(form: &Form) -> Result<Timestamp, NotDone> {
    let missing = || NotDone::invalid("name the day until which reviewers decide");
    let day = date(&form.maybe("due").ok_or_else(missing)?)?;
    let never = || NotDone::invalid(format!("{day} cannot be the last day; choose an earlier one"));
    end_of_day(day, &zone(form)?).ok_or_else(never)
}

/// Where days begin and end; UTC unless the form says otherwise.
pub fn zone(form: &Form) -> Result<TimeZone, NotDone> {
    let name = zone_name(form);
    let unknown = || {
        NotDone::invalid(format!("there is no time zone {name:?}; name one such as Europe/Berlin"))
    };
    TimeZone::get(&name).map_err(|_| unknown())
}

/// The name of that time zone, by the IANA.
pub fn zone_name(form: &Form) -> String {
    form.maybe("zone").unwrap_or_else(|| "UTC".to_owned())
}

/// A whole number, if one is given.
pub fn number(form: &Form, name: &str, otherwise: u32) -> Result<u32, NotDone> {
    let Some(text) = form.maybe(name) else { return Ok(otherwise) };
    let wrong = || {
        let words = name.replace('_', " ");
        NotDone::invalid(format!("{words}: {text:?} must be a whole number"))
    };
    text.parse().map_err(|_| wrong())
}

/// One of a few words, if one is given.
fn word<T>(
    form: &Form,
    name: &str,
    parse: impl Fn(&str) -> Option<T>,
    otherwise: T,
) -> Result<T, NotDone> {
    let Some(text) = form.maybe(name) else { return Ok(otherwise) };
    let wrong = || NotDone::invalid(format!("{name}={text:?} is not known; load the page again"));
    parse(&text).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_gives_the_terms_and_leaves_the_rest_as_usual() {
        let form = Form::of(
            "name=+Q1+&cluster=prod&unused=90&due=2026-03-31&zone=Europe%2FBerlin&key=k\
             &undecided=escalate&fallback=platform&attest_months=6&four_eyes=on",
        );
        let terms = terms(&form).unwrap();
        assert_eq!(terms.scope.query(), "cluster=prod&unused=90");
        assert_eq!(terms.due.to_string(), "2026-03-31T21:59:59Z");
        assert_eq!((terms.name.as_str(), terms.undecided), ("Q1", Undecided::Escalate));
        assert_eq!((terms.reasons, terms.look_back_days), (Reasons::default(), 90));
        assert_eq!((terms.attest_months, terms.four_eyes), (6, true));
        assert_eq!(terms.fallback.as_deref(), Some("platform"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let check = |query: &str, part: &str| match terms(&Form::of(query)) {
            Err(NotDone::Refused(_, sentence)) => assert!(sentence.contains(part), "{sentence}"),
            other => panic!("{query} gave {other:?}"),
        };
        check("name=Q1", "name the day");
        check("due=31.3.2026", "is no day");
        check("due=9999-12-31", "choose an earlier one");
        check("due=2026-03-31&zone=Mars%2FOlympus", "no time zone");
        check("due=2026-03-31&undecided=confirm", "undecided=");
        check("due=2026-03-31&attest_months=many", "attest months");
        check("due=2026-03-31&tls=bad", "tls=");
    }
}
