//! The way to the provider: the browser gets its secret, and goes.

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::form_urlencoded;

use super::asker::Asker;
use super::failure::Failure;
use super::provider::Provider;
use super::secret::Secret;
use super::{PATIENCE, SignIn, back, cookies};
use crate::http::errors;
use crate::state;

/// Begins a sign-in, and sends the browser to the provider.
pub async fn begin(
    State(state): State<state::State>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    asker: Asker,
) -> Response {
    let Some(sign_in) = &state.sign_in else { return errors::not_found().await };
    let back = asked_back(query.as_deref());
    let provider = sign_in.provider(&name);
    match leave(sign_in, provider, &back).await {
        Ok((place, secret)) => {
            let cookie = cookies::kept(secret.text(), sign_in.secure);
            let headers = [(header::LOCATION, place), (header::SET_COOKIE, cookie)];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(failure) => {
            sign_in.failed(&failure, provider, &asker).await;
            again(&state.base, &failure, provider, &back)
        }
    }
}

/// Leads back to where one signs in, which says what went wrong. The way back is kept.
pub fn again(base: &str, failure: &Failure, provider: Option<&Provider>, back: &str) -> Response {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("failed", failure.code());
    if let Some(provider) = provider {
        query.append_pair("provider", &provider.config.name);
    }
    if back != "/" {
        query.append_pair("back", back);
    }
    let place = format!("{base}/auth/sign-in?{}", query.finish());
    (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response()
}

async fn leave(
    sign_in: &SignIn,
    provider: Option<&Provider>,
    back: &str,
) -> Result<(String, Secret), Failure> {
    let provider = provider.ok_or(Failure::ProviderUnknown)?;
    let _place = sign_in.places.try_acquire().map_err(|_| Failure::Busy)?;
    let known = tokio::time::timeout(PATIENCE, provider.known()).await;
    let known = known.unwrap_or_else(|_| Err(too_slow()))?;
    let (secret, now) = (Secret::random(), sign_in.clock.now());
    sign_in.store.begin_sign_in(&secret.row(), &provider.config.name, back, now).await?;
    Ok((provider.authorization(&known, &secret).into(), secret))
}

/// The provider answers each question, and too slowly.
pub fn too_slow() -> Failure {
    Failure::ProviderUnreachable(format!("it took more than {} s in all", PATIENCE.as_secs()))
}

/// The answer to what is not asked for by a person: neither half of a sign-in is for pages and for
/// browsers that guess. It is given before tries are counted, or another site's page could use up
/// those of everybody behind the same router.
pub fn not_chosen(headers: &HeaderMap) -> Option<Response> {
    let sentence = "People sign in only by opening this address in a window of its own.";
    let refused = || errors::page(StatusCode::BAD_REQUEST, "Not from here", sentence);
    (!is_chosen(headers)).then(refused)
}

/// Whether a person opens the address, rather than a page that shows it as an image, or a browser
/// that guesses what will be opened next. Older browsers do not say.
fn is_chosen(headers: &HeaderMap) -> bool {
    let is_document = headers.get("sec-fetch-dest").is_none_or(|what| what == "document");
    let purpose = headers.get("sec-purpose").and_then(|purpose| purpose.to_str().ok());
    is_document && !purpose.is_some_and(|purpose| purpose.starts_with("prefetch"))
}

/// Where to go afterwards. What is not one local path is none.
fn asked_back(query: Option<&str>) -> String {
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let mut asked = pairs.filter(|(name, _)| name == "back").map(|(_, back)| back);
    let back = match (asked.next(), asked.next()) {
        (Some(back), None) => back::local(&back).map(str::to_owned),
        _ => None,
    };
    back.unwrap_or_else(|| "/".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_or_a_guess_begins_nothing() {
        let check = |pairs: &[(&'static str, &'static str)], expected: bool| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            assert_eq!(is_chosen(&headers), expected, "{pairs:?}");
        };
        check(&[], true);
        check(&[("sec-fetch-dest", "document")], true);
        check(&[("sec-fetch-dest", "document"), ("sec-purpose", "prefetch")], false);
        check(&[("sec-purpose", "prefetch;prerender")], false);
        for what in ["image", "iframe", "empty", "script", "", "Document"] {
            check(&[("sec-fetch-dest", what)], false);
        }
    }

    #[test]
    fn what_is_not_one_local_path_is_the_start() {
        let check = |query: Option<&str>, expected: &str| {
            assert_eq!(asked_back(query), expected, "{query:?}");
        };
        check(None, "/");
        check(Some(""), "/");
        check(Some("back"), "/");
        check(Some("back=/ingresses"), "/ingresses");
        check(Some("back=%2Fingresses%3Fq%3Da%2520b"), "/ingresses?q=a%20b");
        check(Some("back=%2F%2Fevil.example"), "/");
        check(Some("back=/a&back=/b"), "/");
        check(Some("back=//evil.example&back=/a"), "/");
        check(Some("Back=/a"), "/");
    }

    #[test]
    fn the_page_is_told_the_code_and_the_way_back() {
        let check = |base: &str, back: &str, expected: &str| {
            let answer = again(base, &Failure::TooLate, None, back);
            assert_eq!(answer.status(), StatusCode::SEE_OTHER);
            assert_eq!(answer.headers()[header::LOCATION], expected);
        };
        check("", "/", "/auth/sign-in?failed=too-late");
        check("/routebook", "/a?b=c", "/routebook/auth/sign-in?failed=too-late&back=%2Fa%3Fb%3Dc");
    }
}
