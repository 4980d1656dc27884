//! Whether the rows of an archive say what its audit entries say: each decision with who, when, why and
//! about what; how many had which outcome; where each retirement stands. And whether the table has the
//! same rows as the lines.

use std::collections::BTreeMap;

use domain::audit::{Action, Entry};
use domain::campaign::Summary;
use domain::review::Outcome;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{COMPLETENESS, Parts};
use crate::export::{Evidence, Sheet as _, evidence_table};

/// Compares rows and entries. Answers how many rows there are.
pub fn compare(parts: &Parts<'_>, entries: &[Entry]) -> Result<usize, String> {
    let rows = lines(parts.jsonl)?;
    if evidence_table(&rows) != parts.csv {
        return Err("the rows of the CSV are not those of the JSON Lines".to_owned());
    }
    let mut others =
        rows.iter().filter(|row| row["campaign"].as_i64() != parts.campaign.parse().ok());
    if let Some(row) = others.next() {
        return Err(format!("review {} is of another campaign", row["review"]));
    }
    let entries: Vec<Told<'_>> = entries.iter().map(Told::of).collect();
    decisions(&rows, &entries)?;
    retirements(&rows, &entries)?;
    population(&rows, &entries, parts)?;
    outcomes(&rows)?;
    Ok(rows.len())
}

fn lines(jsonl: &[u8]) -> Result<Vec<Value>, String> {
    let text = String::from_utf8_lossy(jsonl);
    let line = |(text, number): (&str, u64)| {
        let row: Value = serde_json::from_str(text)
            .map_err(|error| format!("row {number} is no JSON: {error}"))?;
        match row["schema_version"] == Evidence::SCHEMA {
            true => Ok(row),
            false => Err(format!(
                "row {number} is of schema {}, and this Routebook knows {}: verify it with another one",
                row["schema_version"],
                Evidence::SCHEMA
            )),
        }
    };
    text.lines().zip(1..).map(line).collect()
}

/// An entry, with its detail read.
struct Told<'a> {
    entry: &'a Entry,
    detail: Value,
}

impl<'a> Told<'a> {
    fn of(entry: &'a Entry) -> Self {
        Self { entry, detail: serde_json::from_str(&entry.detail).unwrap_or_default() }
    }

    fn is(&self, action: Action) -> bool {
        self.entry.action == action.as_str()
    }

    /// What a decision says, in the order of [`said`].
    fn decision(&self) -> String {
        let (detail, actor) = (&self.detail, &self.entry.actor);
        json!([
            detail["ingress"],
            detail["kind"],
            detail["assignee"],
            self.entry.at.as_millisecond(),
            actor.name(),
            actor.issuer(),
            actor.subject(),
            detail["on_behalf"],
            detail["reason"],
            detail["routes"],
            detail["proposed"],
            detail["material_hash"],
        ])
        .to_string()
    }
}

/// What a decision of a row says. The place is cluster, namespace and name, as entries have them.
fn said(place: &str, decision: &Value, names: [&str; 11]) -> String {
    let values = names.map(|name| match &decision[name] {
        Value::String(text) if name.ends_with("at") => {
            let at = text.parse::<Timestamp>().map(|at| at.as_millisecond());
            at.map_or_else(|_| json!(text), |at| json!(at))
        }
        other => other.clone(),
    });
    let place = json!(place);
    Value::Array([place].into_iter().chain(values).collect()).to_string()
}

const LAST: [&str; 11] = [
    "decision",
    "decided_for",
    "decided_at",
    "decided_by",
    "decided_by_issuer",
    "decided_by_subject",
    "on_behalf",
    "reason",
    "routes",
    "proposed",
    "decided_material_hash",
];
const OTHER: [&str; 11] = [
    "decision",
    "team",
    "at",
    "by",
    "by_issuer",
    "by_subject",
    "on_behalf",
    "reason",
    "routes",
    "proposed",
    "material_hash",
];

