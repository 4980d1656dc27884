//! Notes of reviews whether there is still something to decide about.

use sqlx::{Sqlite, Transaction};

use crate::row::to_json;

/// These ingresses have left their cluster, or are back. To be called in the transaction that takes that
/// over. Nothing is decided by it: one that is back is to be decided again.
pub(crate) async fn presence(
    transaction: &mut Transaction<'_, Sqlite>,
    ids: &[i64],
    gone: bool,
) -> Result<(), sqlx::Error> {
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "UPDATE reviews SET gone = $2
         WHERE ingress_id IN (SELECT value FROM json_each($1)) AND gone <> $2 AND state <> 'settled'",
    )
    .bind(to_json(ids))
    .bind(gone)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
