//! Says whose an ingress is, and answers who has said so.

use domain::audit::Action;
use domain::claim::{CannotClaim, ClaimState, OwnerClaim, claim, set};
use domain::{ClaimId, ClusterName, IngressId, text};
use jiff::Timestamp;
use serde_json::json;
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::list::stored;
use super::owned::Owned;
use super::write::{insert, write};
use crate::Store;
use crate::acts::{Act, ActError, Stop, before, begin, keep};
use crate::audit::append;
use crate::reassess::reassess;

/// How a claim is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimReply {
    /// The ingress is that team's from now on.
    Accept,
    /// It is not. This needs a reason.
    Refuse,
    /// Whoever claimed it takes that back.
    Withdraw,
}

impl Store {
    /// Says that an ingress is a team's. What a member takes on that nobody owns is theirs at once;
    /// everything else waits for an answer.
    pub async fn claim_owner(
        &self,
        act: &Act,
        id: IngressId,
        team: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<OwnerClaim, ActError> {
        let mut writer = self.writer().await?;
        let claimed = self.claim(&mut writer, act, id, (team, reason), now).await;
        drop(writer);
        self.acted(claimed)
    }

    /// Answers a claim, with a reason that may be empty unless it is refused.
    pub async fn answer_claim(
        &self,
        act: &Act,
        id: ClaimId,
        reply: (ClaimReply, &str),
        now: Timestamp,
    ) -> Result<(), ActError> {
        let mut writer = self.writer().await?;
        let answered = self.answer(&mut writer, act, id, reply, now).await;
        drop(writer);
        self.acted(answered)
    }

    /// Says as an admin whose an ingress is; `None` for whose it is by what stands in the cluster.
    pub async fn set_owner(
        &self,
        act: &Act,
        id: IngressId,
        team: Option<&str>,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), ActError> {
        let mut writer = self.writer().await?;
        let set = self.set(&mut writer, act, id, (team, reason), now).await;
        drop(writer);
        self.acted(set)
    }

    async fn claim(
        &self,
        writer: &mut SqliteConnection,
        act: &Act,
        id: IngressId,
        (team, reason): (&str, &str),
        now: Timestamp,
    ) -> Result<OwnerClaim, Stop> {
        let target = format!("ingress {id}");
        let mut transaction = begin(writer).await?;
        if let Some(claimed) = before(&mut transaction, act, "claim", &target).await? {
            return Ok(claimed);
        }
        let owned = Owned::present(&mut transaction, id).await?;
        let rules = self.rules();
        let claimed = claim(id, team, reason, &owned.standing(&rules.owner.teams, act, now))?;
        let claimed = insert(&mut transaction, act, claimed).await?;
        if claimed.state == ClaimState::Accepted {
            self.give(&mut transaction, &owned, &claimed.owner, now).await?;
        }
        let said = owned.said(&claimed);
        append(&mut transaction, act.draft(Action::OwnerClaimed, target.clone(), said, now))
            .await?;
        keep(&mut transaction, act, ("claim", &target), &claimed, now).await?;
        transaction.commit().await?;
        Ok(claimed)
    }

    async fn answer(
        &self,
        writer: &mut SqliteConnection,
        act: &Act,
        id: ClaimId,
        (answer, reason): (ClaimReply, &str),
        now: Timestamp,
    ) -> Result<(), Stop> {
        let target = format!("claim {id}");
        let mut transaction = begin(writer).await?;
        if let Some(done) = before(&mut transaction, act, answer.code(), &target).await? {
            return Ok(done);
        }
        let claimed = stored(&mut transaction, id).await?;
        // Which numbers there are is nothing for those who may answer a part only.
        let hidden = || match act.person.is_admin() {
            true => Stop::missing("claim"),
            false => CannotClaim::NotYours.into(),
        };
        let claimed = claimed.ok_or_else(hidden)?;
        let owned = Owned::load(&mut transaction, claimed.ingress).await?;
        let rules = self.rules();
        let standing = owned.standing(&rules.owner.teams, act, now);
        let answered = match answer {
            ClaimReply::Accept => claimed.accept(&standing)?,
            ClaimReply::Refuse => claimed.refuse(reason, &standing)?,
            ClaimReply::Withdraw => claimed.withdraw(&standing)?,
        };
        let reason = text::any_reason(reason)?;
        if answered.state == ClaimState::Accepted {
            owned.check_present()?;
            self.give(&mut transaction, &owned, &answered.owner, now).await?;
        }
        write(&mut transaction, act, &answered, &reason, now).await?;
        let mut said = owned.said(&answered);
        said["answer"] = reason.into();
        append(&mut transaction, act.draft(answer.action(), target.clone(), said, now)).await?;
        keep(&mut transaction, act, (answer.code(), &target), &(), now).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn set(
        &self,
        writer: &mut SqliteConnection,
        act: &Act,
        id: IngressId,
        (team, reason): (Option<&str>, &str),
        now: Timestamp,
    ) -> Result<(), Stop> {
        let target = format!("ingress {id}");
        let mut transaction = begin(writer).await?;
        if let Some(done) = before(&mut transaction, act, "set owner", &target).await? {
            return Ok(done);
        }
        let owned = Owned::present(&mut transaction, id).await?;
        let rules = self.rules();
        let owner = set(team, reason, &owned.standing(&rules.owner.teams, act, now))?;
        self.give(&mut transaction, &owned, owner.as_deref().unwrap_or(""), now).await?;
        let detail = json!({
            "ingress": owned.place(),
            "ingress_id": id,
            "owner": owner,
            "was": owned.owner,
            "was_set": owned.owner_set,
            "reason": reason.trim(),
        });
        append(&mut transaction, act.draft(Action::OwnerSet, target.clone(), detail, now)).await?;
        keep(&mut transaction, act, ("set owner", &target), &(), now).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Writes whose it is, empty for nobody's word, and concludes anew.
    async fn give(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        owned: &Owned,
        owner: &str,
        now: Timestamp,
    ) -> Result<(), Stop> {
        sqlx::query("UPDATE ingresses SET owner_set = $2 WHERE id = $1 AND owner_set = $3")
            .bind(owned.id.0)
            .bind(owner)
            .bind(&owned.owner_set)
            .execute(&mut **transaction)
            .await?;
        let Ok(cluster) = owned.cluster.parse::<ClusterName>() else { return Ok(()) };
        reassess(transaction, &self.judge(&cluster, now), &[owned.id.0]).await?;
        Ok(())
    }
}

impl ClaimReply {
    fn code(self) -> &'static str {
        match self {
            Self::Accept => "accept claim",
            Self::Refuse => "refuse claim",
            Self::Withdraw => "withdraw claim",
        }
    }

    fn action(self) -> Action {
        match self {
            Self::Accept => Action::ClaimAccepted,
            Self::Refuse => Action::ClaimRefused,
            Self::Withdraw => Action::ClaimWithdrawn,
        }
    }
}
