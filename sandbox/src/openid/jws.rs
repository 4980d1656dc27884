//! Signed tokens (JSON Web Signature, RFC 7515) in their compact form.

use ring::hmac;
use serde_json::{Value, json};

use super::keys::{Key, encoded};

/// A token as it should be.
pub(super) fn signed(key: &Key, kind: &str, claims: &Value) -> String {
    signed_as(key, &key.id, kind, claims)
}

/// A token that names another key than the one that signed it.
pub(super) fn signed_as(key: &Key, id: &str, kind: &str, claims: &Value) -> String {
    signed_text(key, id, kind, &claims.to_string())
}

/// A token whose claims are whatever text.
pub(super) fn signed_text(key: &Key, id: &str, kind: &str, claims: &str) -> String {
    let header = json!({ "alg": key.algorithm.name(), "kid": id, "typ": kind });
    let input = input(&header, claims);
    let signature = key.sign(input.as_bytes());
    joined(&input, &signature)
}

/// A token with an empty signature.
pub(super) fn unsigned(claims: &Value) -> String {
    joined(&input(&json!({ "alg": "none", "typ": "JWT" }), &claims.to_string()), &[])
}

/// A token signed with a secret that both sides know.
pub(super) fn with_secret(secret: &[u8], header: &Value, claims: &Value) -> String {
    let input = input(header, &claims.to_string());
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), input.as_bytes());
    joined(&input, signature.as_ref())
}

fn input(header: &Value, claims: &str) -> String {
    format!("{}.{}", encoded(header.to_string().as_bytes()), encoded(claims.as_bytes()))
}

fn joined(input: &str, signature: &[u8]) -> String {
    format!("{input}.{}", encoded(signature))
}
