//! Random sequences of what may happen to campaigns, compared with what must hold after each step: a
//! frozen population never changes, every review ends in one outcome, nothing is retired because data
//! is missing or although it is used, decisions only become more, and every change of state has its
//! entry.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::Arc;

use domain::audit::AuditView;
use domain::campaign::{CampaignState, Terms, Undecided};
use domain::recommendation::Advice;
use domain::retirement::{Retirement, RetirementView, Stage as Standing};
use domain::review::{Choice, Kind, Outcome, ReviewState};
use domain::traffic::{Traffic, Verdict};
use domain::user::Person;
use domain::{CampaignId, IngressId, ReviewId};
use fastrand::Rng;
use futures::TryStreamExt;
use jiff::{SignedDuration, Timestamp};
use store::{Act, ActError, Batch, ReviewRow, Sighting, Store};

use crate::acting::{
    act, admin, changed, day, decide, fresh, member, old, owned, quiet, read, reviews, shelf,
    terms, undo,
};
use crate::support::{Shelf, cluster, now, verified};

const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const TEAMS: [&str; 3] = ["shop", "cart", "platform"];

/// What is known of the traffic of an ingress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// Somebody looked long enough, and saw none.
    Quiet,
    /// It was last used then.
    Used(Timestamp),
    /// Nobody looked.
    Unknown,
}

/// What is known of the store by what was done to it.
struct Model {
    shelf: Shelf,
    dice: Rng,
    now: Timestamp,
    version: u64,
    people: Vec<Arc<Person>>,
    /// What was frozen, each as it was.
    frozen: BTreeMap<CampaignId, BTreeMap<IngressId, String>>,
    traffic: BTreeMap<&'static str, Use>,
    /// Up to when the traffic was read, and of when the list of ingresses is.
    read_until: Timestamp,
    /// When retirements were last looked after.
    ticked: Timestamp,
    listed_at: Timestamp,
    /// The campaigns that are closed, and what each of their reviews came to.
    over: BTreeSet<CampaignId>,
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
        shelf.put("prod", &NAMES.map(|name| old(owned(name, "shop")))).await;
        for name in NAMES {
            quiet(&shelf, name, Traffic::default()).await;
        }
        read(&shelf.store, now()).await;
        let members = TEAMS.map(|team| member(&format!("of-{team}"), &[team]));
        let people = members.into_iter().chain([admin()]).collect();
        Self {
            shelf,
            dice: Rng::with_seed(seed),
            now: now(),
            version: 1,
            people,
            frozen: BTreeMap::new(),
            traffic: NAMES.map(|name| (name, Use::Quiet)).into(),
            read_until: now(),
            ticked: now(),
            listed_at: now(),
            over: BTreeSet::new(),
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
        match self.dice.u8(..16) {
            0 => self.open().await,
            1..=4 | 14 => self.decide().await,
            5 => self.again().await,
            6 => self.undo().await,
            7 => self.change().await,
            8 => self.remove().await,
            9 => self.reassign().await,
            10 => self.pass().await,
            11 => self.measure().await,
            12 => self.look().await,
            13 => self.extend().await,
            _ => self.close().await,
        }
    }

    /// The sources tell of one ingress.
    async fn measure(&mut self) {
        let name = NAMES[self.dice.usize(..NAMES.len())];
        let now = [Use::Quiet, Use::Quiet, Use::Used(self.now), Use::Unknown][self.dice.usize(..4)];
        self.traffic.insert(name, now);
        let used = |at| Traffic { verdict: Verdict::Active, last_success: Some(at), ..measured() };
        match now {
            Use::Quiet => quiet(&self.shelf, name, Traffic::default()).await,
            Use::Used(at) => self.save(name, used(at)).await,
            Use::Unknown => self.save(name, Traffic::default()).await,
        }
    }

    async fn save(&self, name: &str, traffic: Traffic) {
        let id = self.shelf.id(name).await;
        self.store().save_traffic(&cluster("prod"), &[(id, traffic, None)]).await.unwrap();
    }

    /// The cluster and the sources are up to date.
    async fn look(&mut self) {
        fresh(&self.store(), self.now);
        read(&self.store(), self.now).await;
        (self.listed_at, self.read_until) = (self.now, self.now);
    }

