//! What was seen of traffic: where its sources stand, how long each day was observed, when requests
//! were last seen of every ingress and route, and how many came on each day.

use std::collections::HashMap;

use domain::traffic::{Seen, Traffic, Verdict};
use domain::{ClusterName, Ingress, IngressId, manifest};
use jiff::Timestamp;
use sqlx::{Connection, SqliteConnection};

use crate::ingresses::unpack;
use crate::row::{UNKNOWN, created, millis, moment, to_json};
use crate::{Error, Store};

/// Where a source of a cluster stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceState {
    /// What it is called.
    pub name: String,
    /// The first moment that was observed.
    pub since: Option<Timestamp>,
    /// The last moment that was observed.
    pub collected_until: Option<Timestamp>,
    /// Down to where its past was read; `None` until that is done.
    pub filled_from: Option<Timestamp>,
    /// When it was last asked.
    pub checked_at: Option<Timestamp>,
    /// Why it cannot be relied on now, if so.
    pub error: Option<String>,
}

/// What one round, or one piece of the past, brought.
#[derive(Debug, Clone)]
pub struct Round {
    /// The source.
    pub source: String,
    /// When it was asked.
    pub checked_at: Timestamp,
    /// The moment up to which it told; `None` for what lies in the past and for a round that failed.
    pub until: Option<Timestamp>,
    /// The first moment that was observed.
    pub since: Option<Timestamp>,
    /// Down to where the past was read, once that is done.
    pub filled_from: Option<Timestamp>,
    /// What was seen.
    pub seen: Vec<SeenSample>,
    /// So many seconds more of these UTC days were observed.
    pub covered: Vec<(i64, i64)>,
    /// Why it cannot be relied on, if so.
    pub error: Option<String>,
}

/// What was seen of one ingress on one day, or of one of its routes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenSample {
    /// The ingress.
    pub id: IngressId,
    /// The route, by [`domain::traffic::route_key`]; `None` for the whole ingress.
    pub route: Option<String>,
    /// The last request of any kind.
    pub last_any: Option<Timestamp>,
    /// The last one that was answered with success.
    pub last_success: Option<Timestamp>,
    /// The UTC day, counted from 1970.
    pub day: i64,
    /// Requests on that day, to be added.
    pub requests: u64,
    /// Those that were answered with success.
    pub successes: u64,
}

/// A present ingress, as far as its traffic is concerned.
#[derive(Debug, Clone)]
pub struct PresentIngress {
    /// Its number.
    pub id: IngressId,
    /// What its manifest says.
    pub ingress: Ingress,
    /// The controller of its class, if that is known.
    pub controller: Option<String>,
    /// When a change that matters was last seen: before it, something else may have served it.
    pub changed_at: Option<Timestamp>,
}

type SourceRow = (String, Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<String>);

/// In a query over ingresses `i` with their answers `a`, up to when all sources that measure one were read; 0 if one of them never was, and `NULL` if
/// nothing measures it. Of several, their names are joined ([`domain::traffic::Traffic::source`]).
pub(crate) const READ_UNTIL: &str = "(SELECT min(coalesce(t.collected_until, 0)) FROM traffic_sources AS t
     WHERE t.cluster = i.cluster
       AND instr(' and ' || (a.traffic ->> '$.source') || ' and ', ' and ' || t.name || ' and ') > 0)";

impl Store {
    /// Where the sources of a cluster stand, by name.
    pub async fn traffic_sources(&self, cluster: &ClusterName) -> Result<Vec<SourceState>, Error> {
        let rows: Vec<SourceRow> = sqlx::query_as(
            "SELECT name, since, collected_until, filled_from, checked_at, error
             FROM traffic_sources WHERE cluster = $1 ORDER BY name",
        )
        .bind(cluster.as_str())
        .fetch_all(&self.0.readers)
        .await
        .map_err(self.failed())?;
        let state = |(name, since, until, filled, checked, error): SourceRow| SourceState {
            name,
            since: since.map(moment),
            collected_until: until.map(moment),
            filled_from: filled.map(moment),
            checked_at: checked.map(moment),
            error,
        };
        Ok(rows.into_iter().map(state).collect())
    }

    /// How many seconds of each UTC day from this one on a source was observed, as day and seconds.
    pub async fn traffic_coverage(
        &self,
        cluster: &ClusterName,
        source: &str,
        first_day: i64,
    ) -> Result<Vec<(i64, i64)>, Error> {
        sqlx::query_as(
            "SELECT day, seconds FROM traffic_coverage
             WHERE cluster = $1 AND source = $2 AND day >= $3 ORDER BY day",
        )
        .bind(cluster.as_str())
        .bind(source)
        .bind(first_day)
        .fetch_all(&self.0.readers)
        .await
        .map_err(self.failed())
    }

