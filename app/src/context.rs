//! What a page may ask of the request and of the process: the state the server provides, the visitor,
//! the query, the theme, and the status and headers of the answer.

use std::sync::Arc;

use axum::extract::Query;
use axum::http::header::{COOKIE, HeaderName, LOCATION, REFRESH};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use domain::Clock;
use domain::rights::Right;
use domain::user::Visitor;
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use store::Store;

use crate::sign_in::SignInPage;

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
    /// How people sign in; `None` where no sign-in is set up.
    pub sign_in: Option<Arc<SignInPage>>,
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

/// Who asks, as the server found out. Nobody in particular if it did not say.
pub fn visitor() -> Visitor {
    let parts = use_context::<Parts>();
    let visitor = parts.and_then(|parts| parts.extensions.get::<Visitor>().cloned());
    visitor.unwrap_or(Visitor::Anonymous)
}

/// The right that the request needs, as the server's table says.
pub fn right() -> Option<Right> {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<Right>().copied())
}

/// The query of the request's address, as it was sent.
pub fn query() -> String {
    let parts = use_context::<Parts>();
    parts.and_then(|parts| parts.uri.query().map(str::to_owned)).unwrap_or_default()
}

/// A parameter of the query, decoded; the last one if there are several, none if it is empty.
pub fn parameter(name: &str) -> Option<String> {
    let uri = use_context::<Parts>()?.uri;
    let Query(all) = Query::<Vec<(String, String)>>::try_from_uri(&uri).ok()?;
    let (_, value) = all.into_iter().rev().find(|(key, _)| key == name)?;
    Some(value).filter(|value| !value.is_empty())
}

/// The path of the request, without the base path.
pub fn path() -> String {
    use_context::<Parts>().map(|parts| parts.uri.path().to_owned()).unwrap_or_default()
}

/// The address of the request as people reach it, to come back to. What is no page has none, so its
/// answers lead to the start.
pub fn here(base: &str) -> String {
    let parts = use_context::<Parts>().filter(|parts| parts.method == Method::GET);
    let Some(parts) = parts else { return link(base, "/") };
    let query = parts.uri.query().filter(|query| !query.is_empty());
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{query}", link(base, parts.uri.path()))
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

/// Sends the browser on to another site once the page is there, as a redirect from a form may not: the
/// Content-Security-Policy would stop it.
pub fn go_on(to: &str) {
    let Some(options) = use_context::<ResponseOptions>() else { return };
    if let Ok(value) = HeaderValue::try_from(format!("0; url={to}")) {
        options.insert_header(REFRESH, value);
    }
}

/// Keeps the page out of shared caches. Where people sign in the browser keeps it neither: the next one
/// at the machine would find it. Else it looks again each time.
pub fn not_cached() {
    let Some(options) = use_context::<ResponseOptions>() else { return };
    let is_of_somebody = use_context::<State>().is_some_and(|state| state.sign_in.is_some());
    let value = if is_of_somebody { "no-store" } else { "private, no-cache" };
    let name = HeaderName::from_static("cache-control");
    options.insert_header(name, HeaderValue::from_static(value));
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
