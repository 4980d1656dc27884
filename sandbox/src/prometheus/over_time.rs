//! Functions over the samples of a range.

use std::sync::Arc;

use super::labels::Labels;
use super::sample::{Run, Sample, Summary};
use super::series::Series;

/// One series within a range: after `start` and until `end`.
pub(super) struct Ranged {
    pub labels: Labels,
    pub start: i64,
    pub end: i64,
    pub window: Window,
}

/// Where the samples of a range are.
pub(super) enum Window {
    Stored(Arc<Series>),
    Made(Vec<Sample>),
}

impl Ranged {
    /// The samples one by one.
    pub fn samples(&self) -> Vec<Sample> {
        match &self.window {
            Window::Stored(series) => series.samples(self.start, self.end),
            Window::Made(samples) => samples.clone(),
        }
    }

    fn summary(&self) -> Option<Summary> {
        match &self.window {
            Window::Stored(series) => series.summary(self.start, self.end),
            Window::Made(samples) => Summary::of(samples.iter().copied().map(Run::from)),
        }
    }

    fn values(&self) -> impl Iterator<Item = f64> + use<> {
        self.samples().into_iter().map(|sample| sample.value)
    }

    /// The range in seconds.
    fn seconds(&self) -> f64 {
        (self.end - self.start) as f64 / 1000.0
    }
}

/// A function from the samples of one series to a value; none where there are too few samples.
pub(super) type OverTime = fn(&Ranged) -> Option<f64>;

/// The function of this name, if it is one over time.
pub(super) fn named(name: &str) -> Option<OverTime> {
    let function: OverTime = match name {
        "increase" => |range| extrapolated(range, true, 1.0),
        "rate" => |range| extrapolated(range, true, range.seconds()),
        "delta" => |range| extrapolated(range, false, 1.0),
        "irate" => per_second,
        "resets" => |range| Some(range.summary()?.resets as f64),
        "changes" => changes,
        "max_over_time" => |range| Some(range.summary()?.most),
        "min_over_time" => |range| Some(range.summary()?.least),
        "count_over_time" => |range| Some(range.summary()?.count as f64),
        "last_over_time" => |range| Some(range.summary()?.last.value),
        "first_over_time" => |range| Some(range.summary()?.first.value),
        "present_over_time" => |range| range.summary().map(|_| 1.0),
        "sum_over_time" => |range| range.values().reduce(|sum, value| sum + value),
        "avg_over_time" => average,
        _ => return None,
    };
    Some(function)
}

/// Whether the function is for counters, and so wants a counter's name.
pub(super) fn for_counters(name: &str) -> bool {
    matches!(name, "increase" | "rate" | "irate")
}

/// The difference of last and first sample, with what resets took, stretched to the whole range as
/// Prometheus' `extrapolatedRate` (`promql/functions.go`) does: to an end that is near; by half a
/// scrape towards one that is far; and, for a counter, never to before it was zero. All of it is
/// divided by `unit`.
fn extrapolated(range: &Ranged, counter: bool, unit: f64) -> Option<f64> {
    let Summary { first, last, count, lost, .. } = range.summary()?;
    if count < 2 {
        return None;
    }
    let increase = last.value - first.value + if counter { lost } else { 0.0 };
    let sampled = (last.at - first.at) as f64 / 1000.0;
    let between = sampled / (count - 1) as f64;
    let reach = |gap: i64| match gap as f64 / 1000.0 {
        near if near < between * 1.1 => near,
        _ => between / 2.0,
    };
    let mut to_start = reach(first.at - range.start);
    if counter && increase > 0.0 && first.value >= 0.0 {
        to_start = to_start.min(sampled * (first.value / increase));
    }
    let to_end = reach(range.end - last.at);
    Some(increase * ((sampled + to_start + to_end) / sampled / unit))
}

/// The rate between the last two samples.
fn per_second(range: &Ranged) -> Option<f64> {
    let samples = range.samples();
    let [.., before, last] = samples.as_slice() else { return None };
    let start = if last.value < before.value { 0.0 } else { before.value };
    Some((last.value - start) / ((last.at - before.at) as f64 / 1000.0))
}

fn changes(range: &Ranged) -> Option<f64> {
    let samples = range.samples();
    let differs = |pair: &&[Sample]| {
        let (before, after) = (pair[0].value, pair[1].value);
        before != after && !(before.is_nan() && after.is_nan())
    };
    let changes = samples.windows(2).filter(differs).count();
    (!samples.is_empty()).then_some(changes as f64)
}

fn average(range: &Ranged) -> Option<f64> {
    let sum = range.values().reduce(|sum, value| sum + value)?;
    Some(sum / range.summary()?.count as f64)
}
