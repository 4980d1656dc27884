//! Closes campaigns, by hand or because they are due: each review gets one outcome.

use std::collections::HashSet;

use domain::audit::{Action, Draft};
use domain::campaign::{Closed, Closing, Open, Summary, Undecided};
use domain::recommendation::Advice;
use domain::retirement::Policy;
use domain::review::{AtClosing, Choice, Kind, Outcome, Review};
use domain::sync::{ClusterStatus, Freshness};
use domain::{CampaignId, IngressId, ReviewId};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, Transaction};

use super::open::{FactRow, facts, recommended};
use super::{admin, existing, load, overtaken, parsed, target};
use crate::acts::{Act, ActError, Stop, Who, before, begin, keep};
use crate::audit::{append, append_all};
use crate::reviews::{By, DECISION, DecisionRow, REVIEW, StoredReview, Wanted, request};
use crate::row::{created, millis, to_json};
use crate::traffic::READ_UNTIL;
use crate::{Error, Store};

/// Reviews that are settled at once.
const AT_ONCE: i64 = 2_000;
/// The traffic of what nobody decided must have been read within this time. Sources are asked once an
/// hour, or more often.
const READ_WITHIN: SignedDuration = SignedDuration::from_hours(2);

impl Store {
    /// Closes an open campaign now. Returns what it came to.
    pub async fn close_campaign(
        &self,
        act: &Act,
        id: CampaignId,
        now: Timestamp,
    ) -> Result<Summary, ActError> {
        let policy = self.retirement_policy();
        let mut writer = self.writer().await?;
        let statuses = self.clusters().await?;
        let closed = close(&mut writer, act, id, &statuses, (policy, now)).await;
        drop(writer);
        self.acted(closed)
    }

    /// Closes the campaigns that are due. Returns which. Each is a transaction of its own: one that
    /// fails is logged and tried again the next time, and keeps no other from closing.
    pub async fn close_due_campaigns(&self, now: Timestamp) -> Result<Vec<CampaignId>, Error> {
        let policy = self.retirement_policy();
        let due: Vec<i64> = sqlx::query_scalar(
            "SELECT id FROM campaigns WHERE state = 'open' AND due < $1 ORDER BY due, id",
        )
        .bind(millis(now))
        .fetch_all(&self.0.readers)
        .await
        .map_err(self.failed())?;
        let mut closed = Vec::new();
        for id in due.into_iter().map(CampaignId) {
            let mut writer = self.writer().await?;
            let statuses = self.clusters().await?;
            let done = close_due(&mut writer, id, &statuses, (policy, now)).await;
            drop(writer);
            match self.acted(done) {
                Ok(true) => closed.push(id),
                Ok(false) => {}
                Err(ActError::Refused(sentence, _)) => {
                    tracing::warn!(campaign = id.0, sentence, "a campaign was not closed");
                }
                Err(ActError::Store(error)) => {
                    tracing::error!(campaign = id.0, %error, "a campaign was not closed");
                }
            }
        }
        Ok(closed)
    }
}

async fn close(
    writer: &mut SqliteConnection,
    act: &Act,
    id: CampaignId,
    statuses: &[ClusterStatus],
    (policy, now): (Policy, Timestamp),
) -> Result<Summary, Stop> {
    let target = target(id);
    let mut transaction = begin(writer).await?;
    if let Some(closed) = before(&mut transaction, act, "close campaign", &target).await? {
        return Ok(closed);
    }
    admin(act)?;
    let open = existing(&mut transaction, id).await?.into_open()?;
    let by = By { who: Who::Person(act), policy, now };
    let outcome = settle(&mut transaction, open, Closing::ByHand, statuses, by).await?.outcome;
    keep(&mut transaction, act, ("close campaign", &target), &outcome, now).await?;
    transaction.commit().await?;
    Ok(outcome)
}

/// `false` if it is not due any more, or closed already.
async fn close_due(
    writer: &mut SqliteConnection,
    id: CampaignId,
    statuses: &[ClusterStatus],
    (policy, now): (Policy, Timestamp),
) -> Result<bool, Stop> {
    let mut transaction = begin(writer).await?;
    let campaign = load(&mut transaction, id).await?;
    let open = campaign.and_then(|campaign| campaign.into_open().ok());
    let Some(open) = open.filter(|open| open.is_due(now)) else { return Ok(false) };
    let by = By { who: Who::Itself, policy, now };
    settle(&mut transaction, open, Closing::Due, statuses, by).await?;
    transaction.commit().await?;
    Ok(true)
}

