//! Single values: texts, words, numbers, paths.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use serde_saphyr::Spanned;
use url::Url;

use super::super::closest::closest;
use super::super::given::{Place, Placed, Source};
use super::super::keys::Text;
use super::Error;

/// What was given, or the default.
pub fn or<T>(
    given: Option<Placed<String>>,
    default: &str,
    read: impl Fn(&str, Option<&Place>) -> Result<T, Error>,
) -> Result<T, Error> {
    match given {
        Some(given) => read(&given.value, Some(&given.place)),
        None => read(default, None),
    }
}

/// One of a few words.
pub fn word<T: Copy>(
    key: &str,
    words: &[(&str, T)],
    text: &str,
    place: Option<&Place>,
) -> Result<T, Error> {
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
        return Ok(*value);
    }
    let allowed: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let meant = closest(text, allowed.iter().copied());
    let meant = meant.map(|word| format!("; did you mean {word}?")).unwrap_or_default();
    let allowed = allowed.join(", ");
    Err(Error::new(place, format!("`{key}` must be one of {allowed}, not {text:?}{meant}")))
}

/// A file or folder; `~` at its beginning is the home directory.
pub fn path(
    key: &str,
    text: &str,
    place: Option<&Place>,
    home: Option<&Path>,
) -> Result<PathBuf, Error> {
    if text.is_empty() {
        return Err(Error::new(place, format!("`{key}` is empty; name a file or leave it out")));
    }
    let rest = match text.strip_prefix('~') {
        Some("") => "",
        Some(rest) if rest.starts_with('/') => &rest[1..],
        _ => return Ok(PathBuf::from(text)),
    };
    let home = home.ok_or_else(|| {
        Error::new(
            place,
            format!("`{key}` begins with ~, but HOME is not set; write the full path"),
        )
    })?;
    Ok(home.join(rest))
}

/// A file or folder that may be left out.
pub fn maybe_path(
    key: &str,
    given: Option<Text>,
    source: &Source,
    home: Option<&Path>,
) -> Result<Option<PathBuf>, Error> {
    given.map(|text| path(key, &text.value, Some(&source.place(&text)), home)).transpose()
}

/// A text that says something, without the spaces around it.
pub fn text(key: &str, given: &Text, source: &Source) -> Result<String, Error> {
    match given.value.trim() {
        "" => Err(source.refuse(given, format!("`{key}` is empty; a text is expected"))),
        text => Ok(text.to_owned()),
    }
}

/// A text that may be left out.
pub fn maybe_text(
    key: &str,
    given: Option<&Text>,
    source: &Source,
) -> Result<Option<String>, Error> {
    given.map(|given| text(key, given, source)).transpose()
}

/// Texts that each say something.
pub fn texts(key: &str, given: &[Text], source: &Source) -> Result<Vec<String>, Error> {
    given.iter().map(|one| text(key, one, source)).collect()
}

/// An address of http or https. One that is none is not repeated: it may hold a password.
pub fn url(key: &str, given: &Text, source: &Source) -> Result<Url, Error> {
    let url = Url::parse(given.value.trim()).ok();
    url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host()).ok_or_else(|| {
        let message = format!("`{key}` must be an http or https address");
        source.refuse(given, message).hint("example: http://name.example:9090")
    })
}

/// A whole number within bounds.
pub fn number(
    key: &str,
    given: Option<&Spanned<i64>>,
    source: &Source,
    bounds: RangeInclusive<i64>,
    default: i64,
) -> Result<i64, Error> {
    match given {
        None => Ok(default),
        Some(given) if bounds.contains(&given.value) => Ok(given.value),
        Some(given) => {
            let (least, most) = bounds.into_inner();
            let message = format!("`{key}` must be from {least} to {most}, not {}", given.value);
            Err(source.refuse(given, message))
        }
    }
}
