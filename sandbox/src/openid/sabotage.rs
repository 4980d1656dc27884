//! Acts out the faults.

use axum::body::Body;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::claims::Claims;
use super::faults::Fault;
use super::http::{DISCOVERY, Shared, TOKEN, USERINFO};
use super::keys::Key;
use super::{answer, jws, page};

/// Another machine, of which nobody ever hears (RFC 5737).
pub(super) const ELSEWHERE: &str = "http://192.0.2.1";

const HOUR: i64 = 3600;

/// Waits as long as a slow provider does.
pub(super) async fn wait(faults: &[Fault]) {
    for fault in faults {
        if let Fault::Slow(pause) = fault {
            tokio::time::sleep(*pause).await;
        }
    }
}

/// The answer that a fault gives in place of the true one.
pub(super) fn instead(faults: &[Fault], path: &str) -> Option<Response<Body>> {
    faults.iter().find_map(|fault| match (fault, path) {
        (Fault::Down, _) => {
            Some(answer::text(StatusCode::SERVICE_UNAVAILABLE, "no healthy upstream\n".to_owned()))
        }
        (Fault::Html, DISCOVERY) | (Fault::TokenHtml, TOKEN) | (Fault::UserinfoHtml, USERINFO) => {
            let page = page::words("Maintenance", "Please come back later.");
            Some(answer::html(StatusCode::OK, page))
        }
        (Fault::TokenRedirect(place), TOKEN) => {
            Some(answer::redirect(StatusCode::TEMPORARY_REDIRECT, place))
        }
        (Fault::TokenError(code), TOKEN) => {
            Some(answer::error(StatusCode::BAD_REQUEST, code, "refused on purpose"))
        }
        _ => None,
    })
}

/// Whom the browser says that it comes from.
pub(super) fn callback_issuer(faults: &[Fault], issuer: &str) -> Option<String> {
    let wrong = faults.iter().find_map(|fault| match fault {
        Fault::CallbackIssuer(issuer) => Some(Some(issuer.clone())),
        Fault::NoCallbackIssuer => Some(None),
        _ => None,
    });
    wrong.unwrap_or_else(|| Some(issuer.to_owned()))
}

/// Changes an ID token's claims before they are signed.
pub(super) fn distort(faults: &[Fault], shared: &Shared, claims: &mut Claims) {
    let now = shared.now().as_second();
    for (name, value) in faults.iter().flat_map(|fault| changes(fault, shared, now)) {
        match value {
            Value::Null => claims.remove(name),
            value => claims.insert(name.to_owned(), value),
        };
    }
}

/// Claims with other values; null for those that are missing.
fn changes(fault: &Fault, shared: &Shared, now: i64) -> Vec<(&'static str, Value)> {
    let client = shared.options.client_id.as_str();
    match fault {
        Fault::WrongIssuer => vec![("iss", json!(ELSEWHERE))],
        Fault::WrongAudience => vec![("aud", json!("another-client"))],
        Fault::SecondAudienceWithoutAzp => vec![("aud", json!([client, "another-client"]))],
        Fault::WrongAzp => vec![("azp", json!("another-client"))],
        Fault::Expired => vec![("iat", json!(now - 2 * HOUR)), ("exp", json!(now - HOUR))],
        Fault::IssuedInFuture => vec![("iat", json!(now + HOUR)), ("exp", json!(now + 2 * HOUR))],
        Fault::NoSubject => vec![("sub", Value::Null)],
        Fault::EmptySubject => vec![("sub", json!(""))],
        Fault::WrongNonce => vec![("nonce", json!("another-nonce"))],
        Fault::NoNonce => vec![("nonce", Value::Null)],
        Fault::WrongAtHash => vec![("at_hash", json!(shared.key().half_hash("another token")))],
        _ => Vec::new(),
    }
}

/// Signs an ID token, wrongly if a fault wants that.
pub(super) fn sign(faults: &[Fault], key: &Key, secret: &[u8], claims: &Value) -> String {
    let wrong = faults.iter().find_map(|fault| match fault {
        Fault::AlgNone => Some(jws::unsigned(claims)),
        Fault::Hs256WithSecret => {
            Some(jws::with_secret(secret, &json!({ "alg": "HS256" }), claims))
        }
        Fault::Hs256WithPublicKey => {
            let header = json!({ "alg": "HS256", "kid": key.id });
            Some(jws::with_secret(key.public_pem().as_bytes(), &header, claims))
        }
        Fault::UnknownKid => Some(jws::signed_as(key, "nobody-knows-it", "JWT", claims)),
        Fault::TwoNonces => {
            Some(jws::signed_text(key, &key.id, "JWT", &with_another_nonce(claims)))
        }
        Fault::BadSignature => Some(otherwise_signed(&jws::signed(key, "JWT", claims))),
        _ => None,
    });
    wrong.unwrap_or_else(|| jws::signed(key, "JWT", claims))
}

/// Claims as a text that has `nonce` twice, which no [`Value`] can have.
fn with_another_nonce(claims: &Value) -> String {
    claims.to_string().replacen('{', r#"{"nonce":"another-nonce","#, 1)
}

/// The same token with another fifth letter in its signature.
fn otherwise_signed(token: &str) -> String {
    let place = token.rfind('.').unwrap_or_default() + 5;
    let other = if token[place..].starts_with('A') { 'B' } else { 'A' };
    format!("{}{other}{}", &token[..place], &token[place + 1..])
}
