//! The token endpoint: the client turns a code into tokens (OpenID Connect Core, section 3.1.3).

use axum::body::Body;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::{Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use super::account::Account;
use super::faults::Fault;
use super::grants::Grant;
use super::http::Shared;
use super::keys::encoded;
use super::parameters::Parameters;
use super::{answer, claims, sabotage};

/// How long a code is good for, in seconds.
const CODE: i64 = 60;
/// How long an access token is said to be good for, in seconds.
const ACCESS_TOKEN: i64 = 300;

/// A refusal: OAuth's code, and words.
type Refusal = (&'static str, &'static str);

/// Answers the client.
pub(super) fn exchange(
    shared: &Shared,
    authorization: Option<&str>,
    form: &Parameters,
) -> Response<Body> {
    if let Err(why) = known(shared, authorization, form) {
        return answer::error(StatusCode::UNAUTHORIZED, "invalid_client", why);
    }
    match granted(shared, form) {
        Ok((grant, account)) => answer::json(StatusCode::OK, &tokens(shared, &grant, &account)),
        Err((code, why)) => answer::error(StatusCode::BAD_REQUEST, code, why),
    }
}

/// Whether it is the client who asks: by `client_secret_basic`, by `client_secret_post`, or, if it
/// has no secret, by its name.
fn known(
    shared: &Shared,
    authorization: Option<&str>,
    form: &Parameters,
) -> Result<(), &'static str> {
    let field = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let (id, secret) = match authorization {
        Some(_) if form.get("client_secret").is_some() => return Err("a secret came twice"),
        Some(header) => basic(header).ok_or("the header Authorization cannot be read")?,
        None => (field("client_id"), field("client_secret")),
    };
    let options = &shared.options;
    if id != options.client_id || secret != options.client_secret {
        return Err("the client or its secret is not known");
    }
    Ok(())
}

/// Name and secret of a header. Both are form-encoded before they are put together (RFC 6749,
/// section 2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let text = BASE64_STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
    let text = String::from_utf8(text).ok()?;
    let (id, secret) = text.split_once(':')?;
    let plain = |part: &str| {
        let pair = format!("={part}");
        let decoded = form_urlencoded::parse(pair.as_bytes()).next();
        decoded.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    Some((plain(id), plain(secret)))
}

/// What the code stands for. A wrong try uses it up as well.
fn granted(shared: &Shared, form: &Parameters) -> Result<(Grant, Account), Refusal> {
    if form.doubled().is_some() {
        return Err(("invalid_request", "a parameter is there twice"));
    }
    if form.get("grant_type") != Some("authorization_code") {
        return Err(("unsupported_grant_type", "only authorization_code is here"));
    }
    let code = form.get("code").ok_or(("invalid_request", "the code is missing"))?;
    let invalid = |why: &'static str| ("invalid_grant", why);
    let grant =
        shared.grants.take_code(code).ok_or(invalid("the code is not known, or used up"))?;
    if shared.now().as_second() > grant.at.as_second() + CODE {
        return Err(invalid("the code has ended"));
    }
    if form.get("redirect_uri") != Some(grant.redirect.as_str()) {
        return Err(invalid("the redirect_uri is not that of the request"));
    }
    let verifier = form.get("code_verifier").unwrap_or_default();
    if encoded(&Sha256::digest(verifier)) != grant.challenge {
        return Err(invalid("the code_verifier does not fit the code_challenge"));
    }
    let account = shared.account(&grant.account).ok_or(invalid("the account is gone"))?;
    Ok((grant, account))
}

fn tokens(shared: &Shared, grant: &Grant, account: &Account) -> Value {
    let (faults, key) = (shared.faults.all(), shared.key());
    let scope = grant.scopes.join(" ");
    let access_token = shared.grants.token(grant.clone());
    let mut answer = json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": ACCESS_TOKEN,
        "scope": scope,
    });
    if !faults.contains(&Fault::NoIdToken) {
        let mut claims = claims::id_token(shared, &key, grant, account, &access_token);
        sabotage::distort(&faults, shared, &mut claims);
        let secret = shared.options.client_secret.as_bytes();
        let token = sabotage::sign(&faults, &key, secret, &Value::Object(claims));
        let earlier = shared.grants.keep_id_token(&grant.account, &token);
        let earlier = earlier.filter(|_| faults.contains(&Fault::EarlierIdToken));
        answer["id_token"] = earlier.unwrap_or(token).into();
    }
    answer
}
