//! What follows from what was seen, and from how much of the time somebody looked.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Granularity, Seen, Traffic, Verdict};

const DAY: i64 = 86_400;

/// Which traffic counts, and how much has to be observed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Requests count for so many days.
    pub look_back_days: i64,
    /// So much of the look-back has to be observed before silence means anything.
    pub least_covered_percent: i64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { look_back_days: 90, least_covered_percent: 80 }
    }
}

impl Policy {
    /// When the look-back begins.
    pub fn begins(&self, now: Timestamp) -> Timestamp {
        let span = SignedDuration::from_secs(self.look_back_days.saturating_mul(DAY));
        now.checked_sub(span).unwrap_or(Timestamp::MIN)
    }
}

/// How an ingress is observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// The source's name.
    pub source: String,
    /// What its samples are about.
    pub granularity: Granularity,
    /// Whether it tells success from errors.
    pub tells_success: bool,
    /// Since when it is observed.
    pub observed_since: Option<Timestamp>,
    /// How much was observed of the look-back, or of the time since the ingress was created or last
    /// changed if that is shorter.
    pub covered_seconds: i64,
    /// How long that span is.
    pub span_seconds: i64,
    /// Whether the source measures now, or why not.
    pub healthy: Result<(), String>,
    /// Why silence proves nothing of this ingress, although its source is all right.
    pub blind: Option<String>,
    /// The days on which nothing was observed, as in [`Traffic::gaps`].
    pub gaps: Vec<(i64, i64)>,
}

impl Watched {
    /// The share that was observed, in percent, rounded down.
    fn percent(&self) -> u8 {
        let span = self.span_seconds.max(1);
        let covered = self.covered_seconds.clamp(0, span);
        u8::try_from(covered.saturating_mul(100) / span).unwrap_or(100)
    }

    /// Why silence means nothing, if so.
    fn doubt(&self, span: &str, policy: &Policy) -> Option<String> {
        if let Err(reason) = &self.healthy {
            return Some(format!("{} does not measure now: {reason}", self.source));
        }
        if let Some(reason) = &self.blind {
            return Some(reason.clone());
        }
        let (percent, least) = (i64::from(self.percent()), policy.least_covered_percent);
        (percent < least).then(|| {
            format!(
                "only {percent} % of {span} were observed, too little to conclude anything from \
                 silence ({least} % are needed)"
            )
        })
    }
}

/// What is said of an ingress. `since` is when it was created or last changed, `watched` how it is
/// observed, or why nothing measures it.
///
/// What was seen stays evidence while its source is down; silence is evidence only while somebody
/// looks.
pub fn verdict(
    since: Option<Timestamp>,
    seen: &Seen,
    watched: &Result<Watched, String>,
    policy: &Policy,
    now: Timestamp,
) -> Traffic {
    let begins = policy.begins(now);
    let recent = |at: Option<Timestamp>| at.is_some_and(|at| at >= begins);
    let days = policy.look_back_days;
    let (verdict, reason) = match watched {
        _ if recent(seen.last_success) => {
            (Verdict::Active, format!("answered with success within the last {days} days"))
        }
        Ok(watched) if recent(seen.last_any) => from_any(watched, days),
        Ok(watched) => from_silence(watched, &span(since, begins, days), seen, policy),
        Err(why) => (Verdict::NotMeasurable, why.clone()),
    };
    let known = watched.as_ref().ok();
    let trouble = known.and_then(|watched| watched.healthy.as_ref().err());
    let reason = match (verdict, trouble) {
        (Verdict::Active | Verdict::OnlyErrors, Some(trouble)) => {
            format!("{reason}; but the source does not measure now: {trouble}")
        }
        _ => reason,
    };
    Traffic {
        verdict,
        reason,
        source: known.map(|watched| watched.source.clone()),
        granularity: known.map(|watched| watched.granularity),
        last_any: seen.last_any.max(seen.last_success),
        last_success: seen.last_success,
        tells_success: known.is_some_and(|watched| watched.tells_success),
        observed_since: known.and_then(|watched| watched.observed_since),
        covered: known.map(Watched::percent),
        gaps: known.map(|watched| watched.gaps.clone()).unwrap_or_default(),
        silence_counts: known.is_some_and(|watched| watched.doubt("", policy).is_none()),
    }
}

fn from_any(watched: &Watched, days: i64) -> (Verdict, String) {
    if watched.tells_success {
        if let Some(blind) = &watched.blind {
            let reason =
                format!("requests came, none that is counted was answered with success; {blind}");
            return (Verdict::NotMeasurable, reason);
        }
        let reason = format!(
            "requests came within the last {days} days, but none was answered with success (2xx or 3xx)"
        );
        return (Verdict::OnlyErrors, reason);
    }
    let reason = format!(
        "requests came within the last {days} days; the source does not tell whether they were \
         answered with success"
    );
    (Verdict::Active, reason)
}

fn from_silence(watched: &Watched, span: &str, seen: &Seen, policy: &Policy) -> (Verdict, String) {
    if let Some(doubt) = watched.doubt(span, policy) {
        return (Verdict::NotMeasurable, doubt);
    }
    let percent = watched.percent();
    match seen.last_any.or(seen.last_success) {
        Some(_) => {
            (Verdict::Quiet, format!("no request in {span}, of which {percent} % were observed"))
        }
        None => (
            Verdict::NeverSeen,
            format!("no request was ever seen; {percent} % of {span} were observed"),
        ),
    }
}

/// The span that has to be covered, in words.
fn span(since: Option<Timestamp>, begins: Timestamp, days: i64) -> String {
    match since {
        Some(since) if since > begins => "the time since it was created or last changed".to_owned(),
        _ => format!("the last {days} days"),
    }
}

/// Since when an ingress is known not to have been used successfully; `None` if that is not known.
/// `since` is when it was created or last changed.
pub fn unused_since(since: Option<Timestamp>, traffic: &Traffic) -> Option<Timestamp> {
    if traffic.verdict == Verdict::NotMeasurable || !traffic.silence_counts {
        return None;
    }
    let last = match traffic.tells_success {
        true => traffic.last_success,
        false => traffic.last_any,
    };
    last.or(traffic.last_success).or(since.max(traffic.observed_since))
}

/// How many seconds of a span were observed. `days` has the observed seconds of each UTC day, with
/// the day's number since 1970.
pub fn covered(days: &[(i64, i64)], from: Timestamp, until: Timestamp) -> i64 {
    let (from, until) = (from.as_second(), until.as_second());
    let within = |&(day, seconds): &(i64, i64)| {
        let begins = from.max(day * DAY);
        let ends = until.min((day + 1) * DAY);
        seconds.min(ends - begins).max(0)
    };
    days.iter().map(within).sum()
}

#[cfg(test)]
mod tests;
