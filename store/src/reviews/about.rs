//! What was decided about an ingress, in whatever campaign.

use domain::review::Decision;
use domain::{CampaignId, IngressId, ReviewId};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::rows::{DECISION, DecisionRow};
use crate::campaigns::parsed;
use crate::{Error, Store};

/// So many are shown.
const MOST: i64 = 50;

/// A decision, and where it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidedIn {
    /// The review.
    pub review: ReviewId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// The name of the campaign.
    pub name: String,
    /// What was decided.
    pub decision: Decision,
}

impl Store {
    /// The last 50 decisions about this life of an ingress, the latest first.
    pub async fn decisions_about(&self, id: IngressId) -> Result<Vec<DecidedIn>, Error> {
        let mut reader = self.0.readers.acquire().await.map_err(self.failed())?;
        about(&mut reader, id, None).await.map_err(self.failed())
    }
}

/// The same, but for those of one review.
pub(super) async fn about(
    connection: &mut SqliteConnection,
    id: IngressId,
    without: Option<ReviewId>,
) -> Result<Vec<DecidedIn>, sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT r.id, c.id, c.name, {DECISION} FROM reviews AS r
         CROSS JOIN decisions AS d ON d.review = r.id
         CROSS JOIN campaigns AS c ON c.id = r.campaign
         WHERE r.ingress_id = "
    ));
    query.push_bind(id.0).push(" AND r.id <> ").push_bind(without.map_or(-1, |review| review.0));
    query.push(" ORDER BY d.id DESC LIMIT ").push_bind(MOST);
    let rows: Vec<(i64, i64, String, String)> =
        query.build_query_as().fetch_all(connection).await?;
    let read = |(review, campaign, name, text): (i64, i64, String, String)| {
        let decision = parsed::<DecisionRow>(&text)?.read()?;
        Ok(DecidedIn { review: ReviewId(review), campaign: CampaignId(campaign), name, decision })
    };
    rows.into_iter().map(read).collect()
}
