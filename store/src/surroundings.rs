//! What ingresses are judged by: Namespaces, IngressClasses, Services and EndpointSlices, reduced
//! to the facts that Routebook uses.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::problem::{Checks, ServiceFacts, Surroundings};
use domain::sync::{Kind, Phase};
use domain::{ClusterName, Ingress};
use serde::{Deserialize, Serialize};
use sqlx::{Connection, QueryBuilder, Sqlite, SqliteConnection};

use crate::row::{chunks, from_json, run, to_json};
use crate::{Error, Store, reassess};

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
    /// Of a Namespace: that it exists.
    Namespace,
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
    },
    /// Of an EndpointSlice.
    Endpoints {
        /// The Service it belongs to; empty if it says none.
        service: String,
        /// How many of its endpoints are ready.
        ready: i64,
    },
}

impl Facts {
    fn subject(&self) -> &str {
        match self {
            Self::Endpoints { service, .. } => service,
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
    ) -> Result<u64, Error> {
        let checks = self.checks(cluster);
        let mut writer = self.writer().await?;
        let written = apply(&mut writer, cluster.as_str(), kind, seen, gone, checks)
            .await
            .map_err(self.failed())?;
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
        }
    }
}

async fn apply(
    writer: &mut SqliteConnection,
    cluster: &str,
    kind: Kind,
    seen: &[Surrounding],
    gone: &[(String, String)],
    checks: Checks,
) -> Result<u64, sqlx::Error> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    if is_first(&mut transaction, cluster).await? {
        // Nobody is concerned yet, so nobody asks which rows were written.
        let mut written = delete(&mut transaction, cluster, kind, gone).await?.len() as u64;
        written +=
            run(&mut transaction, chunks(seen).map(|seen| upsert(cluster, kind, seen))).await?;
        transaction.commit().await?;
        return Ok(written);
    }
    let mut touched = Vec::new();
    for chunk in chunks(seen) {
        let mut query = upsert(cluster, kind, chunk);
        query.push(" RETURNING namespace, name, subject");
        touched.extend(query.build_query_as::<Touched>().fetch_all(&mut *transaction).await?);
    }
    touched.extend(delete(&mut transaction, cluster, kind, gone).await?);
    let mut written = touched.len() as u64;
    let concerned = concerned(&mut transaction, cluster, kind, &touched).await?;
    written += reassess::reassess(&mut transaction, cluster, checks, &concerned).await?;
    transaction.commit().await?;
    Ok(written)
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
fn upsert(cluster: &str, kind: Kind, seen: &[Surrounding]) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT OR FAIL INTO surroundings (cluster, kind, namespace, name, subject, facts) ",
    );
    query.push_values(seen, |mut row, one| {
        row.push_bind(cluster)
            .push_bind(kind.as_str())
            .push_bind(&one.namespace)
            .push_bind(&one.name)
            .push_bind(one.facts.subject())
            .push_bind(to_json(&one.facts));
    });
    query.push(
        " ON CONFLICT (cluster, kind, namespace, name) DO UPDATE SET
            subject = excluded.subject, facts = excluded.facts
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
        Kind::Namespace | Kind::Ingress => Ok(Vec::new()),
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

/// What is known around these backends of a cluster, given as namespace and Service name.
pub(crate) async fn around(
    connection: &mut SqliteConnection,
    cluster: &str,
    checks: Checks,
    services: &BTreeSet<(&str, &str)>,
) -> Result<Surroundings, sqlx::Error> {
    let keys = to_json(services);
    let rows = facts(connection, cluster, &keys, SERVICES).await?;
    let slices = facts(connection, cluster, &keys, SLICES).await?;
    let classes = classes(connection, cluster).await?.into_keys().collect();
    let mut ready: HashMap<(String, String), i64> = HashMap::new();
    for (namespace, service, facts) in slices {
        if let Facts::Endpoints { ready: count, .. } = facts {
            *ready.entry((namespace, service)).or_default() += count;
        }
    }
    let services = rows.into_iter().filter_map(|(namespace, name, facts)| {
        let Facts::Service { ports, external } = facts else { return None };
        let key = (namespace, name);
        let ready = checks.endpoints.then(|| ready.get(&key).copied().unwrap_or(0));
        Some((key, ServiceFacts { ports, external, ready }))
    });
    Ok(Surroundings { checks, services: services.collect(), classes })
}

const SERVICES: &str = "SELECT json_group_array(json_array(s.namespace, s.name, json(s.facts)))
    FROM json_each($2) AS key
    CROSS JOIN surroundings AS s
    WHERE s.cluster = $1 AND s.kind = 'Service'
      AND s.namespace = key.value ->> 0 AND s.name = key.value ->> 1";

const SLICES: &str = "SELECT json_group_array(json_array(s.namespace, s.subject, json(s.facts)))
    FROM json_each($2) AS key
    CROSS JOIN surroundings AS s
    WHERE s.cluster = $1 AND s.kind = 'EndpointSlice'
      AND s.namespace = key.value ->> 0 AND s.subject = key.value ->> 1";

/// Namespace, Service and facts of each row that a statement finds. All come as one text: thousands
/// of rows would each be handed from SQLite's thread to this one.
async fn facts(
    connection: &mut SqliteConnection,
    cluster: &str,
    keys: &str,
    statement: &'static str,
) -> Result<Vec<(String, String, Facts)>, sqlx::Error> {
    let rows: String =
        sqlx::query_scalar(statement).bind(cluster).bind(keys).fetch_one(connection).await?;
    Ok(from_json(&rows))
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
    let class = |(name, facts): (String, String)| match read(&facts) {
        Facts::Class { controller, .. } => Some((name, controller)),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(class).collect())
}

fn read(facts: &str) -> Facts {
    from_json::<Option<Facts>>(facts).unwrap_or(Facts::Namespace)
}

/// The Services behind ingresses, as [`around`] takes them.
pub(crate) fn services_of<'a>(
    ingresses: impl Iterator<Item = &'a Ingress>,
) -> BTreeSet<(&'a str, &'a str)> {
    ingresses
        .flat_map(|ingress| {
            let services = ingress.routes.iter().filter_map(|route| route.backend.service());
            services.map(|service| (ingress.object.namespace.as_str(), service))
        })
        .collect()
}