    /// The next present ingresses of a cluster behind this number; at most `limit`.
    pub async fn present_ingresses(
        &self,
        cluster: &ClusterName,
        after: IngressId,
        limit: usize,
    ) -> Result<Vec<PresentIngress>, Error> {
        let rows: Vec<(i64, String, i64, Vec<u8>)> = sqlx::query_as(
            "SELECT i.id, i.controller, i.changed_at, m.body
             FROM ingresses AS i JOIN manifests AS m ON m.ingress_id = i.id
             WHERE i.id > $2 AND +i.gone = 0 AND +i.cluster = $1
             ORDER BY i.id LIMIT $3",
        )
        .bind(cluster.as_str())
        .bind(after.0)
        .bind(limit as i64)
        .fetch_all(&self.0.readers)
        .await
        .map_err(self.failed())?;
        let read = |(id, controller, changed, body): (i64, String, i64, Vec<u8>)| PresentIngress {
            id: IngressId(id),
            ingress: manifest::ingress(&unpack(&body)),
            controller: (!controller.is_empty()).then_some(controller),
            changed_at: created(changed),
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// When requests of these ingresses were last seen; one of which none was has no entry.
    pub async fn traffic_seen(&self, ids: &[IngressId]) -> Result<HashMap<IngressId, Seen>, Error> {
        let rows: Vec<(i64, Option<i64>, Option<i64>)> = sqlx::query_as(
            "SELECT ingress_id, last_any, last_success FROM traffic_seen
             WHERE route = '' AND ingress_id IN (SELECT value FROM json_each($1))",
        )
        .bind(to_json(ids))
        .fetch_all(&self.0.readers)
        .await
        .map_err(self.failed())?;
        Ok(rows.into_iter().map(|(id, any, success)| (IngressId(id), seen(any, success))).collect())
    }

    /// Takes over what a round brought, in one transaction.
    pub async fn save_round(&self, cluster: &ClusterName, round: &Round) -> Result<(), Error> {
        let mut writer = self.writer().await?;
        save(&mut writer, cluster.as_str(), round).await.map_err(self.failed())?;
        drop(writer);
        self.0.checkpoints.committed(round.seen.len() as u64);
        Ok(())
    }

    /// Saves what is said of the traffic of some ingresses, and since when each is known not to be
    /// used. Only what differs from what is stored is written; returns of how many that is.
    pub async fn save_traffic(
        &self,
        cluster: &ClusterName,
        judged: &[(IngressId, Traffic, Option<Timestamp>)],
    ) -> Result<u64, Error> {
        let rows: Vec<_> = judged.iter().map(verdict_row).collect();
        let mut writer = self.writer().await?;
        let written =
            verdicts(&mut writer, cluster.as_str(), &rows).await.map_err(self.failed())?;
        drop(writer);
        self.committed(written);
        Ok(written)
    }
}

/// When requests were last seen, as it stands in the database.
pub(crate) fn seen(last_any: Option<i64>, last_success: Option<i64>) -> Seen {
    Seen { last_any: last_any.map(moment), last_success: last_success.map(moment) }
}

async fn save(
    writer: &mut SqliteConnection,
    cluster: &str,
    round: &Round,
) -> Result<(), sqlx::Error> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    // What failed says why; what lies in the past says nothing of now.
    sqlx::query(
        "INSERT INTO traffic_sources
           (cluster, name, since, collected_until, filled_from, checked_at, error)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (cluster, name) DO UPDATE SET
           since = min(coalesce(since, excluded.since), coalesce(excluded.since, since)),
           collected_until = coalesce(excluded.collected_until, collected_until),
           filled_from = coalesce(excluded.filled_from, filled_from),
           checked_at = excluded.checked_at,
           error = CASE WHEN excluded.error IS NULL AND excluded.collected_until IS NULL
                   THEN error ELSE excluded.error END",
    )
    .bind(cluster)
    .bind(&round.source)
    .bind(round.since.map(millis))
    .bind(round.until.map(millis))
    .bind(round.filled_from.map(millis))
    .bind(millis(round.checked_at))
    .bind(&round.error)
    .execute(&mut *transaction)
    .await?;
    sqlx::query(
        "INSERT INTO traffic_coverage (cluster, source, day, seconds)
         SELECT $1, $2, value ->> 0, value ->> 1 FROM json_each($3) WHERE true
         ON CONFLICT (cluster, source, day) DO UPDATE SET
           seconds = min(86400, seconds + excluded.seconds)",
    )
    .bind(cluster)
    .bind(&round.source)
    .bind(to_json(&round.covered))
    .execute(&mut *transaction)
    .await?;
    for samples in round.seen.chunks(AT_ONCE) {
        last_seen(&mut transaction, samples).await?;
        days(&mut transaction, cluster, round, samples).await?;
    }
    transaction.commit().await
}

/// So many rows go to SQLite as one text.
const AT_ONCE: usize = 1_000;

async fn last_seen(
    connection: &mut SqliteConnection,
    samples: &[SeenSample],
) -> Result<(), sqlx::Error> {
    let row = |sample: &SeenSample| {
        let route = sample.route.clone().unwrap_or_default();
        (sample.id.0, route, sample.last_any.map(millis), sample.last_success.map(millis))
    };
    let rows: Vec<_> = samples.iter().map(row).collect();
    sqlx::query(
        "INSERT INTO traffic_seen (ingress_id, route, last_any, last_success)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1) WHERE true
         ON CONFLICT (ingress_id, route) DO UPDATE SET
           last_any = max(coalesce(last_any, excluded.last_any),
                          coalesce(excluded.last_any, last_any)),
           last_success = max(coalesce(last_success, excluded.last_success),
                              coalesce(excluded.last_success, last_success))",
    )
    .bind(to_json(&rows))
    .execute(connection)
    .await?;
    Ok(())
}

/// A source under a new name reads a past that was counted under the old one, and nothing says that
/// the two are one: where another source has observed a day of the past, the greater number counts
/// and not the sum.
async fn days(
    connection: &mut SqliteConnection,
    cluster: &str,
    round: &Round,
    samples: &[SeenSample],
) -> Result<(), sqlx::Error> {
    let past = round.until.is_none() && round.error.is_none();
    let whole = samples.iter().filter(|sample| sample.route.is_none() && sample.requests > 0);
    let rows: Vec<_> = whole
        .map(|sample| (sample.id.0, sample.day, number(sample.requests), number(sample.successes)))
        .collect();
    sqlx::query(
        "INSERT INTO traffic_days (ingress_id, day, requests, successes)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1) WHERE true
         ON CONFLICT (ingress_id, day) DO UPDATE SET
           requests = CASE WHEN $2 AND excluded.day IN (
                             SELECT day FROM traffic_coverage
                             WHERE cluster = $3 AND source <> $4)
                           THEN max(requests, excluded.requests)
                           ELSE requests + excluded.requests END,
           successes = CASE WHEN $2 AND excluded.day IN (
                              SELECT day FROM traffic_coverage
                              WHERE cluster = $3 AND source <> $4)
                            THEN max(successes, excluded.successes)
                            ELSE successes + excluded.successes END",
    )
    .bind(to_json(&rows))
    .bind(past)
    .bind(cluster)
    .bind(&round.source)
    .execute(connection)
    .await?;
    Ok(())
}

/// A counter that has run wild must not overflow the sum of a day.
fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX).min(1 << 53)
}

