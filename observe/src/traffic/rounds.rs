//! Round after round over all sources of one cluster.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use domain::tls::Method;
use domain::traffic::{Policy, Preset};
use domain::{Clock, ClusterName};
use store::{Round, Scope, SeenSample, SourceState, Store};
use tokio::time::Instant;

use super::attribute::attribute;
use super::failure::Failure;
use super::judge::{Judge, Standing};
use super::moment;
use super::query::Plan;
use super::round::{Expiries, Report};
use super::source::Source;
use super::visit::{CLOCKS, Visit};
use crate::certificates::metrics::evidence;

/// Of so many hosts it is kept when their certificates expire.
const MOST_HOSTS: usize = 50_000;

/// What came of a round.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collected {
    /// How many questions were asked of all sources together.
    pub queries: usize,
    /// How many ingresses were judged.
    pub ingresses: usize,
    /// What became of each source, in order.
    pub sources: Vec<(String, Told)>,
}

/// What became of one source in a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// It told how many requests came.
    Requests,
    /// It was asked only just before.
    TooSoon,
    /// It cannot be relied on now, for this reason.
    Nothing(String),
}

/// The rounds over the sources of one cluster.
pub(super) struct Rounds<'a> {
    cluster: &'a ClusterName,
    store: &'a Store,
    clock: &'a Clock,
    policy: &'a Policy,
    sources: Vec<Known<'a>>,
}

/// A source, and what is remembered of it from round to round.
struct Known<'a> {
    source: &'a Source,
    /// Why it wants to be left alone, and until when.
    waits: Option<(Failure, Instant)>,
    tells_success: bool,
}

type Outcome = Result<Option<Report>, Failure>;

