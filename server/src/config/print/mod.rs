//! Writes a configuration as the YAML that would give it, except for the one secret that it may
//! hold: the password in a proxy's address. Other secrets are in files, of which only the names are
//! here.

mod cluster;
mod rules;
mod sign_in;

use serde::Serialize;

use super::Config;
use super::check::{format_name, level_name};
use cluster::ClusterKeys;
use rules::{OwnersKeys, RetirementKeys, TeamKeys, TlsKeys, TrafficKeys};
use sign_in::AuthKeys;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Keys<'a> {
    external_url: &'a str,
    listen: String,
    metrics_listen: String,
    trusted_proxies: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth: Option<AuthKeys<'a>>,
    database: String,
    clusters: Vec<ClusterKeys<'a>>,
    owners: OwnersKeys<'a>,
    teams: Vec<TeamKeys<'a>>,
    traffic: TrafficKeys,
    tls: TlsKeys,
    retirement: RetirementKeys,
    log: LogKeys,
}

#[derive(Serialize)]
struct LogKeys {
    format: &'static str,
    level: &'static str,
}

/// The configuration as YAML.
pub fn to_yaml(config: &Config) -> String {
    let rules = &config.rules;
    let keys = Keys {
        external_url: config.external_url.as_str().trim_end_matches('/'),
        listen: config.listen.to_string(),
        metrics_listen: config.metrics_listen.to_string(),
        trusted_proxies: config.trusted_proxies.iter().map(ToString::to_string).collect(),
        auth: config.sign_in.as_ref().map(AuthKeys::of),
        database: config.database.display().to_string(),
        clusters: config.clusters.iter().map(ClusterKeys::of).collect(),
        owners: OwnersKeys::of(&rules.owner),
        teams: rules.owner.teams.iter().map(TeamKeys::of).collect(),
        traffic: TrafficKeys::of(&rules.traffic, config.traffic_every),
        tls: TlsKeys { expiring_days: rules.tls.expiring_days },
        retirement: RetirementKeys::of(config.retirement),
        log: LogKeys {
            format: format_name(config.log.format),
            level: level_name(config.log.level),
        },
    };
    serde_saphyr::to_string(&keys).expect("texts, numbers and flags are YAML")
}
