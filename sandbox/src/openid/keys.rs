//! The keys that sign tokens, and what the key set says of them.

use std::sync::LazyLock;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use rand::rngs::OsRng;
use ring::digest::{self, SHA256, SHA512};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use rsa::pkcs8::EncodePublicKey;
use rsa::sha2::Sha256;
use rsa::signature::{RandomizedSigner, SignatureEncoding, Signer};
use rsa::traits::PublicKeyParts;
use rsa::{RsaPrivateKey, pkcs1v15, pss};
use serde_json::{Value, json};

use super::grants::random;
use super::options::Algorithm;

/// What stands before the point of a P-256 key in its SubjectPublicKeyInfo (RFC 5480).
const P256: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// The same for Ed25519 (RFC 8410).
const ED25519: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// Making one takes a second, so a process makes two: a rotation needs another one.
static RSA: [LazyLock<RsaPrivateKey>; 2] = [LazyLock::new(rsa_key), LazyLock::new(rsa_key)];

/// A key that signs.
pub(super) struct Key {
    /// Its id in the key set; no two keys have the same.
    pub id: String,
    pub algorithm: Algorithm,
    /// How many keys the provider had before.
    pub number: usize,
    secret: Secret,
}

enum Secret {
    P256(Box<EcdsaKeyPair>),
    Ed25519(Ed25519KeyPair),
    Rsa(&'static RsaPrivateKey),
}

impl Key {
    /// A new key. With RSA this may take a second.
    pub fn new(algorithm: Algorithm, number: usize) -> Self {
        let secret = match algorithm {
            Algorithm::Es256 => Secret::P256(Box::new(p256_key())),
            Algorithm::EdDsa => Secret::Ed25519(ed25519_key()),
            Algorithm::Rs256 | Algorithm::Ps256 => Secret::Rsa(&RSA[number % RSA.len()]),
        };
        let id = format!("sandbox-{number}-{}", &random()[..8]);
        Self { id, algorithm, number, secret }
    }

    /// The signature of a message, as a token has it.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.secret {
            Secret::P256(pair) => {
                let signature = pair.sign(&SystemRandom::new(), message);
                signature.expect("the system has random numbers").as_ref().to_vec()
            }
            Secret::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Secret::Rsa(key) if self.algorithm == Algorithm::Ps256 => {
                let key = pss::SigningKey::<Sha256>::new(RsaPrivateKey::clone(key));
                let signature: pss::Signature = key.sign_with_rng(&mut OsRng, message);
                signature.to_vec()
            }
            Secret::Rsa(key) => {
                let key = pkcs1v15::SigningKey::<Sha256>::new(RsaPrivateKey::clone(key));
                let signature: pkcs1v15::Signature = key.sign(message);
                signature.to_vec()
            }
        }
    }

    /// The public half as the key set has it (RFC 7517).
    pub fn public(&self) -> Value {
        let mut key = match &self.secret {
            Secret::P256(pair) => {
                // The point is a 4 and two coordinates.
                let point: &[u8] = pair.public_key().as_ref();
                let (x, y) = point[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "x": encoded(x), "y": encoded(y) })
            }
            Secret::Ed25519(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": encoded(pair.public_key().as_ref()) })
            }
            Secret::Rsa(key) => {
                let (n, e) = (key.n().to_bytes_be(), key.e().to_bytes_be());
                json!({ "kty": "RSA", "n": encoded(&n), "e": encoded(&e) })
            }
        };
        key["kid"] = self.id.as_str().into();
        key["alg"] = self.algorithm.name().into();
        key["use"] = "sig".into();
        key
    }

    /// The public half as a file has it.
    pub fn public_pem(&self) -> String {
        let der = match &self.secret {
            Secret::P256(pair) => [P256, pair.public_key().as_ref()].concat(),
            Secret::Ed25519(pair) => [ED25519, pair.public_key().as_ref()].concat(),
            Secret::Rsa(key) => {
                let document = key.to_public_key().to_public_key_der();
                document.expect("a key that was made here is in order").as_bytes().to_vec()
            }
        };
        let text = BASE64_STANDARD.encode(der);
        let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy);
        let lines: String = lines.map(|line| format!("{line}\n")).collect();
        format!("-----BEGIN PUBLIC KEY-----\n{lines}-----END PUBLIC KEY-----\n")
    }

    /// The left half of a text's hash, for `at_hash`. Which hash follows from the algorithm; for
    /// Ed25519 it is the one that the signature has inside.
    pub fn half_hash(&self, text: &str) -> String {
        let algorithm = match self.algorithm {
            Algorithm::EdDsa => &SHA512,
            _ => &SHA256,
        };
        let hash = digest::digest(algorithm, text.as_bytes());
        encoded(&hash.as_ref()[..algorithm.output_len() / 2])
    }
}

/// Bytes as tokens and keys write them.
pub(super) fn encoded(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn p256_key() -> EcdsaKeyPair {
    let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
    let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random);
    let document = document.expect("the system has random numbers");
    EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).expect("it was just made")
}

fn ed25519_key() -> Ed25519KeyPair {
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new());
    let document = document.expect("the system has random numbers");
    Ed25519KeyPair::from_pkcs8(document.as_ref()).expect("it was just made")
}

fn rsa_key() -> RsaPrivateKey {
    RsaPrivateKey::new(&mut OsRng, 2048).expect("2048 bits are enough for a key")
}
