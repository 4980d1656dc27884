//! How retirements stand in the database, and what the audit trail says of their changes.

use domain::audit::{Action, Draft};
use domain::retirement::{Retirement, Stage, State};
use domain::{CampaignId, IngressId, RetirementId, ReviewId};
use jiff::Timestamp;
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::target;
use crate::acts::Who;
use crate::campaigns::parsed;
use crate::row::{millis, moment};

/// What [`read`] reads.
pub(super) const COLUMNS: &str = "r.id, r.ingress_id, r.review, r.routes, r.state, r.until, \
    r.since, r.at, r.why, r.proof, r.requested_at, r.requested_by, r.wish, r.reason, \
    v.campaign AS campaign, i.cluster || '/' || i.namespace || '/' || i.name AS place";

/// The tables of [`COLUMNS`].
pub(super) const TABLES: &str = "retirements AS r \
    CROSS JOIN ingresses AS i ON i.id = r.ingress_id \
    LEFT JOIN reviews AS v ON v.id = r.review";

/// A retirement, and what the audit trail calls its ingress.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) retirement: Retirement,
    /// Cluster, namespace and name.
    pub(super) place: String,
    pub(super) campaign: Option<CampaignId>,
}

pub(super) fn read(row: &SqliteRow) -> Result<Kept, sqlx::Error> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let retirement = Retirement {
        id: RetirementId(row.try_get("id")?),
        ingress: IngressId(row.try_get("ingress_id")?),
        review: row.try_get::<Option<i64>, _>("review")?.map(ReviewId),
        routes: parsed(row.try_get("routes")?)?,
        requested_at: moment(row.try_get("requested_at")?),
        requested_by: text("requested_by")?,
        wish: row.try_get::<Option<&str>, _>("wish")?.and_then(|day| day.parse().ok()),
        state: state(row)?,
        reason: text("reason")?,
    };
    let campaign = row.try_get::<Option<i64>, _>("campaign")?.map(CampaignId);
    Ok(Kept { retirement, place: text("place")?, campaign })
}

fn state(row: &SqliteRow) -> Result<State, sqlx::Error> {
    let at = |column: &str| {
        row.try_get::<Option<i64>, _>(column).map(|at| moment(at.unwrap_or_default()))
    };
    let stage: &str = row.try_get("state")?;
    let odd = || sqlx::Error::Decode(format!("a retirement cannot be {stage:?}").into());
    Ok(match Stage::parse(stage).ok_or_else(odd)? {
        Stage::Held => State::Held { until: at("until")? },
        Stage::Due => State::Due { since: at("since")? },
        Stage::Cancelled => State::Cancelled { at: at("at")?, why: row.try_get("why")? },
        Stage::Removed => State::Removed { at: at("at")?, proof: row.try_get("proof")? },
        Stage::Reappeared => State::Reappeared { at: at("at")? },
    })
}

/// Writes the next state where the expected one still stands. What belonged to earlier states stays:
/// since when one was due counts for the week even after it is gone.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    next: &Retirement,
    was: Stage,
) -> Result<(), sqlx::Error> {
    let mut set = Set::default();
    match &next.state {
        State::Held { until } => set.until = Some(millis(*until)),
        State::Due { since } => set.since = Some(millis(*since)),
        State::Cancelled { at, why } => {
            set.at = Some(millis(*at));
            set.why = Some(why);
        }
        State::Removed { at, proof } => {
            set.at = Some(millis(*at));
            set.proof = Some(proof);
        }
        State::Reappeared { at } => set.at = Some(millis(*at)),
    }
    let written = sqlx::query(
        "UPDATE retirements
         SET state = $2, until = coalesce($3, until), since = coalesce($4, since),
           at = coalesce($5, at), why = coalesce($6, why), proof = coalesce($7, proof)
         WHERE id = $1 AND state = $8",
    )
    .bind(next.id.0)
    .bind(next.state.as_str())
    .bind(set.until)
    .bind(set.since)
    .bind(set.at)
    .bind(set.why)
    .bind(set.proof)
    .bind(was.as_str())
    .execute(connection)
    .await?;
    match written.rows_affected() {
        1 => Ok(()),
        _ => Err(sqlx::Error::Protocol(format!("{} was changed meanwhile", target(next.id)))),
    }
}

/// The columns of a state, as far as it has them.
#[derive(Default)]
struct Set<'a> {
    until: Option<i64>,
    since: Option<i64>,
    at: Option<i64>,
    why: Option<&'a str>,
    proof: Option<&'a str>,
}

/// What the audit trail says of a change of state.
pub(super) fn entry(who: Who<'_>, kept: &Kept, was: Stage, now: Timestamp) -> Draft {
    let retirement = &kept.retirement;
    let action = match retirement.state.stage() {
        Stage::Held => Action::RetirementRequested,
        Stage::Cancelled => Action::RetirementCancelled,
        Stage::Due => Action::RetirementDue,
        Stage::Removed => Action::RetirementProved,
        Stage::Reappeared => Action::RetirementReappeared,
    };
    let detail = json!({
        "campaign": kept.campaign,
        "review": retirement.review,
        "ingress": kept.place,
        "ingress_id": retirement.ingress,
        "routes": retirement.routes,
        "was": was.as_str(),
        "state": retirement.state,
    });
    who.draft(action, target(retirement.id), detail, now)
}
