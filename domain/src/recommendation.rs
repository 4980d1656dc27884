//! What is recommended to a reviewer, and why. Missing data never recommends retiring.

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::detail::Detail;
use crate::inventory::Row;
use crate::problem::{self, Problem};
use crate::tls::TlsState;
use crate::traffic::{Traffic, Verdict};

/// So much of the look-back must have been observed, in percent.
pub const LEAST_COVERED_PERCENT: i64 = 80;

const DAY: i64 = 86_400;

/// What is recommended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Advice {
    /// To retire it.
    Retire,
    /// To keep it.
    Keep,
    /// Nothing: too little is known.
    #[default]
    None,
}

impl Advice {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Retire, Self::Keep, Self::None];

    /// Its code in the store and in exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retire => "retire",
            Self::Keep => "keep",
            Self::None => "none",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|advice| advice.as_str() == text)
    }

    /// Its name on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Retire => "Retire",
            Self::Keep => "Keep",
            Self::None => "No recommendation",
        }
    }
}

/// What is recommended, with its reasons, the weightiest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recommendation {
    /// What.
    pub advice: Advice,
    /// Why, each in words without a full stop.
    pub reasons: Vec<String>,
}

/// What is known of an ingress when it is recommended what to do with it.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The traffic verdict.
    pub verdict: Verdict,
    /// Why that is the verdict, in words.
    pub verdict_reason: &'a str,
    /// The last request of any kind.
    pub last_any: Option<Timestamp>,
    /// The last request that was answered with success.
    pub last_success: Option<Timestamp>,
    /// Whether the source tells success from errors.
    pub tells_success: bool,
    /// Whether silence says something, see [`Traffic::silence_counts`].
    pub silence_counts: bool,
    /// Since when somebody looks.
    pub observed_since: Option<Timestamp>,
    /// The share of the inventory's look-back that was observed, in percent.
    pub covered_percent: Option<u8>,
    /// Days on which nobody looked, see [`Traffic::gaps`].
    pub gaps: &'a [(i64, i64)],
    /// The TLS state.
    pub tls: TlsState,
    /// When its first certificate expires.
    pub tls_expires: Option<Timestamp>,
    /// What is wrong with it.
    pub problems: &'a [Problem],
    /// When it was created, or else first seen; `None` if neither is known.
    pub created_at: Option<Timestamp>,
    /// When it last changed materially.
    pub changed_at: Option<Timestamp>,
    /// The campaign's look-back.
    pub look_back_days: u32,
    /// Whether the controller behind its class is known.
    pub controller_known: bool,
}

impl<'a> Facts<'a> {
    /// Of a line of the inventory.
    pub fn of_row(row: &'a Row, look_back_days: u32) -> Self {
        Self {
            tls: row.tls.state,
            tls_expires: row.tls.expires_at,
            problems: &row.problems,
            created_at: row.created_at.or(Some(row.first_seen_at)),
            changed_at: row.changed_at,
            controller_known: row.controller.is_some(),
            ..Self::of_traffic(&row.traffic, look_back_days)
        }
    }

    /// Of everything about an ingress.
    pub fn of_detail(detail: &'a Detail, look_back_days: u32) -> Self {
        Self {
            tls: detail.tls.state,
            tls_expires: detail.tls.expires_at,
            problems: &detail.problems,
            created_at: detail.ingress.object.created_at.or(Some(detail.first_seen_at)),
            changed_at: detail.changed_at,
            controller_known: detail.controller.is_some(),
            ..Self::of_traffic(&detail.traffic, look_back_days)
        }
    }

    /// Of the traffic alone.
    pub fn of_traffic(traffic: &'a Traffic, look_back_days: u32) -> Self {
        Self {
            verdict: traffic.verdict,
            verdict_reason: &traffic.reason,
            last_any: traffic.last_any,
            last_success: traffic.last_success,
            tells_success: traffic.tells_success,
            silence_counts: traffic.silence_counts,
            observed_since: traffic.observed_since,
            covered_percent: traffic.covered,
            gaps: &traffic.gaps,
            tls: TlsState::None,
            tls_expires: None,
            problems: &[],
            created_at: None,
            changed_at: None,
            look_back_days,
            controller_known: false,
        }
    }

    /// When the look-back begins.
    fn begins(&self, now: Timestamp) -> Timestamp {
        let span = SignedDuration::from_secs(i64::from(self.look_back_days).saturating_mul(DAY));
        now.checked_sub(span).unwrap_or(Timestamp::MIN)
    }
}

