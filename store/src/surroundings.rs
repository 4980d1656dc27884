//! What ingresses are judged by: Namespaces, IngressClasses, Services, EndpointSlices and
//! Certificates, reduced to the facts that Routebook uses.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::ClusterName;
use domain::owner::Marks;
use domain::problem::Checks;
use domain::sync::{Kind, Phase};
use domain::tls::Finding;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{Connection, QueryBuilder, Sqlite, SqliteConnection};

use crate::reassess::{self, Judge};
use crate::row::{chunks, from_json, millis, run, to_json};
use crate::{Error, Store};

/// One object around the ingresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surrounding {
    /// Its namespace; empty for kinds without one.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What Routebook uses of it.
    pub facts: Facts,
}

/// What Routebook uses of an object around the ingresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Facts {
    /// Of a Namespace.
    Namespace {
        /// What may name an owner.
        #[serde(default)]
        marks: Marks,
    },
    /// Of an IngressClass.
    Class {
        /// `spec.controller`.
        controller: String,
        /// Whether new ingresses without a class get this one.
        default: bool,
    },
    /// Of a Service.
    Service {
        /// Its ports as `(number, name)`.
        ports: Vec<(i32, String)>,
        /// Whether it is an `ExternalName`.
        external: bool,
        /// What may name an owner.
        #[serde(default)]
        marks: Marks,
    },
    /// Of an EndpointSlice.
    Endpoints {
        /// The Service it belongs to; empty if it says none.
        service: String,
        /// How many of its endpoints are ready.
        ready: i64,
    },
    /// Of a cert-manager Certificate.
    Certificate {
        /// The Secret that it is for; empty if it names none.
        secret: String,
        /// What it says of the certificate.
        finding: Finding,
    },
}

impl Facts {
    fn subject(&self) -> &str {
        match self {
            Self::Endpoints { service, .. } => service,
            Self::Certificate { secret, .. } => secret,
            _ => "",
        }
    }
}

impl Store {
    /// The namespace and name of every object of a kind that the store has of a cluster.
    pub async fn known_surroundings(
        &self,
        cluster: &ClusterName,
        kind: Kind,
    ) -> Result<HashSet<(String, String)>, Error> {
        let keys: Vec<(String, String)> = sqlx::query_as(
            "SELECT namespace, name FROM surroundings WHERE cluster = $1 AND kind = $2",
        )
        .bind(cluster.as_str())
        .bind(kind.as_str())
        .fetch_all(&self.0.readers)
        .await
        .map_err(self.failed())?;
        Ok(keys.into_iter().collect())
    }

    /// Takes over what was seen and what is gone, and judges the ingresses concerned anew, in one
    /// transaction. Returns how many rows of any table were written: none, if nothing is new.
    pub async fn apply_surroundings(
        &self,
        cluster: &ClusterName,
        kind: Kind,
        seen: &[Surrounding],
        gone: &[(String, String)],
        now: Timestamp,
    ) -> Result<u64, Error> {
        let mut writer = self.writer().await?;
        let judge = self.judge(cluster, now);
        let written = apply(&mut writer, &judge, kind, seen, gone).await.map_err(self.failed())?;
        drop(writer);
        self.committed(written);
        Ok(written)
    }

    /// Which checks can be made: those whose kinds were read completely once, and may be read.
    pub(crate) fn checks(&self, cluster: &ClusterName) -> Checks {
        let known = |kind| {
            let status = self.kind_status(cluster, kind);
            status.listed_at.is_some() && status.phase != Phase::NotPermitted
        };
        Checks {
            services: known(Kind::Service),
            endpoints: known(Kind::EndpointSlice),
            classes: known(Kind::IngressClass),
            namespaces: known(Kind::Namespace),
        }
    }
}

async fn apply(
    writer: &mut SqliteConnection,
    judge: &Judge,
    kind: Kind,
    seen: &[Surrounding],
    gone: &[(String, String)],
) -> Result<u64, sqlx::Error> {
    let cluster = judge.cluster.as_str();
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    if is_first(&mut transaction, cluster).await? {
        // Nobody is concerned yet, so nobody asks which rows were written.
        let mut written = delete(&mut transaction, cluster, kind, gone).await?.len() as u64;
        written +=
            run(&mut transaction, chunks(seen).map(|seen| upsert(judge, kind, seen))).await?;
        transaction.commit().await?;
        return Ok(written);
    }
    let mut touched = Vec::new();
    if matches!(kind, Kind::Certificate | Kind::EndpointSlice) {
        touched.extend(left(&mut transaction, cluster, kind, seen).await?);
    }
    let former = touched.len() as u64;
    for chunk in chunks(seen) {
        let mut query = upsert(judge, kind, chunk);
        query.push(" RETURNING namespace, name, subject");
        touched.extend(query.build_query_as::<Touched>().fetch_all(&mut *transaction).await?);
    }
    touched.extend(delete(&mut transaction, cluster, kind, gone).await?);
    let mut written = touched.len() as u64 - former;
    let concerned = concerned(&mut transaction, cluster, kind, &touched).await?;
    written += reassess::reassess(&mut transaction, judge, &concerned).await?;
    transaction.commit().await?;
    Ok(written)
}

