//! What a browser keeps while somebody signs in, and what follows from it. State, nonce, verifier
//! and the key of the store's row are all hashes of one secret, so that nothing secret is in the
//! store, and no answer of the provider fits another browser or another sign-in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::material::hex;
use openidconnect::{CsrfToken, Nonce, PkceCodeVerifier};
use sha2::{Digest, Sha256};

/// 256 bits.
const BYTES: usize = 32;

/// The secret in the cookie of a sign-in that has begun. It is never shown: it has no `Debug`.
pub struct Secret(String);

impl Secret {
    /// A new one, from the generator that the library takes its own secrets from.
    pub fn random() -> Self {
        Self(CsrfToken::new_random_len(32).into_secret())
    }

    /// The secret in a cookie's value, if it can be one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == BYTES).then(|| Self(text.to_owned()))
    }

    /// The cookie's value.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The `state`, by which the answer is known to belong to this browser.
    pub fn state(&self) -> CsrfToken {
        CsrfToken::new(self.derived("state"))
    }

    /// The `nonce`, by which the id token is known to belong to this sign-in.
    pub fn nonce(&self) -> Nonce {
        Nonce::new(self.derived("nonce"))
    }

    /// The PKCE verifier, without which the code is worth nothing.
    pub fn verifier(&self) -> PkceCodeVerifier {
        PkceCodeVerifier::new(self.derived("verifier"))
    }

    /// The key of the row in the store.
    pub fn row(&self) -> String {
        hidden("row", &self.0)
    }

    fn derived(&self, purpose: &str) -> String {
        URL_SAFE_NO_PAD.encode(sha256(purpose, &self.0))
    }
}

/// What the store may know of a secret: its SHA-256 in hexadecimal. What it is for is hashed with
/// it, so that a hash of one kind is none of another.
pub fn hidden(purpose: &str, secret: &str) -> String {
    hex(&sha256(purpose, secret))
}

/// Whether two texts are the same. How long it takes does not tell where they differ.
pub fn same(left: &str, right: &str) -> bool {
    let (left, right) = (sha256("same", left), sha256("same", right));
    left.iter().zip(right).fold(0, |differs, (left, right)| differs | (left ^ right)) == 0
}

fn sha256(purpose: &str, text: &str) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(purpose.as_bytes());
    digest.update(text.as_bytes());
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    #[test]
    fn everything_follows_from_the_secret_and_is_different() {
        let secret = Secret::parse(TEXT).unwrap();
        let (state, nonce, verifier) = (secret.state(), secret.nonce(), secret.verifier());
        assert_eq!(state.secret(), "haZKIhq51F09-OdycJjJfBqcAwKxH0e-fM_Md5Z8WT4");
        assert_eq!(nonce.secret(), "9w3adsWdS08F1YIsONj-65qG3VK8rOupZ9wrXbG6biM");
        assert_eq!(verifier.secret(), "xcyPQmmraJOB08GTV9Or72w-gPYZEngQTuDqK97MvtU");
        assert_eq!(
            secret.row(),
            "bdbd6d8a3bf50f87ec2ebd7babd90fbb369ab366f282c59692df899732a10e1a"
        );
        assert!((43..=128).contains(&verifier.secret().len()), "RFC 7636, section 4.1");
    }

    #[test]
    fn another_secret_has_another_state() {
        let (one, other) = (Secret::random(), Secret::random());
        assert_ne!(one.text(), other.text());
        assert_ne!(one.state().secret(), other.state().secret());
        assert_ne!(one.row(), other.row());
        let read = Secret::parse(one.text()).unwrap();
        assert_eq!(read.state().secret(), one.state().secret());
    }

    #[test]
    fn what_is_no_secret_of_ours_is_none() {
        assert!(Secret::parse(TEXT).is_some());
        for bad in ["", "AAAA", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] {
            assert!(Secret::parse(bad).is_none(), "{bad}");
        }
        assert!(Secret::parse(&format!("{TEXT}A")).is_none());
        assert!(Secret::parse(&TEXT.replace('A', "é")).is_none());
    }

    #[test]
    fn texts_are_the_same_or_not() {
        assert!(same("", "") && same("abc", "abc"));
        for other in ["", "ab", "abd", "abcd", "Abc"] {
            assert!(!same("abc", other), "{other}");
        }
    }

    #[test]
    fn a_hash_of_one_kind_is_none_of_another() {
        assert_ne!(hidden("session", "a"), hidden("sid", "a"));
        assert_eq!(hidden("session", "a").len(), 64);
    }
}
