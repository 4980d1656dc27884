//! Attestations: a confirm decision, bound to a material hash, that expires.

use jiff::tz::Offset;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// Somebody confirmed an ingress as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    /// When.
    pub at: Timestamp,
    /// It holds before this moment.
    pub until: Timestamp,
    /// What the reviewer was called then.
    pub by: String,
    /// The material hash of what was confirmed.
    pub hash: String,
}

/// Whether an ingress was reviewed as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reviewed {
    /// Nobody ever confirmed it.
    Never,
    /// It is what was confirmed, and that still holds.
    Valid,
    /// It is what was confirmed, but too long ago.
    Expired,
    /// It changed materially since, no matter how long ago that review was.
    Changed,
}

impl Reviewed {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Never, Self::Valid, Self::Expired, Self::Changed];

    /// Its code in URLs and exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Valid => "valid",
            Self::Expired => "expired",
            Self::Changed => "changed",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reviewed| reviewed.as_str() == text)
    }

    /// Its name on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Never => "Never reviewed",
            Self::Valid => "Reviewed",
            Self::Expired => "Review expired",
            Self::Changed => "Changed since review",
        }
    }

    /// What it means, for somebody who sees it for the first time.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Never => "No reviewer ever confirmed it.",
            Self::Valid => "A reviewer confirmed it as it is now, and that still holds.",
            Self::Expired => "A reviewer confirmed it as it is now, but too long ago.",
            Self::Changed => {
                "A reviewer confirmed it, but since then it changed in a way that a reviewer would \
                 have to look at."
            }
        }
    }
}

/// Whether what an ingress is now was reviewed.
pub fn reviewed(attestation: Option<&Attestation>, hash: &str, now: Timestamp) -> Reviewed {
    match attestation {
        None => Reviewed::Never,
        Some(attestation) if attestation.hash != hash => Reviewed::Changed,
        Some(attestation) if now >= attestation.until => Reviewed::Expired,
        Some(_) => Reviewed::Valid,
    }
}

/// When an attestation ends that holds for so many months: at the same time of the same day, UTC, or
/// of the last day of a month that is too short.
pub fn until(at: Timestamp, months: u32) -> Timestamp {
    let ends = || {
        let span = Span::new().try_months(i64::from(months)).ok()?;
        let ends = Offset::UTC.to_datetime(at).checked_add(span).ok()?;
        Offset::UTC.to_timestamp(ends).ok()
    };
    ends().unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn check(hash: &str, now: &str, expected: Reviewed) {
        let attestation = Attestation {
            at: at("2026-01-01T00:00:00Z"),
            until: at("2027-01-01T00:00:00Z"),
            by: "Ada".into(),
            hash: "h1".into(),
        };
        assert_eq!(reviewed(Some(&attestation), hash, at(now)), expected, "{hash} {now}");
    }

    #[test]
    fn an_attestation_holds_for_one_hash_and_one_time() {
        assert_eq!(reviewed(None, "h1", at("2026-01-01T00:00:00Z")), Reviewed::Never);
        check("h1", "2026-01-01T00:00:00Z", Reviewed::Valid);
        check("h1", "2026-12-31T23:59:59Z", Reviewed::Valid);
        check("h1", "2027-01-01T00:00:00Z", Reviewed::Expired);
        check("h2", "2026-01-01T00:00:00Z", Reviewed::Changed);
        check("h2", "2028-01-01T00:00:00Z", Reviewed::Changed);
        check("", "2026-01-01T00:00:00Z", Reviewed::Changed);
    }

    #[test]
    fn months_end_on_the_same_day_or_on_the_last() {
        let check = |from: &str, months, expected: &str| {
            assert_eq!(until(at(from), months).to_string(), expected, "{from} + {months}");
        };
        check("2026-03-15T10:30:00Z", 12, "2027-03-15T10:30:00Z");
        check("2026-01-31T10:00:00Z", 1, "2026-02-28T10:00:00Z");
        check("2028-01-31T10:00:00Z", 1, "2028-02-29T10:00:00Z");
        check("2026-08-31T10:00:00Z", 6, "2027-02-28T10:00:00Z");
        check("2028-02-29T10:00:00Z", 12, "2029-02-28T10:00:00Z");
        check("2028-02-29T10:00:00Z", 48, "2032-02-29T10:00:00Z");
        assert_eq!(until(at("2026-01-01T00:00:00Z"), u32::MAX), Timestamp::MAX);
    }

    #[test]
    fn codes_are_read_back() {
        for one in Reviewed::ALL {
            assert_eq!(Reviewed::parse(one.as_str()), Some(one));
            assert_eq!(serde_json::to_value(one).unwrap(), one.as_str());
        }
        assert_eq!(Reviewed::parse("stale"), None);
    }
}
