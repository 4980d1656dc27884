//! Random sequences of what may happen to campaigns, compared with what must hold after each step: a
//! frozen population never changes, every review ends in one outcome, nothing is retired because data
//! is missing, decisions only become more, and every change of state has its entry.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::Arc;

use domain::audit::AuditView;
use domain::campaign::{CampaignState, Terms, Undecided};
use domain::retirement::RetirementView;
use domain::review::{Choice, Kind, Outcome, ReviewState};
use domain::user::Person;
use domain::{CampaignId, IngressId, ReviewId};
use fastrand::Rng;
use futures::TryStreamExt;
use jiff::{SignedDuration, Timestamp};
use store::{Act, ActError, Batch, ReviewRow, Sighting, Store};

use crate::acting::{
    act, admin, changed, decide, fresh, member, owned, reviews, shelf, terms, undo,
};
use crate::support::{Shelf, cluster, now, verified};

const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const TEAMS: [&str; 3] = ["shop", "cart", "platform"];

/// What is known of the store by what was done to it.
struct Model {
    shelf: Shelf,
    dice: Rng,
    now: Timestamp,
    version: u64,
    people: Vec<Arc<Person>>,
    /// What was frozen.
    frozen: BTreeMap<CampaignId, BTreeSet<IngressId>>,
    /// What each closed campaign came to.
    settled: BTreeMap<ReviewId, Outcome>,
    /// So many acts of each kind were done.
    done: BTreeMap<&'static str, usize>,
    /// So many decisions of each review are on record.
    decisions: BTreeMap<ReviewId, usize>,
    /// What was done last, to be done again.
    last: Option<(Act, ReviewRow, Choice)>,
}

impl Model {
    async fn new(seed: u64) -> Self {
        let shelf = shelf().await;
        let manifests = NAMES.map(|name| owned(name, "shop"));
        shelf.put("prod", &manifests).await;
        let members = TEAMS.map(|team| member(&format!("of-{team}"), &[team]));
        let people = members.into_iter().chain([admin()]).collect();
        Self {
            shelf,
            dice: Rng::with_seed(seed),
            now: now(),
            version: 1,
            people,
            frozen: BTreeMap::new(),
            settled: BTreeMap::new(),
            done: BTreeMap::new(),
            decisions: BTreeMap::new(),
            last: None,
        }
    }

    fn store(&self) -> Store {
        self.shelf.store.clone()
    }

    fn did(&mut self, what: &'static str) {
        *self.done.entry(what).or_default() += 1;
    }

    /// One step, whatever it is.
    async fn step(&mut self) {
        match self.dice.u8(..12) {
            0 => self.open().await,
            1..=4 => self.decide().await,
            5 => self.again().await,
            6 => self.undo().await,
            7 => self.change().await,
            8 => self.remove().await,
            9 => self.reassign().await,
            10 => self.pass().await,
            _ => self.close().await,
        }
    }

    async fn open(&mut self) {
        let rule = Undecided::ALL[self.dice.usize(..3)];
        let due = self.now + SignedDuration::from_hours(24 * self.dice.i64(1..20));
        let terms = Terms { due, undecided: rule, ..terms("cluster=prod") };
        let store = self.store();
        let id = store.create_campaign(&act(&admin()), terms, None, self.now).await.unwrap();
        self.did("campaign.created");
        fresh(&store, self.now);
        if counted(store.open_campaign(&act(&admin()), id, &[], self.now).await) {
            self.did("campaign.opened");
            let frozen = reviews(&store, id).await.iter().map(|one| one.review.ingress).collect();
            self.frozen.insert(id, frozen);
        }
    }

    /// A review of any campaign, and somebody.
    async fn any(&mut self) -> Option<(ReviewRow, Arc<Person>)> {
        let campaigns: Vec<CampaignId> = self.frozen.keys().copied().collect();
        let id = *self.dice.choice(&campaigns)?;
        let rows = reviews(&self.store(), id).await;
        let one = rows[self.dice.usize(..rows.len())].clone();
        let person = self.people[self.dice.usize(..self.people.len())].clone();
        Some((one, person))
    }

    async fn decide(&mut self) {
        let Some((one, person)) = self.any().await else { return };
        let kind = Kind::ALL[self.dice.usize(..3)];
        let proposed = Some(TEAMS[self.dice.usize(..3)].to_owned()).filter(|_| self.dice.bool());
        let choice = Choice { proposed, ..Choice::new(kind, "because") };
        let act = act(&person);
        if counted(decide(&self.store(), &act, &one, choice.clone(), self.now).await) {
            self.did("review.decided");
            *self.decisions.entry(one.review.id).or_default() += 1;
            self.last = Some((act, one, choice));
        }
    }

    /// The answer was lost, and the form is sent again.
    async fn again(&mut self) {
        let Some((act, one, choice)) = self.last.clone() else { return };
        let again = decide(&self.store(), &act, &one, choice, self.now).await;
        assert_eq!(again.unwrap(), [one.review.id]);
    }

    async fn undo(&mut self) {
        let Some((one, person)) = self.any().await else { return };
        if counted(undo(&self.store(), &act(&person), one.review.id, self.now).await) {
            self.did("review.undone");
        }
    }

