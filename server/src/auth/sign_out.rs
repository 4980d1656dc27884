//! The way out. The session ends for good; the page after it ends the provider's own as well, where
//! that can be done. It cannot be done from here: browsers hold a form to its own site, also when
//! the answer leads elsewhere.

use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::audit::Action;
use serde_json::json;

use super::asker::Asker;
use super::{SignIn, cookies, sessions};
use crate::http::errors;
use crate::state;

/// So long somebody waits who signs out of a provider of which nothing is known yet.
const PATIENCE: Duration = Duration::from_secs(3);

/// Ends the session of whoever asks.
pub async fn sign_out(State(state): State<state::State>, asker: Asker) -> Response {
    let Some(sign_in) = &state.sign_in else { return errors::not_found().await };
    let name = asker.visitor.person().map_or("", |person| person.user.provider.as_str());
    if let Err(error) = end(sign_in, &asker, name).await {
        tracing::error!("a session could not be ended: {error}");
        return errors::internal();
    }
    if let Some(provider) = sign_in.provider(name) {
        // Only for the address where one signs out there, which may not be known since a restart.
        let _ = tokio::time::timeout(PATIENCE, provider.known()).await;
    }
    let cookie = cookies::removed(cookies::session(sign_in.secure), sign_in.secure);
    // Names have letters, digits and hyphens only.
    let query = if name.is_empty() { String::new() } else { format!("?provider={name}") };
    let place = format!("{}/auth/signed-out{query}", state.base);
    let headers = [(header::LOCATION, place), (header::SET_COOKIE, cookie)];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// Ends the session, if the browser has one that has not ended already.
async fn end(sign_in: &SignIn, asker: &Asker, provider: &str) -> Result<(), store::Error> {
    let Some(id) = asker.session.as_ref().and_then(|session| session.id()) else {
        return Ok(());
    };
    let (now, detail) = (sign_in.clock.now(), json!({}));
    let draft = asker.draft(now, Action::SignOut, provider.to_owned(), detail);
    sign_in.store.sign_out(&sessions::hash(&id), draft).await.map(drop)
}
