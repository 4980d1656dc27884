//! Reads the YAML file, and says of a mistake where it is and what was expected there.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde_saphyr::{Location, Spanned};

use super::Error;
use super::closest::closest;
use super::given::{Cluster, Given, Place, Placed};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Keys {
    external_url: Option<Spanned<String>>,
    listen: Option<Spanned<String>>,
    metrics_listen: Option<Spanned<String>>,
    database: Option<Spanned<String>>,
    clusters: Option<Vec<ClusterKeys>>,
    log: Option<LogKeys>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ClusterKeys {
    name: Spanned<String>,
    kubeconfig: Option<Spanned<String>>,
    context: Option<Spanned<String>>,
    in_cluster: Option<Spanned<bool>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LogKeys {
    format: Option<Spanned<String>>,
    level: Option<Spanned<String>>,
}

/// Reads the file.
pub fn read(path: &Path) -> Result<Given, Error> {
    let source: Arc<str> = path.display().to_string().into();
    let text = std::fs::read_to_string(path).map_err(|error| {
        Error::new(None, format!("cannot read the configuration file {source}: {error}"))
            .hint("create it, or name another one with --config")
    })?;
    let keys: Keys = serde_saphyr::from_str(&text).map_err(|e| explain(&e, &text, &source))?;
    let place = |value: Spanned<String>| placed(value, &source);
    let log = keys.log.unwrap_or(LogKeys { format: None, level: None });
    Ok(Given {
        external_url: keys.external_url.map(place),
        listen: keys.listen.map(place),
        metrics_listen: keys.metrics_listen.map(place),
        database: keys.database.map(place),
        clusters: keys.clusters.map(|clusters| place_clusters(clusters, &source)),
        log_format: log.format.map(place),
        log_level: log.level.map(place),
    })
}

/// Reads the value of the key `clusters` from somewhere else than a file.
pub fn parse_clusters(text: &str, source: &Arc<str>) -> Result<Vec<Cluster>, Error> {
    let clusters = serde_saphyr::from_str(text).map_err(|error| explain(&error, text, source))?;
    Ok(place_clusters(clusters, source))
}

fn place_clusters(clusters: Vec<ClusterKeys>, source: &Arc<str>) -> Vec<Cluster> {
    let place = |keys: ClusterKeys| Cluster {
        name: placed(keys.name, source),
        kubeconfig: keys.kubeconfig.map(|value| placed(value, source)),
        context: keys.context.map(|value| placed(value, source)),
        in_cluster: keys.in_cluster.map(|value| placed(value, source)),
    };
    clusters.into_iter().map(place).collect()
}

fn placed<T>(spanned: Spanned<T>, source: &Arc<str>) -> Placed<T> {
    let place = place_of(spanned.referenced, source);
    Placed { value: spanned.value, place }
}

fn place_of(location: Location, source: &Arc<str>) -> Place {
    Place { source: source.clone(), at: Some((location.line(), location.column())) }
}

fn explain(error: &serde_saphyr::Error, text: &str, source: &Arc<str>) -> Error {
    use serde_saphyr::Error as Yaml;
    let error = error.without_snippet();
    let location = error.location();
    let place = location.map(|location| place_of(location, source));
    let what = || location.and_then(|location| key_before(text, location));
    let refuse = |message: String| Error::new(place.as_ref(), message);
    match error {
        Yaml::SerdeUnknownField { field, expected, .. } => {
            unknown_key(place.as_ref(), field, expected)
        }
        Yaml::SerdeMissingField { field, .. } => refuse(format!("the key `{field}` is missing")),
        Yaml::DuplicateMappingKey { key, .. } => {
            refuse(format!("the key `{}` is given twice", key.as_deref().unwrap_or("?")))
        }
        Yaml::Unexpected { expected, .. } => refuse(expectation(what(), in_words(expected))),
        Yaml::InvalidScalar { ty, .. } => refuse(expectation(what(), in_words(ty))),
        Yaml::MultipleDocuments { .. } => {
            refuse("a second YAML document begins here; a configuration is one".into())
        }
        other => {
            let message = other.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            refuse(format!("not valid YAML: {message}"))
        }
    }
}

/// Refuses a key by name, and helps with the right one.
pub fn unknown_key(place: Option<&Place>, key: &str, allowed: &[&str]) -> Error {
    let meant = closest(key, allowed.iter().copied());
    let meant = meant.map(|key| format!("; did you mean `{key}`?")).unwrap_or_default();
    Error::new(place, format!("unknown key `{key}`{meant}"))
        .hint(format!("allowed here: {}", allowed.join(", ")))
}

fn expectation(key: Option<&str>, expected: &str) -> String {
    match key {
        Some(key) => format!("`{key}` must be {expected}"),
        None => format!("{expected} is expected here"),
    }
}

fn in_words(expected: &str) -> &str {
    match expected {
        "string scalar" => "a text",
        "sequence start" => "a list (lines that begin with -)",
        "mapping start" => "a mapping (lines of key: value)",
        "boolean" => "true or false",
        other => other,
    }
}

/// The key whose value begins at the location: what stands before it, if that ends with a colon.
fn key_before(text: &str, location: Location) -> Option<&str> {
    let offset = location.span().byte_offset()? as usize;
    let before = text.get(..offset)?.trim_end().strip_suffix(':')?;
    before.rsplit(|c: char| !c.is_alphanumeric()).next().filter(|key| !key.is_empty())
}
