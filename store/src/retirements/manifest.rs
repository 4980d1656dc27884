//! The manifest with which a removal can be undone.

use std::collections::{BTreeMap, BTreeSet};

use domain::traffic::route_key;
use domain::{Ingress, RetirementId, manifest};
use sqlx::{Row as _, SqliteConnection};

use crate::campaigns::parsed;
use crate::ingresses::unpack;
use crate::reviews::Version;
use crate::row::to_json;
use crate::{Error, Store};

impl Store {
    /// The last manifest that has all that is retired, as JSON; `None` if there is no retirement of
    /// this number.
    pub async fn retirement_manifest(&self, id: RetirementId) -> Result<Option<String>, Error> {
        let mut reader = self.0.readers.acquire().await.map_err(self.failed())?;
        last(&mut reader, id).await.map_err(self.failed())
    }
}

async fn last(
    connection: &mut SqliteConnection,
    id: RetirementId,
) -> Result<Option<String>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT r.routes, m.body, k.body AS kept FROM retirements AS r
         JOIN manifests AS m ON m.ingress_id = r.ingress_id
         LEFT JOIN retirement_manifests AS k ON k.retirement = r.id
         WHERE r.id = $1",
    )
    .bind(id.0)
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let routes: Vec<String> = parsed(row.try_get("routes")?)?;
    let last = unpack(row.try_get("body")?);
    let kept: Option<&[u8]> = row.try_get("kept")?;
    let is_whole = has(&manifest::ingress(&last), &routes);
    Ok(Some(kept.filter(|_| !is_whole).map_or(last, unpack)))
}

/// Keeps what is stored of ingresses that are about to lose routes that are to go. To be called in the
/// transaction that takes the versions over, before they are written.
pub(crate) async fn keep_manifests(
    connection: &mut SqliteConnection,
    versions: &[Version<'_>],
) -> Result<(), sqlx::Error> {
    if versions.is_empty() {
        return Ok(());
    }
    let by_id: BTreeMap<i64, &Version<'_>> =
        versions.iter().map(|version| (version.id, version)).collect();
    let ids: Vec<i64> = by_id.keys().copied().collect();
    let partial: Vec<(i64, i64, String)> = sqlx::query_as(
        "SELECT id, ingress_id, routes FROM retirements
         WHERE ingress_id IN (SELECT value FROM json_each($1))
           AND routes <> '[]' AND state IN ('held', 'due', 'reappeared')",
    )
    .bind(to_json(&ids))
    .fetch_all(&mut *connection)
    .await?;
    for (id, ingress, routes) in partial {
        let routes: Vec<String> = parsed(&routes)?;
        let Some(version) = by_id.get(&ingress) else { continue };
        if has(version.before, &routes) && !has(version.after, &routes) {
            sqlx::query(
                "INSERT OR REPLACE INTO retirement_manifests (retirement, body)
                 SELECT $1, body FROM manifests WHERE ingress_id = $2",
            )
            .bind(id)
            .bind(ingress)
            .execute(&mut *connection)
            .await?;
        }
    }
    Ok(())
}

/// Whether an ingress has all of these routes.
fn has(ingress: &Ingress, routes: &[String]) -> bool {
    let present: BTreeSet<String> = ingress.routes.iter().map(route_key).collect();
    routes.iter().all(|route| present.contains(route))
}
