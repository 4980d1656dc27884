//! Takes back a decision, as long as its campaign is open.

use domain::ReviewId;
use domain::audit::{Action, Draft};
use domain::owner::Team;
use domain::review::{Decision, Kind, Next, Refused};
use domain::user::Person;
use jiff::Timestamp;
use serde_json::json;
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::card::decisions_of;
use super::load::{Loaded, Moment, loaded};
use super::retire::withdraw;
use super::rows::code;
use super::target;
use super::write::{Step, steps};
use crate::Store;
use crate::acts::{Act, ActError, Stop, Who, before, begin, keep};
use crate::attestations;
use crate::audit::append_all;
use crate::campaigns::{existing, overtaken};

impl Store {
    /// Takes back this decision of a review, if it is the last; the review is open again, and again of
    /// the team that gave it away. The decision stays on record.
    pub async fn undo(
        &self,
        act: &Act,
        id: ReviewId,
        decision: i64,
        now: Timestamp,
    ) -> Result<(), ActError> {
        let rules = self.rules();
        let mut writer = self.writer().await?;
        let undone = undo(&mut writer, act, (id, decision), &rules.owner.teams, now).await;
        drop(writer);
        self.acted(undone)
    }
}

async fn undo(
    writer: &mut SqliteConnection,
    act: &Act,
    (id, decision): (ReviewId, i64),
    teams: &[Team],
    now: Timestamp,
) -> Result<(), Stop> {
    let target = target(id);
    let mut transaction = begin(writer).await?;
    if let Some(done) = before(&mut transaction, act, "undo", &target).await? {
        return Ok(done);
    }
    let loaded = one(&mut transaction, id, &act.person).await?;
    let campaign = existing(&mut transaction, loaded.review.campaign).await?;
    let moment = Moment {
        open: campaign.takes_decisions(now),
        terms: campaign.terms(),
        teams,
        visitor: &act.person,
        now,
    };
    let setting = loaded.setting(&loaded.hash, moment);
    let last = last(&mut transaction, id).await?;
    let review = loaded.review.clone();
    let given = last.filter(|last| review.is_given(last));
    let next = match given {
        Some(given) => review.take_back(given, &setting)?,
        None => review.undo(&setting)?,
    };
    if next.decision.as_ref().is_none_or(|taken| taken.id != decision) {
        return Err(Refused::Overtaken.into());
    }
    let drafts = save(&mut transaction, act, &loaded, &next, now).await?;
    append_all(&mut transaction, drafts).await?;
    keep(&mut transaction, act, ("undo", &target), &(), now).await?;
    transaction.commit().await?;
    Ok(())
}

/// The review of this number. Which numbers there are is nothing for those who see only what is their
/// teams'.
pub(super) async fn one(
    connection: &mut SqliteConnection,
    id: ReviewId,
    person: &Person,
) -> Result<Loaded, Stop> {
    let hidden = || match person.is_admin() {
        true => Stop::missing("review"),
        false => Refused::NotYours.into(),
    };
    loaded(connection, &[id]).await?.pop().ok_or_else(hidden)
}

/// The last decision about a review, whether it counts or not.
async fn last(
    connection: &mut SqliteConnection,
    id: ReviewId,
) -> Result<Option<Decision>, sqlx::Error> {
    let mut decisions = decisions_of(connection, &[id]).await?;
    Ok(decisions.pop().map(|(_, decision)| decision))
}

async fn save(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act,
    loaded: &Loaded,
    next: &Next,
    now: Timestamp,
) -> Result<Vec<Draft>, Stop> {
    let review = &loaded.review;
    let step = Step { next: &next.review, was: (code(&review.state), loaded.decision) };
    steps(transaction, &[step]).await?;
    let Some(decision) = &next.decision else { return Ok(Vec::new()) };
    mark(transaction, decision).await?;
    if decision.choice.kind == Kind::Confirm {
        attestations::restore(transaction, &[review.ingress]).await?;
    }
    let detail = json!({
        "campaign": review.campaign,
        "ingress": loaded.place,
        "ingress_id": review.ingress,
        "decision": decision.id,
        "kind": decision.choice.kind.as_str(),
        "reassigned": next.reassigned,
    });
    let mut drafts = vec![act.draft(Action::Undone, target(review.id), detail, now)];
    let why = "the decision was taken back";
    drafts.extend(withdraw(transaction, &[review.id], why, (Who::Person(act), now)).await?);
    Ok(drafts)
}

async fn mark(transaction: &mut Transaction<'_, Sqlite>, decision: &Decision) -> Result<(), Stop> {
    let marked = sqlx::query("UPDATE decisions SET undone = 1 WHERE id = $1 AND undone = 0")
        .bind(decision.id)
        .execute(&mut **transaction)
        .await?;
    if marked.rows_affected() == 1 { Ok(()) } else { Err(overtaken()) }
}
