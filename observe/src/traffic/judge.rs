//! The verdicts: what was seen of every ingress, and how it is observed, make what is said of it.

use domain::traffic::{Granularity, Policy, Traffic, Watched, covered, unused_since, verdict};
use domain::{ClusterName, IngressId};
use jiff::Timestamp;
use store::Store;

use super::attribute::{Case, Watch};
use super::day_of;

/// So many verdicts are written at once.
const BATCH: usize = 2000;

/// Where a source stands.
pub(super) struct Standing {
    pub(super) name: String,
    pub(super) granularity: Granularity,
    pub(super) tells_success: bool,
    pub(super) since: Option<Timestamp>,
    /// Whether it measures now, or why not.
    pub(super) healthy: Result<(), String>,
    /// The observed seconds of each UTC day.
    pub(super) days: Vec<(i64, i64)>,
}

/// Judges the ingresses of a cluster.
pub(super) struct Judge<'a> {
    pub(super) cluster: &'a ClusterName,
    pub(super) store: &'a Store,
    pub(super) policy: &'a Policy,
    pub(super) now: Timestamp,
    /// In the order of the sources.
    pub(super) standings: Vec<Standing>,
}

impl Judge<'_> {
    /// Judges, and saves the verdicts.
    pub(super) async fn all(&self, cases: &[Case]) -> Result<(), store::Error> {
        for batch in cases.chunks(BATCH) {
            let ids: Vec<IngressId> = batch.iter().map(|case| case.id).collect();
            let seen = self.store.traffic_seen(&ids).await?;
            let judged = batch.iter().map(|case| {
                let seen = seen.get(&case.id).copied().unwrap_or_default();
                let watched = self.watched(case);
                let traffic = verdict(case.since, &seen, &watched, self.policy, self.now);
                let unused = unused_since(case.since, &traffic);
                (case.id, traffic, unused)
            });
            let judged: Vec<(IngressId, Traffic, Option<Timestamp>)> = judged.collect();
            self.store.save_traffic(self.cluster, &judged).await?;
        }
        Ok(())
    }

    fn watched(&self, case: &Case) -> Result<Watched, String> {
        match &case.watch {
            Watch::Nothing(reason) => Err(reason.clone()),
            Watch::By { sources, blind } => {
                let standings: Vec<&Standing> =
                    sources.iter().filter_map(|place| self.standings.get(*place)).collect();
                self.together(&standings, case.since, blind.clone())
            }
        }
    }

    /// Which of several sources of one controller counts an ingress cannot be told, so silence means
    /// something only where all of them look.
    fn together(
        &self,
        standings: &[&Standing],
        since: Option<Timestamp>,
        blind: Option<String>,
    ) -> Result<Watched, String> {
        let first = standings.first().ok_or("no traffic source is configured")?;
        let names: Vec<&str> = standings.iter().map(|standing| standing.name.as_str()).collect();
        let begins = self.policy.begins(self.now).max(since.unwrap_or(Timestamp::MIN));
        let seconds = |standing: &&Standing| covered(&standing.days, begins, self.now);
        // What one of them counts for all routes together may be of any of them.
        let coarsest = standings.iter().map(|standing| standing.granularity).max();
        let trouble = standings.iter().find_map(|standing| standing.healthy.clone().err());
        Ok(Watched {
            source: names.join(" and "),
            granularity: coarsest.unwrap_or(first.granularity),
            tells_success: standings.iter().all(|standing| standing.tells_success),
            observed_since: standings.iter().filter_map(|standing| standing.since).max(),
            covered_seconds: standings.iter().map(seconds).min().unwrap_or(0),
            span_seconds: self.now.as_second() - begins.as_second(),
            healthy: trouble.map_or(Ok(()), Err),
            blind,
            gaps: self.gaps(standings),
        })
    }

    /// The days since all of these looked first on which one of them did not.
    fn gaps(&self, standings: &[&Standing]) -> Vec<(i64, i64)> {
        let looked = |standing: &&Standing, day: i64| {
            let place = standing.days.binary_search_by_key(&day, |(day, _)| *day);
            place.is_ok_and(|place| standing.days[place].1 > 0)
        };
        let Some(since) = standings.iter().filter_map(|standing| standing.since).max() else {
            return Vec::new();
        };
        let first = day_of(since.as_second()).max(Self::first_day(self.policy, self.now));
        let mut gaps: Vec<(i64, i64)> = Vec::new();
        for day in first..=day_of(self.now.as_second()) {
            if standings.iter().all(|standing| looked(standing, day)) {
                continue;
            }
            match gaps.last_mut() {
                Some((_, last)) if *last == day - 1 => *last = day,
                _ => gaps.push((day, day)),
            }
        }
        gaps
    }

    /// The first UTC day that may be asked for.
    pub(super) fn first_day(policy: &Policy, now: Timestamp) -> i64 {
        day_of(policy.begins(now).as_second())
    }
}
