//! Series that are computed when they are asked for: what a process would have told about requests
//! that come by a profile.

use std::sync::Arc;

use jiff::Timestamp;

use super::profile::Profile;
use super::sample::{Run, Sample, Summary};
use super::target::{Scrape, Span, Target};

/// What a series tells of the requests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure {
    /// Their number since the process started; not there before the first one.
    Counter,
    /// Their number since the process started, 0 at first.
    CounterFromZero,
    /// Their number since the last scrape; not there if there were none.
    PerInterval,
    /// Seconds since the last one; not there before the first one of the process.
    SinceLast,
    /// Always this, while there is a process.
    Constant(f64),
    /// 1 while there is a process, else 0.
    Up,
}

/// One computed series.
#[derive(Debug, Clone)]
pub struct Shape {
    target: Arc<Target>,
    measure: Measure,
    profile: Profile,
    from: i64,
    stops: i64,
}

impl Shape {
    /// What a target tells of requests.
    pub fn new(target: &Arc<Target>, measure: Measure, profile: Profile) -> Self {
        Self { target: Arc::clone(target), measure, profile, from: i64::MIN, stops: i64::MAX }
    }

    /// Whether a target can be reached.
    pub fn up(target: &Arc<Target>) -> Self {
        Self::new(target, Measure::Up, Profile::none())
    }

    /// A gauge that never changes.
    pub fn constant(target: &Arc<Target>, value: f64) -> Self {
        Self::new(target, Measure::Constant(value), Profile::none())
    }

    /// The same, not there before a moment.
    #[must_use]
    pub fn since(self, at: Timestamp) -> Self {
        Self { from: at.as_millisecond(), ..self }
    }

    /// The same without requests after a moment.
    #[must_use]
    pub fn stopped(self, at: Timestamp) -> Self {
        Self { stops: at.as_millisecond(), ..self }
    }

    /// The sample that an instant query takes: of the last scrape, unless that one missed the
    /// series.
    pub(super) fn latest(&self, at: i64, lookback: i64) -> Option<Sample> {
        let mut scraped = self.target.scrape_before(at);
        while scraped > at - lookback {
            if self.target.scrape(scraped) != Scrape::Unseen {
                return self.sample(scraped);
            }
            scraped -= self.target.every();
        }
        None
    }

    /// The samples after `after` and until `until`.
    pub(super) fn samples(&self, after: i64, until: i64) -> Vec<Sample> {
        let from = self.from.max(after.saturating_add(1));
        if self.measure == Measure::SinceLast {
            let spans = self.target.spans(from, until).into_iter();
            return spans.flat_map(|span| self.since_last(span)).collect();
        }
        self.target.scrapes(from, until).filter_map(|at| self.sample(at)).collect()
    }

    /// What the samples after `after` and until `until` come to.
    pub(super) fn summary(&self, after: i64, until: i64) -> Option<Summary> {
        let birth = match self.measure {
            Measure::Counter => true,
            Measure::CounterFromZero | Measure::Constant(_) => false,
            // What rises and falls has to be looked at sample by sample.
            Measure::PerInterval | Measure::SinceLast | Measure::Up => {
                return Summary::of(self.samples(after, until).into_iter().map(Run::from));
            }
        };
        let spans = self.target.spans(self.from.max(after.saturating_add(1)), until);
        Summary::of(spans.into_iter().filter_map(|span| self.run(span, birth)))
    }

    /// The samples of a process, from the first request on if the series appears with that one.
    fn run(&self, span: Span, birth: bool) -> Option<Run> {
        let first = if birth { self.birth(span)? } else { span.first };
        let value = |at| self.measured(at, span.origin);
        let count = usize::try_from((span.last - first) / self.target.every()).ok()? + 1;
        let sample = |at| value(at).map(|value| Sample { at, value });
        Some(Run { first: sample(first)?, last: sample(span.last)?, count })
    }

    /// The first scrape of a process that meets the series.
    fn birth(&self, span: Span) -> Option<i64> {
        let there = |at| self.measured(at, span.origin).is_some();
        if there(span.first) || !there(span.last) {
            return there(span.first).then_some(span.first);
        }
        let every = self.target.every();
        let (mut without, mut with) = (0, (span.last - span.first) / every);
        while with - without > 1 {
            let middle = without + (with - without) / 2;
            match there(span.first + middle * every) {
                true => with = middle,
                false => without = middle,
            }
        }
        Some(span.first + with * every)
    }

    /// The sample of a scrape.
    fn sample(&self, at: i64) -> Option<Sample> {
        let value = match self.target.scrape(at) {
            Scrape::Process(origin) => self.measured(at, origin)?,
            Scrape::Down if self.measure == Measure::Up && at >= self.from => 0.0,
            Scrape::Down | Scrape::Unseen | Scrape::Gone => return None,
        };
        Some(Sample { at, value })
    }

