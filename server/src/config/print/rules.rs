//! Owners, teams, and what counts.

use std::time::Duration;

use domain::owner::{Fallback, Rules, Team};
use domain::{retirement, traffic};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnersKeys<'a> {
    steps: Vec<&'static str>,
    annotations: &'a [String],
    labels: &'a [String],
    namespace_keys: &'a [String],
    fallback: Vec<FallbackKeys<'a>>,
}

#[derive(Serialize)]
struct FallbackKeys<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'a str>,
    owner: &'a str,
}

#[derive(Serialize)]
pub struct TeamKeys<'a> {
    name: &'a str,
    #[serde(rename = "match")]
    matches: &'a [String],
    groups: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chat: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrafficKeys {
    look_back_days: i64,
    least_covered_percent: i64,
    every_seconds: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TlsKeys {
    pub expiring_days: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RetirementKeys {
    hold_days: u32,
    weekly_percent: u32,
    weekly_least: u32,
}

impl<'a> OwnersKeys<'a> {
    pub fn of(rules: &'a Rules) -> Self {
        Self {
            steps: rules.steps.iter().map(|step| step.as_str()).collect(),
            annotations: &rules.annotations,
            labels: &rules.labels,
            namespace_keys: &rules.namespace_keys,
            fallback: rules.fallbacks.iter().map(FallbackKeys::of).collect(),
        }
    }
}

impl<'a> FallbackKeys<'a> {
    fn of(fallback: &'a Fallback) -> Self {
        Self {
            cluster: fallback.cluster.as_deref(),
            class: fallback.class.as_deref(),
            owner: &fallback.owner,
        }
    }
}

impl<'a> TeamKeys<'a> {
    pub fn of(team: &'a Team) -> Self {
        Self {
            name: &team.name,
            matches: &team.matches,
            groups: &team.groups,
            email: team.email.as_deref(),
            chat: team.chat.as_deref(),
        }
    }
}

impl TrafficKeys {
    pub fn of(policy: &traffic::Policy, every: Duration) -> Self {
        Self {
            look_back_days: policy.look_back_days,
            least_covered_percent: policy.least_covered_percent,
            every_seconds: every.as_secs(),
        }
    }
}

impl RetirementKeys {
    pub fn of(policy: retirement::Policy) -> Self {
        let retirement::Policy { hold_days, weekly_percent, weekly_least } = policy;
        Self { hold_days, weekly_percent, weekly_least }
    }
}
