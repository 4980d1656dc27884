//! What counts: how far back traffic does, which certificates expire soon, and how carefully ingresses
//! are retired.

use std::time::Duration;

use domain::{retirement, tls, traffic};
use serde_saphyr::Spanned;

use super::super::given::Written;
use super::super::keys::{RetirementKeys, TlsKeys, TrafficKeys};
use super::Error;
use super::value::number;

/// How often the sources are asked unless configured otherwise.
const EVERY_SECONDS: i64 = 300;

/// Which traffic counts, and how often the sources are asked for it.
pub fn traffic(given: Option<Written<TrafficKeys>>) -> Result<(traffic::Policy, Duration), Error> {
    let default = traffic::Policy::default();
    let Some(Written { keys, source }) = given else {
        return Ok((default, Duration::from_secs(EVERY_SECONDS.unsigned_abs())));
    };
    let look_back = keys.look_back_days.as_ref();
    let least = keys.least_covered_percent.as_ref();
    let every = keys.every_seconds.as_ref();
    let policy = traffic::Policy {
        look_back_days: number(
            "traffic.lookBackDays",
            look_back,
            &source,
            1..=366,
            default.look_back_days,
        )?,
        least_covered_percent: number(
            "traffic.leastCoveredPercent",
            least,
            &source,
            1..=100,
            default.least_covered_percent,
        )?,
    };
    let every = number("traffic.everySeconds", every, &source, 30..=3_600, EVERY_SECONDS)?;
    Ok((policy, Duration::from_secs(every.unsigned_abs())))
}

/// Which certificates expire soon.
pub fn tls(given: Option<Written<TlsKeys>>) -> Result<tls::Policy, Error> {
    let default = tls::Policy::default();
    let Some(Written { keys, source }) = given else { return Ok(default) };
    let days = keys.expiring_days.as_ref();
    let expiring_days = number("tls.expiringDays", days, &source, 1..=366, default.expiring_days)?;
    Ok(tls::Policy { expiring_days })
}

/// How carefully ingresses are retired.
pub fn retirement(given: Option<Written<RetirementKeys>>) -> Result<retirement::Policy, Error> {
    let default = retirement::Policy::default();
    let Some(Written { keys, source }) = given else { return Ok(default) };
    let read = |key: &str, given: Option<&Spanned<i64>>, bounds, default: u32| {
        let number = number(key, given, &source, bounds, default.into())?;
        Ok::<u32, Error>(u32::try_from(number).unwrap_or(default))
    };
    let (hold, percent, least) = (&keys.hold_days, &keys.weekly_percent, &keys.weekly_least);
    Ok(retirement::Policy {
        hold_days: read("retirement.holdDays", hold.as_ref(), 1..=366, default.hold_days)?,
        weekly_percent: read(
            "retirement.weeklyPercent",
            percent.as_ref(),
            0..=100,
            default.weekly_percent,
        )?,
        weekly_least: read(
            "retirement.weeklyLeast",
            least.as_ref(),
            1..=10_000,
            default.weekly_least,
        )?,
    })
}
