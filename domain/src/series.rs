//! Series: rules by which campaigns come again. A campaign of a series is opened at nine in the
//! morning of its day, in the time zone of the series, when every cluster is up to date.

mod every;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

pub use every::{Every, InvalidEvery, MOST_BETWEEN};

use crate::campaign::{Terms, TermsError, end_of_day};
use crate::ids::SeriesId;
use crate::owner::Team;
use crate::text::{self, Unfit};

/// The hour at which campaigns are opened.
pub const OPENS_AT: i8 = 9;
/// A campaign of a series lasts at most so many days.
pub const MOST_DURATION: u32 = 366;
/// More dates than this are never shown.
const MOST_DATES: usize = 100;

/// A rule by which campaigns come again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// The store's number; 0 before it is kept.
    pub id: SeriesId,
    /// Its name, and with the day that of each campaign.
    pub name: String,
    /// What its campaigns are about. Name and due date are set for each.
    pub template: Terms,
    /// How often.
    pub every: Every,
    /// The time zone, as IANA calls it.
    pub zone: String,
    /// How many days reviewers have.
    pub duration_days: u32,
    /// The first day that counts.
    pub starts: Date,
    /// It ends after so many campaigns; `None` for never.
    pub ends_after: Option<u32>,
    /// How many were opened.
    pub opened: u32,
    /// The day of the next campaign; `None` if there is none any more.
    pub next: Option<Date>,
    /// Why the next campaign is not opened although its day has come.
    pub waiting: Option<String>,
    /// What the next campaign alone is about, if that differs.
    #[serde(default)]
    pub once: Option<Terms>,
}

/// Why a series is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeriesError {
    /// The name.
    #[error("{0}")]
    Name(#[from] Unfit),
    /// What its campaigns are about.
    #[error("{0}")]
    Terms(#[from] TermsError),
    /// How often.
    #[error("{0}")]
    Every(#[from] InvalidEvery),
    /// The time zone.
    #[error("{0:?} is not a time zone; write one such as Europe/Berlin")]
    Zone(String),
    /// How many days reviewers have.
    #[error("reviewers may have 1 to {MOST_DURATION} days, not {0}")]
    Duration(u32),
    /// The end.
    #[error("the series would be over already; let it end after more campaigns, or never")]
    Over,
}

impl Series {
    /// Whether there may be such a series.
    pub fn check(&self, teams: &[Team]) -> Result<(), SeriesError> {
        text::name(&self.name)?;
        self.every.check()?;
        if self.zone().is_none() {
            return Err(SeriesError::Zone(self.zone.chars().take(100).collect()));
        }
        if !(1..=MOST_DURATION).contains(&self.duration_days) {
            return Err(SeriesError::Duration(self.duration_days));
        }
        if self.ends_after.is_some_and(|most| most <= self.opened) {
            return Err(SeriesError::Over);
        }
        for terms in [Some(&self.template), self.once.as_ref()].into_iter().flatten() {
            terms.check_but_due(teams)?;
        }
        Ok(())
    }

    /// The next days on which campaigns are opened, from this day on; fewer if the series ends.
    pub fn days(&self, from: Date, count: usize) -> Vec<Date> {
        let left = self.ends_after.map(|most| most.saturating_sub(self.opened));
        let left = left.map_or(MOST_DATES, |left| usize::try_from(left).unwrap_or(MOST_DATES));
        self.every.days(self.starts, from).take(count.min(left).min(MOST_DATES)).collect()
    }

    /// The moments at which campaigns are opened on these days. A time that a clock leaves out is
    /// moved on, of one that it shows twice the first counts.
    pub fn dates(&self, from: Date, count: usize) -> Vec<Timestamp> {
        let days = self.days(from, count);
        days.into_iter().filter_map(|day| self.opens_at(day)).collect()
    }

    /// When a campaign of this day is opened; `None` if there is no such time zone.
    pub fn opens_at(&self, day: Date) -> Option<Timestamp> {
        self.zone()?.to_timestamp(day.at(OPENS_AT, 0, 0, 0)).ok()
    }

    /// The same series with its next day set: the first that has not begun.
    pub fn scheduled(self, now: Timestamp) -> Self {
        let is_over = self.ends_after.is_some_and(|most| most <= self.opened);
        let next = self.zone().filter(|_| !is_over).and_then(|zone| {
            // That of today may have begun.
            let today = zone.to_datetime(now).date();
            let mut days = self.every.days(self.starts, today).take(2);
            days.find(|day| self.opens_at(*day).is_some_and(|at| at > now))
        });
        Self { next, waiting: None, ..self }
    }

    /// Whether the next campaign is to be opened.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.next.and_then(|day| self.opens_at(day)).is_some_and(|at| at <= now)
    }

    /// Whether there will be no more campaigns.
    pub fn is_over(&self) -> bool {
        self.next.is_none()
    }

    /// The terms of the campaign of a day: due at the end of its last day.
    pub fn terms(&self, day: Date) -> Option<Terms> {
        let last = (0..self.duration_days).try_fold(day, |day, _| day.tomorrow().ok())?;
        let due = end_of_day(last, &self.zone()?)?;
        let base = self.once.as_ref().unwrap_or(&self.template);
        let name: String = self.name.chars().take(text::LONGEST_NAME - 12).collect();
        Some(Terms { name: format!("{name}, {day}"), due, ..base.clone() })
    }

    /// The next campaign was opened. Days that passed meanwhile are not made up.
    pub fn after_opening(self, now: Timestamp) -> Self {
        let opened = self.opened.saturating_add(1);
        Self { opened, once: None, ..self }.scheduled(now)
    }

    /// The next campaign cannot be opened yet.
    pub fn wait(self, why: &str) -> Self {
        Self { waiting: Some(why.to_owned()), ..self }
    }

    /// There will be no more campaigns.
    pub fn end(self) -> Self {
        Self { next: None, waiting: None, ends_after: Some(self.opened), ..self }
    }

    fn zone(&self) -> Option<TimeZone> {
        TimeZone::get(&self.zone).ok()
    }
}

#[cfg(test)]
mod tests;
