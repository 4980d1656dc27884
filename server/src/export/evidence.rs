//! The evidence of a campaign as rows, one for each review: what was frozen, who decided what on which
//! ground, and what came of it.

use domain::audit::Actor;
use domain::retirement::{Retirement, State};
use domain::review::{Decision, Outcome};
use domain::tls::Method;
use domain::{CampaignId, Change};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use store::{Basis, Comment, EvidenceRow};

use super::{Encoder, Format, Sheet};

/// The columns in their order: the fields of [`Record`].
const COLUMNS: [&str; 49] = [
    "campaign",
    "campaign_name",
    "review",
    "ingress_id",
    "cluster",
    "namespace",
    "name",
    "uid",
    "assignee",
    "state",
    "outcome",
    "material_hash",
    "recommendation",
    "recommendation_reasons",
    "decision",
    "decided_for",
    "decided_at",
    "decided_by",
    "decided_by_issuer",
    "decided_by_subject",
    "on_behalf",
    "reason",
    "routes",
    "wish",
    "proposed",
    "decided_material_hash",
    "decided_about",
    "decided_recommendation",
    "attested_until",
    "traffic_verdict",
    "last_success_at",
    "last_request_at",
    "traffic_source",
    "observed_since",
    "covered_percent",
    "tls_state",
    "tls_expires_at",
    "tls_method",
    "changes",
    "other_decisions",
    "comments",
    "retirement",
    "retirement_state",
    "retirement_requested_at",
    "retirement_routes",
    "retirement_hold_until",
    "retirement_at",
    "retirement_why",
    "retirement_proof",
];

/// The reviews of one campaign, one in each row.
#[derive(Debug, Clone, Copy)]
pub struct Evidence(pub CampaignId);

impl Sheet for Evidence {
    type Row = EvidenceRow;

    const NAME: &'static str = "campaign";
    const UNIT: &'static str = "reviews";
    const SCHEMA: &'static str = "evidence/1";

    fn file(&self) -> String {
        format!("{}-{}", Self::NAME, self.0)
    }

    fn columns(&self) -> impl Iterator<Item = &'static str> {
        COLUMNS.into_iter()
    }

    fn cells(&self, row: &EvidenceRow, mut put: impl FnMut(&str)) {
        cells(&serde_json::to_value(Record::of(row)).expect("keys are texts"), &mut put);
    }

    fn object<'a>(&'a self, row: &'a EvidenceRow) -> impl Serialize + 'a {
        Record::of(row)
    }
}

fn cells(record: &Value, put: &mut impl FnMut(&str)) {
    for column in COLUMNS {
        put(&cell(&record[column]));
    }
}

/// Rows as JSON Lines have them.
struct Lines;

impl Sheet for Lines {
    type Row = Value;

    const NAME: &'static str = Evidence::NAME;
    const UNIT: &'static str = Evidence::UNIT;
    const SCHEMA: &'static str = Evidence::SCHEMA;

    fn columns(&self) -> impl Iterator<Item = &'static str> {
        COLUMNS.into_iter()
    }

    fn cells(&self, row: &Value, mut put: impl FnMut(&str)) {
        cells(row, &mut put);
    }

    fn object<'a>(&'a self, row: &'a Value) -> impl Serialize + 'a {
        row
    }
}

/// The table with the rows that JSON Lines have, byte for byte.
pub fn evidence_table(rows: &[Value]) -> Vec<u8> {
    let mut encoder = Encoder::new(Format::Csv, Lines);
    let mut table = encoder.head();
    table.extend(encoder.rows(rows));
    table
}

/// Several texts are separated by semicolons; what has parts is JSON.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts: Option<Vec<&str>> = parts.iter().map(Value::as_str).collect();
            texts.map_or_else(|| value.to_string(), |texts| texts.join("; "))
        }
        other => other.to_string(),
    }
}

/// A review as it stands in a file. What is not known, or was not decided, is nothing.
#[derive(Debug, Serialize)]
struct Record<'a> {
    campaign: CampaignId,
    campaign_name: &'a str,
    review: i64,
    ingress_id: i64,
    cluster: &'a str,
    namespace: &'a str,
    name: &'a str,
    uid: &'a str,
    assignee: &'a str,
    state: &'static str,
    outcome: Option<&'static str>,
    material_hash: &'a str,
    recommendation: &'static str,
    recommendation_reasons: &'a [String],
    #[serde(flatten)]
    decided: Decided<'a>,
    attested_until: Option<Timestamp>,
    #[serde(flatten)]
    ground: Ground<'a>,
    changes: Vec<Changed<'a>>,
    other_decisions: Vec<Other<'a>>,
    comments: Vec<Said<'a>>,
    #[serde(flatten)]
    retired: Retired<'a>,
}

/// The decision that counts.
#[derive(Debug, Default, Serialize)]
struct Decided<'a> {
    decision: Option<&'static str>,
    decided_for: Option<&'a str>,
    decided_at: Option<Timestamp>,
    decided_by: Option<&'a str>,
    decided_by_issuer: Option<&'a str>,
    decided_by_subject: Option<&'a str>,
    on_behalf: Option<bool>,
    reason: Option<&'a str>,
    routes: &'a [String],
    wish: Option<Date>,
    proposed: Option<&'a str>,
    decided_material_hash: Option<&'a str>,
    decided_recommendation: Option<&'static str>,
}

/// What was known when that was decided.
#[derive(Debug, Default, Serialize)]
struct Ground<'a> {
    decided_about: &'a [String],
    traffic_verdict: Option<&'static str>,
    last_success_at: Option<Timestamp>,
    last_request_at: Option<Timestamp>,
    traffic_source: Option<&'a str>,
    observed_since: Option<Timestamp>,
    covered_percent: Option<u8>,
    tls_state: Option<&'static str>,
    tls_expires_at: Option<Timestamp>,
    tls_method: Option<&'static str>,
}

