//! Whose an ingress is, as people say it: claims and their answers, and what admins set.
//!
//! What counts stands in `ingresses.owner_set`, and is the first that owners are found by. Whoever
//! changes it has the ingress judged anew in the same transaction.

mod act;
mod list;
mod owned;
mod write;

use std::collections::HashMap;

use domain::Ingress;
use domain::claim::CannotClaim;
use sqlx::SqliteConnection;

use crate::acts::{CONFLICT, FORBIDDEN, INVALID, Stop};
use crate::row::to_json;

pub use act::ClaimReply;
pub use list::{ClaimAnswer, ClaimRow, MOST_CLAIMS};

/// Whom somebody named as the owner of these ingresses, by UID.
pub(crate) async fn owners_set(
    connection: &mut SqliteConnection,
    cluster: &str,
    ingresses: &[&Ingress],
) -> Result<HashMap<String, String>, sqlx::Error> {
    let uids: Vec<&str> = ingresses.iter().map(|one| one.object.uid.as_str()).collect();
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT i.uid, i.owner_set FROM json_each($2) AS key
         CROSS JOIN ingresses AS i
         WHERE i.cluster = $1 AND i.uid = key.value AND i.owner_set <> ''",
    )
    .bind(cluster)
    .bind(to_json(&uids))
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().collect())
}

impl From<CannotClaim> for Stop {
    fn from(error: CannotClaim) -> Self {
        let status = match error {
            CannotClaim::NotYours | CannotClaim::UnderReview => FORBIDDEN,
            CannotClaim::NoSuchTeam(_) | CannotClaim::Reason(_) => INVALID,
            CannotClaim::AlreadyOwner | CannotClaim::Answered => CONFLICT,
        };
        Self::refused(error.to_string(), status)
    }
}
