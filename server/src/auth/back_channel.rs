//! Where a provider says that somebody has signed out there (OpenID Connect Back-Channel Logout
//! 1.0). Anybody can send something here; what counts is the provider's signature.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::audit::{Action, Actor, Draft};
use jiff::Timestamp;
use serde_json::json;
use store::LogoutOutcome;
use url::form_urlencoded;

use super::asker::Asker;
use super::begin::too_slow;
use super::callback::provider_session;
use super::failure::Failure;
use super::jws::{self, Signed, Unsigned};
use super::logout_token::{self, Logout};
use super::provider::Provider;
use super::secret::hidden;
use super::{PATIENCE, SignIn};
use crate::http::errors;
use crate::state;

/// The answers are for this moment (section 2.8).
const NO_STORE: (header::HeaderName, &str) = (header::CACHE_CONTROL, "no-store");

/// Why nobody is signed out.
enum Refusal {
    /// The token is none that is obeyed.
    Token(String),
    /// The provider or the store do not answer; it may be sent again.
    Trouble(Failure),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Trouble(failure)
    }
}

impl From<String> for Refusal {
    fn from(reason: String) -> Self {
        Self::Token(reason)
    }
}

/// Ends the sessions that a logout token names.
pub async fn back_channel(
    State(state): State<state::State>,
    Path(name): Path<String>,
    asker: Asker,
    form: Bytes,
) -> Response {
    let Some(sign_in) = &state.sign_in else { return errors::not_found().await };
    let Some(provider) = sign_in.provider(&name) else { return errors::not_found().await };
    let (reason, error) = match obey(sign_in, provider, &asker, &form).await {
        Ok(ended) => {
            tracing::info!(provider = %name, ended, "the provider has signed somebody out");
            return (StatusCode::OK, [NO_STORE]).into_response();
        }
        Err(Refusal::Token(reason)) => (reason, "invalid_request"),
        Err(Refusal::Trouble(failure)) => (failure.to_string(), "temporarily_unavailable"),
    };
    tracing::warn!(provider = %name, "a logout token is not obeyed: {reason}");
    let answer = json!({"error": error, "error_description": "this token is not obeyed"});
    let headers = [NO_STORE, (header::CONTENT_TYPE, "application/json")];
    (StatusCode::BAD_REQUEST, headers, answer.to_string()).into_response()
}

async fn obey(
    sign_in: &SignIn,
    provider: &Provider,
    asker: &Asker,
    form: &[u8],
) -> Result<u64, Refusal> {
    let token = only_token(form)?;
    let signed = tokio::time::timeout(PATIENCE, signed(provider, &token)).await;
    let (issuer, signed) = signed.unwrap_or_else(|_| Err(too_slow().into()))?;
    let now = sign_in.clock.now();
    let logout = logout_token::read(&signed, &issuer, provider.client_id(), now)?;
    let session = logout.session.as_deref().map(provider_session);
    let id = hidden("logout", &format!("{issuer} {}", logout.id));
    let outcome = sign_in.store.end_sessions_of_provider(
        &issuer,
        logout.subject.as_deref(),
        session.as_deref(),
        &id,
        logout.ends,
        draft(provider, &issuer, asker, &logout, now),
        now,
    );
    match outcome.await.map_err(Failure::from)? {
        LogoutOutcome::Ended(ended) => Ok(ended),
        LogoutOutcome::Replayed => Err(Refusal::Token("it was used before".to_owned())),
    }
}

/// The only value of `logout_token`.
fn only_token(form: &[u8]) -> Result<String, String> {
    let pairs = form_urlencoded::parse(form).filter(|(name, _)| name == "logout_token");
    let mut tokens = pairs.map(|(_, token)| token.into_owned());
    match (tokens.next(), tokens.next()) {
        (Some(token), None) => Ok(token),
        (None, _) => Err("there is none".to_owned()),
        (Some(_), Some(_)) => Err("there are two of them".to_owned()),
    }
}

/// The token, if the provider has signed it, and the issuer; if need be with keys that are newer.
async fn signed(provider: &Provider, token: &str) -> Result<(String, Signed), Refusal> {
    let known = provider.known().await?;
    let issuer = known.issuer.to_string();
    match jws::read(token, &known.keys, &provider.algorithms) {
        Ok(signed) => return Ok((issuer, signed)),
        Err(Unsigned::Refused(reason)) => return Err(reason.into()),
        Err(Unsigned::UnknownKey) => {}
    }
    let newer = provider.with_newer_keys(&known).await?;
    let unknown = || Refusal::Token("it is signed with a key that is not published".to_owned());
    if Arc::ptr_eq(&newer, &known) {
        return Err(unknown());
    }
    match jws::read(token, &newer.keys, &provider.algorithms) {
        Ok(signed) => Ok((issuer, signed)),
        Err(Unsigned::Refused(reason)) => Err(reason.into()),
        Err(Unsigned::UnknownKey) => Err(unknown()),
    }
}

/// The provider acts, and it is none of those who can be an actor: it stands as the target.
fn draft(
    provider: &Provider,
    issuer: &str,
    asker: &Asker,
    logout: &Logout,
    now: Timestamp,
) -> Draft {
    let detail = json!({
        "issuer": issuer,
        "subject": logout.subject,
        "oneSession": logout.session.is_some(),
    });
    let target = provider.config.name.clone();
    asker.draft_of(Actor::System, now, Action::SignOutByProvider, target, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_token_is_read_from_the_form() {
        assert_eq!(only_token(b"logout_token=a.b.c"), Ok("a.b.c".to_owned()));
        assert_eq!(only_token(b"x=1&logout_token=a%2Eb&y"), Ok("a.b".to_owned()));
        for bad in ["", "logout_token", "{}", "logout_token=a&logout_token=a", "token=a"] {
            let token = only_token(bad.as_bytes()).unwrap_or_default();
            assert_eq!(token, "", "{bad}");
        }
    }
}