impl<'a> Rounds<'a> {
    pub(super) fn new(
        cluster: &'a ClusterName,
        sources: &'a [Source],
        store: &'a Store,
        clock: &'a Clock,
        policy: &'a Policy,
    ) -> Self {
        let known = |source: &'a Source| Known {
            source,
            waits: None,
            tells_success: Plan::new(source, source.preset).tells_success(),
        };
        Self { cluster, store, clock, policy, sources: sources.iter().map(known).collect() }
    }

    /// One round.
    pub(super) async fn once(&mut self) -> Result<Collected, store::Error> {
        let states = self.store.traffic_sources(self.cluster).await?;
        let state = |known: &Known<'_>| {
            let name = known.source.name();
            states.iter().find(|state| state.name == name)
        };
        let before: Vec<Option<&SourceState>> = self.sources.iter().map(state).collect();
        let (began, queries) = (Instant::now(), AtomicUsize::new(0));
        let outcomes = self.ask(&before, began, &queries).await;
        self.remember(&outcomes, began);
        let asked: Vec<(&Source, Option<&Report>)> = self
            .sources
            .iter()
            .zip(&outcomes)
            .map(|(known, outcome)| (known.source, report(outcome)))
            .collect();
        let (seen, cases) = attribute(self.store, self.cluster, &asked).await?;
        for (place, seen) in seen.into_iter().enumerate() {
            let source = self.sources[place].source;
            self.save(source, &outcomes[place], seen, before[place]).await?;
        }
        self.certificates(&outcomes).await?;
        self.judge(&outcomes).await?.all(&cases).await?;
        let of = |(known, outcome): (&Known<'_>, &Outcome)| (known.source.name(), told(outcome));
        Ok(Collected {
            queries: queries.load(Ordering::Relaxed),
            ingresses: cases.len(),
            sources: self.sources.iter().zip(&outcomes).map(of).collect(),
        })
    }

    /// Asks all sources, each on its own; those that want to be left alone are not asked.
    async fn ask(
        &self,
        before: &[Option<&SourceState>],
        began: Instant,
        queries: &AtomicUsize,
    ) -> Vec<Outcome> {
        let visits = self.sources.iter().zip(before).map(|(known, state)| async move {
            match known.waits_at(began) {
                Some(failure) => Err(failure.clone()),
                None => self.visit(known.source).round(*state, queries).await,
            }
        });
        futures::future::join_all(visits).await
    }

    fn visit(&self, source: &'a Source) -> Visit<'a> {
        let Self { cluster, store, clock, policy, .. } = *self;
        Visit { cluster, source, store, clock, policy }
    }

    fn remember(&mut self, outcomes: &[Outcome], began: Instant) {
        for (known, outcome) in self.sources.iter_mut().zip(outcomes) {
            if known.waits_at(began).is_some() {
                continue;
            }
            known.waits = outcome.as_ref().err().and_then(|failure| {
                let pause = failure.pause()?.min(LONGEST_PAUSE);
                Some((failure.clone(), Instant::now() + pause))
            });
            if let Ok(Some(report)) = outcome
                && report.silent.is_none()
            {
                known.tells_success = report.tells_success;
            }
        }
    }

    async fn save(
        &self,
        source: &'a Source,
        outcome: &Outcome,
        seen: Vec<SeenSample>,
        before: Option<&SourceState>,
    ) -> Result<(), store::Error> {
        let nothing = self.visit(source).nothing();
        let round = match (report(outcome), told(outcome)) {
            (_, Told::TooSoon) => return Ok(()),
            // The window stays open: the next round asks for it again.
            (_, Told::Nothing(why)) => Round { error: Some(why), ..nothing },
            (None, Told::Requests) => nothing,
            (Some(report), Told::Requests) => Round {
                until: Some(moment(report.until)),
                since: report.since.map(moment),
                seen,
                covered: report.covered.iter().map(|(day, seconds)| (*day, *seconds)).collect(),
                error: report.remark.clone(),
                ..nothing
            },
        };
        let last = before.and_then(|state| state.error.as_ref());
        self.log(source, round.error.as_ref(), last);
        self.store.save_round(self.cluster, &round).await
    }

    /// Takes over what the sources told of certificates; of a host of which several tell, the earliest
    /// expiry counts. Only when all that were asked have answered, what was told before and is not any
    /// more is forgotten; so is everything when none is there to be asked.
    async fn certificates(&self, outcomes: &[Outcome]) -> Result<(), store::Error> {
        let asked = self.sources.iter().zip(outcomes).filter(|(known, _)| {
            known.source.certificates && known.source.preset == Preset::IngressNginx
        });
        let told: Vec<Option<&Expiries>> = asked
            .map(|(_, outcome)| report(outcome).and_then(|report| report.certificates.as_ref()))
            .collect();
        let scope = if told.iter().all(Option::is_some) { Scope::All } else { Scope::These };
        if !told.is_empty() && told.iter().all(Option::is_none) {
            return Ok(());
        }
        let samples: Expiries = told.into_iter().flatten().flatten().cloned().collect();
        let now = self.clock.now();
        let mut sightings = evidence(&samples, now);
        sightings.truncate(MOST_HOSTS);
        self.store.apply_tls(self.cluster, Method::Metrics, scope, &sightings, now).await?;
        Ok(())
    }

    /// Says what is new, and not every few minutes the same.
    fn log(&self, source: &Source, error: Option<&String>, last: Option<&String>) {
        let (cluster, source) = (self.cluster.as_str(), source.name());
        match (error, last) {
            (Some(error), last) if Some(error) != last => {
                tracing::warn!(cluster, source, error, "traffic cannot be relied on");
            }
            (None, Some(_)) => tracing::info!(cluster, source, "traffic is measured again"),
            _ => {}
        }
    }

    async fn judge(&self, outcomes: &[Outcome]) -> Result<Judge<'a>, store::Error> {
        let now = self.clock.now();
        let states = self.store.traffic_sources(self.cluster).await?;
        let first_day = Judge::first_day(self.policy, now);
        let mut standings = Vec::with_capacity(outcomes.len());
        for (known, outcome) in self.sources.iter().zip(outcomes) {
            let name = known.source.name();
            let state = states.iter().find(|state| state.name == name);
            let preset = report(outcome).map_or(known.source.preset, |report| report.preset);
            standings.push(Standing {
                days: self.store.traffic_coverage(self.cluster, &name, first_day).await?,
                granularity: known.source.granularity(preset.granularity()),
                tells_success: known.tells_success,
                since: state.and_then(|state| state.since),
                healthy: healthy(outcome, state),
                name,
            });
        }
        let Self { cluster, store, policy, .. } = *self;
        Ok(Judge { cluster, store, policy, now, standings })
    }
}

/// A source may ask for a pause, but not for ever.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

impl Known<'_> {
    /// Why it is not asked at a moment, if so.
    fn waits_at(&self, moment: Instant) -> Option<&Failure> {
        let (failure, until) = self.waits.as_ref()?;
        (*until > moment).then_some(failure)
    }
}

fn report(outcome: &Outcome) -> Option<&Report> {
    outcome.as_ref().ok().and_then(Option::as_ref)
}

fn told(outcome: &Outcome) -> Told {
    match outcome {
        Ok(None) => Told::TooSoon,
        Ok(Some(report)) => match &report.silent {
            Some(why) => Told::Nothing(why.clone()),
            None => Told::Requests,
        },
        Err(failure) => Told::Nothing(failure.to_string()),
    }
}

/// Whether a source measures now. If it was not asked, what it said last still holds.
fn healthy(outcome: &Outcome, state: Option<&SourceState>) -> Result<(), String> {
    match outcome {
        Ok(Some(Report { silent: Some(why), .. })) => Err(why.clone()),
        Ok(Some(_)) => Ok(()),
        Ok(None) => match state.and_then(|state| state.error.as_ref()) {
            Some(error) if !error.starts_with(CLOCKS) => Err(error.clone()),
            _ => Ok(()),
        },
        Err(failure) => Err(failure.to_string()),
    }
}
