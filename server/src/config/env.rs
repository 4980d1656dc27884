//! Reads the environment: every key has a variable, and a variable that looks like ours but is not
//! is refused, because a slip there would go unnoticed.

use std::sync::Arc;

use super::closest::closest;
use super::given::{Given, Place, Placed};
use super::{Environment, Error, FILE_VARIABLE, file};

const PREFIX: &str = "ROUTEBOOK_";

const VARIABLES: [&str; 8] = [
    "ROUTEBOOK_EXTERNAL_URL",
    "ROUTEBOOK_LISTEN",
    "ROUTEBOOK_METRICS_LISTEN",
    "ROUTEBOOK_DATABASE",
    "ROUTEBOOK_CLUSTERS",
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
    let clusters = environment.get("ROUTEBOOK_CLUSTERS").map(|value| {
        let source: Arc<str> = "ROUTEBOOK_CLUSTERS".into();
        file::parse_clusters(value, &source)
    });
    Ok(Given {
        external_url: text("ROUTEBOOK_EXTERNAL_URL"),
        listen: text("ROUTEBOOK_LISTEN"),
        metrics_listen: text("ROUTEBOOK_METRICS_LISTEN"),
        database: text("ROUTEBOOK_DATABASE"),
        clusters: clusters.transpose()?,
        log_format: text("ROUTEBOOK_LOG_FORMAT"),
        log_level: text("ROUTEBOOK_LOG_LEVEL"),
    })
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
