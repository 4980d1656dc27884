//! The past: what came before the first round, and in holes between two rounds. It is asked for in
//! ranges of whole hours, and known to the hour.

use std::collections::BTreeSet;

use store::Round;

use super::attribute::attribute;
use super::failure::Failure;
use super::health;
use super::round::Report;
use super::samples::{About, Samples};
use super::visit::{Contact, Visit};
use super::{DAY, HOUR, full_hour, moment};

/// So many hours are asked for at once; fewer where that is too much.
const HOURS_AT_ONCE: i64 = 24;

impl Visit<'_> {
    /// Reads what came before the first round, day by day backwards, up to the look-back or to where
    /// the source has nothing older. Whether it is done; it goes on where it was interrupted.
    pub(super) async fn past(&self) -> Result<bool, Failure> {
        let Some(state) = self.state().await? else { return Ok(false) };
        let begins = full_hour(self.policy.begins(self.clock.now()).as_second());
        let filled = state.filled_from.map(|at| at.as_second());
        if filled.is_some_and(|filled| filled <= begins) {
            return Ok(true);
        }
        let Some(since) = state.since.map(|at| at.as_second()) else { return Ok(false) };
        // A longer look-back than before needs what is older than what was read.
        let until = full_hour(filled.map_or(since, |filled| filled.min(since)));
        let contact = self.contact().await?;
        let up = contact.up.as_ref().map_err(|why| Failure::Setup(why.clone()))?;
        let days = match begins < until {
            true => health::days_up(&contact.client, up, begins, until).await?,
            false => Vec::new(),
        };
        for day in days.into_iter().rev() {
            let (from, until) = ((day * DAY).max(begins), ((day + 1) * DAY).min(until));
            self.backwards(&contact, up, from, until).await?;
        }
        let round = Round { filled_from: Some(moment(begins)), ..self.nothing() };
        self.store.save_round(self.cluster, &round).await?;
        let (cluster, source) = (self.cluster.as_str(), self.source.name());
        tracing::info!(cluster, source, "the past of the traffic is read");
        Ok(true)
    }

    async fn backwards(
        &self,
        contact: &Contact,
        up: &str,
        from: i64,
        until: i64,
    ) -> Result<(), Failure> {
        let mut reached = until;
        let mut hours = HOURS_AT_ONCE;
        while reached > from {
            let begin = from.max(reached - hours * HOUR);
            match self.piece(contact, up, begin, reached).await {
                Ok(report) => {
                    self.keep(&report, None).await?;
                    reached = begin;
                }
                Err(failure) => hours = fewer(hours, failure)?,
            }
        }
        Ok(())
    }

    /// Makes up for a hole since the last round, up to less than an hour ago. Returns how far it
    /// came.
    pub(super) async fn catch_up(
        &self,
        contact: &Contact,
        up: &str,
        from: i64,
    ) -> Result<i64, Failure> {
        let begins = self.policy.begins(self.clock.now()).as_second();
        let mut reached = from.max(begins);
        let mut hours = HOURS_AT_ONCE;
        while contact.now - reached > HOUR {
            let until = reached + HOUR * hours.min((contact.now - reached - 1) / HOUR);
            match self.piece(contact, up, reached, until).await {
                Ok(report) => {
                    self.keep(&report, Some(until)).await?;
                    reached = until;
                }
                Err(failure) => hours = fewer(hours, failure)?,
            }
        }
        Ok(reached)
    }

    /// Some whole hours. In an hour before which nobody looked, a series that was not there is not
    /// taken for a new one; where there are hours of both kinds, both are asked for.
    async fn piece(
        &self,
        contact: &Contact,
        up: &str,
        from: i64,
        until: i64,
    ) -> Result<Report, Failure> {
        let Contact { client, plan, .. } = contact;
        let observed = health::observed(client, up, from, until).await?;
        let ends: Vec<i64> = (1..=(until - from) / HOUR).map(|hour| from + hour * HOUR).collect();
        let watched: BTreeSet<i64> =
            ends.iter().copied().filter(|end| observed.is_up(end - HOUR)).collect();
        let mut samples = Samples::new(HOUR);
        for births in [true, false] {
            let counts = |end: i64| watched.contains(&end) == births;
            if !ends.iter().any(|end| counts(*end)) {
                continue;
            }
            let first = from + HOUR;
            let any = client.range(&plan.any(HOUR, births), first, until, HOUR).await?;
            samples.add(About::Any, &any, &contact.sorting(), counts);
            if let Some(query) = plan.success(HOUR, births) {
                let success = client.range(&query, first, until, HOUR).await?;
                samples.add(About::Success, &success, &contact.sorting(), counts);
            }
        }
        let observed = match plan.there() {
            Some(query) => {
                observed.only_where(&client.range(&query, from + HOUR, until, HOUR).await?)
            }
            None => observed,
        };
        Ok(Report::new(contact, samples, &observed, until))
    }

    /// Gives what was told to the ingresses, and saves it.
    async fn keep(&self, report: &Report, until: Option<i64>) -> Result<(), Failure> {
        let asked = [(self.source, Some(report))];
        let (mut seen, _) = attribute(self.store, self.cluster, &asked).await?;
        let round = Round {
            until: until.map(moment),
            since: report.since.map(moment),
            seen: seen.pop().unwrap_or_default(),
            covered: report.covered.iter().map(|(day, seconds)| (*day, *seconds)).collect(),
            ..self.nothing()
        };
        self.store.save_round(self.cluster, &round).await?;
        Ok(())
    }

    /// A round in which nothing came.
    pub(super) fn nothing(&self) -> Round {
        Round {
            source: self.source.name(),
            checked_at: self.clock.now(),
            until: None,
            since: None,
            filled_from: None,
            seen: Vec::new(),
            covered: Vec::new(),
            error: None,
        }
    }
}

/// Fewer hours at once, if that may help.
fn fewer(hours: i64, failure: Failure) -> Result<i64, Failure> {
    if hours > 1 && failure.is_of_size() { Ok((hours / 4).max(1)) } else { Err(failure) }
}
