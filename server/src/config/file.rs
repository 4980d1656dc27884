//! Reads YAML, and says of a mistake where it is and what was expected there.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde_saphyr::Location;

use super::Error;
use super::closest::closest;
use super::given::{Given, Place, Source, Written};
use super::keys::{Keys, Text};

/// Reads the file.
pub fn read(path: &Path) -> Result<Given, Error> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        Error::new(None, format!("cannot read the configuration file {name}: {error}"))
            .hint("create it, or name another one with --config")
    })?;
    let Written { keys, source } = parse::<Keys>(&text, &name)?;
    let log = keys.log.unwrap_or_default();
    let place = |value: Text| source.placed(value);
    Ok(Given {
        external_url: keys.external_url.map(place),
        listen: keys.listen.map(place),
        metrics_listen: keys.metrics_listen.map(place),
        trusted_proxies: keys.trusted_proxies.map(|keys| source.written(keys)),
        auth: keys.auth.map(|keys| source.written(keys)),
        database: keys.database.map(place),
        clusters: keys.clusters.map(|keys| source.written(keys)),
        owners: keys.owners.map(|keys| source.written(keys)),
        teams: keys.teams.map(|keys| source.written(keys)),
        traffic: keys.traffic.map(|keys| source.written(keys)),
        tls: keys.tls.map(|keys| source.written(keys)),
        retirement: keys.retirement.map(|keys| source.written(keys)),
        log_format: log.format.map(place),
        log_level: log.level.map(place),
    })
}

/// Reads YAML of a file or an environment variable.
pub fn parse<T: DeserializeOwned>(text: &str, source: &str) -> Result<Written<T>, Error> {
    let source = Source(source.into());
    match serde_saphyr::from_str(text) {
        Ok(keys) => Ok(source.written(keys)),
        Err(error) => Err(explain(&error, text, &source)),
    }
}

impl Source {
    fn written<T>(&self, keys: T) -> Written<T> {
        Written { keys, source: self.clone() }
    }
}

fn explain(error: &serde_saphyr::Error, text: &str, source: &Source) -> Error {
    use serde_saphyr::Error as Yaml;
    let error = error.without_snippet();
    let location = error.location();
    let place = location.map(|location| source.at(location));
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
        Yaml::SerdeInvalidType { expected, .. } => refuse(expectation(what(), in_words(expected))),
        Yaml::NullIntoString { .. } => refuse(expectation(what(), "a text")),
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
fn unknown_key(place: Option<&Place>, key: &str, allowed: &[&str]) -> Error {
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
        "i64" => "a whole number",
        other => other,
    }
}

/// The key whose value begins at the location: what stands before it, if that ends with a colon.
fn key_before(text: &str, location: Location) -> Option<&str> {
    let offset = location.span().byte_offset()? as usize;
    let before = text.get(..offset)?.trim_end().strip_suffix(':')?;
    before.rsplit(|c: char| !c.is_alphanumeric()).next().filter(|key| !key.is_empty())
}
