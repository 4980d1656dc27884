//! Samples, and what a window of them comes to.

/// The NaN that says that a series ended: `StaleNaN` in Prometheus' `model/value`.
const STALE: u64 = 0x7ff0_0000_0000_0002;

/// One value at one time, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sample {
    pub at: i64,
    pub value: f64,
}

impl Sample {
    /// The mark that a series ends.
    pub fn stale(at: i64) -> Self {
        Self { at, value: f64::from_bits(STALE) }
    }

    pub fn is_stale(self) -> bool {
        self.value.to_bits() == STALE
    }
}

/// Samples one after another whose values do not fall.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub first: Sample,
    pub last: Sample,
    pub count: usize,
}

impl From<Sample> for Run {
    fn from(sample: Sample) -> Self {
        Self { first: sample, last: sample, count: 1 }
    }
}

/// What functions over time ask of a window, so that long ones need not be looked at sample by
/// sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Summary {
    pub first: Sample,
    pub last: Sample,
    pub count: usize,
    pub least: f64,
    pub most: f64,
    /// How often a value was lower than the one before.
    pub resets: usize,
    /// The sum of the values before each reset: what a counter lost.
    pub lost: f64,
}

impl Summary {
    /// Nothing for an empty window.
    pub fn of(runs: impl IntoIterator<Item = Run>) -> Option<Self> {
        let mut runs = runs.into_iter();
        let Run { first, last, count } = runs.next()?;
        let (least, most) = (first.value, last.value);
        let mut summary = Self { first, last, count, least, most, resets: 0, lost: 0.0 };
        runs.for_each(|run| summary.add(run));
        Some(summary)
    }

    fn add(&mut self, run: Run) {
        if run.first.value < self.last.value {
            self.resets += 1;
            self.lost += self.last.value;
        }
        if run.first.value < self.least || self.least.is_nan() {
            self.least = run.first.value;
        }
        if run.last.value > self.most || self.most.is_nan() {
            self.most = run.last.value;
        }
        self.count += run.count;
        self.last = run.last;
    }
}
