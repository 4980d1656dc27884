//! One visit to a source: what has to be known of it before it is asked for traffic.

use domain::traffic::{Policy, Preset};
use domain::{Clock, ClusterName};
use store::{SourceState, Store};

use super::DAY;
use super::failure::Failure;
use super::prometheus::Client;
use super::query::{self, Plan};
use super::source::Source;

/// A source of a cluster, and what is needed to ask it.
#[derive(Clone, Copy)]
pub(super) struct Visit<'a> {
    pub(super) cluster: &'a ClusterName,
    pub(super) source: &'a Source,
    pub(super) store: &'a Store,
    pub(super) clock: &'a Clock,
    pub(super) policy: &'a Policy,
}

/// What was learned first.
pub(super) struct Contact {
    pub(super) client: Client,
    /// What is asked of it.
    pub(super) plan: Plan,
    /// The moment until which is asked, in seconds since 1970, by the source's own clock if ours
    /// does not agree with it.
    pub(super) now: i64,
    /// The query for `up`; or why the source says nothing.
    pub(super) up: Result<String, String>,
    /// Traefik's.
    pub(super) entry_points: Vec<String>,
}

/// How a remark on clocks begins: it goes into the state, although the source is all right.
pub(super) const CLOCKS: &str = "its clock is";

impl Visit<'_> {
    /// Opens a connection and makes sure that the metric is there.
    pub(super) async fn contact(&self) -> Result<Contact, Failure> {
        let Self { source, clock, .. } = self;
        let client = Client::open(&source.prometheus, &source.limits, clock).await?;
        let mut plan = Plan::new(source, source.preset);
        let mut now = clock.now().as_second() - plan.lag();
        let mut jobs = self.jobs(&client, &plan, now).await?;
        if let Some(ahead) = client.ahead() {
            possible(ahead)?;
            now += ahead;
            jobs = self.jobs(&client, &plan, now).await?;
        }
        if jobs.is_none() && plan.preset == Preset::Traefik {
            let by_service = Plan::new(source, Preset::TraefikService);
            jobs = self.jobs(&client, &by_service, now).await?;
            if jobs.is_some() {
                plan = by_service;
            }
        }
        let entry_points = match plan.entry_points(&source.matchers).filter(|_| jobs.is_some()) {
            Some(query) => labels(&client.instant(&query, now).await?, "entrypoint"),
            None => Vec::new(),
        };
        let up = self.up(&plan, jobs);
        Ok(Contact { client, plan, now, up, entry_points })
    }

    /// The jobs that expose the metric; `None` if it has no samples.
    async fn jobs(
        &self,
        client: &Client,
        plan: &Plan,
        at: i64,
    ) -> Result<Option<Vec<String>>, Failure> {
        let Some(query) = plan.jobs() else { return Ok(Some(Vec::new())) };
        let answer = client.instant(&query, at).await?;
        Ok((!answer.is_empty()).then(|| labels(&answer, "job")))
    }

    /// The query that tells whether somebody looks.
    fn up(&self, plan: &Plan, jobs: Option<Vec<String>>) -> Result<String, String> {
        let jobs = jobs.ok_or_else(|| plan.silence())?;
        match &self.source.up {
            Some(up) => Ok(up.clone()),
            None if jobs.is_empty() => {
                Err("its samples have no label `job`; say with `up` how to \
                                            tell whether the controller is watched"
                    .into())
            }
            None => Ok(query::up(&jobs, &self.source.matchers)),
        }
    }

    /// What the store knows of the source.
    pub(super) async fn state(&self) -> Result<Option<SourceState>, Failure> {
        let name = self.source.name();
        let states = self.store.traffic_sources(self.cluster).await?;
        Ok(states.into_iter().find(|state| state.name == name))
    }
}

/// A clock that is off by days is wrong, and what is asked for by it would be too.
fn possible(ahead: i64) -> Result<(), Failure> {
    if ahead.abs() <= DAY {
        return Ok(());
    }
    let days = ahead.abs() / DAY;
    Err(Failure::Setup(format!(
        "the `Date` of its answers is {days} days away from this machine's clock; set it right"
    )))
}

impl Contact {
    /// What is odd about it, although it works.
    pub(super) fn remark(&self) -> Option<String> {
        let ahead = self.client.ahead()?;
        let minutes = (ahead.abs() + 30) / 60;
        let way = if ahead > 0 { "ahead of" } else { "behind" };
        Some(format!(
            "{CLOCKS} about {minutes} minutes {way} this machine's; its own is used, but one of \
             them should be set right"
        ))
    }
}

fn labels(answer: &[super::answer::Series], name: &str) -> Vec<String> {
    let values = answer.iter().map(|series| series.label(name));
    values.filter(|value| !value.is_empty()).map(str::to_owned).collect()
}
