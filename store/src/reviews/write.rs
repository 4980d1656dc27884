//! Writes what was decided: decisions are added, and reviews are led to their next state.

use domain::review::{Decision, Review};
use jiff::Timestamp;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, Transaction};

use super::load::Basis;
use super::rows::code;
use crate::acts::Stop;
use crate::campaigns::overtaken;
use crate::row::{chunks, millis, run, to_json};

/// A decision that is to be kept.
pub(crate) struct Kept {
    pub(crate) review: i64,
    pub(crate) decision: Decision,
    pub(crate) basis: Basis,
    /// How long a confirmation holds.
    pub(crate) until: Option<Timestamp>,
}

/// The number that the next decision has. Decisions are never removed.
pub(crate) async fn next_decision(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    let last: i64 = sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM decisions")
        .fetch_one(connection)
        .await?;
    Ok(last + 1)
}

/// Adds decisions, which have their numbers.
pub(crate) async fn decisions(
    transaction: &mut Transaction<'_, Sqlite>,
    kept: &[Kept],
    key: &str,
) -> Result<(), sqlx::Error> {
    run(transaction, chunks(kept).map(|chunk| rows(chunk, key))).await?;
    Ok(())
}

fn rows(kept: &[Kept], key: &str) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT OR FAIL INTO decisions
           (id, review, team, kind, routes, wish, proposed, reason, issuer, subject, name, on_behalf, at,
            material_hash, recommendation, evidence, holds_until, key) ",
    );
    query.push_values(kept, |mut row, kept| {
        let decision = &kept.decision;
        let choice = &decision.choice;
        row.push_bind(decision.id)
            .push_bind(kept.review)
            .push_bind(&decision.team)
            .push_bind(choice.kind.as_str())
            .push_bind(to_json(&choice.routes))
            .push_bind(choice.wish.map(|day| day.to_string()))
            .push_bind(&choice.proposed)
            .push_bind(&choice.reason)
            .push_bind(decision.by.issuer())
            .push_bind(decision.by.subject())
            .push_bind(decision.by.name())
            .push_bind(i64::from(decision.on_behalf))
            .push_bind(millis(decision.at))
            .push_bind(&decision.material_hash)
            .push_bind(decision.recommendation.as_str())
            .push_bind(to_json(&kept.basis))
            .push_bind(kept.until.map_or(-1, millis))
            .push_bind(key);
    });
    query
}

/// A step of a review: what stands in its row, and what is to stand there.
pub(crate) struct Step<'a> {
    pub(crate) next: &'a Review,
    /// The state and the decision that are expected; 0 for none.
    pub(crate) was: (&'static str, i64),
}

/// Number, assignee, state, material hash, decision, changes; expected state, expected decision.
type StepRow<'a> = (i64, &'a str, &'static str, &'a str, Option<i64>, String, &'static str, i64);

/// Leads reviews to their next state, where the expected one still stands.
pub(crate) async fn steps(
    transaction: &mut Transaction<'_, Sqlite>,
    steps: &[Step<'_>],
) -> Result<(), Stop> {
    if steps.is_empty() {
        return Ok(());
    }
    let rows: Vec<StepRow<'_>> = steps.iter().map(row).collect();
    let written = sqlx::query(
        "UPDATE reviews
         SET assignee = n.value ->> 1, state = n.value ->> 2, material_hash = n.value ->> 3,
           decision_id = n.value ->> 4, changes = n.value ->> 5
         FROM json_each($1) AS n
         WHERE reviews.id = n.value ->> 0 AND reviews.state = n.value ->> 6
           AND coalesce(reviews.decision_id, 0) = n.value ->> 7",
    )
    .bind(to_json(&rows))
    .execute(&mut **transaction)
    .await?;
    if written.rows_affected() == steps.len() as u64 { Ok(()) } else { Err(overtaken()) }
}

fn row<'a>(step: &Step<'a>) -> StepRow<'a> {
    let next = step.next;
    let changes = match &next.state {
        domain::review::ReviewState::Reopened { changes, .. } => to_json(changes),
        _ => "[]".to_owned(),
    };
    let decision = next.state.last().map(|decision| decision.id);
    let (state, was) = step.was;
    let (hash, assignee) = (next.material_hash.as_str(), next.assignee.as_str());
    (next.id.0, assignee, code(&next.state), hash, decision, changes, state, was)
}
