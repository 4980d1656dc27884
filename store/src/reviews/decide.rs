//! Decides: one review, or many with the same answer; all of them, or none.

use domain::audit::{Action, Draft};
use domain::owner::Team;
use domain::retirement::Policy;
use domain::review::{Choice, Decision, Kind, Next, Refused, ReviewState};
use domain::{IngressId, ReviewId, attestation};
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::load::{Loaded, Moment, campaigns_of, loaded, read_manifests};
use super::retire::{By, Wanted, confirmed, request, withdraw};
use super::rows::code;
use super::write::{Kept, Step, decisions, next_decision, steps};
use super::{refused, target};
use crate::Store;
use crate::acts::{Act, ActError, INVALID, Stop, Who, before, begin, keep};
use crate::attestations;
use crate::audit::append_all;

/// Why a retirement does not go on.
const SUPERSEDED: &str = "another decision counts instead";

/// What is asked for.
struct Asked<'a> {
    ids: &'a [ReviewId],
    /// What the forms were drawn from, in the same order.
    shown: &'a [String],
    choice: Choice,
    teams: &'a [Team],
    policy: Policy,
    now: Timestamp,
}

/// What was made of one review.
struct Made {
    loaded: Loaded,
    next: Next,
    decision: Decision,
    until: Option<Timestamp>,
}

impl Store {
    /// Decides about these reviews in the same way. `shown_hashes` has, in the same order, the material
    /// hash of what each form was drawn from. Returns the reviews.
    pub async fn decide(
        &self,
        act: &Act,
        ids: &[ReviewId],
        choice: Choice,
        shown_hashes: &[String],
        now: Timestamp,
    ) -> Result<Vec<ReviewId>, ActError> {
        let (rules, policy) = (self.rules(), self.retirement_policy());
        let teams = &rules.owner.teams;
        let asked = Asked { ids, shown: shown_hashes, choice, teams, policy, now };
        let mut writer = self.writer().await?;
        let decided = decide(&mut writer, act, &asked).await;
        drop(writer);
        self.acted(decided)
    }
}

async fn decide(
    writer: &mut SqliteConnection,
    act: &Act,
    asked: &Asked<'_>,
) -> Result<Vec<ReviewId>, Stop> {
    let told: Vec<String> = asked.ids.iter().map(ToString::to_string).collect();
    let told = told.join(",");
    let mut transaction = begin(writer).await?;
    if let Some(decided) = before(&mut transaction, act, "decide", &told).await? {
        return Ok(decided);
    }
    check(asked)?;
    let made = made(&mut transaction, act, asked).await?;
    let drafts = save(&mut transaction, act, asked, &made).await?;
    append_all(&mut transaction, drafts).await?;
    let decided = asked.ids.to_vec();
    keep(&mut transaction, act, ("decide", &told), &decided, asked.now).await?;
    transaction.commit().await?;
    Ok(decided)
}

fn check(asked: &Asked<'_>) -> Result<(), Stop> {
    let mut ids: Vec<ReviewId> = asked.ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Err(Stop::refused("no review was chosen; choose at least one", INVALID));
    }
    if ids.len() != asked.ids.len() || asked.ids.len() != asked.shown.len() {
        let sentence = "the form does not name each review once; load the page again";
        return Err(Stop::refused(sentence, INVALID));
    }
    Ok(())
}

/// Loads the reviews and decides about each. Nothing is written.
async fn made(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act,
    asked: &Asked<'_>,
) -> Result<Vec<Made>, Stop> {
    let mut all = loaded(transaction, asked.ids).await?;
    let person = &act.person;
    if all.len() != asked.ids.len() {
        // Which numbers there are is nothing for those who see only what is their teams'.
        let hidden = refused(&Refused::NotYours, None);
        return Err(if person.is_admin() { Stop::missing("review") } else { hidden });
    }
    let campaigns = campaigns_of(transaction, &all).await?;
    read_manifests(transaction, &mut all).await?;
    let first = next_decision(transaction).await?;
    let is_many = all.len() > 1;
    let mut made = Vec::with_capacity(all.len());
    for ((loaded, shown), id) in all.into_iter().zip(asked.shown).zip(first..) {
        let Some(campaign) = campaigns.get(&loaded.review.campaign) else {
            return Err(Stop::missing("campaign"));
        };
        let terms = campaign.terms();
        let moment = Moment {
            open: campaign.takes_decisions(asked.now),
            terms,
            teams: asked.teams,
            visitor: &act.person,
            now: asked.now,
        };
        let is_theirs = person.is_admin() || person.is_of(&loaded.review.assignee);
        let place = Some(loaded.place.as_str()).filter(|_| is_many && is_theirs);
        let next = loaded
            .review
            .clone()
            .decide(asked.choice.clone(), &loaded.setting(shown, moment))
            .map_err(|error| refused(&error, place))?;
        made.extend(numbered(next, id).map(|(next, decision)| {
            let confirms = decision.choice.kind == Kind::Confirm;
            let until = confirms.then(|| attestation::until(asked.now, terms.attest_months));
            Made { loaded, next, decision, until }
        }));
    }
    Ok(made)
}

