//! Judges stored ingresses anew when something around them changed.

use std::collections::{BTreeSet, HashMap};

use domain::problem::{Checks, Subject, Surroundings};
use domain::{Backend, Class, ClassSource, ClusterName, Port, Problem};
use sqlx::{Connection, SqliteConnection};

use crate::row::{from_json, to_json};
use crate::surroundings::around;
use crate::{Error, Store};

/// Ingresses that are judged with one look at what surrounds them.
const AT_ONCE: usize = 500;

impl Store {
    /// Judges every ingress of a cluster anew, because other checks can be made than before.
    pub async fn reassess_all(&self, cluster: &ClusterName) -> Result<u64, Error> {
        let checks = self.checks(cluster);
        let mut writer = self.writer().await?;
        let written = all(&mut writer, cluster.as_str(), checks).await.map_err(self.failed())?;
        drop(writer);
        self.committed(written);
        Ok(written)
    }
}

async fn all(
    writer: &mut SqliteConnection,
    cluster: &str,
    checks: Checks,
) -> Result<u64, sqlx::Error> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    let ids: Vec<i64> =
        sqlx::query_scalar("SELECT id FROM ingresses WHERE gone = 0 AND cluster = $1")
            .bind(cluster)
            .fetch_all(&mut *transaction)
            .await?;
    let written = reassess(&mut transaction, cluster, checks, &ids).await?;
    transaction.commit().await?;
    Ok(written)
}

/// What an assessment needs of a stored ingress, and what the last one found.
struct Stored {
    id: i64,
    namespace: String,
    class: String,
    class_source: Option<String>,
    oddities: String,
    problems: String,
    checks: i64,
}

type Row = (i64, String, String, Option<String>, String, String, i64);

impl From<Row> for Stored {
    fn from((id, namespace, class, class_source, oddities, problems, checks): Row) -> Self {
        Self { id, namespace, class, class_source, oddities, problems, checks }
    }
}

/// Judges these ingresses anew and writes those for which the answer differs. Returns how many.
pub(crate) async fn reassess(
    connection: &mut SqliteConnection,
    cluster: &str,
    checks: Checks,
    ids: &[i64],
) -> Result<u64, sqlx::Error> {
    let mut written = 0;
    for ids in ids.chunks(AT_ONCE) {
        let ids = to_json(ids);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, namespace, class, class_source, oddities, problems, checks
             FROM ingresses
             WHERE gone = 0 AND id IN (SELECT value FROM json_each($1))",
        )
        .bind(&ids)
        .fetch_all(&mut *connection)
        .await?;
        let stored: Vec<Stored> = rows.into_iter().map(Stored::from).collect();
        let backends = backends(connection, &ids).await?;
        let of = |one: &Stored| backends.get(&one.id).map_or(&[][..], Vec::as_slice);
        let services: BTreeSet<_> = stored
            .iter()
            .flat_map(|one| of(one).iter().filter_map(|b| Some((&*one.namespace, b.service()?))))
            .collect();
        let around = around(connection, cluster, checks, &services).await?;
        for one in &stored {
            written += update(connection, one, of(one), &around).await?;
        }
    }
    Ok(written)
}

async fn backends(
    connection: &mut SqliteConnection,
    ids: &str,
) -> Result<HashMap<i64, Vec<Backend>>, sqlx::Error> {
    let rows: Vec<(i64, String, String)> = sqlx::query_as(
        "SELECT ingress_id, service, port FROM backends
         WHERE ingress_id IN (SELECT value FROM json_each($1))",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?;
    let mut backends: HashMap<i64, Vec<Backend>> = HashMap::new();
    for (id, name, port) in rows {
        let backend = Backend::Service { name, port: Port::parse(&port) };
        backends.entry(id).or_default().push(backend);
    }
    Ok(backends)
}

async fn update(
    connection: &mut SqliteConnection,
    stored: &Stored,
    backends: &[Backend],
    around: &Surroundings,
) -> Result<u64, sqlx::Error> {
    let oddities: Vec<Problem> = from_json(&stored.oddities);
    let problems = around.assess(Subject {
        namespace: &stored.namespace,
        class: class(&stored.class, stored.class_source.as_deref()).as_ref(),
        backends,
        oddities: &oddities,
    });
    let text = to_json(&problems);
    if text == stored.problems && around.checks.bits() == stored.checks {
        return Ok(0);
    }
    sqlx::query(
        "UPDATE ingresses SET problems = $2, problem_count = $3, checks = $4 WHERE id = $1",
    )
    .bind(stored.id)
    .bind(text)
    .bind(problems.len() as i64)
    .bind(around.checks.bits())
    .execute(connection)
    .await?;
    Ok(1)
}

/// The class as it stands in the database; an empty name is none.
pub(crate) fn class(name: &str, source: Option<&str>) -> Option<Class> {
    let source = source.and_then(ClassSource::parse)?;
    (!name.is_empty()).then(|| Class { name: name.to_owned(), source })
}
