//! Seeded chance: every random choice of the generator goes through here, so that a seed is enough
//! to get the same fleet again.

use jiff::{SignedDuration, Timestamp};

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;
const YEAR: i64 = 365 * DAY;

/// A seeded source of choices.
#[derive(Debug)]
pub(super) struct Dice(fastrand::Rng);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// True in `percent` of a hundred cases; fractions count.
    pub(super) fn chance(&mut self, percent: f64) -> bool {
        self.0.f64() * 100.0 < percent
    }

    /// A number in `low..=high`.
    pub(super) fn between(&mut self, low: usize, high: usize) -> usize {
        self.0.usize(low..=high)
    }

    /// One element; the table must not be empty.
    pub(super) fn pick<T: Copy>(&mut self, table: &[T]) -> T {
        table[self.0.usize(..table.len())]
    }

    /// One element of a table with weights; the table must not be empty.
    pub(super) fn weighted<T: Copy>(&mut self, table: &[(u32, T)]) -> T {
        let total: u32 = table.iter().map(|(weight, _)| weight).sum();
        let mut left = self.0.u32(..total);
        for (weight, value) in table {
            if left < *weight {
                return *value;
            }
            left -= weight;
        }
        unreachable!("the draw is below the sum of the weights")
    }

    /// A count of at least `low` with a long tail: most near `typical`, some far out, none above
    /// `high`.
    pub(super) fn tail(&mut self, low: usize, typical: usize, high: usize) -> usize {
        let stretch = typical.saturating_sub(low).max(1) as f64;
        let draw = -(1.0 - self.0.f64()).ln() * stretch;
        (low + draw.round() as usize).min(high)
    }

    /// A version 4 UUID.
    pub(super) fn uid(&mut self) -> String {
        uuid::Builder::from_random_bytes(self.0.u128(..).to_be_bytes()).into_uuid().to_string()
    }

    /// `length` hexadecimal digits.
    pub(super) fn hex(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from(b"0123456789abcdef"[self.0.usize(..16)])).collect()
    }

    /// A moment before `now`: minutes to six years ago, mostly one to four years.
    pub(super) fn past(&mut self, now: Timestamp) -> Timestamp {
        let (low, high) = self.weighted(&[
            (2, (2 * MINUTE, DAY)),
            (7, (DAY, 30 * DAY)),
            (31, (30 * DAY, YEAR)),
            (50, (YEAR, 4 * YEAR)),
            (10, (4 * YEAR, 6 * YEAR)),
        ]);
        before(now, self.0.i64(low..high))
    }

    /// A moment between `then` and `now`.
    pub(super) fn since(&mut self, then: Timestamp, now: Timestamp) -> Timestamp {
        let span = now.as_second() - then.as_second();
        before(now, self.0.i64(0..=span.max(0)))
    }
}

/// `now` less some seconds, in whole seconds as Kubernetes writes time.
pub(super) fn before(now: Timestamp, seconds: i64) -> Timestamp {
    let whole = Timestamp::from_second(now.as_second()).unwrap_or(now);
    whole.checked_sub(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::UNIX_EPOCH)
}
