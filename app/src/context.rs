//! What a page may ask of the request and of the process: the state the server provides, the query,
//! the theme, and the status and headers of the answer.

use std::sync::Arc;

use axum::http::header::{COOKIE, HeaderName, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use domain::Clock;
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use store::Store;

/// What the server provides to every page, through Leptos' context.
#[derive(Debug, Clone)]
pub struct State {
    /// Where the pages read.
    pub store: Store,
    /// What time it is.
    pub clock: Clock,
    /// The version of Routebook.
    pub version: &'static str,
    /// The path of the built files with their build id, base path included: `/assets/abc123`.
    pub assets: Arc<str>,
    /// The path under which people reach Routebook; empty at the root, else `/routebook`.
    pub base: Arc<str>,
    /// How far back traffic counts, in days.
    pub look_back_days: u32,
}

impl State {
    /// A path of Routebook as people reach it.
    pub fn link(&self, path: &str) -> String {
        link(&self.base, path)
    }
}

/// A path of Routebook as people reach it, below the base path.
pub fn link(base: &str, path: &str) -> String {
    format!("{base}{path}")
}

/// The state that the server provided.
pub fn state() -> State {
    expect_context()
}

/// The query of the request's address, as it was sent.
pub fn query() -> String {
    let parts = use_context::<Parts>();
    parts.and_then(|parts| parts.uri.query().map(str::to_owned)).unwrap_or_default()
}

/// The path of the request, without the base path.
pub fn path() -> String {
    use_context::<Parts>().map(|parts| parts.uri.path().to_owned()).unwrap_or_default()
}

/// Light, dark, or as the browser prefers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the browser prefers.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// All themes, as the footer offers them.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// Its word in the cookie and in the form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads the cookie's word; anything else is as the browser prefers.
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text).unwrap_or_default()
    }
}

/// The theme that the request's cookie `theme` asks for.
pub fn theme() -> Theme {
    let Some(parts) = use_context::<Parts>() else { return Theme::Auto };
    let headers = parts.headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut cookies = headers.flat_map(|header| header.split(';'));
    let theme = cookies.find_map(|cookie| cookie.trim().strip_prefix("theme="));
    theme.map(Theme::parse).unwrap_or_default()
}

/// Sets the status of the answer.
pub fn set_status(status: StatusCode) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(status);
    }
}

/// Answers with the way to another page instead. The address is one of ours, never a person's input.
pub fn redirect(to: &str) {
    let Some(options) = use_context::<ResponseOptions>() else { return };
    if let Ok(value) = HeaderValue::try_from(to) {
        options.insert_header(LOCATION, value);
        options.set_status(StatusCode::SEE_OTHER);
    }
}

/// Keeps the page out of shared caches, and asks the browser to look again each time.
pub fn not_cached() {
    if let Some(options) = use_context::<ResponseOptions>() {
        let name = HeaderName::from_static("cache-control");
        options.insert_header(name, HeaderValue::from_static("private, no-cache"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_theme_is_as_the_browser_prefers() {
        for theme in Theme::ALL {
            assert_eq!(Theme::parse(theme.as_str()), theme);
        }
        assert_eq!(Theme::parse("pink\" onload=\""), Theme::Auto);
    }
}