/// A material change since the decision.
#[derive(Debug, Serialize)]
struct Changed<'a> {
    what: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
}

/// A decision that does not count, or not any more.
#[derive(Debug, Serialize)]
struct Other<'a> {
    decision: &'static str,
    team: &'a str,
    at: Timestamp,
    by: &'a str,
    by_issuer: &'a str,
    by_subject: &'a str,
    on_behalf: bool,
    reason: &'a str,
    routes: &'a [String],
    proposed: Option<&'a str>,
    material_hash: &'a str,
    superseded: bool,
    undone: bool,
}

/// A comment.
#[derive(Debug, Serialize)]
struct Said<'a> {
    at: Timestamp,
    by: &'a str,
    by_issuer: &'a str,
    by_subject: &'a str,
    text: &'a str,
}

/// What followed from the decision to retire.
#[derive(Debug, Default, Serialize)]
struct Retired<'a> {
    retirement: Option<i64>,
    retirement_state: Option<&'static str>,
    retirement_requested_at: Option<Timestamp>,
    retirement_routes: &'a [String],
    retirement_hold_until: Option<Timestamp>,
    retirement_at: Option<Timestamp>,
    retirement_why: Option<&'a str>,
    retirement_proof: Option<&'a str>,
}

impl<'a> Record<'a> {
    fn of(row: &'a EvidenceRow) -> Self {
        Self {
            campaign: row.campaign,
            campaign_name: &row.campaign_name,
            review: row.review.0,
            ingress_id: row.ingress.0,
            cluster: &row.cluster,
            namespace: &row.namespace,
            name: &row.name,
            uid: &row.uid,
            assignee: &row.assignee,
            state: row.stage.as_str(),
            outcome: row.outcome.map(Outcome::as_str),
            material_hash: &row.material_hash,
            recommendation: row.recommendation.advice.as_str(),
            recommendation_reasons: &row.recommendation.reasons,
            decided: row.decision.as_ref().map(decided).unwrap_or_default(),
            attested_until: row.attested_until,
            ground: row.basis.as_ref().map(ground).unwrap_or_default(),
            changes: row.changes.iter().map(changed).collect(),
            other_decisions: row.others.iter().map(other).collect(),
            comments: row.comments.iter().map(said).collect(),
            retired: row.retirement.as_ref().map(retired).unwrap_or_default(),
        }
    }
}

fn decided(decision: &Decision) -> Decided<'_> {
    let (choice, [name, issuer, subject]) = (&decision.choice, parts(&decision.by));
    Decided {
        decision: Some(choice.kind.as_str()),
        decided_for: Some(&decision.team),
        decided_at: Some(decision.at),
        decided_by: Some(name),
        decided_by_issuer: Some(issuer),
        decided_by_subject: Some(subject),
        on_behalf: Some(decision.on_behalf),
        reason: Some(&choice.reason),
        routes: &choice.routes,
        wish: choice.wish,
        proposed: choice.proposed.as_deref(),
        decided_material_hash: Some(&decision.material_hash),
        decided_recommendation: Some(decision.recommendation.as_str()),
    }
}

fn ground(basis: &Basis) -> Ground<'_> {
    Ground {
        decided_about: &basis.routes,
        traffic_verdict: Some(basis.verdict.as_str()),
        last_success_at: basis.last_success,
        last_request_at: basis.last_any,
        traffic_source: basis.source.as_deref(),
        observed_since: basis.observed_since,
        covered_percent: basis.covered,
        tls_state: Some(basis.tls.as_str()),
        tls_expires_at: basis.tls_expires,
        tls_method: basis.tls_method.map(Method::as_str),
    }
}

fn changed(change: &Change) -> Changed<'_> {
    let (before, after) = (change.before.as_deref(), change.after.as_deref());
    Changed { what: &change.what, before, after }
}

fn other(decision: &Decision) -> Other<'_> {
    let (choice, [by, by_issuer, by_subject]) = (&decision.choice, parts(&decision.by));
    Other {
        decision: choice.kind.as_str(),
        team: &decision.team,
        at: decision.at,
        by,
        by_issuer,
        by_subject,
        on_behalf: decision.on_behalf,
        reason: &choice.reason,
        routes: &choice.routes,
        proposed: choice.proposed.as_deref(),
        material_hash: &decision.material_hash,
        superseded: decision.superseded,
        undone: decision.undone,
    }
}

fn said(comment: &Comment) -> Said<'_> {
    let [by, by_issuer, by_subject] = parts(&comment.by);
    Said { at: comment.at, by, by_issuer, by_subject, text: &comment.text }
}

fn retired(retirement: &Retirement) -> Retired<'_> {
    let known = Retired {
        retirement: Some(retirement.id.0),
        retirement_state: Some(retirement.state.as_str()),
        retirement_requested_at: Some(retirement.requested_at),
        retirement_routes: &retirement.routes,
        ..Retired::default()
    };
    match &retirement.state {
        State::Held { until } => Retired { retirement_hold_until: Some(*until), ..known },
        State::Due { since } => Retired { retirement_at: Some(*since), ..known },
        State::Reappeared { at } => Retired { retirement_at: Some(*at), ..known },
        State::Cancelled { at, why } => {
            Retired { retirement_at: Some(*at), retirement_why: Some(why), ..known }
        }
        State::Removed { at, proof } => {
            Retired { retirement_at: Some(*at), retirement_proof: Some(proof), ..known }
        }
    }
}

/// The name, and what stays when people are called otherwise.
fn parts(actor: &Actor) -> [&str; 3] {
    [actor.name(), actor.issuer(), actor.subject()]
}

#[cfg(test)]
mod tests;
