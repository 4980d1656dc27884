//! One series, recorded or computed.

use super::labels::Labels;
use super::sample::{Run, Sample, Summary};
use super::shape::Shape;

/// A label set and its samples.
#[derive(Debug, Clone)]
pub(super) struct Series {
    pub labels: Labels,
    pub content: Content,
}

/// Where the samples are.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// In the order of time; marks that the series ends are among them.
    Recorded(Vec<Sample>),
    Computed(Shape),
}

impl Series {
    /// The sample that an instant query sees: the last one, if it is fresh.
    pub fn latest(&self, at: i64, lookback: i64) -> Option<Sample> {
        match &self.content {
            Content::Computed(shape) => shape.latest(at, lookback),
            Content::Recorded(samples) => {
                let next = samples.partition_point(|sample| sample.at <= at);
                let last = samples[..next].last().copied();
                last.filter(|last| !last.is_stale() && last.at > at - lookback)
            }
        }
    }

    /// The samples after `after` and until `until`, as a range selector sees them.
    pub fn samples(&self, after: i64, until: i64) -> Vec<Sample> {
        match &self.content {
            Content::Computed(shape) => shape.samples(after, until),
            Content::Recorded(samples) => within(samples, after, until).copied().collect(),
        }
    }

    /// What those come to.
    pub fn summary(&self, after: i64, until: i64) -> Option<Summary> {
        match &self.content {
            Content::Computed(shape) => shape.summary(after, until),
            Content::Recorded(samples) => {
                Summary::of(within(samples, after, until).copied().map(Run::from))
            }
        }
    }
}

fn within(samples: &[Sample], after: i64, until: i64) -> impl Iterator<Item = &Sample> {
    let from = samples.partition_point(|sample| sample.at <= after);
    let rest = samples[from..].iter();
    rest.take_while(move |sample| sample.at <= until).filter(|sample| !sample.is_stale())
}
