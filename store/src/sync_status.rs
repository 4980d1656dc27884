//! How fresh the store is, per cluster and kind: kept in memory, where it changes with every sign
//! of life of a watch, and saved now and then. What is saved is never fresher than the truth.

use domain::ClusterName;
use domain::sync::{ClusterStatus, Kind, KindStatus, Phase};
use jiff::Timestamp;
use sqlx::{Connection, SqliteConnection};

use crate::row::{millis, moment};
use crate::{Error, Store};

type ClusterRow = (String, Option<String>, Option<String>, Option<String>, Option<String>);
type KindRow =
    (String, String, String, Option<i64>, Option<i64>, Option<String>, i64, Option<String>);

/// Reads what the last process saved. Nothing is under way yet, whatever was then.
pub(crate) async fn load(
    connection: &mut SqliteConnection,
) -> Result<Vec<ClusterStatus>, sqlx::Error> {
    let clusters: Vec<ClusterRow> =
        sqlx::query_as("SELECT name, uid, server, version, error FROM clusters ORDER BY name")
            .fetch_all(&mut *connection)
            .await?;
    let kinds: Vec<KindRow> = sqlx::query_as(
        "SELECT cluster, kind, phase, data_as_of, listed_at, resource_version, objects, error
         FROM sync_status",
    )
    .fetch_all(connection)
    .await?;
    let mut statuses: Vec<_> = clusters.into_iter().map(cluster_status).collect();
    for row in kinds {
        let Some(kind) = Kind::parse(&row.1) else { continue };
        let cluster = statuses.iter_mut().find(|status| status.name == row.0);
        let status = cluster.and_then(|c| c.kinds.iter_mut().find(|status| status.kind == kind));
        if let Some(status) = status {
            *status = kind_status(kind, row);
        }
    }
    Ok(statuses)
}

fn cluster_status((name, uid, server, version, error): ClusterRow) -> ClusterStatus {
    let kinds = Kind::ALL.map(KindStatus::new).to_vec();
    ClusterStatus { name, uid, server, version, error, configured: false, kinds }
}

fn kind_status(kind: Kind, row: KindRow) -> KindStatus {
    let (_, _, phase, data_as_of, listed_at, resource_version, objects, error) = row;
    let phase = match Phase::parse(&phase) {
        Phase::NotPermitted => Phase::NotPermitted,
        Phase::NotServed => Phase::NotServed,
        _ => Phase::Waiting,
    };
    KindStatus {
        phase,
        data_as_of: data_as_of.map(moment),
        listed_at: listed_at.map(moment),
        resource_version,
        objects,
        error,
        ..KindStatus::new(kind)
    }
}

impl Store {
    /// The sync status of every cluster, by name.
    pub async fn clusters(&self) -> Result<Vec<ClusterStatus>, Error> {
        Ok(self.statuses().clone())
    }

    /// Makes the configured clusters known; others keep their records, marked as not configured.
    pub async fn configure(&self, names: &[ClusterName]) -> Result<(), Error> {
        let mut writer = self.writer().await?;
        for name in names {
            sqlx::query("INSERT INTO clusters (name) VALUES ($1) ON CONFLICT (name) DO NOTHING")
                .bind(name.as_str())
                .execute(&mut *writer)
                .await
                .map_err(self.failed())?;
        }
        let mut statuses = self.statuses();
        for name in names {
            if !statuses.iter().any(|status| status.name == name.as_str()) {
                statuses.push(cluster_status((name.to_string(), None, None, None, None)));
            }
        }
        statuses.sort_by(|a, b| a.name.cmp(&b.name));
        for status in statuses.iter_mut() {
            status.configured = names.iter().any(|name| name.as_str() == status.name);
        }
        Ok(())
    }

    /// Records which cluster stands behind a name. Another one than before is refused, unless the
    /// operator accepts it.
    pub async fn identify(
        &self,
        name: &ClusterName,
        uid: &str,
        server: &str,
        version: &str,
        accept: bool,
    ) -> Result<(), Error> {
        let known = self.status_of(name).and_then(|status| status.uid);
        let other = known.filter(|known| known != uid);
        let is_other = other.is_some();
        if let Some(known) = other.filter(|_| !accept) {
            let (name, found) = (name.to_string(), uid.to_owned());
            return Err(Error::OtherCluster { name, known, found });
        }
        let mut writer = self.writer().await?;
        let told = [name.as_str(), uid, server, version];
        identify(&mut writer, told, is_other).await.map_err(self.failed())?;
        self.change_cluster(name, |status| {
            status.uid = Some(uid.to_owned());
            status.server = Some(server.to_owned());
            status.version = Some(version.to_owned());
            status.error = None;
            if is_other {
                status.kinds = Kind::ALL.map(KindStatus::new).to_vec();
            }
        });
        drop(writer);
        Ok(())
    }

    /// Says why a cluster as a whole cannot be read; `None` when it can.
    pub fn set_cluster_error(&self, name: &ClusterName, error: Option<String>) {
        self.change_cluster(name, |status| status.error = error);
    }

