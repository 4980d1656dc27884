//! What is to come: a series, and what people say of whose an ingress is.

use domain::campaign::Terms;
use domain::inventory::Row;
use domain::series::{Every, Series};
use domain::{Scope, SeriesId};
use jiff::tz::Offset;

use crate::story::{Story, kept};

/// Tells it.
pub async fn tell(story: &Story<'_>) -> anyhow::Result<()> {
    series(story).await?;
    claims(story).await
}

/// The next campaign comes with the first of a month.
async fn series(story: &Story<'_>) -> anyhow::Result<()> {
    let scope = Scope::parse("cluster=prod-us&older=30")?;
    let terms = Terms::new("Quarterly review of prod-us", scope, story.now);
    let terms = Terms { fallback: story.cast.fallback(), ..terms };
    let series = Series {
        id: SeriesId(0),
        name: terms.name.clone(),
        template: terms,
        every: Every::Months { n: 3, day: 1 },
        zone: "Europe/Helsinki".to_owned(),
        duration_days: 14,
        starts: Offset::UTC.to_datetime(story.now).date(),
        ends_after: None,
        opened: 0,
        next: None,
        waiting: None,
        once: None,
    };
    let act = story.act(&story.cast.admin);
    kept("a series", story.store.create_series(&act, series, story.now).await)?;
    Ok(())
}

/// One orphan is taken on, and one ingress is wanted by a team that does not have it.
async fn claims(story: &Story<'_>) -> anyhow::Result<()> {
    let (owner, other) = (&story.cast.owner, &story.cast.other);
    let (Some(one), Some(two)) = (owner.teams.first(), other.teams.first()) else {
        return Ok(());
    };
    let orphan = first(story.list("owner=-&cluster=staging").await?);
    if let Some(row) = orphan {
        let (act, reason) = (story.act(other), "We set this up for the login tests.");
        let claimed = story.store.claim_owner(&act, row.id, two, reason, story.now).await;
        kept("an orphan that is taken on", claimed)?;
    }
    let theirs = first(story.list(&format!("owner={two}&cluster=prod-us")).await?);
    if let Some(row) = theirs {
        let (act, reason) = (story.act(owner), "It tracks parcels, and so it should be with us.");
        let claimed = story.store.claim_owner(&act, row.id, one, reason, story.now).await;
        kept("a claim", claimed)?;
    }
    Ok(())
}

fn first(rows: Vec<Row>) -> Option<Row> {
    rows.into_iter().next()
}
