//! Writes claims and their answers.

use domain::ClaimId;
use domain::claim::OwnerClaim;
use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use crate::acts::{Act, CONFLICT, Stop};
use crate::row::millis;

/// Keeps a claim, which gets its number. What is claimed for the same team already is not claimed
/// again.
pub(super) async fn insert(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act,
    claimed: OwnerClaim,
) -> Result<OwnerClaim, Stop> {
    let waits: bool = sqlx::query_scalar(
        "SELECT EXISTS (
           SELECT 1 FROM owner_claims
           WHERE ingress_id = $1 AND owner = $2 AND state = 'proposed')",
    )
    .bind(claimed.ingress.0)
    .bind(&claimed.owner)
    .fetch_one(&mut **transaction)
    .await?;
    if waits {
        let sentence = "it is claimed for this team already; wait for the answer";
        return Err(Stop::refused(sentence, CONFLICT));
    }
    let identity = &act.person.user.identity;
    let id = sqlx::query_scalar(
        "INSERT INTO owner_claims (ingress_id, owner, state, issuer, subject, name, reason, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         RETURNING id",
    )
    .bind(claimed.ingress.0)
    .bind(&claimed.owner)
    .bind(claimed.state.as_str())
    .bind(&identity.issuer)
    .bind(&identity.subject)
    .bind(&claimed.by)
    .bind(&claimed.reason)
    .bind(millis(claimed.at))
    .fetch_one(&mut **transaction)
    .await?;
    Ok(OwnerClaim { id: ClaimId(id), ..claimed })
}

/// Keeps the answer to a claim that waits for one.
pub(super) async fn write(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act,
    answered: &OwnerClaim,
    reason: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE owner_claims SET state = $2, answered_at = $3, answered_by = $4, answer = $5
         WHERE id = $1 AND state = 'proposed'",
    )
    .bind(answered.id.0)
    .bind(answered.state.as_str())
    .bind(millis(now))
    .bind(act.person.name())
    .bind(reason)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
