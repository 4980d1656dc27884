//! A provider's key, and tokens signed with it, for the tests of what reads tokens.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, PrivateSigningKey as _};
use serde_json::{Value, json};

use super::discovery::{self, Known};

/// How everything is signed.
pub const ALGORITHM: CoreJwsSigningAlgorithm = CoreJwsSigningAlgorithm::EdDsa;

/// The issuer of all tokens.
pub const ISSUER: &str = "https://id.example.com";

/// Before the 32 bytes of a key of Ed25519 (RFC 8410, section 7).
const PREFIX: [u8; 16] = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];

/// When the tests take place.
pub fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn key() -> CoreEdDsaPrivateSigningKey {
    let key = STANDARD.encode([&PREFIX[..], &[7; 32]].concat());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n");
    let id = JsonWebKeyId::new("a".to_owned());
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(id)).unwrap()
}

/// The provider's only key, whose id is `a`.
pub fn keys() -> CoreJsonWebKeySet {
    CoreJsonWebKeySet::new(vec![key().as_verification_key()])
}

/// A token with this header. Whatever it says, Ed25519 signs.
pub fn signed(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let input = format!("{}.{}", part(header), part(claims));
    let signature = key().sign(&ALGORITHM, input.as_bytes()).unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The provider.
pub fn known() -> Known {
    let document = json!({
        "issuer": ISSUER,
        "authorization_endpoint": format!("{ISSUER}/authorize"),
        "token_endpoint": format!("{ISSUER}/token"),
        "jwks_uri": format!("{ISSUER}/keys"),
    });
    let known = discovery::read(document.to_string().as_bytes(), ISSUER).unwrap();
    Known { keys: keys(), ..known }
}
