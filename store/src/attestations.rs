//! What people have attested of each ingress: stands in its row, so that the list is filtered by it.
//!
//! What stands there follows from the decisions: the last confirmation that counts, of whatever
//! campaign. A material change does not take it away, but takes its hash away, for good: what is there
//! again as it was is not what somebody looked at.

use domain::{Attestation, IngressId};
use jiff::Timestamp;
use sqlx::SqliteConnection;

use crate::row::{millis, moment, to_json};

/// Somebody has confirmed these ingresses as they are. To be called in the transaction of the
/// decision, which has found them unchanged since they were shown.
pub(crate) async fn set(
    connection: &mut SqliteConnection,
    ids: &[IngressId],
    by: &str,
    at: Timestamp,
    until: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE ingresses
         SET attested_at = $2, attested_until = $3, attested_by = $4, attested_hash = material_hash
         WHERE id IN (SELECT value FROM json_each($1))",
    )
    .bind(to_json(ids))
    .bind(millis(at))
    .bind(millis(until))
    .bind(by)
    .execute(connection)
    .await?;
    Ok(())
}

/// A confirmation of these ingresses does not count any more, or may not: it was undone, or another
/// decision took its place. What counts is found anew. To be called in the transaction of that
/// change, once reviews and decisions are written.
pub(crate) async fn restore(
    connection: &mut SqliteConnection,
    ids: &[IngressId],
) -> Result<(), sqlx::Error> {
    let ids = to_json(ids);
    sqlx::query(
        "UPDATE ingresses
         SET attested_at = -1, attested_until = -1, attested_by = '', attested_hash = ''
         WHERE attested_at >= 0 AND id IN (SELECT value FROM json_each($1))",
    )
    .bind(&ids)
    .execute(&mut *connection)
    .await?;
    // Where there is one `max`, SQLite takes the other columns from its row
    // (sqlite.org/lang_select.html, section 2.5).
    sqlx::query(
        "UPDATE ingresses
         SET attested_at = c.at, attested_until = c.holds_until, attested_by = c.name,
           attested_hash = CASE WHEN ingresses.changed_at > c.at THEN '' ELSE c.material_hash END
         FROM (
           SELECT r.ingress_id, max(d.id), d.at, d.holds_until, d.name, d.material_hash
           FROM reviews AS r JOIN decisions AS d ON d.id = r.decision_id
           WHERE r.ingress_id IN (SELECT value FROM json_each($1))
             AND d.kind = 'confirm' AND d.undone = 0
           GROUP BY r.ingress_id
         ) AS c
         WHERE ingresses.id = c.ingress_id",
    )
    .bind(&ids)
    .execute(connection)
    .await?;
    Ok(())
}

/// What was attested of one ingress.
pub(crate) async fn attestation_of(
    connection: &mut SqliteConnection,
    id: IngressId,
) -> Result<Option<Attestation>, sqlx::Error> {
    let row: Option<(i64, i64, String, String)> = sqlx::query_as(
        "SELECT attested_at, attested_until, attested_by, attested_hash FROM ingresses
         WHERE id = $1",
    )
    .bind(id.0)
    .fetch_optional(connection)
    .await?;
    Ok(row.and_then(|(at, until, by, hash)| attestation(at, until, by, hash)))
}

/// The same as it stands in the columns of a row.
pub(crate) fn attestation(at: i64, until: i64, by: String, hash: String) -> Option<Attestation> {
    (at >= 0).then(|| Attestation { at: moment(at), until: moment(until), by, hash })
}
