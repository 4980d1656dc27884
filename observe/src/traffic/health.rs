//! Whether somebody looked: the controller's own `up`, over time. What is not up is not observed, and
//! what was not observed says nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::Series;
use super::failure::Failure;
use super::prometheus::Client;
use super::{DAY, HOUR, day_of};

/// `up` is asked for at least so often.
const STEP: i64 = 300;

/// `up` over a span of time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Up {
    from: i64,
    until: i64,
    step: i64,
    /// 1 for all targets, 0 for none; nothing where nobody looked.
    points: BTreeMap<i64, f64>,
}

/// Asks for `up` from one moment until another.
pub(super) async fn observed(
    client: &Client,
    up: &str,
    from: i64,
    until: i64,
) -> Result<Up, Failure> {
    let step = STEP.min(until - from).max(1);
    // The last point is `until`, and the first is at `from` or before.
    let first = until - (until - from).div_euclid(step) * step;
    let first = if first > from { first - step } else { first };
    let answer = client.range(up, first, until, step).await?;
    Ok(Up { from, until, step, points: averaged(&answer) })
}

/// One value for each moment. A query of one's own may give several series.
fn averaged(answer: &[Series]) -> BTreeMap<i64, f64> {
    let mut points: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
    for (at, value) in answer.iter().flat_map(|series| series.points.iter().copied()) {
        let (sum, count) = points.entry(at).or_default();
        *sum += value.min(1.0);
        *count += 1.0;
    }
    points.into_iter().map(|(at, (sum, count))| (at, sum / count)).collect()
}

impl Up {
    /// Whether a target was up at a moment.
    pub(super) fn is_up(&self, at: i64) -> bool {
        let last = self.points.range(at - self.step + 1..=at).next_back();
        last.is_some_and(|(_, value)| *value > 0.0)
    }

    /// Whether there is any `up` at all.
    pub(super) fn is_there(&self) -> bool {
        !self.points.is_empty()
    }

    /// Without the hours in which the metric had no sample: that a controller was up does not say
    /// that it counted. `there` has the metric at the end of each hour in which it was there.
    pub(super) fn only_where(mut self, there: &[Series]) -> Self {
        let moments = there.iter().flat_map(|series| &series.points);
        let ends: BTreeSet<i64> = moments.map(|(at, _)| *at).collect();
        let from = self.from;
        // A point speaks for the time before it.
        let end = |at: i64| from + (at - from + HOUR - 1).div_euclid(HOUR) * HOUR;
        self.points.retain(|at, _| ends.contains(&end(*at)));
        self
    }

    /// The first moment that was observed.
    pub(super) fn since(&self) -> Option<i64> {
        let first = self.points.iter().find(|(at, value)| **value > 0.0 && **at > self.from)?;
        Some((first.0 - self.step).max(self.from))
    }

    /// The seconds of each UTC day that were observed. Where only some targets were up, it counts
    /// for their share.
    pub(super) fn covered(&self) -> BTreeMap<i64, i64> {
        let mut days: BTreeMap<i64, f64> = BTreeMap::new();
        for (&at, value) in &self.points {
            let (begins, ends) = ((at - self.step).max(self.from), at.min(self.until));
            for day in day_of(begins)..=day_of(ends) {
                let seconds = ends.min((day + 1) * DAY) - begins.max(day * DAY);
                if seconds > 0 {
                    *days.entry(day).or_default() += seconds as f64 * value;
                }
            }
        }
        days.into_iter().map(|(day, seconds)| (day, seconds.round() as i64)).collect()
    }

    /// The UTC days in which a target was up.
    pub(super) fn days(&self) -> Vec<i64> {
        let up = self.points.iter().filter(|(_, value)| **value > 0.0);
        // A point speaks for the time before it.
        let mut days: Vec<i64> = up.map(|(at, _)| day_of(at - 1)).collect();
        days.dedup();
        days
    }
}

/// The UTC days of a span in which a target was up at some full hour.
pub(super) async fn days_up(
    client: &Client,
    up: &str,
    from: i64,
    until: i64,
) -> Result<Vec<i64>, Failure> {
    let answer = client.range(up, from, until, 3600).await?;
    Ok(Up { from, until, step: 3600, points: averaged(&answer) }.days())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn up(from: i64, until: i64, points: &[(i64, f64)]) -> Up {
        Up { from, until, step: 300, points: points.iter().copied().collect() }
    }

    #[test]
    fn a_gap_is_not_covered() {
        let whole = up(0, 900, &[(0, 1.0), (300, 1.0), (600, 1.0), (900, 1.0)]);
        assert_eq!(whole.covered(), BTreeMap::from([(0, 900)]));
        let gap = up(0, 900, &[(0, 1.0), (300, 0.0), (900, 0.5)]);
        assert_eq!(gap.covered(), BTreeMap::from([(0, 150)]));
        assert_eq!(up(0, 900, &[]).covered(), BTreeMap::new());
    }

    #[test]
    fn only_the_span_is_covered_and_each_day_has_its_own() {
        let night = up(DAY - 100, DAY + 200, &[(DAY - 100, 1.0), (DAY + 200, 1.0)]);
        assert_eq!(night.covered(), BTreeMap::from([(0, 100), (1, 200)]));
        let short = up(50, 200, &[(200, 1.0)]);
        assert_eq!(short.covered(), BTreeMap::from([(0, 150)]));
    }

    #[test]
    fn it_is_observed_since_the_first_point_within_the_span() {
        assert_eq!(up(100, 900, &[(0, 1.0), (300, 0.0), (900, 0.5)]).since(), Some(600));
        assert_eq!(up(100, 900, &[(300, 1.0)]).since(), Some(100));
        assert_eq!(up(100, 900, &[(100, 1.0), (300, 0.0)]).since(), None);
    }

    #[test]
    fn a_moment_is_up_if_the_last_point_says_so() {
        let up = up(0, 900, &[(0, 1.0), (300, 0.0), (900, 0.2)]);
        assert!(up.is_up(0) && up.is_up(299) && up.is_up(900));
        assert!(!up.is_up(300) && !up.is_up(600));
    }

    #[test]
    fn an_hour_without_the_metric_is_not_covered() {
        let points: Vec<(i64, f64)> = (0..=36).map(|step| (step * 300, 1.0)).collect();
        let up = up(0, 3 * HOUR, &points);
        let at = |moments: &[i64]| {
            let points = moments.iter().map(|at| (*at, 1.0)).collect();
            [Series { labels: BTreeMap::new(), points }]
        };
        let last = up.clone().only_where(&at(&[3 * HOUR]));
        assert_eq!(last.covered(), BTreeMap::from([(0, HOUR)]));
        assert_eq!(last.since(), Some(2 * HOUR));
        let all = up.clone().only_where(&at(&[HOUR, 2 * HOUR, 3 * HOUR]));
        assert_eq!(all.covered(), up.covered());
        assert_eq!(up.only_where(&[]).covered(), BTreeMap::new());
    }

    #[test]
    fn several_series_are_averaged_and_none_counts_more_than_one() {
        let series = |value| Series { labels: BTreeMap::new(), points: vec![(7, value)] };
        assert_eq!(averaged(&[series(3.0), series(0.0)]), BTreeMap::from([(7, 0.5)]));
    }

    #[test]
    fn days_are_those_with_a_point_that_is_up() {
        let days = up(0, 9 * DAY, &[(DAY, 1.0), (3 * DAY, 0.0), (5 * DAY + 1, 1.0)]).days();
        assert_eq!(days, [0, 5]);
    }
}
