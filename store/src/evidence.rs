//! What was found out about certificates, and whom it concerns.

use domain::tls::{Evidence, Method, Subject};
use domain::{ClusterName, IngressId};
use jiff::Timestamp;
use sqlx::{Connection, QueryBuilder, Sqlite, SqliteConnection};

use crate::row::{chunks, from_json, millis, to_json};
use crate::{Error, Store, reassess};

/// What was found out about one Secret or host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSighting {
    /// The namespace; empty for a host that is not of one.
    pub namespace: String,
    /// What was found out.
    pub evidence: Evidence,
}

/// What sightings take the place of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Of everything that this method found in the cluster.
    All,
    /// Of everything that it found in this namespace.
    Namespace(String),
    /// Of what it found about the same subjects.
    These,
}

/// An ingress whose certificates can be looked at from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The ingress.
    pub id: IngressId,
    /// Its namespace.
    pub namespace: String,
    /// Its load balancer's addresses.
    pub addresses: Vec<String>,
    /// The hosts of its TLS entries, without wildcards.
    pub hosts: Vec<String>,
}

/// Kind of subject, subject, namespace.
type Place = (String, String, String);

impl Store {
    /// Takes over what a method found, and judges the ingresses concerned anew, in one transaction.
    /// Returns how many rows of any table were written.
    pub async fn apply_tls(
        &self,
        cluster: &ClusterName,
        method: Method,
        scope: Scope,
        sightings: &[TlsSighting],
        now: Timestamp,
    ) -> Result<u64, Error> {
        let mut writer = self.writer().await?;
        let judge = self.judge(cluster, now);
        let written =
            apply(&mut writer, &judge, method, &scope, sightings).await.map_err(self.failed())?;
        drop(writer);
        self.committed(written);
        Ok(written)
    }

    /// Forgets what handshakes found of hosts that no present ingress of their namespace has any
    /// more: nobody asks them again. Returns of how many.
    pub async fn forget_hosts(&self, cluster: &ClusterName) -> Result<u64, Error> {
        let mut writer = self.writer().await?;
        let forgotten = sqlx::query(
            "DELETE FROM tls_evidence
             WHERE cluster = $1 AND method = $2 AND subject_kind = 'host'
               AND NOT EXISTS (
                 SELECT 1 FROM tls_names AS n CROSS JOIN ingresses AS i
                 WHERE n.cluster = $1 AND n.host = tls_evidence.subject
                   AND n.namespace = tls_evidence.namespace
                   AND i.id = n.ingress_id AND i.gone = 0
               )",
        )
        .bind(cluster.as_str())
        .bind(Method::Handshake.as_str())
        .execute(&mut *writer)
        .await
        .map_err(self.failed())?;
        Ok(forgotten.rows_affected())
    }

    /// The next present ingresses of a cluster with TLS entries behind this number, at most `limit`.
    pub async fn probe_targets(
        &self,
        cluster: &ClusterName,
        after: Option<IngressId>,
        limit: usize,
    ) -> Result<Vec<Target>, Error> {
        let rows: Vec<(i64, String, String, String)> = sqlx::query_as(
            "SELECT i.id, i.namespace, i.addresses, json_group_array(n.host)
             FROM ingresses AS i JOIN tls_names AS n ON n.ingress_id = i.id
             WHERE i.id > $2 AND +i.gone = 0 AND +i.cluster = $1
               AND n.host <> '' AND substr(n.host, 1, 1) <> '*'
             GROUP BY i.id ORDER BY i.id LIMIT $3",
        )
        .bind(cluster.as_str())
        .bind(after.map_or(0, |id| id.0))
        .bind(limit as i64)
        .fetch_all(&self.0.readers)
        .await
        .map_err(self.failed())?;
        let target = |(id, namespace, addresses, hosts): (i64, String, String, String)| Target {
            id: IngressId(id),
            namespace,
            addresses: from_json(&addresses),
            hosts: from_json(&hosts),
        };
        Ok(rows.into_iter().map(target).collect())
    }

    /// The Secrets that the present ingresses of a namespace name in their TLS entries.
    pub async fn referenced_secrets(
        &self,
        cluster: &ClusterName,
        namespace: &str,
    ) -> Result<Vec<String>, Error> {
        sqlx::query_scalar(
            "SELECT DISTINCT n.secret
             FROM tls_names AS n JOIN ingresses AS i ON i.id = n.ingress_id
             WHERE n.cluster = $1 AND n.namespace = $2 AND n.secret <> '' AND i.gone = 0
             ORDER BY n.secret",
        )
        .bind(cluster.as_str())
        .bind(namespace)
        .fetch_all(&self.0.readers)
        .await
        .map_err(self.failed())
    }
}

