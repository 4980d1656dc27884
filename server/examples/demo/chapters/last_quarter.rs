//! Last quarter: everything in one cluster was reviewed, most of it in time. What was to go is in every
//! state by now.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use domain::retirement::RetirementView;
use domain::review::Choice;
use domain::{ClusterName, ReviewId};
use jiff::SignedDuration;
use serde_json::Value;
use store::ReviewRow;

use super::{confirm, not_mine, retire};
use crate::nature;
use crate::story::{Opened, Story, kept};

const CLUSTER: &str = "prod-us";
const OPENED: i64 = 45;
const LASTS: i64 = 14;
/// Retirements were requested so many days ago, and due two weeks later.
const REQUESTED: i64 = 40;

/// No cluster has it any more.
const FORGOTTEN: &str = "fax-gateway";

/// Tells it.
pub async fn tell(story: &Story<'_>) -> anyhow::Result<()> {
    let Some(cluster) = story.cluster(CLUSTER) else { return Ok(()) };
    let Some(team) = story.cast.owner.teams.first() else { return Ok(()) };
    let forgotten = nature::forgotten(FORGOTTEN, team, story.ago(700));
    nature::seen(story.store, cluster, &forgotten.to_string(), story.ago(OPENED + 15)).await?;
    let scope = format!("cluster={CLUSTER}&older=1");
    let name = format!("Everything in {CLUSTER}");
    let opened = Opened { name: &name, scope: &scope, ago: OPENED, lasts: LASTS };
    let Some(id) = story.open(&opened).await? else { return Ok(()) };
    let rows = story.reviews(id).await?;
    let mut left: BTreeMap<ReviewId, &ReviewRow> =
        rows.iter().map(|row| (row.review.id, row)).collect();
    let going = going(story, &mut left).await?;
    moved(story, &mut left).await?;
    changed_their_mind(story, &mut left).await?;
    confirmed(story, &left).await?;
    let end = story.ago(OPENED - LASTS) + SignedDuration::from_hours(1);
    story.store.close_due_campaigns(end).await?;
    gone(story, cluster, (&forgotten, going.as_slice())).await
}

/// What was to go: what nobody uses, and what is gone by now.
async fn going<'a>(
    story: &Story<'_>,
    left: &mut BTreeMap<ReviewId, &'a ReviewRow>,
) -> anyhow::Result<Vec<&'a ReviewRow>> {
    let at = story.ago(REQUESTED);
    let idle = |row: &&&ReviewRow| row.row.unused_since.is_some_and(|since| since < at);
    let is_forgotten = |row: &&&ReviewRow| row.row.name == FORGOTTEN;
    let mut going: Vec<&ReviewRow> = left.values().filter(is_forgotten).copied().collect();
    let idle: Vec<&ReviewRow> =
        left.values().filter(|row| !is_forgotten(row)).filter(idle).copied().take(4).collect();
    going.extend(idle);
    for row in &going {
        left.remove(&row.review.id);
        let choice = retire("Nobody has called this for months, and nobody knows who would.");
        story.decide_one(row, choice, at).await?;
    }
    Ok(going)
}

/// Somebody got what another team looks after.
async fn moved(story: &Story<'_>, left: &mut BTreeMap<ReviewId, &ReviewRow>) -> anyhow::Result<()> {
    let (owner, other) = (&story.cast.owner, &story.cast.other);
    let Some(team) = other.teams.first() else { return Ok(()) };
    let Some(row) = left.values().find(|row| owner.is_of(&row.review.assignee)).copied() else {
        return Ok(());
    };
    left.remove(&row.review.id);
    let choice = not_mine(team, "This moved to customer accounts with the new login.");
    story.decide(owner, &[row], choice, story.ago(39)).await?;
    let act = story.act(other);
    let text = "Right, we took it over in spring. The label is still the old one.";
    let said = story.store.comment(&act, row.review.id, text, story.ago(38)).await;
    kept("a comment", said)?;
    story.decide(other, &[row], confirm("Ours, and in use."), story.ago(38)).await
}