/// Recommends.
pub fn recommend(facts: &Facts<'_>, now: Timestamp) -> Recommendation {
    let begins = facts.begins(now);
    let (advice, first) = if let Some(sign) = in_use(facts, begins) {
        (Advice::Keep, sign)
    } else if let Some(doubt) = doubt(facts, begins, now) {
        (Advice::None, doubt)
    } else {
        (Advice::Retire, silence(facts, begins))
    };
    let mut reasons = vec![first];
    reasons.extend(certificate(facts, now));
    reasons.extend(problems(facts.problems));
    if !facts.controller_known {
        reasons.push("the controller behind its class is not known".to_owned());
    }
    Recommendation { advice, reasons }
}

/// What shows that it is used.
fn in_use(facts: &Facts<'_>, begins: Timestamp) -> Option<String> {
    let days = facts.look_back_days;
    let recent = |at: &Timestamp| *at >= begins;
    if let Some(at) = facts.last_success.filter(recent) {
        let day = day(at);
        return Some(format!("a request was answered with success on {day}, within {days} days"));
    }
    let at = facts.last_any.filter(recent).filter(|_| !facts.tells_success)?;
    let day = day(at);
    Some(format!("a request came on {day}, within {days} days; its source does not tell errors"))
}

/// Why silence says nothing, if so.
fn doubt(facts: &Facts<'_>, begins: Timestamp, now: Timestamp) -> Option<String> {
    let days = facts.look_back_days;
    if facts.verdict == Verdict::NotMeasurable || !facts.silence_counts {
        let why = Some(facts.verdict_reason).filter(|why| !why.is_empty());
        let why = why.unwrap_or("nothing measures it");
        return Some(format!("whether it is used cannot be told: {why}"));
    }
    let Some(created) = facts.created_at else {
        return Some("how old it is is not known".to_owned());
    };
    if created > begins {
        let day = day(created);
        return Some(format!("it is too young: created on {day}, less than {days} days ago"));
    }
    if let Some(at) = facts.changed_at.filter(|at| *at > begins) {
        let day = day(at);
        return Some(format!("it changed on {day}, less than {days} days ago"));
    }
    let percent = covered(facts, begins, now);
    (percent < LEAST_COVERED_PERCENT).then(|| {
        format!(
            "only {percent} % of {days} days were observed ({LEAST_COVERED_PERCENT} % are needed)"
        )
    })
}

/// The share of the look-back that was observed, in percent: no more than the source says of itself.
fn covered(facts: &Facts<'_>, begins: Timestamp, now: Timestamp) -> i64 {
    let Some((since, said)) = facts.observed_since.zip(facts.covered_percent) else { return 0 };
    let day_of = |at: Timestamp| at.as_second().div_euclid(DAY);
    let first = since.max(begins);
    let (from, until) = (day_of(first), day_of(now));
    let missed: i64 = facts
        .gaps
        .iter()
        .map(|(begin, end)| ((*end).min(until) - (*begin).max(from) + 1).max(0))
        .sum();
    let span = now.duration_since(begins).as_secs().max(1);
    let seen = now.duration_since(first).as_secs() - missed.saturating_mul(DAY);
    (seen.max(0).saturating_mul(100) / span).min(i64::from(said))
}

/// What the silence is like.
fn silence(facts: &Facts<'_>, begins: Timestamp) -> String {
    let days = facts.look_back_days;
    match (facts.last_success, facts.last_any) {
        (_, Some(any)) if any >= begins => {
            format!("requests came within {days} days, but none was answered with success")
        }
        (Some(at), _) => {
            format!("the last successful request was on {}, more than {days} days ago", day(at))
        }
        (None, Some(at)) => {
            format!("the last request was on {}, more than {days} days ago", day(at))
        }
        (None, None) => format!("no request was ever seen, and {days} days were observed"),
    }
}

fn certificate(facts: &Facts<'_>, now: Timestamp) -> Option<String> {
    let expires = facts.tls_expires.map(|at| {
        let word = if at <= now { "expired" } else { "expires" };
        format!("its certificate {word} on {}", day(at))
    });
    match facts.tls {
        TlsState::Expired => Some(expires.unwrap_or_else(|| "its certificate has expired".into())),
        TlsState::Expiring => {
            Some(expires.unwrap_or_else(|| "its certificate expires soon".into()))
        }
        TlsState::NameMismatch => Some("its certificate is for other names".into()),
        TlsState::SecretMissing => Some("the Secret of its certificate is missing".into()),
        TlsState::NotReady => Some("its certificate is not ready".into()),
        TlsState::None
        | TlsState::NoSecret
        | TlsState::Valid
        | TlsState::TerminatedUpstream
        | TlsState::Unknown => None,
    }
}

fn problems(problems: &[Problem]) -> Option<String> {
    let mut labels: Vec<&str> = problems.iter().map(|one| problem::label(one.code())).collect();
    labels.dedup();
    (!labels.is_empty()).then(|| format!("problems: {}", labels.join(", ")))
}

/// The UTC day, as people read it.
fn day(at: Timestamp) -> String {
    Offset::UTC.to_datetime(at).date().to_string()
}

#[cfg(test)]
mod tests;
