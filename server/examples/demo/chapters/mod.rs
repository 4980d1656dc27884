//! The past, from the first review to this morning.

mod last_quarter;
mod last_year;
mod plans;
mod this_week;

use domain::review::{Choice, Kind};

use crate::story::Story;

/// Tells all of it, in the order in which it happened.
pub async fn tell(story: &Story<'_>) -> anyhow::Result<()> {
    Box::pin(last_year::tell(story)).await?;
    Box::pin(last_quarter::tell(story)).await?;
    Box::pin(this_week::tell(story)).await?;
    Box::pin(plans::tell(story)).await?;
    tracing::info!("the past of the demo is told");
    Ok(())
}

fn confirm(reason: &str) -> Choice {
    Choice::new(Kind::Confirm, reason)
}

fn retire(reason: &str) -> Choice {
    Choice::new(Kind::Retire, reason)
}

fn not_mine(team: &str, reason: &str) -> Choice {
    Choice { proposed: Some(team.to_owned()), ..Choice::new(Kind::NotMine, reason) }
}