/// The decision has its number from now on, also where the review holds it.
fn numbered(mut next: Next, id: i64) -> Option<(Next, Decision)> {
    let mut decision = next.decision.take()?;
    decision.id = id;
    if let ReviewState::Decided(held) = &mut next.review.state {
        held.id = id;
    }
    Some((next, decision))
}

/// Writes everything but the entries, which it returns.
async fn save(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act,
    asked: &Asked<'_>,
    made: &[Made],
) -> Result<Vec<Draft>, Stop> {
    let kept: Vec<Kept> = made.iter().map(kept).collect();
    decisions(transaction, &kept, &act.key).await?;
    let next: Vec<Step<'_>> = made.iter().map(step).collect();
    steps(transaction, &next).await?;
    attest(transaction, act, made, asked.now).await?;
    let mut drafts: Vec<Draft> = made
        .iter()
        .map(|made| {
            act.draft(Action::Decided, target(made.loaded.review.id), said(made), asked.now)
        })
        .collect();
    let who = Who::Person(act);
    let left: Vec<ReviewId> = made.iter().filter(|made| made.was(Kind::Retire)).map(id).collect();
    drafts.extend(withdraw(transaction, &left, SUPERSEDED, (who, asked.now)).await?);
    let needed = made.iter().filter(|made| made.decision.choice.kind == Kind::Confirm);
    let needed: Vec<IngressId> = needed.map(|made| made.loaded.review.ingress).collect();
    drafts.extend(confirmed(transaction, &needed, (who, asked.now)).await?);
    let wanted: Vec<Wanted<'_>> = made.iter().filter_map(Made::wanted).collect();
    let by = By { who, policy: asked.policy, now: asked.now };
    drafts.extend(request(transaction, &wanted, by).await?);
    Ok(drafts)
}

/// What is confirmed is attested; what was, and is not any more, has the attestation before.
async fn attest(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act,
    made: &[Made],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let mut untils: Vec<Timestamp> = made.iter().filter_map(|made| made.until).collect();
    untils.sort_unstable();
    untils.dedup();
    for until in untils {
        let these = made.iter().filter(|made| made.until == Some(until));
        let ids: Vec<IngressId> = these.map(|made| made.loaded.review.ingress).collect();
        attestations::set(transaction, &ids, act.person.name(), now, until).await?;
    }
    let lost = made.iter().filter(|made| made.until.is_none() && made.was(Kind::Confirm));
    let lost: Vec<IngressId> = lost.map(|made| made.loaded.review.ingress).collect();
    if lost.is_empty() { Ok(()) } else { attestations::restore(transaction, &lost).await }
}

fn id(made: &Made) -> ReviewId {
    made.loaded.review.id
}

fn kept(made: &Made) -> Kept {
    Kept {
        review: made.loaded.review.id.0,
        decision: made.decision.clone(),
        basis: made.loaded.basis.clone(),
        until: made.until,
    }
}

fn step(made: &Made) -> Step<'_> {
    let was = (code(&made.loaded.review.state), made.loaded.decision);
    Step { next: &made.next.review, was }
}

impl Made {
    /// Whether this was decided before.
    fn was(&self, kind: Kind) -> bool {
        let last = self.loaded.review.state.last();
        last.is_some_and(|decision| decision.choice.kind == kind)
    }

    fn wanted(&self) -> Option<Wanted<'_>> {
        let review = &self.loaded.review;
        (self.decision.choice.kind == Kind::Retire).then_some(Wanted {
            campaign: review.campaign,
            review: review.id,
            ingress: review.ingress,
            place: &self.loaded.place,
            choice: &self.decision.choice,
        })
    }
}

/// What the entry of a decision says.
fn said(made: &Made) -> Value {
    let (review, decision) = (&made.loaded.review, &made.decision);
    json!({
        "campaign": review.campaign,
        "ingress": made.loaded.place,
        "ingress_id": review.ingress,
        "assignee": review.assignee,
        "decision": decision.id,
        "kind": decision.choice.kind.as_str(),
        "routes": decision.choice.routes,
        "wish": decision.choice.wish,
        "proposed": decision.choice.proposed,
        "reason": decision.choice.reason,
        "on_behalf": decision.on_behalf,
        "recommendation": decision.recommendation.as_str(),
        "material_hash": decision.material_hash,
        "until": made.until,
        "basis": made.loaded.basis,
        "reassigned": made.next.reassigned,
    })
}
