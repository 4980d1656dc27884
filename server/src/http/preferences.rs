//! What a person sets for this browser: the theme, in a cookie, so that the server draws the page
//! right the first time.

use axum::extract::{Form, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::errors;
use crate::state;

/// The form in the footer of every page.
#[derive(Deserialize)]
pub struct Preferences {
    theme: String,
    back: String,
}

const THEMES: [&str; 3] = ["light", "dark", "auto"];

const A_YEAR: u32 = 365 * 24 * 60 * 60;

/// Sets the cookie and goes back to where the form was.
pub async fn save(
    State(state): State<state::State>,
    Form(preferences): Form<Preferences>,
) -> Response {
    let theme = THEMES.into_iter().find(|theme| *theme == preferences.theme);
    let (Some(theme), true) = (theme, is_local(&preferences.back)) else {
        let sentence = "This form says something else than a theme and a page of Routebook.";
        return errors::page(StatusCode::BAD_REQUEST, "Not understood", sentence);
    };
    let secure = if state.external_url.scheme() == "https" { "; Secure" } else { "" };
    let cookie = format!("theme={theme}; Path=/; Max-Age={A_YEAR}; SameSite=Lax{secure}");
    let headers = [(header::SET_COOKIE, cookie), (header::LOCATION, preferences.back)];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// Whether a path stays here. Browsers read `//host` and `/\host` as another host, and drop tabs
/// and line ends before they look.
fn is_local(path: &str) -> bool {
    let mut bytes = path.bytes();
    bytes.next() == Some(b'/')
        && bytes.next() != Some(b'/')
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_host_are_gone_back_to() {
        for good in ["/", "/ingresses?q=a%20b&sort=-name", "/ingresses/7", "/a//b", "/a:b"] {
            assert!(is_local(good), "{good}");
        }
        for bad in [
            "",
            "ingresses",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/a\\b",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r\nSet-Cookie: a=b",
            " /a",
            "/a b",
            "/é",
        ] {
            assert!(!is_local(bad), "{bad:?}");
        }
    }
}
