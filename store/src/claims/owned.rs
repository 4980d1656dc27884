//! An ingress, and whose it is, as an act has to know it.

use domain::IngressId;
use domain::claim::{OwnerClaim, Standing};
use domain::owner::Team;
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::SqliteConnection;

use crate::acts::{Act, CONFLICT, Stop};

/// An ingress, and whose it is.
pub(super) struct Owned {
    pub(super) id: IngressId,
    pub(super) cluster: String,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) gone: bool,
    /// Empty for an orphan.
    pub(super) owner: String,
    pub(super) owner_set: String,
    /// The teams that review it in campaigns which are open.
    pub(super) under_review: Vec<String>,
}

impl Owned {
    pub(super) async fn load(
        connection: &mut SqliteConnection,
        id: IngressId,
    ) -> Result<Self, Stop> {
        let row: Option<(String, String, String, bool, String, String)> = sqlx::query_as(
            "SELECT cluster, namespace, name, gone, owner, owner_set FROM ingresses WHERE id = $1",
        )
        .bind(id.0)
        .fetch_optional(&mut *connection)
        .await?;
        let row = row.ok_or_else(|| Stop::missing("ingress"))?;
        let under_review = sqlx::query_scalar(
            "SELECT DISTINCT r.assignee FROM reviews AS r JOIN campaigns AS c ON c.id = r.campaign
             WHERE r.ingress_id = $1 AND c.state = 'open'",
        )
        .bind(id.0)
        .fetch_all(connection)
        .await?;
        let (cluster, namespace, name, gone, owner, owner_set) = row;
        Ok(Self { id, cluster, namespace, name, gone, owner, owner_set, under_review })
    }

    /// The same, if it is in its cluster.
    pub(super) async fn present(
        connection: &mut SqliteConnection,
        id: IngressId,
    ) -> Result<Self, Stop> {
        let owned = Self::load(connection, id).await?;
        owned.check_present()?;
        Ok(owned)
    }

    pub(super) fn check_present(&self) -> Result<(), Stop> {
        let gone = "this ingress is no longer in its cluster; there is nothing to own";
        if self.gone { Err(Stop::refused(gone, CONFLICT)) } else { Ok(()) }
    }

    pub(super) fn standing<'a>(
        &'a self,
        teams: &'a [Team],
        act: &'a Act,
        now: Timestamp,
    ) -> Standing<'a> {
        Standing {
            owner: Some(self.owner.as_str()).filter(|owner| !owner.is_empty()),
            under_review: &self.under_review,
            teams,
            visitor: &act.person,
            now,
        }
    }

    pub(super) fn place(&self) -> String {
        format!("{}/{}/{}", self.cluster, self.namespace, self.name)
    }

    /// What the audit trail says of a claim.
    pub(super) fn said(&self, claimed: &OwnerClaim) -> Value {
        json!({
            "ingress": self.place(),
            "ingress_id": self.id,
            "claim": claimed.id,
            "owner": claimed.owner,
            "was": self.owner,
            "state": claimed.state.as_str(),
            "by": claimed.by,
            "reason": claimed.reason,
        })
    }
}
