//! When an ingress was last used: what may be said of it, by which metrics, and how surely.
//!
//! Three questions, one file each: which metric a controller has ([`Preset`]), which of its samples
//! belong to an ingress ([`measures`], [`sample_keys`]), and what follows from what was seen
//! ([`verdict`]). What was not observed never reads as not used.

mod keys;
mod names;
mod preset;
mod verdict;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use keys::{Keys, Measures, measures, route_key, sample_keys};
pub use preset::Preset;
pub use verdict::{Policy, Watched, covered, unused_since, verdict};

/// Whether an ingress is used.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Requests were answered with success within the look-back.
    Active,
    /// Requests came within the look-back, and none was answered with success.
    OnlyErrors,
    /// None came within the look-back, but some did before.
    Quiet,
    /// None was ever seen, although somebody looked.
    NeverSeen,
    /// Nothing can tell.
    #[default]
    NotMeasurable,
}

impl Verdict {
    /// All verdicts, the busiest first.
    pub const ALL: [Self; 5] =
        [Self::Active, Self::OnlyErrors, Self::Quiet, Self::NeverSeen, Self::NotMeasurable];

    /// The code in URLs and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::OnlyErrors => "only-errors",
            Self::Quiet => "quiet",
            Self::NeverSeen => "never-seen",
            Self::NotMeasurable => "not-measurable",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == text)
    }

    /// In words, for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::OnlyErrors => "Only errors",
            Self::Quiet => "Quiet",
            Self::NeverSeen => "Never seen",
            Self::NotMeasurable => "Not measurable",
        }
    }

    /// What it means, for somebody who meets it for the first time.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Active => {
                "Requests were answered with success (2xx or 3xx) within the look-back."
            }
            Self::OnlyErrors => {
                "Requests came within the look-back, but every answer was an error (4xx or 5xx): \
                 often scanners or a forgotten probe on a route that no longer works."
            }
            Self::Quiet => "No request came within the look-back; the last one was before it.",
            Self::NeverSeen => {
                "No request was ever seen, and enough of the time was observed to say so."
            }
            Self::NotMeasurable => {
                "Whether it is used cannot be told, for the reason given. This is neither good nor \
                 bad: it says nothing about the route."
            }
        }
    }
}

/// What the samples of a source are about, the finest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Granularity {
    /// Each route of an ingress.
    Route,
    /// Each ingress.
    Ingress,
    /// Each Service.
    Service,
}

impl Granularity {
    /// The code in the store and in exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Route => "route",
            Self::Ingress => "ingress",
            Self::Service => "service",
        }
    }

    /// In words, for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Route => "per route",
            Self::Ingress => "per ingress",
            Self::Service => "per Service, shared by all that lead to it",
        }
    }
}

/// When requests were last seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The last request of any kind.
    pub last_any: Option<Timestamp>,
    /// The last request that was answered with 2xx or 3xx.
    pub last_success: Option<Timestamp>,
}

/// What is said of the traffic of an ingress, and how it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
    /// The verdict.
    pub verdict: Verdict,
    /// Why, in words.
    pub reason: String,
    /// What measured it, such as `ingress-nginx at prometheus.example`.
    pub source: Option<String>,
    /// What the source's samples are about.
    pub granularity: Option<Granularity>,
    /// The last request of any kind.
    pub last_any: Option<Timestamp>,
    /// The last request that was answered with success.
    pub last_success: Option<Timestamp>,
    /// Whether the source tells success from errors.
    pub tells_success: bool,
    /// Since when the source was observed.
    pub observed_since: Option<Timestamp>,
    /// The share of the look-back, or of the life of the ingress if that is shorter, that was
    /// observed, in percent.
    pub covered: Option<u8>,
    /// Whether silence says something: the source measures now, all of it, and enough was observed.
    #[serde(default)]
    pub silence_counts: bool,
    /// The UTC days after the beginning of the observation on which nothing was observed: the first
    /// and the last of each run, counted from 1970.
    #[serde(default)]
    pub gaps: Vec<(i64, i64)>,
}

/// The requests of each of the last UTC days, today last, from what was counted; `None` for a day that
/// nobody observed, which is not a day without requests.
pub fn per_day(traffic: &Traffic, counts: &[u32], now: Timestamp) -> Vec<Option<u32>> {
    let day_of = |at: Timestamp| at.as_second().div_euclid(86_400);
    let first = day_of(now) + 1 - i64::try_from(counts.len()).unwrap_or(0);
    let observed = |day: i64| {
        traffic.observed_since.is_some_and(|since| day_of(since) <= day)
            && !traffic.gaps.iter().any(|(from, to)| (*from..=*to).contains(&day))
    };
    let days = (first..).zip(counts);
    days.map(|(day, count)| (*count > 0 || observed(day)).then_some(*count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_nobody_observed_is_not_a_day_without_requests() {
        let now: Timestamp = "1970-01-08T12:00:00Z".parse().unwrap();
        let since = "1970-01-04T09:00:00Z".parse().unwrap();
        let traffic =
            Traffic { observed_since: Some(since), gaps: vec![(5, 6)], ..Traffic::default() };
        let days = |traffic: &Traffic, counts: &[u32]| per_day(traffic, counts, now);
        let expected = [None, Some(7), Some(0), Some(0), None, Some(3), Some(0)];
        assert_eq!(days(&traffic, &[0, 7, 0, 0, 0, 3, 0]), expected);
        assert_eq!(days(&Traffic::default(), &[0, 1]), [None, Some(1)], "nothing looks any more");
        assert_eq!(days(&traffic, &[]), []);
    }

    #[test]
    fn verdicts_read_what_they_wrote() {
        for verdict in Verdict::ALL {
            assert_eq!(Verdict::parse(verdict.as_str()), Some(verdict));
            let json = serde_json::to_string(&verdict).unwrap();
            assert_eq!(json, format!("\"{}\"", verdict.as_str()));
        }
        assert_eq!(Verdict::parse("stale"), None);
        assert_eq!(Verdict::default(), Verdict::NotMeasurable);
    }
}
