//! How many requests arrive, as a function of time: the total up to any moment can be computed
//! without looking at the moments before.

use std::f64::consts::TAU;

const HOUR: f64 = 3_600_000.0;
const DAY: f64 = 24.0 * HOUR;
const MONTH: f64 = 30.0 * DAY;

/// Seven days from a Thursday on, as 1 January 1970 was one.
const WEEK: [f64; 7] = [1.1, 1.0, 0.6, 0.5, 1.1, 1.2, 1.2];
const WORKING_WEEK: [f64; 7] = [1.0, 0.9, 0.0, 0.0, 1.0, 1.1, 1.1];
/// Hours of the day in UTC.
const DAY_AND_NIGHT: [f64; 24] = [
    0.3, 0.2, 0.2, 0.2, 0.3, 0.5, 0.8, 1.1, 1.4, 1.5, 1.5, 1.4, 1.4, 1.3, 1.3, 1.3, 1.3, 1.4, 1.6,
    1.7, 1.5, 1.1, 0.7, 0.4,
];
const OFFICE_HOURS: [f64; 24] = [
    0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.2, 0.8, 1.5, 1.8, 1.7, 1.3, 0.9, 1.4, 1.6, 1.3, 0.7, 0.2, 0.0,
    0.0, 0.0, 0.0, 0.0, 0.0,
];

/// A rhythm and an amount of requests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Profile {
    rhythm: Rhythm,
    /// On average; per thirty days for what comes monthly.
    amount: f64,
    seed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Rhythm {
    Steady,
    Weekly,
    Office,
    Monthly,
}

impl Profile {
    /// Always the same.
    pub fn steady(per_day: f64) -> Self {
        Self { rhythm: Rhythm::Steady, amount: per_day, seed: 0 }
    }

    /// More by day than by night, less at weekends.
    pub fn weekly(per_day: f64) -> Self {
        Self { rhythm: Rhythm::Weekly, ..Self::steady(per_day) }
    }

    /// On working days in office hours only.
    pub fn office(per_day: f64) -> Self {
        Self { rhythm: Rhythm::Office, ..Self::steady(per_day) }
    }

    /// Within one hour in thirty days.
    pub fn monthly(requests: f64) -> Self {
        Self { rhythm: Rhythm::Monthly, ..Self::steady(requests) }
    }

    /// No requests at all.
    pub fn none() -> Self {
        Self::steady(0.0)
    }

    /// The same with ups and downs of its own; for what comes monthly, on a day of its own. 0 is
    /// none.
    #[must_use]
    pub fn seeded(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// A share of the same.
    #[must_use]
    pub fn share(self, share: f64) -> Self {
        Self { amount: self.amount * share, ..self }
    }

    /// Requests from 1970 until a time in milliseconds: a whole number that never falls.
    pub(super) fn total(&self, at: i64) -> f64 {
        let at = at as f64;
        let portions = match self.rhythm {
            Rhythm::Steady => self.uneven(at / DAY),
            Rhythm::Weekly => self.uneven(rhythm(&WEEK, &DAY_AND_NIGHT, at / DAY)),
            Rhythm::Office => self.uneven(rhythm(&WORKING_WEEK, &OFFICE_HOURS, at / DAY)),
            Rhythm::Monthly => monthly(at - self.fraction(30) * MONTH),
        };
        // Rounding must not make a whole number a little less than whole at one time only: that
        // would look like a counter that was reset.
        (portions * self.amount + self.fraction(3) + 1e-6).floor()
    }

    /// Bends time a little, so that no two days are alike. The slope stays above zero.
    fn uneven(&self, days: f64) -> f64 {
        if self.seed == 0 {
            return days;
        }
        let wave = |period: f64, size: f64, phase: f64| {
            size * period / TAU * (TAU * (days / period + phase)).sin()
        };
        days + wave(17.0, 0.25, self.fraction(10)) + wave(3.1, 0.3, self.fraction(20))
    }

    /// A number from 0 to 1 that depends on the seed; `salt` gives several of them.
    fn fraction(&self, salt: u64) -> f64 {
        if self.seed == 0 {
            return 0.0;
        }
        fastrand::Rng::with_seed(self.seed ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15)).f64()
    }
}

/// Days of traffic until a moment, in days since 1970, if the days of a week and the hours of a day
/// weigh differently; an average week has seven of them.
fn rhythm(week: &[f64; 7], day: &[f64; 24], at: f64) -> f64 {
    let whole = at.floor();
    let weeks = (whole / 7.0).floor();
    let weekday = (whole - weeks * 7.0) as usize;
    let clock = (at - whole) * 24.0;
    let hour = (clock as usize).min(23);
    let today: f64 = day[..hour].iter().sum::<f64>() + day[hour] * (clock - hour as f64);
    let of_week: f64 = week.iter().sum();
    let of_day: f64 = day.iter().sum();
    let until_now = week[..weekday].iter().sum::<f64>() + week[weekday] * today / of_day;
    7.0 * (weeks + until_now / of_week)
}

/// Months until a moment, each of which passes within its first hour.
fn monthly(at: f64) -> f64 {
    let whole = (at / MONTH).floor();
    whole + ((at - whole * MONTH) / HOUR).min(1.0)
}
