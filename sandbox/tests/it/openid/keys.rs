//! Keys and signatures, checked by another library than the one that made them where there is one.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use sandbox::openid::{Algorithm, Options};
use serde_json::{Value, json};

use super::{id_token, json as asked, options, read, start, tokens};

fn decoded(text: &Value) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}

/// Whether the key set's only key made this token's signature.
fn fits(set: &Value, token: &str) -> bool {
    let key = &set["keys"][0];
    let (input, signature) = token.rsplit_once('.').unwrap();
    let (input, signature) = (input.as_bytes(), decoded(&json!(signature)));
    let (header, _) = read(token);
    assert_eq!((&header["kid"], &header["alg"]), (&key["kid"], &key["alg"]));
    assert_eq!(key["use"], "sig");
    let plain = |algorithm: &'static dyn VerificationAlgorithm, point: Vec<u8>| {
        UnparsedPublicKey::new(algorithm, point).verify(input, &signature).is_ok()
    };
    let rsa = |parameters: &RsaParameters| {
        let key = RsaPublicKeyComponents { n: decoded(&key["n"]), e: decoded(&key["e"]) };
        key.verify(parameters, input, &signature).is_ok()
    };
    match key["alg"].as_str().unwrap() {
        "ES256" => {
            let point = [vec![4], decoded(&key["x"]), decoded(&key["y"])].concat();
            plain(&ECDSA_P256_SHA256_FIXED, point)
        }
        "EdDSA" => plain(&ED25519, decoded(&key["x"])),
        "RS256" => rsa(&RSA_PKCS1_2048_8192_SHA256),
        "PS256" => rsa(&RSA_PSS_2048_8192_SHA256),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn every_algorithm_is_checked_with_the_key_set() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256, Algorithm::Ps256] {
        let provider = start(Options { algorithm, ..options() }).await;
        let tokens = tokens(&provider, "admin").await;
        let set = asked(&provider, "/keys").await;
        assert!(fits(&set, id_token(&tokens)), "{algorithm:?}");
        assert!(fits(&set, &provider.sign(&json!({ "a": 1 }))), "{algorithm:?}");
        assert_eq!(set["keys"][0]["alg"], algorithm.name());
    }
}

#[tokio::test]
async fn a_rotated_key_is_another_one_under_another_id() {
    for algorithm in [Algorithm::Es256, Algorithm::Rs256] {
        let provider = start(Options { algorithm, ..options() }).await;
        let (old_set, old_token) = (asked(&provider, "/keys").await, provider.sign(&json!({})));
        provider.rotate_keys();
        let set = asked(&provider, "/keys").await;
        let [new, old] = [&set["keys"][0], &old_set["keys"][0]];
        assert_ne!(new["kid"], old["kid"]);
        assert_ne!((&new["x"], &new["n"]), (&old["x"], &old["n"]));
        assert!(fits(&set, &provider.sign(&json!({}))) && fits(&old_set, &old_token));
    }
}