/// Each decision of a row has its entry, and each entry its decision.
fn decisions(rows: &[Value], entries: &[Told<'_>]) -> Result<(), String> {
    let mut told: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut undone: BTreeMap<&str, usize> = BTreeMap::new();
    for one in entries {
        let target = one.entry.target.as_str();
        if one.is(Action::Decided) {
            told.entry(target).or_default().push(one.decision());
        } else if one.is(Action::Undone) {
            *undone.entry(target).or_default() += 1;
        }
    }
    for row in rows {
        let review = format!("review {}", row["review"]);
        let others = row["other_decisions"].as_array().map_or(&[][..], Vec::as_slice);
        let place = ["cluster", "namespace", "name"];
        let place = place.map(|name| row[name].as_str().unwrap_or_default()).join("/");
        let mut decisions: Vec<String> =
            others.iter().map(|one| said(&place, one, OTHER)).collect();
        decisions.extend((!row["decision"].is_null()).then(|| said(&place, row, LAST)));
        let mut entries = told.remove(review.as_str()).unwrap_or_default();
        decisions.sort_unstable();
        entries.sort_unstable();
        if decisions != entries {
            return Err(format!("the decisions of {review} are not those of the audit entries"));
        }
        let taken_back = others.iter().filter(|one| one["undone"] == true).count();
        if taken_back != undone.remove(review.as_str()).unwrap_or_default() {
            return Err(format!(
                "which decisions of {review} were taken back is not as the audit entries have it"
            ));
        }
    }
    match told.keys().next() {
        Some(review) => Err(format!("{review} has audit entries and no row")),
        None => Ok(()),
    }
}

/// A row has the last retirement that the entries tell of its review, and it stands where they say.
fn retirements(rows: &[Value], entries: &[Told<'_>]) -> Result<(), String> {
    let requested = entries.iter().filter(|one| one.is(Action::RetirementRequested));
    let mut requested: BTreeMap<String, String> = requested
        .map(|one| (format!("review {}", one.detail["review"]), one.entry.target.clone()))
        .collect();
    for row in rows {
        let (review, number) = (format!("review {}", row["review"]), &row["retirement"]);
        let target = (!number.is_null()).then(|| format!("retirement {number}"));
        if requested.remove(&review) != target {
            return Err(format!("the retirement of {review} is not that of the audit entries"));
        }
        let Some(target) = target else { continue };
        let last = entries.iter().rev().find(|one| one.entry.target == target);
        let state = match last.map(|one| one.entry.action.as_str()) {
            Some("retirement.requested") => "held",
            Some("retirement.due") => "due",
            Some("retirement.proved") => "removed",
            Some("retirement.reappeared") => "reappeared",
            Some("retirement.cancelled") => "cancelled",
            _ => return Err(format!("{target} of {review} has no audit entry")),
        };
        if row["retirement_state"] != state {
            return Err(format!("{target} is {state} by the audit entries, and not in its row"));
        }
    }
    match requested.keys().next() {
        Some(review) => Err(format!("{review} has a retirement and no row")),
        None => Ok(()),
    }
}

/// As many rows as were frozen, from the same clusters, and as many of each outcome as the closing
/// counted.
fn population(rows: &[Value], entries: &[Told<'_>], parts: &Parts<'_>) -> Result<(), String> {
    let target = format!("campaign {}", parts.campaign);
    let mut own = entries.iter().filter(|one| one.entry.target == target);
    let opened = own.clone().find(|one| one.is(Action::CampaignOpened));
    let opened = opened.ok_or("no audit entry says that the campaign was opened")?;
    let record: Value = serde_json::from_slice(parts.completeness)
        .map_err(|error| format!("{COMPLETENESS} is no JSON: {error}"))?;
    if record["completeness"] != opened.detail["completeness"] {
        return Err(format!("the clusters in {COMPLETENESS} are not those of the audit entries"));
    }
    if opened.detail["population"] != rows.len() {
        let frozen = &opened.detail["population"];
        return Err(format!("there are {} rows, and {frozen} reviews were opened", rows.len()));
    }
    let outcomes: Vec<Outcome> =
        rows.iter().filter_map(|row| Outcome::parse(row["outcome"].as_str()?)).collect();
    let closed = own.find(|one| one.is(Action::CampaignClosed));
    let counted =
        closed.map_or_else(|| json!(Summary::default()), |one| one.detail["outcome"].clone());
    match json!(Summary::of(&outcomes)) == counted {
        true => Ok(()),
        false => Err("the outcomes of the rows are not those that the closing counted".to_owned()),
    }
}

/// What came of a decision takes that decision: rows whose outcomes were exchanged are counted alike.
fn outcomes(rows: &[Value]) -> Result<(), String> {
    for row in rows {
        let (outcome, decision) = match row["outcome"].as_str() {
            Some(outcome @ "confirmed") => (outcome, "confirm"),
            Some(outcome @ "retired") => (outcome, "retire"),
            _ => continue,
        };
        if row["decision"] != decision {
            let review = &row["review"];
            return Err(format!("review {review} is {outcome}, and nobody decided so last"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::audit::{Actor, Draft, Link};

    use super::*;

    fn requested(number: u64, review: u64) -> Entry {
        let draft = Draft {
            at: Timestamp::UNIX_EPOCH,
            actor: Actor::System,
            action: Action::RetirementRequested,
            target: format!("retirement {number}"),
            detail: json!({ "review": review }),
            address: String::new(),
        };
        draft.chain(&Link::START)
    }

    #[test]
    fn a_row_has_the_last_retirement_of_its_review_and_where_it_stands() {
        let entries = [requested(3, 8), requested(4, 8)];
        let told: Vec<Told<'_>> = entries.iter().map(Told::of).collect();
        let row = |retirement: Value, state: &str| json!({"review": 8, "retirement": retirement, "retirement_state": state});
        assert_eq!(retirements(&[row(json!(4), "held")], &told), Ok(()));
        let check = |rows: &[Value], part: &str| {
            let error = retirements(rows, &told).unwrap_err();
            assert!(error.contains(part), "{error}");
        };
        check(&[row(Value::Null, "")], "the retirement of review 8 is not that");
        check(&[row(json!(3), "held")], "the retirement of review 8 is not that");
        check(&[row(json!(4), "removed")], "retirement 4 is held by the audit entries");
        check(&[], "review 8 has a retirement and no row");
    }

    #[test]
    fn what_nobody_decided_did_not_come_to_a_decision() {
        let row = |outcome: &str, decision: Value| json!({"review": 8, "outcome": outcome, "decision": decision});
        let right = [
            row("confirmed", json!("confirm")),
            row("retired", json!("retire")),
            row("exception", json!("confirm")),
            row("gone", Value::Null),
        ];
        assert_eq!(outcomes(&right), Ok(()));
        for wrong in [row("confirmed", Value::Null), row("retired", json!("confirm"))] {
            assert!(outcomes(&[wrong]).unwrap_err().contains("review 8 is"));
        }
    }
}
