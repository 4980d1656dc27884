//! Whether two methods tell different things of one certificate.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::evidence::{Certificate, Evidence, Finding};
use super::judge::listed;

/// What another method tells differently than the one that counts, as a sentence.
pub(super) fn disagreement<'a>(
    counts: &Evidence,
    mut others: impl Iterator<Item = &'a Evidence>,
) -> Option<String> {
    let certificate = counts.finding.certificate();
    others.find_map(|other| {
        if counts.method == other.method {
            return None;
        }
        match (certificate, other.finding.certificate()) {
            (Some(one), Some(another)) => between(counts, one, other, another),
            (Some(_), None) if other.finding == Finding::Missing => Some(absent(counts, other)),
            (None, Some(_)) if counts.finding == Finding::Missing => Some(absent(other, counts)),
            _ => None,
        }
    })
}

fn between(
    counts: &Evidence,
    one: &Certificate,
    other: &Evidence,
    another: &Certificate,
) -> Option<String> {
    let (first, second) = (speaker(counts), speaker(other));
    if let (Some(until), Some(other_until)) = (one.not_after, another.not_after)
        && until.as_second() != other_until.as_second()
    {
        let (until, other_until) = (minute(until), minute(other_until));
        return Some(format!(
            "{first} has a certificate that expires on {until}, {second} one that expires on \
             {other_until}."
        ));
    }
    let comparable = counts.tells_names(one)
        && other.tells_names(another)
        && one.more_names == 0
        && another.more_names == 0;
    if comparable && names(one) != names(another) {
        let (names, others) = (in_words(one), in_words(another));
        return Some(format!("{first} has a certificate for {names}, {second} one for {others}."));
    }
    None
}

fn absent(there: &Evidence, missing: &Evidence) -> String {
    let (first, when) = (speaker(there), minute(missing.at));
    format!("{first} has a certificate, but the Secret was not there ({when}).")
}

fn names(certificate: &Certificate) -> BTreeSet<String> {
    certificate.names.iter().map(|name| name.to_ascii_lowercase()).collect()
}

fn in_words(certificate: &Certificate) -> String {
    match certificate.names.len() {
        0 => "no name".to_owned(),
        all => listed(certificate.names.iter().map(String::as_str), all),
    }
}

/// Who told it and when: the older of two may only be out of date.
fn speaker(evidence: &Evidence) -> String {
    format!("{} ({})", evidence.method.label(), minute(evidence.at))
}

fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