/// One was to go, until somebody remembered what it is for; another was decided too soon.
async fn changed_their_mind(
    story: &Story<'_>,
    left: &mut BTreeMap<ReviewId, &ReviewRow>,
) -> anyhow::Result<()> {
    let other = &story.cast.other;
    let theirs: Vec<&ReviewRow> =
        left.values().filter(|row| other.is_of(&row.review.assignee)).copied().collect();
    if let Some(row) = theirs.first() {
        left.remove(&row.review.id);
        let choice = retire("Looks like the old registration.");
        story.decide(other, &[*row], choice, story.ago(37)).await?;
        let choice = confirm("No: the partners in the south still register here.");
        story.decide(other, &[*row], choice, story.ago(36)).await?;
    }
    if let Some(row) = theirs.get(1) {
        story.decide(other, &[*row], confirm("In use."), story.ago(36)).await?;
        let card = story.store.review(row.review.id, story.ago(35)).await?;
        let last = card.and_then(|card| card.decisions.first().map(|decision| decision.id));
        let last = last.context("a decision to take back")?;
        let undone = story.store.undo(&story.act(other), row.review.id, last, story.ago(35)).await;
        kept("a decision taken back", undone)?;
    }
    Ok(())
}

/// What was kept. An admin had to decide for one team, and another one never answered.
async fn confirmed(story: &Story<'_>, left: &BTreeMap<ReviewId, &ReviewRow>) -> anyhow::Result<()> {
    let (owner, other) = (&story.cast.owner, &story.cast.other);
    let teams: BTreeSet<&str> = left.values().map(|row| row.review.assignee.as_str()).collect();
    let has_account = |team: &&str| owner.is_of(team) || other.is_of(team);
    let without: Vec<&str> = teams.iter().copied().filter(|team| !has_account(team)).collect();
    let (silent, on_behalf) = (without.first().copied(), without.get(1).copied());
    for team in teams.iter().copied() {
        if Some(team) == silent {
            continue;
        }
        let rows: Vec<&ReviewRow> =
            left.values().filter(|row| row.review.assignee == team).copied().collect();
        let (person, choice) = match on_behalf {
            Some(named) if named == team => {
                let reason = "Agreed with the team in its weekly; nobody of it was there to click.";
                (story.cast.admin.clone(), confirm(reason))
            }
            _ => (story.cast.reviewer(team), in_use()),
        };
        story.decide(&person, &rows, choice, story.ago(34)).await?;
    }
    Ok(())
}

fn in_use() -> Choice {
    confirm("In use; we have looked at each of them.")
}

/// Of what was to go, one is gone, one is back, one stays, and the rest may be removed.
async fn gone(
    story: &Story<'_>,
    cluster: &ClusterName,
    (forgotten, going): (&Value, &[&ReviewRow]),
) -> anyhow::Result<()> {
    let store = story.store;
    let idle: Vec<&ReviewRow> =
        going.iter().filter(|row| row.row.name != FORGOTTEN).copied().collect();
    if let Some(row) = idle.first() {
        stays(story, row).await?;
    }
    store.tick_retirements(story.ago(REQUESTED - 15)).await?;
    nature::deleted(store, cluster, &forgotten.to_string(), story.ago(21)).await?;
    let Some(row) = idle.get(1) else { return Ok(()) };
    let Some((cluster, manifest)) = nature::manifest(store, &row.row, story.now).await? else {
        return Ok(());
    };
    nature::deleted(store, &cluster, &manifest, story.ago(20)).await?;
    nature::seen(store, &cluster, &manifest, story.ago(8)).await
}

/// Somebody needs it after all.
async fn stays(story: &Story<'_>, row: &ReviewRow) -> anyhow::Result<()> {
    let now = story.ago(30);
    let page = story.store.retirements(&RetirementView::default(), now).await?;
    let found = page.rows.iter().find(|one| one.retirement.ingress == row.review.ingress);
    let Some(found) = found else { return Ok(()) };
    let person = story.cast.reviewer(&row.review.assignee);
    let reason = "The yearly stocktaking uses it, and that is in three months.";
    let act = story.act(&person);
    let cancelled = story.store.cancel_retirement(&act, found.retirement.id, reason, now).await;
    kept("a retirement that was cancelled", cancelled)?;
    Ok(())
}
