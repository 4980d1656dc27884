//! The entries of one campaign.

use domain::CampaignId;
use domain::audit::Entry;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::{COLUMNS, entry};

/// The entries of a campaign, of its reviews and of the retirements that they led to, the oldest
/// first. Entries of reviews say in their detail of which campaign they are. The codes of actions
/// narrow it down in the index: `/` comes after `.`.
pub(crate) async fn about_campaign(
    connection: &mut SqliteConnection,
    id: CampaignId,
) -> Result<Vec<Entry>, sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "WITH own (target) AS (
           SELECT 'retirement ' || t.id FROM reviews AS r
           JOIN retirements AS t ON t.review = r.id
           WHERE r.campaign = ",
    );
    query.push_bind(id.0).push(format!(
        ")
         SELECT {COLUMNS} FROM audit
         WHERE sequence IN (
           SELECT sequence FROM audit
           WHERE action >= 'campaign.' AND action < 'campaign/' AND target = "
    ));
    query.push_bind(format!("campaign {id}")).push(
        " UNION
           SELECT sequence FROM audit
           WHERE action = 'export.campaign' AND target = ",
    );
    query.push_bind(format!("campaign {id}")).push(
        " UNION
           SELECT sequence FROM audit
           WHERE action >= 'review.' AND action < 'review/' AND detail ->> '$.campaign' = ",
    );
    query.push_bind(id.0).push(
        " UNION
           SELECT sequence FROM audit
           WHERE action >= 'retirement.' AND action < 'retirement/'
             AND target IN (SELECT target FROM own)
         )
         ORDER BY sequence",
    );
    let rows = query.build().fetch_all(connection).await?;
    rows.iter().map(entry).collect()
}
