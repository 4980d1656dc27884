//! How long a retirement is on hold, and how many may become due in one week.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A retirement is on hold for so many days, unless configured otherwise.
pub const HOLD_DAYS: u32 = 14;

/// How retirements go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// How many days they are on hold.
    pub hold_days: u32,
    /// So much of all ingresses may become due in one week, in percent.
    pub weekly_percent: u32,
    /// So many may in any case.
    pub weekly_least: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self { hold_days: HOLD_DAYS, weekly_percent: 10, weekly_least: 5 }
    }
}

impl Policy {
    /// How many may become due within seven days, of so many ingresses that are there.
    pub fn weekly_limit(&self, present: u64) -> u64 {
        let share = present.saturating_mul(u64::from(self.weekly_percent)) / 100;
        share.max(u64::from(self.weekly_least))
    }

    /// Until when one is on hold: for the days of this policy, and not before the wish date, UTC.
    pub fn hold(&self, requested_at: Timestamp, wish: Option<Date>) -> Timestamp {
        let days = SignedDuration::from_hours(24 * i64::from(self.hold_days));
        let ends = requested_at.checked_add(days).unwrap_or(Timestamp::MAX);
        let wished = wish.and_then(|day| Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok());
        wished.map_or(ends, |wished| ends.max(wished))
    }
}

/// How many may become due within seven days, unless configured otherwise: a tenth of all that are
/// there, but at least five.
pub fn weekly_limit(present: u64) -> u64 {
    Policy::default().weekly_limit(present)
}
