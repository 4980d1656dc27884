//! The end session endpoint (OpenID Connect RP-Initiated Logout).

use axum::body::Body;
use http::header::SET_COOKIE;
use http::{HeaderValue, Response, StatusCode};
use url::Url;

use super::http::{COOKIE, Shared};
use super::parameters::Parameters;
use super::{answer, authorize, notice, page};

/// Signs a browser out and sends it back, if there is a place that is the client's.
pub(super) async fn end(
    shared: &Shared,
    session: Option<&str>,
    given: &Parameters,
) -> Response<Body> {
    let place = given.get("post_logout_redirect_uri");
    let back = place.and_then(|place| back(shared, place, given));
    if place.is_some() && back.is_none() {
        return refusal();
    }
    if let Some(session) = session {
        forget(shared, session).await;
    }
    let mut response = match back {
        Some(url) => answer::redirect(StatusCode::SEE_OTHER, url.as_str()),
        None => answer::html(StatusCode::OK, page::words("Signed out", "You are signed out.")),
    };
    let cookie = format!("{COOKIE}=; Max-Age=0; HttpOnly; SameSite=Lax; Path=/");
    let cookie = HeaderValue::from_str(&cookie).expect("it is printable");
    response.headers_mut().insert(SET_COOKIE, cookie);
    response
}

/// Where the browser goes, if the client may name this place.
fn back(shared: &Shared, place: &str, given: &Parameters) -> Option<Url> {
    let named = given.get("client_id") == Some(shared.options.client_id.as_str());
    if !named && given.get("id_token_hint").is_none() {
        return None;
    }
    let mut url = authorize::of_client(place)?;
    if let Some(state) = given.get("state") {
        url.query_pairs_mut().append_pair("state", state);
    }
    Some(url)
}

fn refusal() -> Response<Body> {
    let why = "This post_logout_redirect_uri is not registered here, or the client_id is missing.";
    answer::html(StatusCode::BAD_REQUEST, page::words("Not possible", why))
}

/// Ends a sign-in and tells the client.
async fn forget(shared: &Shared, session: &str) {
    let account = shared.grants.end(session).and_then(|key| shared.account(&key));
    if let Some(account) = account {
        notice::send(shared, &account, session).await;
    }
}
