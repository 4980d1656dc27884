//! Turns what was written into what is meant, or says why not. Everything is checked that can be
//! without touching the network or the disk.

mod address;
mod cluster;
mod owners;
mod policy;
mod provider;
mod proxies;
mod sign_in;
mod teams;
mod tls;
mod traffic;
mod value;

use std::path::{Path, PathBuf};

use domain::assess::Rules;
use domain::owner;
use observe::Cluster;
use tracing::level_filters::LevelFilter;
use url::Url;

pub use address::is_loopback;
pub use provider::place_name;

use super::given::Placed;
use super::{Config, Error, Given, Log, LogFormat, SignIn};
use address::Reach;
use value::{or, path, word};

const FORMATS: [(&str, LogFormat); 2] = [("text", LogFormat::Text), ("json", LogFormat::Json)];

const LEVELS: [(&str, LevelFilter); 5] = [
    ("error", LevelFilter::ERROR),
    ("warn", LevelFilter::WARN),
    ("info", LevelFilter::INFO),
    ("debug", LevelFilter::DEBUG),
    ("trace", LevelFilter::TRACE),
];

/// Checks what was given, and fills in the defaults.
pub fn check(given: Given, file: Option<PathBuf>, home: Option<&Path>) -> Result<Config, Error> {
    let sign_in = sign_in::sign_in(given.auth, home)?;
    let external_url = external_url(given.external_url, sign_in.as_ref())?;
    let reach = Reach::new(sign_in.is_some(), &external_url);
    let clusters = cluster::clusters(given.clusters, home)?;
    let (traffic, traffic_every) = policy::traffic(given.traffic)?;
    let teams = teams::teams(given.teams)?;
    let names: Vec<&str> = clusters.iter().map(|cluster: &Cluster| cluster.name.as_str()).collect();
    let owner = owner::Rules { teams, ..owners::rules(given.owners, &names)? };
    Ok(Config {
        file,
        listen: or(given.listen, "127.0.0.1:8080", |text, place| {
            address::listen(text, place, reach)
        })?,
        metrics_listen: or(given.metrics_listen, "127.0.0.1:9464", address::metrics_listen)?,
        trusted_proxies: proxies::trusted(given.trusted_proxies)?,
        external_url,
        sign_in,
        database: or(given.database, "data/routebook.db", |text, place| {
            path("database", text, place, home)
        })?,
        clusters,
        rules: Rules { owner, tls: policy::tls(given.tls)?, traffic },
        traffic_every,
        retirement: policy::retirement(given.retirement)?,
        log: Log {
            format: or(given.log_format, "text", |text, place| {
                word("log.format", &FORMATS, text, place)
            })?,
            level: or(given.log_level, "info", |text, place| {
                word("log.level", &LEVELS, text, place)
            })?,
        },
    })
}

fn external_url(given: Option<Placed<String>>, sign_in: Option<&SignIn>) -> Result<Url, Error> {
    or(given, "http://localhost:8080", |text, place| {
        let url = address::external_url(text, place)?;
        if sign_in.is_some() {
            address::keeps_cookies(&url, place)?;
        }
        Ok(url)
    })
}

/// The log levels and their names.
pub fn level_name(level: LevelFilter) -> &'static str {
    LEVELS.iter().find(|(_, each)| *each == level).map_or("info", |(name, _)| name)
}

/// The log formats and their names.
pub fn format_name(format: LogFormat) -> &'static str {
    FORMATS.iter().find(|(_, each)| *each == format).map_or("text", |(name, _)| name)
}