    async fn extend(&mut self) {
        let Some((one, person)) = self.any().await else { return };
        let person = if self.dice.bool() { admin() } else { person };
        let due = self.now + SignedDuration::from_hours(24 * self.dice.i64(1..30));
        let id = one.review.campaign;
        if counted(self.store().extend_campaign(&act(&person), id, due, self.now).await) {
            self.did("campaign.extended");
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
        self.listed_at = self.now;
        if counted(store.open_campaign(&act(&admin()), id, &[], self.now).await) {
            self.did("campaign.opened");
            let rows = reviews(&store, id).await;
            let frozen = rows.iter().map(|one| (one.review.ingress, one.row.material_hash.clone()));
            self.frozen.insert(id, frozen.collect());
        }
    }

    /// A review of any campaign, and somebody: mostly one that is open, and who may decide it.
    async fn any(&mut self) -> Option<(ReviewRow, Arc<Person>)> {
        let all: Vec<CampaignId> = self.frozen.keys().copied().collect();
        let open = all.iter().copied().filter(|id| !self.over.contains(id));
        let open: Vec<CampaignId> = open.filter(|_| self.dice.u8(..8) > 0).collect();
        let id = *self.dice.choice(if open.is_empty() { &all } else { &open })?;
        let rows = reviews(&self.store(), id).await;
        let one = rows[self.dice.usize(..rows.len())].clone();
        let mut people = self.people.clone();
        if self.dice.bool() {
            people.retain(|person| person.is_of(&one.review.assignee));
        }
        let person = people[self.dice.usize(..people.len())].clone();
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
        let person = if self.dice.bool() { admin() } else { person };
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
        let seen = old(changed(name, "shop", self.version)).to_string();
        let batch = Batch { seen: vec![Sighting::read(&seen)], ..Batch::default() };
        self.store().apply_ingresses(&cluster("prod"), &batch, self.now).await.unwrap();
    }

    async fn remove(&mut self) {
        let name = NAMES[self.dice.usize(..NAMES.len())];
        let missing = vec![format!("shop/{name}")];
        let batch = Batch { missing, ..Batch::default() };
        self.store().apply_ingresses(&cluster("prod"), &batch, self.now).await.unwrap();
    }

    /// Time passes, and Routebook reads meanwhile or does not.
    async fn pass(&mut self) {
        self.now += SignedDuration::from_hours(self.dice.i64(1..200));
        if self.dice.bool() {
            self.look().await;
        }
        let store = self.store();
        for id in store.close_due_campaigns(self.now).await.unwrap() {
            self.did("campaign.closed");
            self.closed(id).await;
        }
        store.tick_retirements(self.now).await.unwrap();
        self.ticked = self.now;
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
        self.over.insert(id);
        for one in reviews(&self.store(), id).await {
            let ReviewState::Settled(outcome) = one.review.state else {
                panic!("{one:?} has no outcome")
            };
            if outcome == Outcome::RetiredUndecided {
                assert!(self.may_go_undecided(id, &one), "{one:?}");
                *self.done.entry("retired-undecided").or_default() += 1;
            }
            assert_eq!(self.settled.insert(one.review.id, outcome), None, "settled once");
        }
    }

    /// Whether it may go though nobody decided: it was recommended, nothing has changed, and what is known
    /// of today says so.
    fn may_go_undecided(&self, id: CampaignId, one: &ReviewRow) -> bool {
        let name = NAMES.into_iter().find(|name| *name == one.row.name).unwrap();
        let is_new = |at: Timestamp, most| self.now.duration_since(at) <= most;
        one.review.recommendation.advice == Advice::Retire
            && self.traffic[name] == Use::Quiet
            && is_new(self.read_until, SignedDuration::from_hours(2))
            && is_new(self.listed_at, SignedDuration::from_mins(2))
            && self.frozen[&id][&one.review.ingress] == one.row.material_hash
    }

    /// What must hold whatever was done.
    async fn check(&self) {
        let store = self.store();
        let entries = last_entries(&store).await;
        for (id, frozen) in &self.frozen {
            let rows = reviews(&store, *id).await;
            let now: BTreeSet<IngressId> = rows.iter().map(|one| one.review.ingress).collect();
            let frozen: BTreeSet<IngressId> = frozen.keys().copied().collect();
            assert_eq!((&now, rows.len()), (&frozen, frozen.len()), "the population is frozen");
            let is_closed = store.campaign(*id).await.unwrap().unwrap().campaign.state()
                == CampaignState::Closed;
            for one in &rows {
                self.check_review(one, is_closed);
                self.check_last_entry(one, &entries);
            }
        }
        self.check_entries(&store).await;
        self.check_retirements(&store, &entries).await;
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

    /// What is recorded last of a review is what it stands in.
    fn check_last_entry(&self, one: &ReviewRow, entries: &BTreeMap<String, Vec<String>>) {
        let target = format!("review {}", one.review.id);
        let mut all = entries.get(&target).into_iter().flatten().rev();
        let last = all.find(|action| *action != "review.reassigned").map(String::as_str);
        match &one.review.state {
            ReviewState::Decided(_) => assert_eq!(last, Some("review.decided"), "{one:?}"),
            ReviewState::Reopened { .. } => assert_eq!(last, Some("review.reopened"), "{one:?}"),
            ReviewState::Open => assert_ne!(last, Some("review.reopened"), "{one:?}"),
            ReviewState::Settled(_) => {}
        }
    }

    async fn check_entries(&self, store: &Store) {
        for (action, count) in self.done.iter().filter(|(what, _)| what.contains('.')) {
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

    /// Nothing goes that nobody wanted to go, or that is used, and each step has its entry.
    async fn check_retirements(&self, store: &Store, entries: &BTreeMap<String, Vec<String>>) {
        let all = retirements(store, self.now).await;
        let recorded = entries.keys().filter(|target| target.starts_with("retirement ")).count();
        assert_eq!(recorded, all.len(), "each was requested");
        for (one, name) in &all {
            let steps = &entries[&format!("retirement {}", one.id)];
            assert_eq!(steps.first().map(String::as_str), Some("retirement.requested"));
            let last = match one.state.stage() {
                Standing::Held => "retirement.requested",
                Standing::Due => "retirement.due",
                Standing::Removed => "retirement.proved",
                Standing::Reappeared => "retirement.reappeared",
                Standing::Cancelled => "retirement.cancelled",
            };
            assert_eq!(steps.last().map(String::as_str), Some(last), "{one:?}");
            let card = store.review(one.review.unwrap(), self.now).await.unwrap().unwrap();
            let counts =
                |kind| card.decisions.iter().any(|it| it.choice.kind == kind && it.counts());
            let by_rule = self.settled.get(&card.review.id) == Some(&Outcome::RetiredUndecided);
            let wanted = card.decisions.iter().any(|it| it.choice.kind == Kind::Retire);
            assert!(wanted || by_rule, "nobody wanted it: {one:?}");
            let is_pending = one.state.is_pending();
            assert!(!is_pending || by_rule || counts(Kind::Retire), "nobody wants it: {one:?}");
            if let Some(Use::Used(at)) = self.traffic.get(name.as_str()) {
                let is_used = *at > one.requested_at && *at < self.ticked;
                assert!(!is_pending || !is_used, "it is used: {one:?}");
            }
        }
    }
}

/// Of each review and retirement what was recorded, in order.
async fn last_entries(store: &Store) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut batches = pin!(store.audit_entries(&AuditView::default()));
    while let Some(batch) = batches.try_next().await.unwrap() {
        for entry in batch {
            if ["review.", "retirement."].iter().any(|start| entry.action.starts_with(start)) {
                found.entry(entry.target).or_default().push(entry.action);
            }
        }
    }
    found
}

/// All retirements, with the names of their ingresses.
async fn retirements(store: &Store, at: Timestamp) -> Vec<(Retirement, String)> {
    let mut found = Vec::new();
    let mut view = RetirementView::default();
    loop {
        let page = store.retirements(&view, at).await.unwrap();
        found.extend(page.rows.into_iter().map(|row| (row.retirement, row.ingress.name)));
        let Some(next) = page.next else { return found };
        view.after = Some(next);
    }
}

/// What a source says.
fn measured() -> Traffic {
    Traffic {
        source: Some("nginx".into()),
        tells_success: true,
        observed_since: Some(day(-200)),
        covered: Some(100),
        ..Traffic::default()
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
    let mut came: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..8 {
        let mut model = Model::new(seed).await;
        for step in 0..160 {
            model.step().await;
            if step % 10 == 9 {
                model.check().await;
            }
        }
        for (one, _) in retirements(&model.store(), model.now).await {
            *came.entry(one.state.as_str()).or_default() += 1;
        }
        for (what, count) in model.done {
            *came.entry(what).or_default() += count;
        }
    }
    // A sequence in which nothing happens proves nothing.
    for (what, least) in [
        ("review.decided", 100),
        ("review.undone", 5),
        ("review.reassigned", 5),
        ("campaign.extended", 5),
        ("campaign.closed", 50),
        ("retired-undecided", 5),
        ("cancelled", 5),
        ("removed", 5),
        ("reappeared", 1),
        ("due", 1),
    ] {
        let count = came.get(what).copied().unwrap_or(0);
        assert!(count >= least, "{what}: {count} of at least {least}; {came:?}");
    }
}
