//! How often: every so many weeks on a day of the week, or every so many months on a day of the month.

use std::fmt;
use std::str::FromStr;

use jiff::Span;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// At most so many weeks or months lie between two campaigns.
pub const MOST_BETWEEN: u32 = 60;

/// The days of the week, as they are written.
const WEEKDAYS: [(Weekday, &str); 7] = [
    (Weekday::Monday, "monday"),
    (Weekday::Tuesday, "tuesday"),
    (Weekday::Wednesday, "wednesday"),
    (Weekday::Thursday, "thursday"),
    (Weekday::Friday, "friday"),
    (Weekday::Saturday, "saturday"),
    (Weekday::Sunday, "sunday"),
];

/// How often. As text it is `weeks/2/monday` or `months/3/31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Every {
    /// Every so many weeks, counted from the first such day.
    Weeks {
        /// How many.
        n: u32,
        /// On which day.
        on: Weekday,
    },
    /// Every so many months, counted from the month in which the series starts.
    Months {
        /// How many.
        n: u32,
        /// On which day; on the last of a month that is shorter.
        day: i8,
    },
}

/// Why this is not how often something can be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEvery {
    /// How many weeks or months.
    #[error("every 1 to {MOST_BETWEEN} weeks or months is possible, not every {0}")]
    Between(u32),
    /// The day of the month.
    #[error("a month has days from 1 to 31, not {0}")]
    Day(i8),
    /// The text.
    #[error("{0:?} does not say how often; write for example weeks/2/monday or months/3/31")]
    Text(String),
}

impl Every {
    /// Whether it can be.
    pub fn check(self) -> Result<(), InvalidEvery> {
        let (Self::Weeks { n, .. } | Self::Months { n, .. }) = self;
        if !(1..=MOST_BETWEEN).contains(&n) {
            return Err(InvalidEvery::Between(n));
        }
        match self {
            Self::Months { day, .. } if !(1..=31).contains(&day) => Err(InvalidEvery::Day(day)),
            _ => Ok(()),
        }
    }

    /// In words, for people.
    pub fn label(self) -> String {
        match self {
            Self::Weeks { n: 1, on } => format!("every week on {}", weekday(on)),
            Self::Weeks { n, on } => format!("every {n} weeks on {}", weekday(on)),
            Self::Months { n: 1, day } => format!("every month on day {day}"),
            Self::Months { n, day } => format!("every {n} months on day {day}"),
        }
    }

    /// Its days, beginning with the first that is in neither past: of the series, and of what is asked
    /// for.
    pub(super) fn days(self, starts: Date, from: Date) -> impl Iterator<Item = Date> {
        let from = from.max(starts);
        let first = match self.check() {
            Ok(()) => 0..self.most_steps(starts, from),
            Err(_) => 0..0,
        };
        first.map_while(move |step| self.nth(starts, step)).filter(move |day| *day >= from)
    }

    /// Enough steps to pass `from` by far.
    fn most_steps(self, starts: Date, from: Date) -> i64 {
        let days = from.duration_since(starts).as_hours() / 24;
        days / 7 + 1_000
    }

    /// The day after so many steps, which may lie before the start in its first month.
    fn nth(self, starts: Date, step: i64) -> Option<Date> {
        match self {
            Self::Weeks { n, on } => {
                let ahead = i64::from(starts.weekday().until(on));
                let days = ahead.checked_add(step.checked_mul(7 * i64::from(n))?)?;
                starts.checked_add(Span::new().try_days(days).ok()?).ok()
            }
            Self::Months { n, day } => {
                let months = Span::new().try_months(step.checked_mul(i64::from(n))?).ok()?;
                let month = starts.first_of_month().checked_add(months).ok()?;
                month.with().day(day.min(month.days_in_month())).build().ok()
            }
        }
    }
}

fn weekday(day: Weekday) -> &'static str {
    let named = WEEKDAYS.iter().find(|(own, _)| *own == day);
    named.map_or("", |(_, name)| *name)
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Weeks { n, on } => write!(f, "weeks/{n}/{}", weekday(*on)),
            Self::Months { n, day } => write!(f, "months/{n}/{day}"),
        }
    }
}

impl FromStr for Every {
    type Err = InvalidEvery;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (kind, rest) = text.split_once('/')?;
            let (n, on) = rest.split_once('/')?;
            let n = n.parse().ok()?;
            match kind {
                "weeks" => {
                    let (on, _) = WEEKDAYS.iter().find(|(_, name)| *name == on)?;
                    Some(Self::Weeks { n, on: *on })
                }
                "months" => Some(Self::Months { n, day: on.parse().ok()? }),
                _ => None,
            }
        };
        let every = read().ok_or_else(|| InvalidEvery::Text(text.chars().take(60).collect()))?;
        every.check().map(|()| every)
    }
}

impl TryFrom<String> for Every {
    type Error = InvalidEvery;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Every> for String {
    fn from(every: Every) -> Self {
        every.to_string()
    }
}
