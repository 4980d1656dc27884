//! Retirements that are requested by a decision, and withdrawn when it does not count any more.

use std::collections::HashMap;

use domain::audit::{Action, Draft};
use domain::retirement::{Policy, Retirement, State};
use domain::review::Choice;
use domain::{CampaignId, IngressId, RetirementId, ReviewId};
use jiff::Timestamp;
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection, Transaction};

use crate::acts::Who;
use crate::campaigns::parsed;
use crate::row::{chunks, millis, moment, run, to_json};

/// What is to be retired.
pub(crate) struct Wanted<'a> {
    pub(crate) campaign: CampaignId,
    pub(crate) review: ReviewId,
    pub(crate) ingress: IngressId,
    /// Cluster, namespace and name.
    pub(crate) place: &'a str,
    pub(crate) choice: &'a Choice,
}

/// Who wants it, how it goes, and when.
#[derive(Clone, Copy)]
pub(crate) struct By<'a> {
    pub(crate) who: Who<'a>,
    pub(crate) policy: Policy,
    pub(crate) now: Timestamp,
}

/// Requests retirements, one for each decision, and returns the entries to record.
pub(crate) async fn request(
    transaction: &mut Transaction<'_, Sqlite>,
    wanted: &[Wanted<'_>],
    by: By<'_>,
) -> Result<Vec<Draft>, sqlx::Error> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut next: i64 = sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM retirements")
        .fetch_one(&mut **transaction)
        .await?;
    let name = by.who.name();
    let mut requested = Vec::new();
    let mut drafts = Vec::new();
    for one in wanted {
        let review = Some(one.review);
        let retirement =
            Retirement::request(one.ingress, review, one.choice, &name, &by.policy, by.now);
        next += 1;
        let retirement = Retirement { id: RetirementId(next), ..retirement };
        let (target, detail) = (format!("retirement {next}"), requested_as(one, &retirement));
        drafts.push(by.who.draft(Action::RetirementRequested, target, detail, by.now));
        requested.push(retirement);
    }
    run(transaction, chunks(&requested).map(rows)).await?;
    Ok(drafts)
}

fn requested_as(wanted: &Wanted<'_>, retirement: &Retirement) -> serde_json::Value {
    json!({
        "campaign": wanted.campaign,
        "review": wanted.review,
        "ingress": wanted.place,
        "ingress_id": wanted.ingress,
        "routes": retirement.routes,
        "wish": retirement.wish,
        "until": held_until(retirement),
        "reason": retirement.reason,
    })
}

fn held_until(retirement: &Retirement) -> Option<Timestamp> {
    match &retirement.state {
        State::Held { until } => Some(*until),
        _ => None,
    }
}

fn rows(requested: &[Retirement]) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO retirements
           (id, ingress_id, review, routes, state, until, requested_at, requested_by, wish, reason) ",
    );
    query.push_values(requested, |mut row, retirement| {
        row.push_bind(retirement.id.0)
            .push_bind(retirement.ingress.0)
            .push_bind(retirement.review.map(|review| review.0))
            .push_bind(to_json(&retirement.routes))
            .push_bind(retirement.state.as_str())
            .push_bind(held_until(retirement).map(millis))
            .push_bind(millis(retirement.requested_at))
            .push_bind(&retirement.requested_by)
            .push_bind(retirement.wish.map(|day| day.to_string()))
            .push_bind(&retirement.reason);
    });
    query
}

