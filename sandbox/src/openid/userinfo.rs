//! The userinfo endpoint (OpenID Connect Core, section 5.3).

use axum::body::Body;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, Response, StatusCode};
use serde_json::Value;

use super::faults::Fault;
use super::http::Shared;
use super::{answer, claims};

/// Answers whoever has an access token with what is known of its person now.
pub(super) fn tell(shared: &Shared, authorization: Option<&str>) -> Response<Body> {
    let token = authorization.and_then(|header| header.strip_prefix("Bearer "));
    let grant = token.and_then(|token| shared.grants.of_token(token));
    let account = grant.as_ref().and_then(|grant| shared.account(&grant.account));
    let (Some(grant), Some(account)) = (grant, account) else { return refusal() };
    let mut claims = claims::userinfo(shared, &grant, &account);
    for fault in shared.faults.all() {
        if let Fault::UserinfoSubject(subject) = fault {
            claims.insert("sub".to_owned(), subject.into());
        }
    }
    answer::json(StatusCode::OK, &Value::Object(claims))
}

fn refusal() -> Response<Body> {
    let why = "the access token is not known";
    let mut response = answer::error(StatusCode::UNAUTHORIZED, "invalid_token", why);
    let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
    response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    response
}