    /// Changes the status of one kind, in memory. Open pages are told when its phase turns.
    pub fn set_status(&self, name: &ClusterName, kind: Kind, change: impl FnOnce(&mut KindStatus)) {
        let mut turned = false;
        self.change_cluster(name, |cluster| {
            if let Some(status) = cluster.kinds.iter_mut().find(|status| status.kind == kind) {
                let before = status.phase;
                change(status);
                turned = status.phase != before;
            }
        });
        if turned {
            self.announce();
        }
    }

    /// The status of one kind.
    pub fn kind_status(&self, name: &ClusterName, kind: Kind) -> KindStatus {
        let cluster = self.status_of(name);
        let status = cluster.and_then(|cluster| cluster.kind(kind).cloned());
        status.unwrap_or_else(|| KindStatus::new(kind))
    }

    /// Counts the objects of every kind anew, which is not done with every event.
    pub async fn count_objects(&self) -> Result<(), Error> {
        let counts: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT cluster, 'Ingress', count(*) FROM ingresses WHERE gone = 0 GROUP BY cluster
             UNION ALL
             SELECT cluster, kind, count(*) FROM surroundings GROUP BY cluster, kind",
        )
        .fetch_all(&self.0.readers)
        .await
        .map_err(self.failed())?;
        for cluster in self.statuses().iter_mut() {
            for status in cluster.kinds.iter_mut().filter(|status| status.listed_at.is_some()) {
                let same = |count: &&(String, String, i64)| {
                    count.0 == cluster.name && count.1 == status.kind.as_str()
                };
                status.objects = counts.iter().find(same).map_or(0, |count| count.2);
            }
        }
        Ok(())
    }

    /// Writes every status to the file, in one transaction.
    pub async fn save_statuses(&self) -> Result<(), Error> {
        let mut writer = self.writer().await?;
        let statuses = self.statuses().clone();
        save_all(&mut writer, &statuses).await.map_err(self.failed())
    }

    /// Forgets a kind that is not followed any more: its status, and what is known of its objects.
    /// Returns how many rows of objects were written.
    pub async fn forget_kind(
        &self,
        name: &ClusterName,
        kind: Kind,
        now: Timestamp,
    ) -> Result<u64, Error> {
        self.change_cluster(name, |cluster| cluster.kinds.retain(|status| status.kind != kind));
        sqlx::query("DELETE FROM sync_status WHERE cluster = $1 AND kind = $2")
            .bind(name.as_str())
            .bind(kind.as_str())
            .execute(&mut *self.writer().await?)
            .await
            .map_err(self.failed())?;
        let gone: Vec<_> = self.known_surroundings(name, kind).await?.into_iter().collect();
        if gone.is_empty() {
            Ok(0)
        } else {
            self.apply_surroundings(name, kind, &[], &gone, now).await
        }
    }

    fn status_of(&self, name: &ClusterName) -> Option<ClusterStatus> {
        self.statuses().iter().find(|status| status.name == name.as_str()).cloned()
    }

    fn change_cluster(&self, name: &ClusterName, change: impl FnOnce(&mut ClusterStatus)) {
        let mut statuses = self.statuses();
        if let Some(status) = statuses.iter_mut().find(|status| status.name == name.as_str()) {
            change(status);
        }
    }

    fn statuses(&self) -> std::sync::MutexGuard<'_, Vec<ClusterStatus>> {
        self.0.statuses.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Saves a cluster's name, UID, server and version. Versions mean nothing to another cluster: what
/// was reached in the one before is forgotten.
async fn identify(
    writer: &mut SqliteConnection,
    told: [&str; 4],
    is_other: bool,
) -> Result<(), sqlx::Error> {
    let [name, uid, server, version] = told;
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query(
        "UPDATE clusters SET uid = $2, server = $3, version = $4, error = NULL WHERE name = $1",
    )
    .bind(name)
    .bind(uid)
    .bind(server)
    .bind(version)
    .execute(&mut *transaction)
    .await?;
    if is_other {
        sqlx::query("DELETE FROM sync_status WHERE cluster = $1")
            .bind(name)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await
}

async fn save_all(
    writer: &mut SqliteConnection,
    statuses: &[ClusterStatus],
) -> Result<(), sqlx::Error> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    for cluster in statuses {
        sqlx::query("UPDATE clusters SET error = $2 WHERE name = $1")
            .bind(&cluster.name)
            .bind(&cluster.error)
            .execute(&mut *transaction)
            .await?;
        for status in &cluster.kinds {
            save(&mut transaction, &cluster.name, status).await?;
        }
    }
    transaction.commit().await
}

async fn save(
    connection: &mut SqliteConnection,
    cluster: &str,
    status: &KindStatus,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO sync_status
           (cluster, kind, phase, data_as_of, listed_at, resource_version, objects, error)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (cluster, kind) DO UPDATE SET
           phase = excluded.phase,
           data_as_of = excluded.data_as_of,
           listed_at = excluded.listed_at,
           resource_version = excluded.resource_version,
           objects = excluded.objects,
           error = excluded.error",
    )
    .bind(cluster)
    .bind(status.kind.as_str())
    .bind(status.phase.as_str())
    .bind(status.data_as_of.map(millis))
    .bind(status.listed_at.map(millis))
    .bind(&status.resource_version)
    .bind(status.objects)
    .bind(&status.error)
    .execute(connection)
    .await?;
    Ok(())
}
