//! The logout token: whom the provider signs out (OpenID Connect Back-Channel Logout 1.0, section
//! 2.6). Its signature was checked before.

use jiff::Timestamp;
use serde_json::Value;

use super::claims::text;
use super::failure::quoted;
use super::jws::{Claims, Signed};
use super::token::{LEEWAY, issued_by};

/// What makes it a logout token.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Whom it is about.
#[derive(Debug, PartialEq, Eq)]
pub struct Logout {
    /// The person, if it names one.
    pub subject: Option<String>,
    /// The provider's session, if it names one.
    pub session: Option<String>,
    /// Its own id: it is obeyed once.
    pub id: String,
    /// When nobody would obey it any more.
    pub ends: Timestamp,
}

/// What a logout token says, if it is one, of this issuer, for this client, and in time.
pub fn read(
    token: &Signed,
    issuer: &str,
    client_id: &str,
    now: Timestamp,
) -> Result<Logout, String> {
    let claims = &token.claims;
    kind(token.kind.as_deref())?;
    if text(claims, "iss") != Some(issuer) {
        return Err("it is of another issuer".to_owned());
    }
    if !is_for(claims.get("aud"), client_id) {
        return Err("it is for another client".to_owned());
    }
    issued_by(seconds(claims, "iat")?, now)?;
    let ends = Timestamp::from_second(seconds(claims, "exp")?).map_err(quoted)?;
    let ends = ends.checked_add(LEEWAY).map_err(quoted)?;
    if now >= ends {
        return Err(format!("it ended at {ends}"));
    }
    is_logout(claims)?;
    let id = text(claims, "jti").ok_or("it has no id (jti)")?.to_owned();
    let [subject, session] = ["sub", "sid"].map(|name| text(claims, name).map(str::to_owned));
    if subject.is_none() && session.is_none() {
        return Err("it names neither a person nor a session".to_owned());
    }
    Ok(Logout { subject, session, id, ends })
}

/// Older providers say only that it is a token.
fn kind(kind: Option<&str>) -> Result<(), String> {
    let Some(kind) = kind else { return Ok(()) };
    let kind = kind.to_ascii_lowercase();
    match kind.strip_prefix("application/").unwrap_or(&kind) {
        "logout+jwt" | "jwt" => Ok(()),
        other => Err(format!("it is a token of another kind: {}", quoted(other))),
    }
}

fn is_for(audience: Option<&Value>, client_id: &str) -> bool {
    match audience {
        Some(Value::String(one)) => one == client_id,
        Some(Value::Array(all)) => all.iter().any(|one| one.as_str() == Some(client_id)),
        _ => false,
    }
}

/// With a nonce it would be an id token, which anybody gets who signs in.
fn is_logout(claims: &Claims) -> Result<(), String> {
    let event = claims.get("events").and_then(|events| events.get(EVENT));
    if !event.is_some_and(Value::is_object) {
        return Err("it is no logout token (events)".to_owned());
    }
    if claims.contains_key("nonce") {
        return Err("it has a nonce, so that it may be an id token".to_owned());
    }
    Ok(())
}

fn seconds(claims: &Claims, name: &str) -> Result<i64, String> {
    let number = claims.get(name).and_then(Value::as_f64);
    // Fractions are allowed (RFC 7519, section 2), and do not matter.
    number.map(|number| number as i64).ok_or_else(|| format!("it has no time ({name})"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{ISSUER, now};
    use super::*;

    const CLIENT: &str = "routebook";

    fn claims() -> Value {
        let now = now().as_second();
        json!({
            "iss": ISSUER, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": "j",
            "sub": "1", "sid": "s", "events": {EVENT: {}},
        })
    }

    fn read_as(kind: Option<&str>, claims: Value) -> Result<Logout, String> {
        let Value::Object(claims) = claims else { panic!("claims are an object") };
        let token = Signed { kind: kind.map(str::to_owned), claims };
        read(&token, ISSUER, CLIENT, now())
    }

    fn with(name: &str, value: Value) -> Result<Logout, String> {
        let mut claims = claims();
        claims[name] = value;
        read_as(Some("logout+jwt"), claims)
    }

    fn without(names: &[&str]) -> Result<Logout, String> {
        let mut claims = claims();
        for name in names {
            claims.as_object_mut().unwrap().remove(*name);
        }
        read_as(Some("logout+jwt"), claims)
    }

    fn refused(result: Result<Logout, String>, part: &str) {
        let error = result.unwrap_err();
        assert!(error.contains(part), "{error}");
    }

    #[test]
    fn a_person_or_a_session_is_signed_out() {
        let logout = read_as(Some("logout+jwt"), claims()).unwrap();
        assert_eq!((logout.subject.as_deref(), logout.session.as_deref()), (Some("1"), Some("s")));
        assert_eq!((logout.id.as_str(), logout.ends), ("j", now() + LEEWAY + LEEWAY + LEEWAY));
        assert_eq!(without(&["sid"]).unwrap().session, None);
        assert_eq!(without(&["sub"]).unwrap().subject, None);
        refused(without(&["sub", "sid"]), "neither");
    }

    #[test]
    fn another_kind_of_token_is_refused() {
        for kind in [None, Some("logout+jwt"), Some("application/logout+jwt"), Some("JWT")] {
            assert!(read_as(kind, claims()).is_ok(), "{kind:?}");
        }
        for kind in ["at+jwt", "id+jwt", "", "logout"] {
            refused(read_as(Some(kind), claims()), "another kind");
        }
        refused(with("nonce", json!("n")), "nonce");
        refused(with("nonce", json!(null)), "nonce");
        for events in [json!({}), json!([EVENT]), json!(EVENT), json!({EVENT: true})] {
            refused(with("events", events), "events");
        }
        refused(without(&["events"]), "events");
    }

    #[test]
    fn another_issuer_and_another_client_are_refused() {
        refused(with("iss", json!("https://other.example.com")), "issuer");
        refused(without(&["iss"]), "issuer");
        assert!(with("aud", json!([CLIENT, "other"])).is_ok());
        for audience in [json!("other"), json!(["other"]), json!([]), json!(null), json!({})] {
            refused(with("aud", audience), "client");
        }
    }

    #[test]
    fn a_token_is_in_time_and_has_an_id() {
        let now = now().as_second();
        assert!(with("exp", json!(now - 59)).is_ok());
        refused(with("exp", json!(now - 60)), "ended");
        refused(with("exp", json!("soon")), "exp");
        refused(with("exp", json!(1e300)), "");
        refused(without(&["exp"]), "exp");
        assert!(with("iat", json!(now + 60)).is_ok());
        assert!(with("iat", json!(now as f64 + 0.5)).is_ok());
        refused(with("iat", json!(now + 61)), "future");
        refused(without(&["iat"]), "iat");
        refused(with("jti", json!("")), "jti");
        refused(without(&["jti"]), "jti");
    }
}
