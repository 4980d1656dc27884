//! What tokens and userinfo say.

use serde_json::{Map, Value, json};

use super::account::Account;
use super::grants::{Grant, random};
use super::http::Shared;
use super::keys::Key;

/// How long an ID token is good for, in seconds.
const ID_TOKEN: i64 = 300;
/// The same for a notice of sign-out, for which the specification advises two minutes at most.
const NOTICE: i64 = 120;

/// Names and values.
pub(super) type Claims = Map<String, Value>;

/// An ID token's claims (OpenID Connect Core, section 2).
pub(super) fn id_token(
    shared: &Shared,
    key: &Key,
    grant: &Grant,
    account: &Account,
    access_token: &str,
) -> Claims {
    let now = shared.now().as_second();
    let mut claims = object(json!({
        "iss": shared.issuer,
        "sub": account.subject,
        "aud": shared.options.client_id,
        "iat": now,
        "exp": now + ID_TOKEN,
        "auth_time": grant.at.as_second(),
        "sid": grant.session,
        "at_hash": key.half_hash(access_token),
    }));
    if let Some(nonce) = &grant.nonce {
        claims.insert("nonce".to_owned(), nonce.as_str().into());
    }
    tell(&mut claims, grant, account, shared.options.groups_in.id_token());
    claims
}

/// The claims of userinfo.
pub(super) fn userinfo(shared: &Shared, grant: &Grant, account: &Account) -> Claims {
    let mut claims = object(json!({ "sub": account.subject }));
    tell(&mut claims, grant, account, shared.options.groups_in.userinfo());
    claims
}

/// The claims of a notice of sign-out (OpenID Connect Back-Channel Logout, section 2.4).
pub(super) fn notice(shared: &Shared, account: &Account, session: Option<&str>) -> Claims {
    let now = shared.now().as_second();
    let mut claims = object(json!({
        "iss": shared.issuer,
        "sub": account.subject,
        "aud": shared.options.client_id,
        "iat": now,
        "exp": now + NOTICE,
        "jti": random(),
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    }));
    if let Some(session) = session {
        claims.insert("sid".to_owned(), session.into());
    }
    claims
}

/// Adds what is known of a person: by scope where OpenID has a name for it, the rest with the
/// groups.
fn tell(claims: &mut Claims, grant: &Grant, account: &Account, with_groups: bool) {
    let asked = |scope: &str| grant.scopes.iter().any(|each| each == scope);
    if asked("profile") {
        claims.insert("name".to_owned(), account.name.as_str().into());
    }
    let told = account.claims.iter().filter(|(name, _)| match name.as_str() {
        "name" | "preferred_username" => asked("profile"),
        "email" | "email_verified" => asked("email"),
        _ => with_groups,
    });
    claims.extend(told.map(|(name, value)| (name.clone(), value.clone())));
}

fn object(value: Value) -> Claims {
    match value {
        Value::Object(claims) => claims,
        _ => Claims::new(),
    }
}