    async fn reassign(&mut self) {
        let Some((one, person)) = self.any().await else { return };
        let team = TEAMS[self.dice.usize(..3)];
        let given =
            self.store().reassign(&act(&person), one.review.id, team, "why", self.now).await;
        if counted(given) {
            self.did("review.reassigned");
        }
    }

    async fn change(&mut self) {
        self.version += 1;
        let name = NAMES[self.dice.usize(..NAMES.len())];
        let seen = changed(name, "shop", self.version).to_string();
        let batch = Batch { seen: vec![Sighting::read(&seen)], ..Batch::default() };
        self.store().apply_ingresses(&cluster("prod"), &batch, self.now).await.unwrap();
    }

    async fn remove(&mut self) {
        let name = NAMES[self.dice.usize(..NAMES.len())];
        let missing = vec![format!("shop/{name}")];
        let batch = Batch { missing, ..Batch::default() };
        self.store().apply_ingresses(&cluster("prod"), &batch, self.now).await.unwrap();
    }

    /// Time passes.
    async fn pass(&mut self) {
        self.now += SignedDuration::from_hours(self.dice.i64(1..200));
        let store = self.store();
        for id in store.close_due_campaigns(self.now).await.unwrap() {
            self.did("campaign.closed");
            self.closed(id).await;
        }
        store.tick_retirements(self.now).await.unwrap();
    }

    async fn close(&mut self) {
        let Some((one, _)) = self.any().await else { return };
        let id = one.review.campaign;
        if counted(self.store().close_campaign(&act(&admin()), id, self.now).await) {
            self.did("campaign.closed");
            self.closed(id).await;
        }
    }

    async fn closed(&mut self, id: CampaignId) {
        for one in reviews(&self.store(), id).await {
            let ReviewState::Settled(outcome) = one.review.state else {
                panic!("{one:?} has no outcome")
            };
            assert_ne!(outcome, Outcome::RetiredUndecided, "nothing is known of its traffic");
            assert_eq!(self.settled.insert(one.review.id, outcome), None, "settled once");
        }
    }

    /// What must hold whatever was done.
    async fn check(&self) {
        let store = self.store();
        for (id, frozen) in &self.frozen {
            let rows = reviews(&store, *id).await;
            let now: BTreeSet<IngressId> = rows.iter().map(|one| one.review.ingress).collect();
            assert_eq!((&now, rows.len()), (frozen, frozen.len()), "the population is frozen");
            let is_closed = store.campaign(*id).await.unwrap().unwrap().campaign.state()
                == CampaignState::Closed;
            for one in &rows {
                self.check_review(one, is_closed);
            }
        }
        self.check_entries(&store).await;
        self.check_retirements(&store).await;
        verified(&store, &[]).await.unwrap();
    }

    fn check_review(&self, one: &ReviewRow, is_closed: bool) {
        match &one.review.state {
            ReviewState::Settled(outcome) => {
                assert!(is_closed);
                assert_eq!(self.settled.get(&one.review.id), Some(outcome), "for ever");
            }
            ReviewState::Decided(decision) => {
                assert!(!is_closed && decision.counts() && one.last.as_ref() == Some(decision));
            }
            ReviewState::Open | ReviewState::Reopened { .. } => assert!(!is_closed),
        }
    }

    async fn check_entries(&self, store: &Store) {
        for (action, count) in &self.done {
            let view = AuditView::parse(&format!("action={action}")).unwrap();
            let mut found = 0;
            let mut batches = pin!(store.audit_entries(&view));
            while let Some(batch) = batches.try_next().await.unwrap() {
                found += batch.len();
            }
            assert_eq!(found, *count, "every {action} has its entry, and no more");
        }
        for (review, count) in &self.decisions {
            let card = store.review(*review, self.now).await.unwrap().unwrap();
            assert_eq!(card.decisions.len(), *count, "decisions only become more");
            let counting = card.decisions.iter().filter(|one| one.counts()).count();
            assert!(counting <= 1, "one counts: {card:?}");
        }
    }

    /// Nothing goes that nobody wanted to go.
    async fn check_retirements(&self, store: &Store) {
        let page = store.retirements(&RetirementView::default(), self.now).await.unwrap();
        for row in page.rows {
            let review = row.retirement.review.unwrap();
            let card = store.review(review, self.now).await.unwrap().unwrap();
            let wanted = card.decisions.iter().any(|one| one.choice.kind == Kind::Retire);
            assert!(wanted, "{row:?}");
            let withdrawn =
                card.decisions.iter().all(|one| one.choice.kind != Kind::Retire || !one.counts());
            assert!(!withdrawn || !row.retirement.state.is_pending(), "{row:?}");
        }
    }
}

/// Whether it was done. What is refused has said why; anything else is an error.
fn counted<T>(done: Result<T, ActError>) -> bool {
    match done {
        Ok(_) => true,
        Err(ActError::Refused(..)) => false,
        Err(ActError::Store(error)) => panic!("{error}"),
    }
}

#[tokio::test]
async fn whatever_happens_the_rules_of_reviews_hold() {
    let mut decided = 0;
    for seed in 0..6 {
        let mut model = Model::new(seed).await;
        for step in 0..120 {
            model.step().await;
            if step % 10 == 9 {
                model.check().await;
            }
        }
        decided += model.done.get("review.decided").copied().unwrap_or(0);
    }
    assert!(decided > 20, "the sequences come to something: {decided}");
}
