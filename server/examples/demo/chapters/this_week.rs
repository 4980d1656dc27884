//! This week: a campaign is open, and half of it is decided.

use std::collections::BTreeSet;

use domain::review::Choice;
use domain::traffic::route_key;
use jiff::SignedDuration;
use jiff::tz::Offset;
use store::ReviewRow;

use super::{confirm, not_mine, retire};
use crate::story::{Opened, Story, kept};

const CLUSTER: &str = "prod-eu";

/// Tells it.
pub async fn tell(story: &Story<'_>) -> anyhow::Result<()> {
    if story.cluster(CLUSTER).is_none() {
        return Ok(());
    }
    let scope = format!("cluster={CLUSTER}&older=1");
    let name = format!("Everything in {CLUSTER}");
    let opened = Opened { name: &name, scope: &scope, ago: 5, lasts: 14 };
    let Some(id) = story.open(&opened).await? else { return Ok(()) };
    let rows = story.reviews(id).await?;
    let owner = &story.cast.owner;
    let (theirs, others): (Vec<&ReviewRow>, Vec<&ReviewRow>) =
        rows.iter().partition(|row| owner.is_of(&row.review.assignee));
    half(story, &theirs).await?;
    by_others(story, &others).await?;
    story.store.tick_retirements(story.now).await?;
    Ok(())
}

/// The owner has come half the way.
async fn half(story: &Story<'_>, theirs: &[&ReviewRow]) -> anyhow::Result<()> {
    let owner = &story.cast.owner;
    let at = story.ago(2);
    let is_idle = |row: &&ReviewRow| row.row.unused_since.is_some_and(|since| since < at);
    let half = &theirs[..theirs.len().div_ceil(2)];
    let (idle, busy): (Vec<&ReviewRow>, Vec<&ReviewRow>) = half.iter().copied().partition(is_idle);
    for row in &idle {
        story.decide(owner, &[*row], retire("Not used any more."), at).await?;
    }
    let mut busy = busy.into_iter();
    if let Some(row) = busy.next() {
        let said = "Does anybody know whether the carriers still print from here?";
        let act = story.act(owner);
        let said = story.store.comment(&act, row.review.id, said, at).await;
        kept("a comment", said)?;
    }
    if let (Some(row), Some(team)) = (busy.next(), story.cast.other.teams.first()) {
        let choice = not_mine(team, "Belongs to the login, which is with customer accounts.");
        story.decide(owner, &[row], choice, at).await?;
    }
    let rest: Vec<&ReviewRow> = busy.collect();
    story.decide(owner, &rest, confirm("In daily use."), at).await
}

/// Every second of the other teams is done; the rest has not begun.
async fn by_others(story: &Story<'_>, others: &[&ReviewRow]) -> anyhow::Result<()> {
    let at = story.ago(1);
    let other = &story.cast.other;
    let teams: BTreeSet<&str> = others.iter().map(|row| row.review.assignee.as_str()).collect();
    let done: Vec<&str> = teams.into_iter().filter(|team| !other.is_of(team)).step_by(2).collect();
    for team in done {
        let rows: Vec<&ReviewRow> =
            others.iter().filter(|row| row.review.assignee == team).copied().collect();
        let rows = held(story, &rows).await?;
        let choice = confirm("In use; we have looked at each of them.");
        story.decide(&story.cast.reviewer(team), &rows, choice, at).await?;
    }
    used(story, others).await
}

/// One of these is to go, not before next month, and of another one some routes. Returns the others.
async fn held<'a>(story: &Story<'_>, rows: &[&'a ReviewRow]) -> anyhow::Result<Vec<&'a ReviewRow>> {
    let at = story.ago(1);
    let is_idle = |row: &&ReviewRow| row.row.unused_since.is_some_and(|since| since < at);
    let (idle, mut rest): (Vec<&ReviewRow>, Vec<&ReviewRow>) =
        rows.iter().copied().partition(is_idle);
    let mut idle = idle.into_iter();
    if let Some(row) = idle.next() {
        let month = story.now + SignedDuration::from_hours(24 * 30);
        let wish = Some(Offset::UTC.to_datetime(month).date());
        let choice = Choice { wish, ..retire("May go when the contract has ended.") };
        story.decide_one(row, choice, at).await?;
    }
    if let Some(row) = idle.next() {
        let detail = story.store.ingress(row.review.ingress, story.now).await?;
        let last = detail.and_then(|detail| detail.ingress.routes.last().map(route_key));
        let choice =
            Choice { routes: last.into_iter().collect(), ..retire("Only the rest is needed.") };
        story.decide_one(row, choice, at).await?;
    }
    rest.extend(idle);
    Ok(rest)
}

/// Somebody wants to be rid of what is used: that does not last.
async fn used(story: &Story<'_>, others: &[&ReviewRow]) -> anyhow::Result<()> {
    let other = &story.cast.other;
    let at = story.ago(1);
    let is_used = |row: &&ReviewRow| row.row.traffic.last_success.is_some_and(|seen| seen > at);
    let is_theirs = |row: &&ReviewRow| other.is_of(&row.review.assignee);
    let found = others.iter().copied().filter(is_theirs).find(is_used);
    match found {
        Some(row) => {
            let choice = retire("The new profile page has taken its place.");
            story.decide(other, &[row], choice, at).await
        }
        None => Ok(()),
    }
}
