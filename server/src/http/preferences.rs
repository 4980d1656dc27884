//! What a person sets for this browser: the theme, in a cookie, so that the server draws the page
//! right the first time.

use axum::extract::{Form, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::errors;
use crate::auth::back;
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
    let (Some(theme), Some(back)) = (theme, back::local(&preferences.back)) else {
        let sentence = "This form says something else than a theme and a page of Routebook.";
        return errors::page(StatusCode::BAD_REQUEST, "Not understood", sentence);
    };
    let secure = if state.external_url.scheme() == "https" { "; Secure" } else { "" };
    let cookie = format!("theme={theme}; Path=/; Max-Age={A_YEAR}; SameSite=Lax{secure}");
    let headers = [(header::SET_COOKIE, cookie), (header::LOCATION, back.to_owned())];
    (StatusCode::SEE_OTHER, headers).into_response()
}