/// Settles every review, and closes the campaign.
async fn settle(
    transaction: &mut Transaction<'_, Sqlite>,
    open: Open,
    closing: Closing,
    statuses: &[ClusterStatus],
    by: By<'_>,
) -> Result<Closed, Stop> {
    let rule = open.terms.undecided;
    let mut outcomes = Vec::new();
    let mut drafts = Vec::new();
    let mut after = 0;
    loop {
        let found = reviews(transaction, open.id, after).await?;
        let Some((last, ..)) = found.last() else { break };
        after = last.id.0;
        let retired = still_recommended(transaction, &found, &open, statuses, by.now).await?;
        let settled = settled(found, rule, &retired);
        write(transaction, &settled).await?;
        drafts.extend(retire(transaction, &settled, &open, by).await?);
        outcomes.extend(settled.iter().map(|one| one.outcome));
    }
    let closed = open.close(closing, by.now, &outcomes);
    end(transaction, &closed).await?;
    let entry = by.who.draft(Action::CampaignClosed, target(closed.id), said(&closed), by.now);
    append(transaction, entry).await?;
    append_all(transaction, drafts).await?;
    Ok(closed)
}

/// A review with its outcome.
struct Settled {
    id: ReviewId,
    outcome: Outcome,
    review: Review,
    /// Cluster, namespace and name.
    place: String,
}

fn settled(
    found: Vec<(Review, bool, String)>,
    rule: Undecided,
    retired: &HashSet<IngressId>,
) -> Vec<Settled> {
    let settle = |(review, present, place): (Review, bool, String)| {
        let still_recommended = retired.contains(&review.ingress);
        let (review, outcome) = review.settle(rule, AtClosing { present, still_recommended });
        Settled { id: review.id, outcome, review, place }
    };
    found.into_iter().map(settle).collect()
}

/// Of which ingresses it still holds that they should be retired, where nobody has to say so. A review
/// that was never decided, or of which the decision was undone, does not note what changed: so the
/// ingresses themselves are asked.
async fn still_recommended(
    connection: &mut SqliteConnection,
    found: &[(Review, bool, String)],
    open: &Open,
    statuses: &[ClusterStatus],
    now: Timestamp,
) -> Result<HashSet<IngressId>, sqlx::Error> {
    if open.terms.undecided != Undecided::Retire {
        return Ok(HashSet::new());
    }
    let ids: Vec<i64> = found.iter().map(|(review, ..)| review.ingress.0).collect();
    let ids = known_today(connection, &ids, statuses, now).await?;
    let facts = facts(connection, &ids).await?;
    let holds = |row: &&FactRow| {
        let is_changed = created(row.6).is_some_and(|changed_at| changed_at > open.opened_at);
        let recommended = recommended(row, open.terms.look_back_days, now);
        !is_changed && recommended.advice == Advice::Retire
    };
    Ok(facts.values().filter(holds).map(|row| IngressId(row.0)).collect())
}

