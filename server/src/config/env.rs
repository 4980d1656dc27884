//! Reads the environment: every key has a variable, and a variable that looks like ours but is not
//! is refused, because a slip there would go unnoticed.

use serde::de::DeserializeOwned;

use super::closest::closest;
use super::given::{Given, Place, Placed, Written};
use super::{Environment, Error, FILE_VARIABLE, file};

const PREFIX: &str = "ROUTEBOOK_";

const VARIABLES: [&str; 15] = [
    "ROUTEBOOK_EXTERNAL_URL",
    "ROUTEBOOK_LISTEN",
    "ROUTEBOOK_METRICS_LISTEN",
    "ROUTEBOOK_TRUSTED_PROXIES",
    "ROUTEBOOK_AUTH",
    "ROUTEBOOK_DATABASE",
    "ROUTEBOOK_CLUSTERS",
    "ROUTEBOOK_OWNERS",
    "ROUTEBOOK_TEAMS",
    "ROUTEBOOK_TRAFFIC",
    "ROUTEBOOK_TLS",
    "ROUTEBOOK_RETIREMENT",
    "ROUTEBOOK_LOG_FORMAT",
    "ROUTEBOOK_LOG_LEVEL",
    FILE_VARIABLE,
];

/// These belong to the developer commands, whose children see them.
const DEVELOPERS: [&str; 3] = ["ROUTEBOOK_CACHE", "ROUTEBOOK_CHROMIUM", "ROUTEBOOK_CORPUS"];
const TESTS: &str = "ROUTEBOOK_TEST_";

/// Reads what the environment gives.
pub fn read(environment: &Environment) -> Result<Given, Error> {
    for name in environment.keys().filter(|name| name.starts_with(PREFIX)) {
        known(name)?;
    }
    let text = |name: &str| {
        let value = environment.get(name)?.clone();
        Some(Placed { value, place: Place { source: name.into(), at: None } })
    };
    Ok(Given {
        external_url: text("ROUTEBOOK_EXTERNAL_URL"),
        listen: text("ROUTEBOOK_LISTEN"),
        metrics_listen: text("ROUTEBOOK_METRICS_LISTEN"),
        trusted_proxies: yaml(environment, "ROUTEBOOK_TRUSTED_PROXIES")?,
        auth: yaml(environment, "ROUTEBOOK_AUTH")?,
        database: text("ROUTEBOOK_DATABASE"),
        clusters: yaml(environment, "ROUTEBOOK_CLUSTERS")?,
        owners: yaml(environment, "ROUTEBOOK_OWNERS")?,
        teams: yaml(environment, "ROUTEBOOK_TEAMS")?,
        traffic: yaml(environment, "ROUTEBOOK_TRAFFIC")?,
        tls: yaml(environment, "ROUTEBOOK_TLS")?,
        retirement: yaml(environment, "ROUTEBOOK_RETIREMENT")?,
        log_format: text("ROUTEBOOK_LOG_FORMAT"),
        log_level: text("ROUTEBOOK_LOG_LEVEL"),
    })
}

/// A variable that holds what stands under a key, as YAML or JSON.
fn yaml<T: DeserializeOwned>(
    environment: &Environment,
    name: &str,
) -> Result<Option<Written<T>>, Error> {
    environment.get(name).map(|value| file::parse(value, name)).transpose()
}

fn known(name: &str) -> Result<(), Error> {
    if VARIABLES.contains(&name) || DEVELOPERS.contains(&name) || name.starts_with(TESTS) {
        return Ok(());
    }
    let meant = closest(name.trim_start_matches(PREFIX), VARIABLES.map(|v| &v[PREFIX.len()..]));
    let meant = meant.map(|key| format!("; did you mean `{PREFIX}{key}`?")).unwrap_or_default();
    Err(Error::new(None, format!("unknown environment variable `{name}`{meant}"))
        .hint(format!("allowed: {}", VARIABLES.join(", "))))
}
