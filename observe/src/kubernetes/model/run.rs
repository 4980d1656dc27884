//! One sequence: steps at random over the cluster and over Routebook, and the comparison.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use domain::sync::Kind;
use domain::{Clock, ClusterName, IngressId};
use store::Store;

use super::super::ingresses::Ingresses;
use super::super::sink::{News, Sink};
use super::super::wire::List;
use super::cluster::{Cluster, Thing, Told};
use super::knowledge::Knowledge;

pub(super) struct Run {
    store: Option<Store>,
    pub steps: Vec<String>,
    pub(super) name: ClusterName,
    clock: Clock,
    random: fastrand::Rng,
    pub(super) cluster: Cluster,
    pub(super) model: Knowledge,
    sink: Option<Ingresses>,
    /// How much of the log the watch has told; `None` when a list is needed first.
    watched: Option<usize>,
    /// The newest version that Routebook has seen; an older list is not trusted.
    newest: u64,
    /// The cluster was restored since the last complete list.
    restored: bool,
    /// A restored cluster was not told from one that went on: versions may be mistaken for good.
    blurred: bool,
    /// Whether this sequence loses events.
    lossy: bool,
    pub(super) ids: HashMap<String, IngressId>,
}

impl Run {
    pub async fn new(store: Store, clock: Clock, seed: u64) -> Self {
        let name: ClusterName = format!("model-{seed}").parse().unwrap();
        store.configure(std::slice::from_ref(&name)).await.unwrap();
        let mut random = fastrand::Rng::with_seed(seed);
        let lossy = random.bool();
        Self {
            sink: Some(Ingresses::new(store.clone(), name.clone(), clock.clone())),
            store: Some(store),
            steps: Vec::new(),
            name,
            clock,
            random,
            cluster: Cluster::default(),
            model: Knowledge::default(),
            watched: None,
            newest: 0,
            restored: false,
            blurred: false,
            lossy,
            ids: HashMap::new(),
        }
    }

    /// The whole sequence.
    pub async fn go(&mut self) {
        let longest = if self.random.u8(..8) == 0 { 15 } else { 6 };
        for _ in 0..self.random.usize(3..=longest) {
            if self.random.u8(..64) == 0 {
                self.check_everything().await;
            }
            match self.random.u8(..100) {
                0..40 => self.change(),
                40..75 if self.watched.is_some() => self.events().await,
                75..79 => self.restore(),
                79..84 => self.crash().await,
                84..92 => self.list(true).await,
                _ => self.list(false).await,
            }
        }
        self.watched = None;
        while self.watched.is_none() {
            self.list(false).await;
        }
        self.check_everything().await;
    }

    fn change(&mut self) {
        for _ in 0..self.random.u8(1..4) {
            let did = self.cluster.change(&mut self.random);
            self.steps.push(did);
        }
    }

    fn restore(&mut self) {
        if self.cluster.restore(&mut self.random) {
            self.steps.push(format!("restore to {}", self.cluster.revision()));
            self.restored = true;
            self.watched = None;
            self.change();
        }
    }

    /// Some of the events that are due, some of them lost, now and then broken off by a crash.
    async fn events(&mut self) {
        let from = self.watched.unwrap_or_default();
        let due = &self.cluster.log[from..];
        let due = due[..self.random.usize(..=due.len())].to_vec();
        self.watched = Some(from + due.len());
        let random = &mut self.random;
        let lost = |_: &(Told, Thing)| self.lossy && random.u8(..3) == 0;
        let (lost, told): (Vec<_>, Vec<_>) = due.into_iter().partition(lost);
        let short = |told: &[(Told, Thing)]| {
            let word = |(told, thing): &(Told, Thing)| {
                format!("{told:?} {} at {}", thing.uid, thing.version)
            };
            told.iter().map(word).collect::<Vec<_>>().join(", ")
        };
        self.steps.push(format!("events: {}; lost: {}", short(&told), short(&lost)));
        if told.is_empty() {
            return;
        }
        let raw: Vec<_> = told.iter().map(|(what, thing)| (*what, thing.raw())).collect();
        let news: Vec<News<'_>> = raw
            .iter()
            .map(|(what, raw)| match what {
                Told::Present => News::Present(raw),
                Told::Deleted => News::Deleted(raw),
            })
            .collect();
        let crash = lost.is_empty() && self.random.u8(..12) == 0;
        let polls = if crash { self.random.usize(1..20) } else { usize::MAX };
        let written = self.sink().events(&news).unwrap();
        let done = polled(written, polls).await;
        let before = self.model.clone();
        self.model.take(&told, false, true);
        match done {
            Some(done) => {
                done.unwrap();
                self.newest = told.last().map_or(self.newest, |(_, thing)| thing.version);
            }
            None => self.broken_off(before).await,
        }
        if self.random.bool() {
            self.check_versions().await;
        }
    }

