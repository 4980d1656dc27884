//! What a campaign is about, and by which rules.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::inventory::MOST_DAYS;
use crate::owner::Team;
use crate::scope::Scope;
use crate::text::{self, Unfit};

/// An attestation holds for at most so many months.
pub const MOST_MONTHS: u32 = 60;

/// What a campaign is about, and by which rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Its name.
    pub name: String,
    /// Which ingresses.
    pub scope: Scope,
    /// Until when reviewers decide.
    pub due: Timestamp,
    /// How long an ingress has to be unused before it is recommended to retire it.
    pub look_back_days: u32,
    /// What happens to those that nobody decided.
    pub undecided: Undecided,
    /// When a decision needs a reason.
    pub reasons: Reasons,
    /// The team that reviews orphans, and what is owned by somebody who is no team.
    pub fallback: Option<String>,
    /// For how many months what is confirmed counts as reviewed.
    pub attest_months: u32,
    /// Whether somebody else must confirm what the reviewer has changed last.
    pub four_eyes: bool,
}

/// What happens to reviews that nobody decided. A missing answer never becomes a confirmation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Undecided {
    /// Nothing changes, and they are listed.
    #[default]
    Exception,
    /// They are listed as handed up to the admins.
    Escalate,
    /// What is recommended to be retired is retired; the rest is an exception.
    Retire,
}

impl Undecided {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Exception, Self::Escalate, Self::Retire];

    /// Its code in forms and store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exception => "exception",
            Self::Escalate => "escalate",
            Self::Retire => "retire",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == text)
    }

    /// Its name on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Exception => "List as exceptions; nothing changes",
            Self::Escalate => "Escalate to the admins; nothing changes",
            Self::Retire => "Retire where that is recommended; list the rest as exceptions",
        }
    }
}

/// When a decision needs a reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reasons {
    /// When it is not what was recommended.
    #[default]
    AgainstRecommendation,
    /// Always.
    Always,
}

impl Reasons {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::AgainstRecommendation, Self::Always];

    /// Its code in forms and store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AgainstRecommendation => "against-recommendation",
            Self::Always => "always",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == text)
    }

    /// Its name on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::AgainstRecommendation => "Against the recommendation",
            Self::Always => "Always",
        }
    }
}

/// Why terms are not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// The name.
    #[error("{0}")]
    Name(#[from] Unfit),
    /// The due date is over.
    #[error("the campaign would be due at {0}, which is over; choose a later day")]
    DuePast(Timestamp),
    /// The look-back.
    #[error("the look-back may be 1 to {MOST_DAYS} days, not {0}")]
    LookBack(u32),
    /// How long attestations hold.
    #[error("what is confirmed may hold for 1 to {MOST_MONTHS} months, not {0}")]
    Months(u32),
    /// The fallback.
    #[error("there is no team {0:?}; choose one of the configuration")]
    NoSuchTeam(String),
}

impl Terms {
    /// Terms with the usual rules.
    pub fn new(name: impl Into<String>, scope: Scope, due: Timestamp) -> Self {
        Self {
            name: name.into(),
            scope,
            due,
            look_back_days: 90,
            undecided: Undecided::default(),
            reasons: Reasons::default(),
            fallback: None,
            attest_months: 12,
            four_eyes: false,
        }
    }

    /// Whether a campaign may have these terms.
    pub fn check(&self, teams: &[Team], now: Timestamp) -> Result<(), TermsError> {
        if self.due <= now {
            return Err(TermsError::DuePast(self.due));
        }
        self.check_but_due(teams)
    }

    /// The same without the due date, which a series sets anew each time.
    pub fn check_but_due(&self, teams: &[Team]) -> Result<(), TermsError> {
        text::name(&self.name)?;
        if !(1..=MOST_DAYS).contains(&self.look_back_days) {
            return Err(TermsError::LookBack(self.look_back_days));
        }
        if !(1..=MOST_MONTHS).contains(&self.attest_months) {
            return Err(TermsError::Months(self.attest_months));
        }
        let fallback = self.fallback.as_ref();
        match fallback.filter(|name| Team::named(teams, name).is_none()) {
            Some(name) => Err(TermsError::NoSuchTeam(name.chars().take(100).collect())),
            None => Ok(()),
        }
    }
}

/// The last second of a day in a time zone; `None` at the end of time.
pub fn end_of_day(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    let midnight = day.tomorrow().ok()?.at(0, 0, 0, 0);
    let midnight = zone.to_timestamp(midnight).ok()?;
    midnight.checked_sub(SignedDuration::from_secs(1)).ok()
}