async fn apply(
    writer: &mut SqliteConnection,
    judge: &reassess::Judge,
    method: Method,
    scope: &Scope,
    sightings: &[TlsSighting],
) -> Result<u64, sqlx::Error> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    let cluster = judge.cluster.as_str();
    let mut touched = forgotten(&mut transaction, cluster, method, scope, sightings).await?;
    for chunk in chunks(sightings) {
        let mut query = upsert(cluster, method, chunk);
        query.push(" RETURNING subject_kind, subject, namespace");
        touched.extend(query.build_query_as::<Place>().fetch_all(&mut *transaction).await?);
    }
    let concerned = concerned(&mut transaction, cluster, &touched).await?;
    let judged = reassess::reassess(&mut transaction, judge, &concerned).await?;
    transaction.commit().await?;
    Ok(touched.len() as u64 + judged)
}

fn place(sighting: &TlsSighting) -> Place {
    let (kind, subject) = match &sighting.evidence.subject {
        Subject::Secret(name) => ("secret", name),
        Subject::Host(name) => ("host", name),
    };
    (kind.to_owned(), subject.clone(), sighting.namespace.clone())
}

/// Removes what the method does not find any more.
async fn forgotten(
    connection: &mut SqliteConnection,
    cluster: &str,
    method: Method,
    scope: &Scope,
    sightings: &[TlsSighting],
) -> Result<Vec<Place>, sqlx::Error> {
    let namespace = match scope {
        Scope::These => return Ok(Vec::new()),
        Scope::All => None,
        Scope::Namespace(namespace) => Some(namespace),
    };
    let kept: Vec<Place> = sightings.iter().map(place).collect();
    sqlx::query_as(
        "DELETE FROM tls_evidence
         WHERE cluster = $1 AND method = $2 AND ($3 IS NULL OR namespace = $3)
           AND json_array(subject_kind, subject, namespace) NOT IN
             (SELECT json(value) FROM json_each($4))
         RETURNING subject_kind, subject, namespace",
    )
    .bind(cluster)
    .bind(method.as_str())
    .bind(namespace)
    .bind(to_json(&kept))
    .fetch_all(connection)
    .await
}

/// The statement that writes these sightings. One that says the same again only renews its moment,
/// and is not told to have been written.
fn upsert(cluster: &str, method: Method, sightings: &[TlsSighting]) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO tls_evidence
           (cluster, method, namespace, subject_kind, subject, at, finding) ",
    );
    query.push_values(sightings, |mut row, sighting| {
        let (kind, subject, namespace) = place(sighting);
        row.push_bind(cluster)
            .push_bind(method.as_str())
            .push_bind(namespace)
            .push_bind(kind)
            .push_bind(subject)
            .push_bind(millis(sighting.evidence.at))
            .push_bind(to_json(&sighting.evidence.finding));
    });
    query.push(
        " ON CONFLICT (cluster, subject_kind, subject, namespace, method) DO UPDATE SET
            at = excluded.at, finding = excluded.finding
          WHERE finding <> excluded.finding OR at < excluded.at - 3600000",
    );
    query
}

/// The ingresses whose TLS entries have these subjects.
async fn concerned(
    connection: &mut SqliteConnection,
    cluster: &str,
    touched: &[Place],
) -> Result<Vec<i64>, sqlx::Error> {
    if touched.is_empty() {
        return Ok(Vec::new());
    }
    sqlx::query_scalar(
        "SELECT ingress_id FROM json_each($2) AS key CROSS JOIN tls_names
         WHERE key.value ->> 0 = 'secret' AND cluster = $1
           AND namespace = key.value ->> 2 AND secret = key.value ->> 1
         UNION
         SELECT ingress_id FROM json_each($2) AS key CROSS JOIN tls_names
         WHERE key.value ->> 0 = 'host' AND cluster = $1 AND host = key.value ->> 1
           AND (key.value ->> 2 = '' OR namespace = key.value ->> 2)",
    )
    .bind(cluster)
    .bind(to_json(touched))
    .fetch_all(connection)
    .await
}
