//! More than a year ago: one team reviewed what it had. What it attested has expired since, unless it
//! was attested again, and one ingress was changed.

use domain::ClusterName;
use jiff::Timestamp;
use store::ReviewRow;

use super::confirm;
use crate::nature;
use crate::story::{Opened, Story, kept};

const OPENED: i64 = 400;

/// Tells it.
pub async fn tell(story: &Story<'_>) -> anyhow::Result<()> {
    let Some(team) = story.cast.owner.teams.first() else { return Ok(()) };
    let changed = as_it_was(story, team).await?;
    let (name, scope) = (format!("Everything of {team}"), format!("owner={team}&older=1"));
    let opened = Opened { name: &name, scope: &scope, ago: OPENED, lasts: 14 };
    if let Some(id) = story.open(&opened).await? {
        let rows = story.reviews(id).await?;
        let rows: Vec<&ReviewRow> = rows.iter().collect();
        let choice = confirm("Gone through with the dispatchers; all of it is needed.");
        let owner = &story.cast.owner;
        story.decide(owner, &rows, choice, story.ago(OPENED - 4)).await?;
        let act = story.act(&story.cast.admin);
        let closed = story.store.close_campaign(&act, id, story.ago(OPENED - 6)).await;
        kept("the end of a campaign", closed)?;
    }
    if let Some((cluster, manifest)) = changed {
        nature::seen(story.store, &cluster, &manifest, story.ago(120)).await?;
    }
    Ok(())
}

/// Has one ingress be what it was then. Returns what it is now.
async fn as_it_was(story: &Story<'_>, team: &str) -> anyhow::Result<Option<(ClusterName, String)>> {
    let then = story.ago(OPENED + 1);
    let is_old = |created: Option<Timestamp>| created.is_some_and(|at| at < then);
    // What the open campaign is about would be confirmed again.
    for row in story.list(&format!("owner={team}&cluster=staging")).await? {
        if !is_old(row.created_at) {
            continue;
        }
        let Some((cluster, now)) = nature::manifest(story.store, &row, story.now).await? else {
            continue;
        };
        if let Some(before) = nature::before(&now) {
            nature::seen(story.store, &cluster, &before.to_string(), then).await?;
            return Ok(Some((cluster, now)));
        }
    }
    Ok(None)
}
