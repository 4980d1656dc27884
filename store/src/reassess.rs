//! Concludes anew of stored ingresses when something around them changed.

use std::sync::Arc;

use domain::assess::Rules;
use domain::problem::Checks;
use domain::{Class, ClassSource, ClusterName, Ingress, manifest};
use jiff::{SignedDuration, Timestamp};
use sqlx::{Connection, SqliteConnection};

use crate::answers::{self, Answer};
use crate::ingresses::unpack;
use crate::known::around;
use crate::row::{UNKNOWN, millis, run, to_json};
use crate::{Error, Store};

/// Ingresses that are judged with one look at what surrounds them.
const AT_ONCE: usize = 500;

/// By what the ingresses of one cluster are judged, and when.
#[derive(Debug, Clone)]
pub(crate) struct Judge {
    pub(crate) cluster: String,
    pub(crate) checks: Checks,
    pub(crate) rules: Arc<Rules>,
    pub(crate) now: Timestamp,
}

impl Store {
    /// Judges every ingress of a cluster anew, because other checks can be made than before.
    pub async fn reassess_all(&self, cluster: &ClusterName, now: Timestamp) -> Result<u64, Error> {
        let mut writer = self.writer().await?;
        let judge = self.judge(cluster, now);
        let written = all(&mut writer, &judge).await.map_err(self.failed())?;
        drop(writer);
        self.committed(written);
        Ok(written)
    }

    /// Sets the operator's rules. If they are not those by which the stored answers were found, or
    /// another logic found them, all are found anew. Returns how many ingresses have another answer now.
    pub async fn set_rules(&self, rules: Rules, now: Timestamp) -> Result<u64, Error> {
        let text = format!("{LOGIC} {}", to_json(&rules));
        *self.0.rules.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(rules);
        if self.setting(RULES).await?.as_deref() == Some(&text) {
            return Ok(0);
        }
        let mut written = 0;
        for status in self.clusters().await? {
            let Ok(cluster) = status.name.parse() else { continue };
            written += self.reassess_all(&cluster, now).await?;
        }
        self.set_setting(RULES, &text).await?;
        Ok(written)
    }

    /// Judges anew what only the time has changed: certificates that have come into their last days
    /// or beyond. Returns how many ingresses have another answer now.
    pub async fn refresh(&self, now: Timestamp) -> Result<u64, Error> {
        let soon = now + SignedDuration::from_hours(24 * self.rules().tls.expiring_days);
        let ids: Vec<(String, i64)> = sqlx::query_as(
            "SELECT cluster, id FROM ingresses
             WHERE gone = 0 AND tls_expires <= $1
               AND (tls_state IN ('valid', 'unknown', 'no-secret') OR (tls_state <> 'expired' AND tls_expires <= $2))
               OR gone = 0 AND tls_state = 'not-ready'",
        )
        .bind(millis(soon).min(UNKNOWN - 1))
        .bind(millis(now))
        .fetch_all(&self.0.readers)
        .await
        .map_err(self.failed())?;
        let mut written = 0;
        for group in ids.chunk_by(|one, other| one.0 == other.0) {
            let Ok(cluster) = group[0].0.parse() else { continue };
            let ids: Vec<i64> = group.iter().map(|(_, id)| *id).collect();
            written += self.reassess_these(&cluster, &ids, now).await?;
        }
        Ok(written)
    }

    /// Judges some ingresses of a cluster anew.
    pub(crate) async fn reassess_these(
        &self,
        cluster: &ClusterName,
        ids: &[i64],
        now: Timestamp,
    ) -> Result<u64, Error> {
        if ids.is_empty() {
            return Ok(0);
        }
        let mut writer = self.writer().await?;
        let judge = self.judge(cluster, now);
        let written = these(&mut writer, &judge, ids).await.map_err(self.failed())?;
        drop(writer);
        self.committed(written);
        Ok(written)
    }

    /// To be called with the writer in hand: who judged by what stood before another's write would
    /// overwrite what that one has concluded.
    pub(crate) fn judge(&self, cluster: &ClusterName, now: Timestamp) -> Judge {
        let checks = self.checks(cluster);
        Judge { cluster: cluster.to_string(), checks, rules: self.rules(), now }
    }

    /// The operator's rules.
    pub fn rules(&self) -> Arc<Rules> {
        self.0.rules.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}

const RULES: &str = "rules";

/// Raised with every change of what is concluded, so that stored answers are found anew.
const LOGIC: u32 = 1;

async fn all(writer: &mut SqliteConnection, judge: &Judge) -> Result<u64, sqlx::Error> {
    let ids: Vec<i64> =
        sqlx::query_scalar("SELECT id FROM ingresses WHERE gone = 0 AND cluster = $1")
            .bind(&judge.cluster)
            .fetch_all(&mut *writer)
            .await?;
    these(writer, judge, &ids).await
}

async fn these(
    writer: &mut SqliteConnection,
    judge: &Judge,
    ids: &[i64],
) -> Result<u64, sqlx::Error> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    let written = reassess(&mut transaction, judge, ids).await?;
    transaction.commit().await?;
    Ok(written)
}

/// Judges these ingresses anew and writes those for which the answer differs. Returns how many.
pub(crate) async fn reassess(
    connection: &mut SqliteConnection,
    judge: &Judge,
    ids: &[i64],
) -> Result<u64, sqlx::Error> {
    let mut written = 0;
    for ids in ids.chunks(AT_ONCE) {
        let text = to_json(ids);
        let ingresses = ingresses(connection, &text).await?;
        let mut stored = answers::stored(connection, &text).await?;
        let all: Vec<&Ingress> = ingresses.iter().map(|(_, ingress)| ingress).collect();
        let around = around(connection, &judge.cluster, judge.checks, &all).await?;
        for (id, ingress) in &ingresses {
            let conclusion = around.conclude(ingress, &judge.rules, judge.now);
            let answer = Answer::new(&conclusion, judge.checks.bits());
            let before = stored.remove(id);
            if before.as_ref() == Some(&answer) {
                continue;
            }
            // One that an older schema left has neither.
            if before.is_none_or(|before| before.tls.is_empty()) {
                let names: Vec<_> = answers::names(*id, ingress).collect();
                run(connection, answers::name(&judge.cluster, &names)).await?;
            }
            answers::update(connection, *id, &answer).await?;
            written += 1;
        }
    }
    Ok(written)
}

/// What the manifests of present ingresses say.
async fn ingresses(
    connection: &mut SqliteConnection,
    ids: &str,
) -> Result<Vec<(i64, Ingress)>, sqlx::Error> {
    let bodies: Vec<(i64, Vec<u8>)> = sqlx::query_as(
        "SELECT i.id, m.body FROM ingresses AS i JOIN manifests AS m ON m.ingress_id = i.id
         WHERE i.gone = 0 AND i.id IN (SELECT value FROM json_each($1))",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?;
    let ingress = |(id, body): (i64, Vec<u8>)| (id, manifest::ingress(&unpack(&body)));
    Ok(bodies.into_iter().map(ingress).collect())
}

/// The class as it stands in the database; an empty name is none.
pub(crate) fn class(name: &str, source: Option<&str>) -> Option<Class> {
    let source = source.and_then(ClassSource::parse)?;
    (!name.is_empty()).then(|| Class { name: name.to_owned(), source })
}
