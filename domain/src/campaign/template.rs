//! Campaigns that many have, ready to be opened.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Terms, end_of_day};
use crate::class::controller_label;
use crate::inventory::View;
use crate::scope::Scope;

/// Reviewers have so many days.
const DUE_DAYS: i64 = 14;
/// What is younger is left out where that makes sense.
const GRACE_DAYS: u32 = 30;

/// A campaign that many have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Template {
    /// Unused for as long as the look-back.
    StaleRoutes,
    /// Without an owner.
    Orphans,
    /// With a certificate that expires soon or has expired.
    ExpiringCertificates,
    /// Everything that the clusters let in.
    EverythingPublic,
    /// Still on this controller, by `spec.controller`; empty for one that is not known.
    OffController(String),
}

impl Template {
    /// All of them, the last without a controller.
    pub const ALL_KINDS: [Self; 5] = [
        Self::StaleRoutes,
        Self::Orphans,
        Self::ExpiringCertificates,
        Self::EverythingPublic,
        Self::OffController(String::new()),
    ];

    /// Its code in forms and URLs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::StaleRoutes => "stale-routes",
            Self::Orphans => "orphans",
            Self::ExpiringCertificates => "expiring-certificates",
            Self::EverythingPublic => "everything-public",
            Self::OffController(_) => "off-controller",
        }
    }

    /// Reads what [`Self::code`] wrote; the controller is for the last only.
    pub fn parse(code: &str, controller: &str) -> Option<Self> {
        let found = Self::ALL_KINDS.into_iter().find(|template| template.code() == code)?;
        Some(match found {
            Self::OffController(_) => Self::OffController(controller.trim().to_owned()),
            other => other,
        })
    }

    /// Its name on pages.
    pub fn label(&self) -> &'static str {
        match self {
            Self::StaleRoutes => "Stale routes",
            Self::Orphans => "Orphans",
            Self::ExpiringCertificates => "Expiring certificates",
            Self::EverythingPublic => "Everything public",
            Self::OffController(_) => "Off a retired controller",
        }
    }

    /// What it is for.
    pub fn explanation(&self) -> &'static str {
        match self {
            Self::StaleRoutes => {
                "What is known not to have been used for 90 days. Owners say what may go."
            }
            Self::Orphans => {
                "What nobody owns. The fallback team finds the owner, or retires it. Choose one."
            }
            Self::ExpiringCertificates => {
                "What has a certificate that expires within 30 days, or has expired."
            }
            Self::EverythingPublic => {
                "Every ingress, as each lets somebody in. For the yearly review."
            }
            Self::OffController(_) => {
                "What still asks for a controller that is to be switched off. Choose which."
            }
        }
    }

    /// The terms, with a due date two weeks from now at the end of the day.
    pub fn terms(&self, now: Timestamp, zone: &TimeZone) -> Terms {
        let last = now.saturating_add(SignedDuration::from_hours(24 * DUE_DAYS));
        let last = last.unwrap_or(Timestamp::MAX);
        let due = end_of_day(zone.to_datetime(last).date(), zone).unwrap_or(last);
        let month = zone.to_datetime(now).date().strftime("%B %Y");
        let scope =
            Scope { view: self.view(), older_than_days: self.grace_days(), ..Scope::default() };
        Terms::new(format!("{}, {month}", self.title()), scope, due)
    }

    fn title(&self) -> String {
        match self {
            Self::OffController(controller) if !controller.is_empty() => {
                let name: String = controller_label(controller).chars().take(100).collect();
                format!("Off {name}")
            }
            other => other.label().to_owned(),
        }
    }

    fn view(&self) -> View {
        let plain = View::default();
        match self {
            Self::StaleRoutes => View { unused_days: Some(90), ..plain },
            Self::Orphans => View { owner: Some("-".to_owned()), ..plain },
            Self::ExpiringCertificates => View { expires_days: Some(30), ..plain },
            Self::EverythingPublic => plain,
            Self::OffController(controller) => {
                let known = Some(controller.as_str()).filter(|name| !name.is_empty());
                View { controller: Some(known.unwrap_or("-").to_owned()), ..plain }
            }
        }
    }

    fn grace_days(&self) -> u32 {
        match self {
            Self::StaleRoutes | Self::Orphans | Self::EverythingPublic => GRACE_DAYS,
            Self::ExpiringCertificates | Self::OffController(_) => 0,
        }
    }
}
