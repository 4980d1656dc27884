//! Everything about one ingress.

use std::collections::{BTreeMap, HashMap};

use domain::assess::Rules;
use domain::detail::{BackendFacts, Detail, Life, MOST_EVENTS, Proof, Removal};
use domain::problem::{Checks, Surroundings};
use domain::traffic::{Seen, route_key};
use domain::{ClusterName, Ingress, IngressId, manifest};
use jiff::Timestamp;
use sqlx::SqliteConnection;

use crate::answers;
use crate::attestations::attestation_of;
use crate::guesses::guess;
use crate::ingresses::{latest, unpack};
use crate::inventory::{counted, days, traffic_of};
use crate::known::around;
use crate::row::{created, from_json, moment, to_json};
use crate::traffic::seen;
use crate::{Error, Store};

type Hot = (
    String,
    i64,
    Option<i64>,
    Option<String>,
    String,
    String,
    i64,
    i64,
    Option<String>,
    Option<String>,
    Option<String>,
);

impl Store {
    /// Everything about one ingress, from one snapshot; `None` if there is none of this number.
    pub async fn ingress(&self, id: IngressId, now: Timestamp) -> Result<Option<Detail>, Error> {
        let rules = self.rules();
        let mut reader = self.0.readers.begin().await.map_err(self.failed())?;
        detail(&mut reader, id, &rules, now).await.map_err(self.failed())
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

/// The same with a connection in hand.
pub(crate) async fn detail(
    connection: &mut SqliteConnection,
    id: IngressId,
    rules: &Rules,
    now: Timestamp,
) -> Result<Option<Detail>, sqlx::Error> {
    let hot: Option<Hot> = sqlx::query_as(
        "SELECT i.cluster, i.first_seen_at, i.removed_at, i.removal, i.material_hash, i.problems,
           i.checks, i.changed_at, a.traffic, a.owner, a.tls
         FROM ingresses AS i LEFT JOIN answers AS a ON a.ingress_id = i.id
         WHERE i.id = $1",
    )
    .bind(id.0)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(hot) = hot else { return Ok(None) };
    let (cluster, first_seen, removed_at, removal, material_hash, problems, checks, changed, ..) =
        hot;
    let (traffic, owner, tls) = (hot.8, hot.9, hot.10);
    let body: Vec<u8> = sqlx::query_scalar("SELECT body FROM manifests WHERE ingress_id = $1")
        .bind(id.0)
        .fetch_one(&mut *connection)
        .await?;
    let text = unpack(&body);
    let ingress = manifest::ingress(&text);
    let checks = Checks::from_bits(checks);
    let around = around(connection, &cluster, checks, &[&ingress]).await?;
    let mut conclusion = around.conclude(&ingress, rules, now);
    if removed_at.is_some() {
        // What surrounds one that is gone says nothing of it any more: what was last concluded stays.
        conclusion.owner = answers::owner(owner.as_deref());
        conclusion.tls = answers::whole(tls.as_deref());
    }
    let guess = match conclusion.owner {
        None => guess(connection, id, &cluster, &ingress, rules).await?,
        Some(_) => None,
    };
    let traffic = traffic_of(traffic.as_deref());
    let days = days(connection, &to_json(&[id.0]), now).await?.remove(&id.0);
    let removal = removal.as_deref().and_then(Proof::parse);
    Ok(Some(Detail {
        id,
        controller: conclusion.controller,
        owner: conclusion.owner,
        guess,
        managed: conclusion.managed,
        changed_at: created(changed),
        route_traffic: route_traffic(connection, id, &ingress).await?,
        days: counted(&traffic, days),
        traffic,
        tls: conclusion.tls,
        first_seen_at: moment(first_seen),
        removed: removed_at.zip(removal).map(|(at, proof)| Removal { at: moment(at), proof }),
        problems: from_json(&problems),
        checks,
        backends: backends(&ingress, &around.surroundings),
        manifest: text,
        material_hash,
        attestation: attestation_of(connection, id).await?,
        owner_set: around.owner_set(&ingress).map(str::to_owned),
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

/// When each route was last used; empty if nothing tells of single routes.
async fn route_traffic(
    connection: &mut SqliteConnection,
    id: IngressId,
    ingress: &Ingress,
) -> Result<Vec<Option<Seen>>, sqlx::Error> {
    let rows: Vec<(String, Option<i64>, Option<i64>)> = sqlx::query_as(
        "SELECT route, last_any, last_success FROM traffic_seen
         WHERE ingress_id = $1 AND route <> ''",
    )
    .bind(id.0)
    .fetch_all(connection)
    .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let by_route: HashMap<String, Seen> =
        rows.into_iter().map(|(route, any, success)| (route, seen(any, success))).collect();
    Ok(ingress.routes.iter().map(|route| by_route.get(&route_key(route)).copied()).collect())
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
