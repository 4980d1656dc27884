//! Whether the rows of an archive say what its audit entries say: each decision with who, when, why and
//! about what; each outcome; where each retirement stands. And whether the table has the same rows as
//! the lines.

use std::collections::BTreeMap;

use domain::audit::{Action, Entry};
use domain::campaign::Summary;
use domain::review::Outcome;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::export::{Evidence, Sheet as _, evidence_table};

/// Compares rows and entries. Answers how many rows there are.
pub fn compare(csv: &[u8], jsonl: &[u8], entries: &[Entry]) -> Result<usize, String> {
    let rows = lines(jsonl)?;
    if evidence_table(&rows) != csv {
        return Err("the rows of the CSV are not those of the JSON Lines".to_owned());
    }
    let entries: Vec<Told> = entries.iter().map(Told::of).collect();
    decisions(&rows, &entries)?;
    retirements(&rows, &entries)?;
    population(&rows, &entries)?;
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
            detail["kind"],
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

/// What a decision of a row says.
fn said(decision: &Value, names: [&str; 10]) -> String {
    let values = names.map(|name| match &decision[name] {
        Value::String(text) if name.ends_with("at") => {
            let at = text.parse::<Timestamp>().map(|at| at.as_millisecond());
            at.map_or_else(|_| json!(text), |at| json!(at))
        }
        other => other.clone(),
    });
    json!(values).to_string()
}

const LAST: [&str; 10] = [
    "decision",
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
const OTHER: [&str; 10] = [
    "decision",
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
        let mut decisions: Vec<String> = others.iter().map(|one| said(one, OTHER)).collect();
        decisions.extend((!row["decision"].is_null()).then(|| said(row, LAST)));
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

/// Where a retirement stands is what an entry says of it.
fn retirements(rows: &[Value], entries: &[Told<'_>]) -> Result<(), String> {
    for row in rows.iter().filter(|row| !row["retirement"].is_null()) {
        let target = format!("retirement {}", row["retirement"]);
        let last = entries.iter().rev().find(|one| one.entry.target == target);
        let state = match last.map(|one| one.entry.action.as_str()) {
            Some("retirement.requested") => "held",
            Some("retirement.due") => "due",
            Some("retirement.proved") => "removed",
            Some("retirement.reappeared") => "reappeared",
            Some("retirement.cancelled") => "cancelled",
            _ => return Err(format!("{target} of review {} has no audit entry", row["review"])),
        };
        if row["retirement_state"] != state {
            return Err(format!("{target} is {state} by the audit entries, and not in its row"));
        }
    }
    Ok(())
}

/// As many rows as were frozen, and as many of each outcome as the closing counted.
fn population(rows: &[Value], entries: &[Told<'_>]) -> Result<(), String> {
    let opened = entries.iter().find(|one| one.is(Action::CampaignOpened));
    let opened = opened.ok_or("no audit entry says that the campaign was opened")?;
    if opened.detail["population"] != rows.len() {
        let frozen = &opened.detail["population"];
        return Err(format!("there are {} rows, and {frozen} reviews were opened", rows.len()));
    }
    let outcomes: Vec<Outcome> =
        rows.iter().filter_map(|row| Outcome::parse(row["outcome"].as_str()?)).collect();
    let closed = entries.iter().find(|one| one.is(Action::CampaignClosed));
    let counted =
        closed.map_or_else(|| json!(Summary::default()), |one| one.detail["outcome"].clone());
    match json!(Summary::of(&outcomes)) == counted {
        true => Ok(()),
        false => Err("the outcomes of the rows are not those that the closing counted".to_owned()),
    }
}