    /// A list to its end, or failing after some of its pages.
    async fn list(&mut self, fails: bool) {
        let things: Vec<Thing> = self.cluster.things.values().cloned().collect();
        let (revision, told) = (self.cluster.revision(), self.cluster.log.len());
        let trusted = revision >= self.newest;
        self.blurred |= trusted && self.restored;
        let mut pages: Vec<&[Thing]> = things.chunks(self.random.usize(1..=3)).collect();
        if pages.is_empty() {
            pages.push(&[]);
        }
        let read = if fails { self.random.usize(..=pages.len()) } else { pages.len() };
        self.steps.push(format!(
            "list at {revision}: {read} of {} pages; trusted: {trusted}",
            pages.len()
        ));
        self.watched = None;
        self.sink().begin(trusted).await.unwrap();
        for page in &pages[..read] {
            if self.random.u8(..4) == 0 {
                self.change();
            }
            let first = self.store().kind_status(&self.name, Kind::Ingress).listed_at.is_none();
            let json = Cluster::page(page, revision);
            let mut batch = Vec::new();
            self.sink().read(&List::read(json.as_bytes()).unwrap(), &mut batch).unwrap();
            self.sink().write(batch).await.unwrap();
            let told: Vec<_> = page.iter().map(|thing| (Told::Present, thing.clone())).collect();
            self.model.take(&told, first, trusted);
        }
        if fails {
            self.steps.push("the list fails".into());
            self.check_versions().await;
            return;
        }
        self.finish(&things).await;
        if self.watched.is_some() {
            (self.watched, self.newest) = (Some(told), revision);
        }
    }

    /// The end of a list, now and then broken off by a crash.
    async fn finish(&mut self, things: &[Thing]) {
        let crash = self.steps.len() > 3 && self.random.u8(..30) == 0;
        let polls = if crash { self.random.usize(1..20) } else { usize::MAX };
        let done = polled(self.sink().finish(), polls).await;
        let before = self.model.clone();
        self.model.only(&things.iter().map(|thing| thing.uid.clone()).collect());
        let Some(done) = done else {
            self.broken_off(before).await;
            self.check_versions().await;
            return;
        };
        done.unwrap();
        let now = self.clock.now();
        self.store().set_status(&self.name, Kind::Ingress, |status| status.listed_at = Some(now));
        (self.watched, self.restored) = (Some(0), false);
        self.check_versions().await;
        if !self.blurred {
            self.check_list(things).await;
        }
    }

    /// Routebook ends; now and then the database file is closed, or just let go of, too.
    async fn crash(&mut self) {
        self.steps.push("crash".into());
        self.sink = None;
        self.watched = None;
        let store = self.store.take().unwrap();
        let path = store.path().to_owned();
        let open = match self.random.u8(..40) {
            0 => {
                self.steps.push("close and open".into());
                store.close().await.unwrap();
                Store::open(&path).await.unwrap()
            }
            1 => {
                self.steps.push("let go and open".into());
                store.save_statuses().await.unwrap();
                drop(store);
                Store::open(&path).await.unwrap()
            }
            _ => store,
        };
        open.configure(std::slice::from_ref(&self.name)).await.unwrap();
        self.sink = Some(Ingresses::new(open.clone(), self.name.clone(), self.clock.clone()));
        self.store = Some(open);
    }

    /// A transaction that was broken off is there as a whole or not at all.
    async fn broken_off(&mut self, before: Knowledge) {
        self.steps.push("broken off".into());
        self.crash().await;
        if self.versions().await == before.versions() {
            self.model = before;
        }
    }

    pub(super) fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    fn sink(&mut self) -> &mut Ingresses {
        self.sink.as_mut().unwrap()
    }

    pub fn into_store(self) -> Store {
        self.store.unwrap()
    }
}

/// Runs a future, but drops it after so many polls.
async fn polled<F: Future>(future: F, mut polls: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(|context| {
        if polls == 0 {
            return Poll::Ready(None);
        }
        polls -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}