/// Those of which what is known is of today: their clusters are up to date, and all that measures their
/// traffic was read. Of the others nobody knows whether they changed or are used.
async fn known_today(
    connection: &mut SqliteConnection,
    ids: &[i64],
    statuses: &[ClusterStatus],
    now: Timestamp,
) -> Result<Vec<i64>, sqlx::Error> {
    let fresh = statuses.iter().filter(|status| is_up_to_date(status, now));
    let clusters: Vec<&str> = fresh.map(|status| status.name.as_str()).collect();
    let read = now.checked_sub(READ_WITHIN).unwrap_or(Timestamp::MIN);
    let mut query = QueryBuilder::<Sqlite>::new("SELECT json_group_array(i.id) FROM json_each(");
    query.push_bind(to_json(ids)).push(
        ") AS key
         CROSS JOIN ingresses AS i ON i.id = key.value
         LEFT JOIN answers AS a ON a.ingress_id = i.id
         WHERE i.cluster IN (SELECT value FROM json_each(",
    );
    query.push_bind(to_json(&clusters)).push(format!(")) AND {READ_UNTIL} >= "));
    query.push_bind(millis(read));
    let text: String = query.build_query_scalar().fetch_one(connection).await?;
    parsed(&text)
}

/// As at the opening.
fn is_up_to_date(status: &ClusterStatus, now: Timestamp) -> bool {
    status.configured
        && status.error.is_none()
        && matches!(status.freshness(now), Freshness::Fresh(_))
}

type Row = (StoredReview, Option<DecisionRow>, i64, String, String, String);

/// The reviews that follow, with whether their ingresses are in their clusters, and where.
async fn reviews(
    connection: &mut SqliteConnection,
    campaign: CampaignId,
    after: i64,
) -> Result<Vec<(Review, bool, String)>, sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT json_group_array(json_array({REVIEW}, {DECISION}, i.gone, i.cluster, i.namespace,
           i.name))
         FROM (SELECT id FROM reviews WHERE campaign = "
    ));
    query.push_bind(campaign.0).push(" AND id > ").push_bind(after);
    query.push(" ORDER BY id LIMIT ").push_bind(AT_ONCE).push(
        ") AS k
         CROSS JOIN reviews AS r ON r.id = k.id
         CROSS JOIN ingresses AS i ON i.id = r.ingress_id
         LEFT JOIN decisions AS d ON d.id = r.decision_id",
    );
    let text: String = query.build_query_scalar().fetch_one(connection).await?;
    let rows: Vec<Row> = parsed(&text)?;
    let read = |(review, decision, gone, cluster, namespace, name): Row| {
        let place = format!("{cluster}/{namespace}/{name}");
        Ok((review.read(decision)?, gone == 0, place))
    };
    let mut found = rows.into_iter().map(read).collect::<Result<Vec<_>, sqlx::Error>>()?;
    found.sort_by_key(|(review, ..)| review.id);
    Ok(found)
}

async fn write(transaction: &mut Transaction<'_, Sqlite>, settled: &[Settled]) -> Result<(), Stop> {
    let rows: Vec<(ReviewId, &str)> =
        settled.iter().map(|one| (one.id, one.outcome.as_str())).collect();
    let written = sqlx::query(
        "UPDATE reviews SET state = 'settled', outcome = n.value ->> 1
         FROM json_each($1) AS n
         WHERE reviews.id = n.value ->> 0 AND reviews.state <> 'settled'",
    )
    .bind(to_json(&rows))
    .execute(&mut **transaction)
    .await?;
    if written.rows_affected() == settled.len() as u64 { Ok(()) } else { Err(overtaken()) }
}

/// What nobody decided, and the rule of the campaign retires. What a reviewer wants retired was
/// requested when it was decided.
async fn retire(
    transaction: &mut Transaction<'_, Sqlite>,
    settled: &[Settled],
    open: &Open,
    by: By<'_>,
) -> Result<Vec<Draft>, sqlx::Error> {
    let reason = format!(
        "nobody decided until the end of the campaign {:?}, whose rule retires what is recommended",
        open.terms.name
    );
    let choice = Choice::new(Kind::Retire, &reason);
    let undecided = settled.iter().filter(|one| {
        one.outcome == Outcome::RetiredUndecided
            && one.review.recommendation.advice == Advice::Retire
    });
    let wanted: Vec<Wanted<'_>> = undecided
        .map(|one| Wanted {
            campaign: open.id,
            review: one.id,
            ingress: one.review.ingress,
            place: &one.place,
            choice: &choice,
        })
        .collect();
    // Whoever closed the campaign did not decide that.
    request(transaction, &wanted, By { who: Who::Itself, ..by }).await
}

async fn end(transaction: &mut Transaction<'_, Sqlite>, closed: &Closed) -> Result<(), Stop> {
    let written = sqlx::query(
        "UPDATE campaigns SET state = 'closed', closed_at = $2, closing = $3, outcome = $4
         WHERE id = $1 AND state = 'open'",
    )
    .bind(closed.id.0)
    .bind(millis(closed.closed_at))
    .bind(closed.by.as_str())
    .bind(to_json(&closed.outcome))
    .execute(&mut **transaction)
    .await?;
    if written.rows_affected() == 1 { Ok(()) } else { Err(overtaken()) }
}

fn said(closed: &Closed) -> serde_json::Value {
    json!({
        "name": closed.terms.name,
        "by": closed.by.as_str(),
        "undecided": closed.terms.undecided.as_str(),
        "outcome": closed.outcome,
        "population": closed.outcome.total(),
    })
}