/// The Secrets that Certificates named before, or the Services that EndpointSlices did, where they
/// name others now.
async fn left(
    connection: &mut SqliteConnection,
    cluster: &str,
    kind: Kind,
    seen: &[Surrounding],
) -> Result<Vec<Touched>, sqlx::Error> {
    let keys: Vec<_> =
        seen.iter().map(|one| (&one.namespace, &one.name, one.facts.subject())).collect();
    sqlx::query_as(
        "SELECT s.namespace, s.name, s.subject FROM json_each($2) AS key
         CROSS JOIN surroundings AS s
         WHERE s.cluster = $1 AND s.kind = $3 AND s.namespace = key.value ->> 0
           AND s.name = key.value ->> 1 AND s.subject <> key.value ->> 2",
    )
    .bind(cluster)
    .bind(to_json(&keys))
    .bind(kind.as_str())
    .fetch_all(connection)
    .await
}

/// Namespace, name and subject of a row that was written.
type Touched = (String, String, String);

/// Whether the cluster has no ingress yet that could be judged.
async fn is_first(connection: &mut SqliteConnection, cluster: &str) -> Result<bool, sqlx::Error> {
    let any: Option<i64> = sqlx::query_scalar("SELECT 1 FROM ingresses WHERE cluster = $1 LIMIT 1")
        .bind(cluster)
        .fetch_optional(connection)
        .await?;
    Ok(any.is_none())
}

/// The statement that writes these objects, as far as something in them is new.
fn upsert(judge: &Judge, kind: Kind, seen: &[Surrounding]) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT OR FAIL INTO surroundings
           (cluster, kind, namespace, name, subject, facts, seen_at) ",
    );
    query.push_values(seen, |mut row, one| {
        row.push_bind(judge.cluster.as_str())
            .push_bind(kind.as_str())
            .push_bind(&one.namespace)
            .push_bind(&one.name)
            .push_bind(one.facts.subject())
            .push_bind(to_json(&one.facts))
            .push_bind(millis(judge.now));
    });
    query.push(
        " ON CONFLICT (cluster, kind, namespace, name) DO UPDATE SET
            subject = excluded.subject, facts = excluded.facts, seen_at = excluded.seen_at
          WHERE facts <> excluded.facts",
    );
    query
}

async fn delete(
    connection: &mut SqliteConnection,
    cluster: &str,
    kind: Kind,
    gone: &[(String, String)],
) -> Result<Vec<Touched>, sqlx::Error> {
    let mut touched = Vec::new();
    for (namespace, name) in gone {
        let row: Option<Touched> = sqlx::query_as(
            "DELETE FROM surroundings
             WHERE cluster = $1 AND kind = $2 AND namespace = $3 AND name = $4
             RETURNING namespace, name, subject",
        )
        .bind(cluster)
        .bind(kind.as_str())
        .bind(namespace)
        .bind(name)
        .fetch_optional(&mut *connection)
        .await?;
        touched.extend(row);
    }
    Ok(touched)
}

/// The ingresses that a change of these objects may concern.
async fn concerned(
    connection: &mut SqliteConnection,
    cluster: &str,
    kind: Kind,
    touched: &[Touched],
) -> Result<Vec<i64>, sqlx::Error> {
    if touched.is_empty() {
        return Ok(Vec::new());
    }
    let service = |row: &Touched| match kind {
        Kind::EndpointSlice => (row.0.clone(), row.2.clone()),
        _ => (row.0.clone(), row.1.clone()),
    };
    match kind {
        Kind::Ingress => Ok(Vec::new()),
        Kind::Namespace => {
            let names: BTreeSet<_> = touched.iter().map(|row| &row.1).collect();
            sqlx::query_scalar(
                "SELECT ingresses.id FROM json_each($2) AS key
                 CROSS JOIN ingresses
                 WHERE gone = 0 AND cluster = $1 AND namespace = key.value",
            )
            .bind(cluster)
            .bind(to_json(&names))
            .fetch_all(connection)
            .await
        }
        Kind::Certificate => {
            let keys: BTreeSet<_> = touched.iter().map(|row| (&row.0, &row.2)).collect();
            sqlx::query_scalar(
                "SELECT DISTINCT ingress_id FROM json_each($2) AS key
                 CROSS JOIN tls_names
                 WHERE cluster = $1 AND namespace = key.value ->> 0 AND secret = key.value ->> 1",
            )
            .bind(cluster)
            .bind(to_json(&keys))
            .fetch_all(connection)
            .await
        }
        Kind::Service | Kind::EndpointSlice => {
            let keys: BTreeSet<_> = touched.iter().map(service).collect();
            sqlx::query_scalar(
                "SELECT DISTINCT ingress_id FROM json_each($2) AS key
                 CROSS JOIN backends
                 WHERE cluster = $1 AND namespace = key.value ->> 0 AND service = key.value ->> 1",
            )
            .bind(cluster)
            .bind(to_json(&keys))
            .fetch_all(connection)
            .await
        }
        Kind::IngressClass => {
            let names: BTreeSet<_> = touched.iter().map(|row| &row.1).collect();
            sqlx::query_scalar(
                "SELECT ingresses.id FROM json_each($2) AS key
                 CROSS JOIN ingresses
                 WHERE gone = 0 AND class = key.value AND cluster = $1",
            )
            .bind(cluster)
            .bind(to_json(&names))
            .fetch_all(connection)
            .await
        }
    }
}

/// The controller behind each IngressClass of a cluster, by class name.
pub(crate) async fn classes(
    connection: &mut SqliteConnection,
    cluster: &str,
) -> Result<HashMap<String, String>, sqlx::Error> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT name, facts FROM surroundings WHERE cluster = $1 AND kind = 'IngressClass'",
    )
    .bind(cluster)
    .fetch_all(connection)
    .await?;
    let class = |(name, facts): (String, String)| match from_json(&facts) {
        Some(Facts::Class { controller, .. }) => Some((name, controller)),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(class).collect())
}