/// The decisions of these reviews do not count any more: what they requested and is not gone yet stays.
/// Returns the entries to record.
pub(crate) async fn withdraw(
    transaction: &mut Transaction<'_, Sqlite>,
    reviews: &[ReviewId],
    why: &str,
    (who, now): (Who<'_>, Timestamp),
) -> Result<Vec<Draft>, sqlx::Error> {
    if reviews.is_empty() {
        return Ok(Vec::new());
    }
    let requested = of_reviews(transaction, reviews).await?;
    withdraw_all(transaction, requested, why, (who, now)).await
}

/// These ingresses were confirmed as needed: what is on its way out of them stays, whoever requested it.
/// Returns the entries to record.
pub(crate) async fn confirmed(
    transaction: &mut Transaction<'_, Sqlite>,
    ingresses: &[IngressId],
    (who, now): (Who<'_>, Timestamp),
) -> Result<Vec<Draft>, sqlx::Error> {
    if ingresses.is_empty() {
        return Ok(Vec::new());
    }
    let requested = found(
        transaction,
        "state IN ('held', 'due') AND ingress_id IN (SELECT value FROM json_each($1))",
        to_json(ingresses),
    )
    .await?;
    let why = format!("{} confirmed in a review since that it is needed", who.name());
    withdraw_all(transaction, requested, &why, (who, now)).await
}

async fn withdraw_all(
    transaction: &mut Transaction<'_, Sqlite>,
    requested: Vec<Retirement>,
    why: &str,
    (who, now): (Who<'_>, Timestamp),
) -> Result<Vec<Draft>, sqlx::Error> {
    let mut drafts = Vec::new();
    for retirement in requested.into_iter().filter(|one| one.state.is_pending()) {
        let was = retirement.state.as_str();
        let withdrawn = retirement.withdraw(why, now);
        sqlx::query(
            "UPDATE retirements SET state = $2, at = $3, why = $4 WHERE id = $1 AND state = $5",
        )
        .bind(withdrawn.id.0)
        .bind(withdrawn.state.as_str())
        .bind(millis(now))
        .bind(why)
        .bind(was)
        .execute(&mut **transaction)
        .await?;
        let detail = json!({
            "review": withdrawn.review,
            "ingress_id": withdrawn.ingress,
            "routes": withdrawn.routes,
            "was": was,
            "state": withdrawn.state,
        });
        let target = format!("retirement {}", withdrawn.id);
        drafts.push(who.draft(Action::RetirementCancelled, target, detail, now));
    }
    Ok(drafts)
}

/// Every retirement that these reviews led to, the oldest first.
pub(crate) async fn of_reviews(
    connection: &mut SqliteConnection,
    reviews: &[ReviewId],
) -> Result<Vec<Retirement>, sqlx::Error> {
    let these = "review IN (SELECT value FROM json_each($1))";
    found(connection, these, to_json(reviews)).await
}

/// Those for which this condition holds with `$1`, the oldest first.
async fn found(
    connection: &mut SqliteConnection,
    condition: &'static str,
    bound: String,
) -> Result<Vec<Retirement>, sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT id, ingress_id, review, routes, state, until, since, at, why, proof, requested_at,
           requested_by, wish, reason
         FROM retirements
         WHERE ",
    );
    query.push(condition).push(" ORDER BY id");
    let rows = query.build().bind(bound).fetch_all(connection).await?;
    rows.iter().map(read).collect()
}

/// The last one of each review.
pub(crate) async fn last_of_reviews(
    connection: &mut SqliteConnection,
    reviews: &[ReviewId],
) -> Result<HashMap<ReviewId, Retirement>, sqlx::Error> {
    let all = of_reviews(connection, reviews).await?;
    Ok(all.into_iter().filter_map(|one| Some((one.review?, one))).collect())
}

fn read(row: &SqliteRow) -> Result<Retirement, sqlx::Error> {
    let at = |column: &str| {
        row.try_get::<Option<i64>, _>(column).map(|at| moment(at.unwrap_or_default()))
    };
    let text = |column: &str| row.try_get::<String, _>(column);
    let state = match row.try_get::<&str, _>("state")? {
        "held" => State::Held { until: at("until")? },
        "due" => State::Due { since: at("since")? },
        "removed" => State::Removed { at: at("at")?, proof: text("proof")? },
        "reappeared" => State::Reappeared { at: at("at")? },
        _ => State::Cancelled { at: at("at")?, why: text("why")? },
    };
    let wish: Option<String> = row.try_get("wish")?;
    Ok(Retirement {
        id: RetirementId(row.try_get("id")?),
        ingress: IngressId(row.try_get("ingress_id")?),
        review: row.try_get::<Option<i64>, _>("review")?.map(ReviewId),
        routes: parsed(row.try_get("routes")?)?,
        requested_at: moment(row.try_get("requested_at")?),
        requested_by: text("requested_by")?,
        wish: wish.and_then(|day| day.parse().ok()),
        state,
        reason: text("reason")?,
    })
}
