//! The traffic of one Ingress: in which rhythm it comes, how much of it, and when it stopped.

use jiff::Timestamp;

use super::days_before;
use crate::prometheus::Profile;

/// What traffic an Ingress has, as its metrics show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Usage {
    /// All the time, day and night.
    Steady,
    /// All the time, less at night and at weekends.
    Weekly,
    /// On working days only.
    Office,
    /// Once in thirty days.
    Monthly,
    /// Until some weeks ago.
    Faded,
    /// All the time, but every answer is an error.
    OnlyErrors,
    /// Until more than ninety days ago.
    Quiet,
    /// There never was any.
    Never,
}

impl Usage {
    /// Whether requests were answered with success within ninety days.
    pub fn active(self) -> bool {
        !matches!(self, Self::OnlyErrors | Self::Quiet | Self::Never)
    }

    /// How many days ago it stopped, if it did.
    fn stopped(self, seed: u64) -> Option<i64> {
        let mut random = fastrand::Rng::with_seed(seed);
        match self {
            Self::Faded => Some(random.i64(10..80)),
            Self::Quiet => Some(random.i64(100..150)),
            _ => None,
        }
    }

    /// From how many days of observation on it can be told.
    fn needs_days(self, seed: u64) -> i64 {
        match self {
            Self::Office => 8,
            Self::Monthly => 40,
            _ => self.stopped(seed).map_or(0, |days| days + 10),
        }
    }
}

/// In turns, three of four in use.
const TURNS: [Usage; 16] = [
    Usage::Weekly,
    Usage::Office,
    Usage::Quiet,
    Usage::Steady,
    Usage::OnlyErrors,
    Usage::Weekly,
    Usage::Never,
    Usage::Office,
    Usage::Faded,
    Usage::Weekly,
    Usage::Monthly,
    Usage::Quiet,
    Usage::Steady,
    Usage::Office,
    Usage::OnlyErrors,
    Usage::Weekly,
];

/// Deals them out.
#[derive(Debug, Default)]
pub(super) struct Turns {
    dealt: usize,
    /// What came to something too young for it.
    waiting: Vec<Usage>,
}

impl Turns {
    /// The next one for what is observed since so many days. What is too young for its turn is
    /// simply in use, and the turn waits for something older.
    fn next(&mut self, days: i64, seed: u64) -> Usage {
        let fits = |usage: Usage| days >= usage.needs_days(seed);
        if let Some(place) = self.waiting.iter().position(|usage| fits(*usage)) {
            return self.waiting.remove(place);
        }
        let next = TURNS[self.dealt % TURNS.len()];
        self.dealt += 1;
        if fits(next) {
            return next;
        }
        self.waiting.push(next);
        Usage::Steady
    }
}

/// The traffic of one Ingress or Service.
#[derive(Debug, Clone, Copy)]
pub(super) struct Course {
    pub(super) usage: Usage,
    pub(super) profile: Profile,
    pub(super) stopped: Option<Timestamp>,
    pub(super) seed: u64,
}

impl Course {
    /// The course of whoever's turn it is, for what is observed since a moment.
    pub(super) fn new(turns: &mut Turns, observed: Timestamp, seed: u64, now: Timestamp) -> Self {
        let days = (now.as_second() - observed.as_second()) / (24 * 3600);
        let usage = turns.next(days, seed);
        let mut random = fastrand::Rng::with_seed(seed);
        // Most have little traffic, a few have very much.
        let mut size =
            |low: f64, spread: f64| low * 10_f64.powf(spread * random.f64() * random.f64());
        let profile = match usage {
            Usage::Steady => Profile::steady(size(400.0, 2.5)),
            Usage::Weekly | Usage::Faded | Usage::Quiet => Profile::weekly(size(60.0, 3.5)),
            Usage::Office => Profile::office(size(30.0, 2.5)),
            Usage::Monthly => Profile::monthly(size(60.0, 1.5)),
            Usage::OnlyErrors => Profile::steady(size(6.0, 1.5)),
            Usage::Never => Profile::none(),
        };
        let stopped = usage.stopped(seed).map(|days| days_before(now, days));
        Self { usage, profile, stopped, seed }
    }

    /// Which answers it gets, with the share of each: method, status, share.
    pub(super) fn answers(&self) -> &'static [(&'static str, &'static str, f64)] {
        match (self.usage, self.seed % 3) {
            (Usage::OnlyErrors, 2) => &[("GET", "503", 1.0)],
            (Usage::OnlyErrors, _) => &[("GET", "404", 0.9), ("POST", "404", 0.1)],
            (_, 0) => &[("GET", "200", 0.95), ("GET", "404", 0.05)],
            (_, 1) => &[("GET", "200", 0.8), ("POST", "201", 0.15), ("GET", "503", 0.05)],
            _ => &[("GET", "301", 0.3), ("GET", "200", 0.7)],
        }
    }
}