    /// What a process that started at `origin` tells at a scrape.
    fn measured(&self, at: i64, origin: i64) -> Option<f64> {
        if at < self.from {
            return None;
        }
        let origin = origin.max(self.from);
        let some = |count: f64| (count >= 1.0).then_some(count);
        match self.measure {
            Measure::Counter => some(self.requests(origin, at)),
            Measure::CounterFromZero => Some(self.requests(origin, at)),
            Measure::PerInterval => {
                some(self.requests(origin.max(at.saturating_sub(self.target.every())), at))
            }
            Measure::SinceLast => {
                let count = some(self.requests(origin, at))?;
                Some((at - self.reached(count, origin, (origin, at))) as f64 / 1000.0)
            }
            Measure::Constant(value) => Some(value),
            Measure::Up => Some(1.0),
        }
    }

    /// How many requests came from one moment to another.
    fn requests(&self, from: i64, until: i64) -> f64 {
        self.profile.total(until.min(self.stops)) - self.profile.total(from.min(self.stops))
    }

    /// When the requests since `origin` became so many, to the second, within a time.
    fn reached(&self, count: f64, origin: i64, (mut before, mut after): (i64, i64)) -> i64 {
        while after - before > 1000 {
            let middle = before + (after - before) / 2;
            match self.requests(origin, middle) < count {
                true => before = middle,
                false => after = middle,
            }
        }
        after
    }

    /// The seconds since the last request, at each scrape of a process. They are looked for only
    /// where another request came.
    fn since_last(&self, span: Span) -> Vec<Sample> {
        let origin = span.origin.max(self.from);
        let (mut scraped, mut count, mut last) = (origin, 0.0, None);
        let mut samples = Vec::new();
        for at in self.target.scrapes(span.first, span.last) {
            let all = self.requests(origin, at);
            if all > count {
                last = Some(self.reached(all, origin, (scraped, at)));
            }
            (scraped, count) = (at, all);
            let value = |last: i64| (at - last) as f64 / 1000.0;
            samples.extend(last.map(|last| Sample { at, value: value(last) }));
        }
        samples
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const MINUTE: i64 = 60_000;
    const DAY: i64 = 24 * 60 * MINUTE;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).unwrap()
    }

    /// Thirty days with everything in them that can interrupt a series.
    fn target() -> Arc<Target> {
        let target = Target::new(at(DAY + 12_345), Duration::from_secs(60))
            .restarted(at(3 * DAY + 1))
            .restarted(at(3 * DAY + 30 * MINUTE))
            .down(at(9 * DAY), at(9 * DAY + 40 * MINUTE))
            .unseen(at(12 * DAY - 5), at(13 * DAY))
            .until(at(31 * DAY));
        Arc::new(target)
    }

    #[test]
    fn a_summary_is_that_of_the_samples() {
        let profiles = [
            Profile::steady(100.0),
            Profile::weekly(5_000.0).seeded(7),
            Profile::office(40.0).seeded(8),
            Profile::monthly(3.0).seeded(9),
            Profile::none(),
        ];
        for measure in [Measure::Counter, Measure::CounterFromZero, Measure::Constant(4.5)] {
            for profile in profiles {
                let shape = Shape::new(&target(), measure, profile).stopped(at(25 * DAY));
                for (after, until) in [(0, 40 * DAY), (2 * DAY, 4 * DAY), (8 * DAY, 14 * DAY)] {
                    let samples = shape.samples(after, until).into_iter().map(Run::from);
                    assert_eq!(shape.summary(after, until), Summary::of(samples), "{shape:?}");
                }
            }
        }
    }

    #[test]
    fn a_counter_falls_at_restarts_only() {
        for profile in [Profile::weekly(90_000.0).seeded(3), Profile::office(100.0).seeded(4)] {
            let shape = Shape::new(&target(), Measure::CounterFromZero, profile);
            let samples = shape.samples(0, 40 * DAY);
            let falls = samples.windows(2).filter(|pair| pair[1].value < pair[0].value).count();
            assert!(falls <= 3, "{falls}");
        }
    }

    #[test]
    fn seconds_since_the_last_request_are_to_the_second() {
        // One request at each full hour.
        let shape = Shape::new(&target(), Measure::SinceLast, Profile::steady(24.0));
        let sample = shape.latest(5 * DAY + 25 * MINUTE, 5 * MINUTE).unwrap();
        assert!((sample.value - 1500.0).abs() <= 1.0, "{sample:?}");
        let samples = shape.samples(4 * DAY, 6 * DAY);
        assert_eq!(samples.len(), 2 * 24 * 60);
        let near = |sample: &Sample| (shape.sample(sample.at).unwrap().value - sample.value).abs();
        assert!(samples.iter().all(|sample| near(sample) <= 1.0));
    }
}