/// Ingress, verdict, last traffic, unused since, and everything.
type VerdictRow = (i64, &'static str, i64, i64, String);

fn verdict_row((id, traffic, unused): &(IngressId, Traffic, Option<Timestamp>)) -> VerdictRow {
    let last = if traffic.tells_success { traffic.last_success } else { traffic.last_any };
    let last = match last {
        Some(at) => millis(at),
        None if traffic.verdict == Verdict::NotMeasurable => UNKNOWN,
        None => 0,
    };
    let unused = unused.map_or(UNKNOWN, millis);
    (id.0, traffic.verdict.as_str(), last, unused, to_json(traffic))
}

/// Updates from one text, as a statement for each of thousands of ingresses would take a second. The
/// `+` keeps SQLite from going through the cluster and reading the text anew for every ingress.
async fn verdicts(
    writer: &mut SqliteConnection,
    cluster: &str,
    rows: &[VerdictRow],
) -> Result<u64, sqlx::Error> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    let text = to_json(rows);
    sqlx::query(
        "UPDATE ingresses
         SET verdict = v.value ->> 1, last_traffic = v.value ->> 2, unused_since = v.value ->> 3
         FROM json_each($2) AS v
         WHERE ingresses.id = v.value ->> 0 AND +ingresses.cluster = $1
           AND (verdict <> v.value ->> 1 OR last_traffic <> v.value ->> 2
                OR unused_since <> v.value ->> 3)",
    )
    .bind(cluster)
    .bind(&text)
    .execute(&mut *transaction)
    .await?;
    let written = sqlx::query(
        "UPDATE answers SET traffic = v.value ->> 4
         FROM json_each($1) AS v
         WHERE answers.ingress_id = v.value ->> 0 AND answers.traffic IS NOT v.value ->> 4",
    )
    .bind(&text)
    .execute(&mut *transaction)
    .await?
    .rows_affected();
    transaction.commit().await?;
    Ok(written)
}
