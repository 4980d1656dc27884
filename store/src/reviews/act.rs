//! What else is done to a review: a comment, and another team.

use domain::audit::Action;
use domain::owner::Team;
use domain::{ReviewId, text};
use jiff::Timestamp;
use serde_json::json;
use sqlx::SqliteConnection;

use super::load::Moment;
use super::rows::code;
use super::target;
use super::undo::one;
use super::write::{Step, steps};
use crate::Store;
use crate::acts::{Act, ActError, Stop, before, begin, keep};
use crate::audit::append;
use crate::campaigns::existing;
use crate::row::millis;

impl Store {
    /// Adds a comment, which is never changed.
    pub async fn comment(
        &self,
        act: &Act,
        id: ReviewId,
        text: &str,
        now: Timestamp,
    ) -> Result<(), ActError> {
        let mut writer = self.writer().await?;
        let commented = comment(&mut writer, act, id, text, now).await;
        drop(writer);
        self.acted(commented)
    }

    /// Gives a review to another team. Only admins may, and not to themselves.
    pub async fn reassign(
        &self,
        act: &Act,
        id: ReviewId,
        team: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), ActError> {
        let rules = self.rules();
        let mut writer = self.writer().await?;
        let to = To { team, reason, teams: &rules.owner.teams };
        let reassigned = reassign(&mut writer, act, id, &to, now).await;
        drop(writer);
        self.acted(reassigned)
    }
}

async fn comment(
    writer: &mut SqliteConnection,
    act: &Act,
    id: ReviewId,
    text: &str,
    now: Timestamp,
) -> Result<(), Stop> {
    let target = target(id);
    let mut transaction = begin(writer).await?;
    if let Some(done) = before(&mut transaction, act, "comment", &target).await? {
        return Ok(done);
    }
    let loaded = one(&mut transaction, id, &act.person).await?;
    loaded.review.may_comment(&act.person)?;
    let text = text::comment(text)?;
    let actor = act.actor();
    sqlx::query(
        "INSERT INTO comments (review, at, issuer, subject, name, text)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id.0)
    .bind(millis(now))
    .bind(actor.issuer())
    .bind(actor.subject())
    .bind(actor.name())
    .bind(&text)
    .execute(&mut *transaction)
    .await?;
    let review = &loaded.review;
    let detail = json!({"campaign": review.campaign, "ingress": loaded.place, "text": text});
    append(&mut transaction, act.draft(Action::Commented, target.clone(), detail, now)).await?;
    keep(&mut transaction, act, ("comment", &target), &(), now).await?;
    transaction.commit().await?;
    Ok(())
}

/// To whom a review is given, and why.
struct To<'a> {
    team: &'a str,
    reason: &'a str,
    teams: &'a [Team],
}

async fn reassign(
    writer: &mut SqliteConnection,
    act: &Act,
    id: ReviewId,
    to: &To<'_>,
    now: Timestamp,
) -> Result<(), Stop> {
    let target = target(id);
    let mut transaction = begin(writer).await?;
    if let Some(done) = before(&mut transaction, act, "reassign", &target).await? {
        return Ok(done);
    }
    let loaded = one(&mut transaction, id, &act.person).await?;
    let review = &loaded.review;
    let campaign = existing(&mut transaction, review.campaign).await?;
    let moment = Moment {
        open: campaign.takes_decisions(now),
        terms: campaign.terms(),
        teams: to.teams,
        visitor: &act.person,
        now,
    };
    let setting = loaded.setting(&loaded.hash, moment);
    let next = review.clone().reassign(to.team, to.reason, &setting)?;
    let step = Step { next: &next.review, was: (code(&review.state), loaded.decision) };
    steps(&mut transaction, &[step]).await?;
    let detail = json!({
        "campaign": review.campaign,
        "ingress": loaded.place,
        "from": review.assignee,
        "to": next.review.assignee,
        "reason": to.reason.trim(),
    });
    append(&mut transaction, act.draft(Action::ReviewReassigned, target.clone(), detail, now))
        .await?;
    keep(&mut transaction, act, ("reassign", &target), &(), now).await?;
    transaction.commit().await?;
    Ok(())
}
