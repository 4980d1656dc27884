//! Everything about one ingress.

use std::collections::BTreeMap;

use domain::detail::{BackendFacts, Detail, Life, MOST_EVENTS, Proof, Removal};
use domain::problem::{Checks, Surroundings};
use domain::{ClusterName, Ingress, IngressId, manifest};
use sqlx::SqliteConnection;

use crate::ingresses::{latest, unpack};
use crate::row::{created, from_json, moment};
use crate::surroundings::{around, classes, services_of};
use crate::{Error, Store};

type Hot = (String, i64, Option<i64>, Option<String>, String, String, i64);

impl Store {
    /// Everything about one ingress, from one snapshot; `None` if there is none of this number.
    pub async fn ingress(&self, id: IngressId) -> Result<Option<Detail>, Error> {
        let mut reader = self.0.readers.begin().await.map_err(self.failed())?;
        detail(&mut reader, id).await.map_err(self.failed())
    }
}

impl Store {
    /// The manifest of every present ingress of a cluster, by UID, to be compared with what its
    /// API server has.
    pub async fn manifests(
        &self,
        cluster: &ClusterName,
    ) -> Result<BTreeMap<String, String>, Error> {
        let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(
            "SELECT i.uid, m.body FROM ingresses AS i JOIN manifests AS m ON m.ingress_id = i.id
             WHERE i.gone = 0 AND i.cluster = $1",
        )
        .bind(cluster.as_str())
        .fetch_all(&self.0.readers)
        .await
        .map_err(self.failed())?;
        Ok(rows.into_iter().map(|(uid, body)| (uid, unpack(&body))).collect())
    }
}

async fn detail(
    connection: &mut SqliteConnection,
    id: IngressId,
) -> Result<Option<Detail>, sqlx::Error> {
    let hot: Option<Hot> = sqlx::query_as(
        "SELECT cluster, first_seen_at, removed_at, removal, material_hash, problems, checks
         FROM ingresses WHERE id = $1",
    )
    .bind(id.0)
    .fetch_optional(&mut *connection)
    .await?;
    let Some((cluster, first_seen, removed_at, removal, material_hash, problems, checks)) = hot
    else {
        return Ok(None);
    };
    let body: Vec<u8> = sqlx::query_scalar("SELECT body FROM manifests WHERE ingress_id = $1")
        .bind(id.0)
        .fetch_one(&mut *connection)
        .await?;
    let text = unpack(&body);
    let ingress = manifest::ingress(&text);
    let checks = Checks::from_bits(checks);
    let services = services_of([&ingress].into_iter());
    let around = around(connection, &cluster, checks, &services).await?;
    let classes = classes(connection, &cluster).await?;
    let controller = ingress.class.as_ref().and_then(|class| classes.get(&class.name).cloned());
    let removal = removal.as_deref().and_then(Proof::parse);
    Ok(Some(Detail {
        id,
        controller,
        first_seen_at: moment(first_seen),
        removed: removed_at.zip(removal).map(|(at, proof)| Removal { at: moment(at), proof }),
        problems: from_json(&problems),
        checks,
        backends: backends(&ingress, &around),
        manifest: text,
        material_hash,
        history: latest(connection, id.0, MOST_EVENTS).await?,
        lives: lives(connection, id, &cluster, &ingress).await?,
        cluster,
        ingress,
    }))
}

fn backends(ingress: &Ingress, around: &Surroundings) -> Vec<BackendFacts> {
    let namespace = &ingress.object.namespace;
    let facts = |backend: domain::Backend| BackendFacts {
        service: backend.service().and_then(|name| around.service(namespace, name)).cloned(),
        problem: around.backend_problem(namespace, &backend),
        backend,
    };
    ingress.backends().into_iter().map(facts).collect()
}

async fn lives(
    connection: &mut SqliteConnection,
    id: IngressId,
    cluster: &str,
    ingress: &Ingress,
) -> Result<Vec<Life>, sqlx::Error> {
    let rows: Vec<(i64, String, i64, Option<i64>)> = sqlx::query_as(
        "SELECT id, uid, created_at, removed_at FROM ingresses
         WHERE gone IN (0, 1) AND cluster = $1 AND namespace = $2 AND name = $3 AND id <> $4
         ORDER BY id DESC LIMIT 50",
    )
    .bind(cluster)
    .bind(&ingress.object.namespace)
    .bind(&ingress.object.name)
    .bind(id.0)
    .fetch_all(connection)
    .await?;
    let life = |(id, uid, created_at, removed_at): (i64, String, i64, Option<i64>)| Life {
        id: IngressId(id),
        uid,
        created_at: created(created_at),
        removed_at: removed_at.map(moment),
    };
    Ok(rows.into_iter().map(life).collect())
}
