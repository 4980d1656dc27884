//! Signed tokens that are no id tokens, such as logout tokens: the library reads none without a
//! subject. The signature is its affair here too. What the claims say is not looked at here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::JsonWebKey as _;
use openidconnect::core::{CoreJsonWebKey, CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value};

use super::failure::quoted;

/// Names and values, as a provider has signed them.
pub type Claims = Map<String, Value>;

/// A token whose signature is right.
pub struct Signed {
    /// What kind of token it says it is.
    pub kind: Option<String>,
    /// What it says.
    pub claims: Claims,
}

/// Why a signature is not accepted.
#[derive(Debug, PartialEq, Eq)]
pub enum Unsigned {
    /// It is by a key that is not among these; newer keys may have it.
    UnknownKey,
    /// It is wrong, or the token is none.
    Refused(String),
}

#[derive(Deserialize)]
struct Header {
    alg: CoreJwsSigningAlgorithm,
    kid: Option<String>,
    typ: Option<String>,
    cty: Option<String>,
    crit: Option<IgnoredAny>,
}

/// Reads a token that one of these keys has signed in one of these ways.
pub fn read(
    token: &str,
    keys: &CoreJsonWebKeySet,
    allowed: &[CoreJwsSigningAlgorithm],
) -> Result<Signed, Unsigned> {
    let refused = |why: &str| Unsigned::Refused(why.to_owned());
    let mut parts = token.split('.');
    let (Some(header), Some(claims), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(refused("it has not three parts"));
    };
    let input = format!("{header}.{claims}");
    let header: Header = parse(header, "header")?;
    if header.crit.is_some() || header.cty.is_some() {
        return Err(refused("its header asks for what is not known here"));
    }
    if !allowed.contains(&header.alg) {
        return Err(refused("its algorithm is not allowed"));
    }
    let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else {
        return Err(refused("its signature is not base64url"));
    };
    let eligible = eligible(keys, header.kid.as_deref());
    if eligible.is_empty() {
        return Err(Unsigned::UnknownKey);
    }
    let has_signed = |key: &&CoreJsonWebKey| {
        key.verify_signature(&header.alg, input.as_bytes(), &signature).is_ok()
    };
    if !eligible.iter().any(has_signed) {
        return Err(refused("its signature is wrong"));
    }
    Ok(Signed { kind: header.typ, claims: parse(claims, "claims")? })
}

/// The keys that may have signed: that of this id, or any if none is named.
fn eligible<'a>(keys: &'a CoreJsonWebKeySet, id: Option<&str>) -> Vec<&'a CoreJsonWebKey> {
    let fits = |key: &&CoreJsonWebKey| {
        id.is_none_or(|id| key.key_id().is_some_and(|known| known.as_str() == id))
    };
    keys.keys().iter().filter(fits).collect()
}

fn parse<T: DeserializeOwned>(part: &str, what: &str) -> Result<T, Unsigned> {
    let refused = |why: String| Unsigned::Refused(format!("its {what} cannot be read: {why}"));
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|error| refused(error.to_string()))?;
    serde_json::from_slice(&json).map_err(|error| refused(quoted(error)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{self, ALGORITHM, signed};
    use super::*;

    fn refused(token: &str, part: &str) {
        match read(token, &testing::keys(), &[ALGORITHM]) {
            Err(Unsigned::Refused(reason)) => assert!(reason.contains(part), "{reason}"),
            Err(Unsigned::UnknownKey) => panic!("unknown key: {token}"),
            Ok(_) => panic!("accepted: {token}"),
        }
    }

    #[test]
    fn a_signed_token_is_read() {
        let token = signed(&json!({"alg": "EdDSA", "kid": "a", "typ": "x"}), &json!({"b": 1}));
        let read = read(&token, &testing::keys(), &[ALGORITHM]).ok().unwrap();
        assert_eq!(read.kind.as_deref(), Some("x"));
        assert_eq!(read.claims["b"], 1);
    }

    #[test]
    fn a_key_that_is_not_named_is_found() {
        let token = signed(&json!({"alg": "EdDSA"}), &json!({}));
        assert!(read(&token, &testing::keys(), &[ALGORITHM]).is_ok());
    }

    #[test]
    fn another_key_may_be_a_newer_one() {
        let token = signed(&json!({"alg": "EdDSA", "kid": "b"}), &json!({}));
        let read = read(&token, &testing::keys(), &[ALGORITHM]);
        assert_eq!(read.err(), Some(Unsigned::UnknownKey));
    }

    #[test]
    fn what_is_not_signed_in_an_allowed_way_is_refused() {
        let claims = json!({"b": 1});
        let token = signed(&json!({"alg": "EdDSA", "kid": "a"}), &claims);
        let (input, signature) = token.rsplit_once('.').unwrap();
        let (header, _) = input.split_once('.').unwrap();
        let other = URL_SAFE_NO_PAD.encode(r#"{"b":2}"#);
        refused(&format!("{header}.{other}.{signature}"), "signature is wrong");
        refused(&format!("{input}."), "signature is wrong");
        refused(&format!("{input}.!"), "not base64url");
        refused(&format!("{token}.x"), "three parts");
        refused("", "three parts");
        refused("a.b.c", "header cannot be read");
        for algorithm in ["none", "HS256", "RS256", "ES256"] {
            let token = signed(&json!({"alg": algorithm, "kid": "a"}), &claims);
            refused(&token, "algorithm is not allowed");
        }
        refused(&signed(&json!({"alg": "x"}), &claims), "header cannot be read");
        refused(&signed(&json!({"kid": "a"}), &claims), "header cannot be read");
        let critical = json!({"alg": "EdDSA", "kid": "a", "crit": ["b64"], "b64": false});
        refused(&signed(&critical, &claims), "not known here");
        refused(&signed(&json!({"alg": "EdDSA"}), &json!([1])), "claims cannot be read");
    }
}
