//! Whose an orphan may be: looks at what is near it.

use std::collections::HashMap;

use domain::assess::Rules;
use domain::owner::{self, Guess, Near, Neighbour};
use domain::{Ingress, IngressId};
use sqlx::SqliteConnection;

/// So many neighbours of each kind are looked at.
const MOST: i64 = 200;

/// The best guess, if there is a good one.
pub(crate) async fn guess(
    connection: &mut SqliteConnection,
    id: IngressId,
    cluster: &str,
    ingress: &Ingress,
    rules: &Rules,
) -> Result<Option<Guess>, sqlx::Error> {
    let host = ingress.hosts().first().copied().unwrap_or_default().to_owned();
    guess_of(connection, id, [cluster, &ingress.object.namespace, &host], rules).await
}

/// The same by cluster, namespace and first host.
pub(crate) async fn guess_of(
    connection: &mut SqliteConnection,
    id: IngressId,
    [cluster, namespace, host]: [&str; 3],
    rules: &Rules,
) -> Result<Option<Guess>, sqlx::Error> {
    let rows: Vec<(i64, String, i64)> = sqlx::query_as(
        "SELECT id, owner, 0 FROM (
           SELECT id, owner FROM ingresses
           WHERE gone = 0 AND cluster = $2 AND namespace = $3 AND owner <> '' LIMIT $5)
         UNION ALL
         SELECT id, owner, 1 FROM (
           SELECT id, owner FROM ingresses
           WHERE gone = 0 AND first_host = $4 AND $4 <> '' AND owner <> '' LIMIT $5)
         UNION ALL
         SELECT id, owner, 2 FROM (
           SELECT DISTINCT i.id, i.owner
           FROM backends AS own
           CROSS JOIN backends AS other
             ON other.cluster = own.cluster AND other.namespace = own.namespace
               AND other.service = own.service
           CROSS JOIN ingresses AS i ON i.id = other.ingress_id
           WHERE own.ingress_id = $1 AND i.gone = 0 AND i.owner <> '' LIMIT $5)",
    )
    .bind(id.0)
    .bind(cluster)
    .bind(namespace)
    .bind(host)
    .bind(MOST)
    .fetch_all(connection)
    .await?;
    // The nearest way in which an ingress is near comes last, and counts.
    let mut nearest: HashMap<i64, (String, i64)> = HashMap::new();
    for (other, owner, how) in rows {
        nearest.insert(other, (owner, how));
    }
    let neighbours: Vec<Neighbour> =
        nearest.into_values().map(|(owner, how)| Neighbour { owner, how: near(how) }).collect();
    Ok(owner::guess(&neighbours, namespace, &rules.owner))
}

fn near(how: i64) -> Near {
    match how {
        0 => Near::Namespace,
        1 => Near::Host,
        _ => Near::Service,
    }
}
