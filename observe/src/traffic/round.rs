//! One round of one source: the requests since the round before.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::traffic::Preset;
use store::SourceState;

use super::answer::Series;
use super::failure::Failure;
use super::health::{self, Up};
use super::samples::{About, Samples, Sorting};
use super::visit::{CLOCKS, Contact, Visit};
use super::{HOUR, full_hour, moment};
use crate::certificates::metrics::EXPIRY;

/// Shorter windows are left for the next round.
const SHORTEST: i64 = 15;
/// What was collected may lie so far ahead, where two clocks are about to agree.
const AHEAD: i64 = 300;

/// When certificates expire, with the labels of each sample.
pub(super) type Expiries = Vec<(BTreeMap<String, String>, f64)>;

/// What a source told of a span of time.
pub(super) struct Report {
    /// The preset in use.
    pub(super) preset: Preset,
    /// Whether it tells success from errors.
    pub(super) tells_success: bool,
    pub(super) samples: Samples,
    /// Until when, in seconds since 1970.
    pub(super) until: i64,
    /// The seconds of each UTC day that were observed.
    pub(super) covered: BTreeMap<i64, i64>,
    /// The first moment that was observed.
    pub(super) since: Option<i64>,
    /// Why it measures nothing at the end of it.
    pub(super) silent: Option<String>,
    /// What is odd, although it works.
    pub(super) remark: Option<String>,
    /// What it told of certificates, if it was asked and answered.
    pub(super) certificates: Option<Expiries>,
}

impl Visit<'_> {
    /// Asks for what came since the last round; `None` if that was only just now. The number of
    /// questions is added to `asked`.
    pub(super) async fn round(
        &self,
        state: Option<&SourceState>,
        asked: &AtomicUsize,
    ) -> Result<Option<Report>, Failure> {
        let contact = self.contact().await?;
        let mut report = self.since_last(&contact, state).await;
        if let Ok(Some(report)) = &mut report
            && report.silent.is_none()
        {
            report.certificates = self.certificates(&contact).await;
        }
        asked.fetch_add(contact.client.asked(), Ordering::Relaxed);
        report
    }

    /// What the controller says of the certificates that it has loaded. It may say nothing, which is
    /// no failure: traffic is counted all the same.
    async fn certificates(&self, contact: &Contact) -> Option<Expiries> {
        if !self.source.certificates || contact.plan.preset != Preset::IngressNginx {
            return None;
        }
        let query = format!("min by (host) ({EXPIRY}{{{}}})", self.source.matchers);
        let told = contact.client.instant(&query, contact.now).await.ok()?;
        let last = |series: Series| Some((series.labels, series.points.last()?.1));
        Some(told.into_iter().filter_map(last).collect())
    }

    async fn since_last(
        &self,
        contact: &Contact,
        state: Option<&SourceState>,
    ) -> Result<Option<Report>, Failure> {
        let now = contact.now;
        let told = state.and_then(|state| state.collected_until).map(|at| at.as_second());
        // A clock that was set back must not keep the source waiting until it is there again.
        let reached = told.filter(|at| *at <= now + AHEAD);
        let mut from = reached.unwrap_or_else(|| first(now));
        if now - from < SHORTEST {
            return Ok(None);
        }
        let up = match &contact.up {
            Ok(up) => up,
            Err(why) => return Ok(Some(Report::silent(contact, why))),
        };
        if now - from > HOUR {
            from = self.catch_up(contact, up, from).await?;
        }
        let mut report = self.window(contact, up, from).await?;
        if let (Some(told), None) = (told, reached) {
            report.remark.get_or_insert_with(|| set_back(told));
        }
        Ok(Some(report))
    }

    /// The requests of one window, up to now.
    async fn window(&self, contact: &Contact, up: &str, from: i64) -> Result<Report, Failure> {
        let Contact { client, plan, now, .. } = contact;
        let window = now - from;
        let observed = health::observed(client, up, from, *now).await?;
        let births = observed.is_up(from);
        let sorting = contact.sorting();
        let mut samples = Samples::new(window);
        // What has the time of another moment was not asked for.
        let asked_for = |at: i64| (at - now).abs() <= 1;
        let any = client.instant(&plan.any(window, births), *now).await?;
        samples.add(About::Any, &any, &sorting, asked_for);
        let mut tells_success = false;
        if let Some(query) = plan.success(window, births) {
            let success = client.instant(&query, *now).await?;
            samples.add(About::Success, &success, &sorting, asked_for);
            tells_success = contact.tells_success(&success).await?;
        }
        if let Some(query) = plan.age() {
            samples.add_ages(&client.instant(&query, *now).await?, &sorting, *now);
        }
        let silent = (!observed.is_up(*now)).then(|| unwatched(&observed, up));
        Ok(Report { tells_success, silent, ..Report::new(contact, samples, &observed, *now) })
    }
}

/// Where the first round begins: at a full hour, so that the past before it has whole ones.
fn first(now: i64) -> i64 {
    full_hour(now - SHORTEST)
}

fn set_back(told: i64) -> String {
    let told = moment(told);
    format!("{CLOCKS} earlier than {told}, up to which it was asked before; it is asked anew")
}

fn unwatched(observed: &Up, up: &str) -> String {
    if observed.is_there() {
        return "the controller's metrics cannot be fetched: its `up` is 0 or missing".into();
    }
    format!("there is no {up}; say with `up` how to tell whether the controller is watched")
}

impl Report {
    pub(super) fn new(contact: &Contact, samples: Samples, observed: &Up, until: i64) -> Self {
        Self {
            preset: contact.plan.preset,
            tells_success: contact.plan.tells_success(),
            samples,
            until,
            covered: observed.covered(),
            since: observed.since(),
            silent: None,
            remark: contact.remark(),
            certificates: None,
        }
    }

    fn silent(contact: &Contact, why: &str) -> Self {
        Self {
            preset: contact.plan.preset,
            tells_success: contact.plan.tells_success(),
            samples: Samples::new(0),
            until: contact.now,
            covered: BTreeMap::new(),
            since: None,
            silent: Some(why.to_owned()),
            remark: contact.remark(),
            certificates: None,
        }
    }
}

impl Contact {
    pub(super) fn sorting(&self) -> Sorting<'_> {
        Sorting { preset: self.plan.preset, entry_points: &self.entry_points }
    }

    /// A metric of its own for success may be missing: then errors cannot be told from success.
    async fn tells_success(&self, success: &[Series]) -> Result<bool, Failure> {
        if !self.plan.success_apart || !success.is_empty() {
            return Ok(true);
        }
        match self.plan.success_exists() {
            Some(query) => Ok(!self.client.instant(&query, self.now).await?.is_empty()),
            None => Ok(true),
        }
    }
}
