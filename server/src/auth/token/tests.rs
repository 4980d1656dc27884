//! Id tokens, good and bad. Each bad one differs from a good one in one thing.

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::CoreJsonWebKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use super::super::testing::{ALGORITHM, ISSUER, known, now, signed};
use super::*;

const CLIENT: &str = "routebook";
const ACCESS: &str = "access";

fn claims() -> Value {
    let now = now().as_second();
    json!({
        "iss": ISSUER, "sub": "1", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": "n",
        "name": "Ada", "groups": ["a"], "sid": "s",
    })
}

fn header() -> Value {
    json!({"alg": "EdDSA", "kid": "a", "typ": "JWT"})
}

fn read(header: &Value, claims: &Value) -> Result<Claims, Doubt> {
    let token: CoreIdToken = signed(header, claims).parse().unwrap();
    let known = known();
    let algorithms = [ALGORITHM];
    let expected =
        Expected { client_id: CLIENT, algorithms: &algorithms, known: &known, now: now() };
    let (access, nonce) = (AccessToken::new(ACCESS.into()), Nonce::new("n".into()));
    believed(&token, &access, &nonce, &expected)
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn accepted(claims: &Value) {
    assert!(read(&header(), claims).is_ok(), "{claims} {:?}", read(&header(), claims).err());
}

fn refused(claims: &Value, part: &str) {
    match read(&header(), claims) {
        Err(Doubt::Refused(failure)) => {
            assert_eq!(failure.code(), "id-token", "{failure}");
            assert!(failure.to_string().contains(part), "{failure}");
        }
        other => panic!("{claims}: {other:?}"),
    }
}

#[test]
fn everything_that_a_good_token_says_is_read() {
    let read = read(&header(), &claims()).unwrap();
    assert_eq!((&read["sub"], &read["sid"]), (&json!("1"), &json!("s")));
    assert_eq!(read["groups"], json!(["a"]));
}

#[test]
fn clocks_may_differ_by_a_minute() {
    let now = now().as_second();
    accepted(&with("exp", json!(now - 59)));
    refused(&with("exp", json!(now - 60)), "expired");
    refused(&with("exp", json!(now - 3_600)), "expired");
    accepted(&with("iat", json!(now + 60)));
    refused(&with("iat", json!(now + 61)), "in the future");
}

#[test]
fn another_provider_or_another_client_is_refused() {
    refused(&with("iss", json!("https://other.example.com")), "issuer");
    refused(&with("iss", json!(format!("{ISSUER}/"))), "issuer");
    refused(&with("aud", json!("other")), "audiences");
    refused(&without("aud"), "audiences");
    refused(&with("aud", json!([])), "audiences");
}

#[test]
fn a_token_that_is_for_others_too_says_who_has_asked_for_it() {
    let both = json!([CLIENT, "other"]);
    refused(&with("aud", both.clone()), "azp");
    let mut claims = with("aud", both);
    claims["azp"] = json!("other");
    refused(&claims, "azp");
    claims["azp"] = json!(CLIENT);
    accepted(&claims);
    accepted(&with("azp", json!(CLIENT)));
    refused(&with("azp", json!("other")), "azp");
    refused(&with("azp", json!("Routebook")), "azp");
}

#[test]
fn the_nonce_is_that_of_this_sign_in() {
    for claims in [with("nonce", json!("m")), with("nonce", json!("")), without("nonce")] {
        match read(&header(), &claims) {
            Err(Doubt::Refused(failure)) => assert_eq!(failure.code(), "nonce"),
            other => panic!("{claims}: {other:?}"),
        }
    }
}

#[test]
fn somebody_has_signed_in() {
    refused(&with("sub", json!("")), "subject is empty");
    refused(&with("sub", json!("a\nb")), "control characters");
    accepted(&with("sub", json!("a".repeat(255))));
    refused(&with("sub", json!("a".repeat(256))), "longer than 255");
}

#[test]
fn the_access_token_is_the_one_that_came_with_it() {
    let hash = &Sha512::digest(ACCESS)[..32];
    accepted(&with("at_hash", json!(URL_SAFE_NO_PAD.encode(hash))));
    refused(&with("at_hash", json!("")), "at_hash");
    refused(&with("at_hash", json!(URL_SAFE_NO_PAD.encode([0u8; 32]))), "at_hash");
    refused(&with("at_hash", json!(URL_SAFE_NO_PAD.encode(&hash[..16]))), "at_hash");
}

/// The example of OpenID Connect Core 1.0, appendix A.3.
#[test]
fn the_hash_of_an_access_token_is_that_of_the_specification() {
    let token = AccessToken::new("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y".into());
    let key = CoreJsonWebKey::new_rsa(vec![1], vec![1], None);
    let algorithm = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
    let hash = AccessTokenHash::from_token(&token, &algorithm, &key).unwrap();
    assert_eq!(hash.as_str(), "77QmUPtjPfzWtF2AnpK9RQ");
}

#[test]
fn a_token_that_is_not_signed_in_an_allowed_way_is_refused() {
    let reason = |header: &Value| match read(header, &claims()) {
        Err(Doubt::Refused(Failure::IdToken(reason))) => reason,
        other => panic!("{header}: {other:?}"),
    };
    assert!(reason(&json!({"alg": "none"})).contains("No signature"));
    for algorithm in ["HS256", "RS256", "ES256"] {
        let reason = reason(&json!({"alg": algorithm, "kid": "a"}));
        assert!(reason.contains("Disallowed"), "{reason}");
    }
    let other_kind = json!({"alg": "EdDSA", "kid": "a", "typ": "logout+jwt"});
    assert!(reason(&other_kind).contains("unexpected"));
    let newer = json!({"alg": "EdDSA", "kid": "b"});
    assert_eq!(read(&newer, &claims()).err(), Some(Doubt::UnknownKey));
}
