//! Faults, switched on at run time: what a client must see through.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The ID token is of another issuer.
    WrongIssuer,
    /// The ID token is for another client.
    WrongAudience,
    /// The ID token is for another client too, and does not say who asked for it.
    SecondAudienceWithoutAzp,
    /// The ID token was asked for by another client.
    WrongAzp,
    /// One bit of the ID token's signature is another.
    BadSignature,
    /// The ID token is not signed.
    AlgNone,
    /// The ID token is signed with the client's secret.
    Hs256WithSecret,
    /// The ID token is signed with the public key's PEM as if that were a secret.
    Hs256WithPublicKey,
    /// The ID token names a key that is not in the key set.
    UnknownKid,
    /// The ID token ended an hour ago.
    Expired,
    /// The ID token was issued an hour from now.
    IssuedInFuture,
    /// The ID token has no `sub`.
    NoSubject,
    /// The ID token's `sub` is empty.
    EmptySubject,
    /// The ID token has another nonce.
    WrongNonce,
    /// The ID token has no nonce.
    NoNonce,
    /// The ID token has two nonces: another one, then the true one.
    TwoNonces,
    /// The ID token is the one before, of the same account, if there was one.
    EarlierIdToken,
    /// The ID token's `at_hash` is that of another access token.
    WrongAtHash,
    /// The token endpoint's answer has no ID token.
    NoIdToken,
    /// The token endpoint redirects there, and asks for the form to be sent again.
    TokenRedirect(String),
    /// The token endpoint refuses with this code.
    TokenError(String),
    /// The token endpoint answers a page with status 200.
    TokenHtml,
    /// Everything answers 503.
    Down,
    /// Everything answers after this time.
    Slow(Duration),
    /// Discovery answers a page with status 200.
    Html,
    /// The key set has 10 MB.
    HugeKeySet,
    /// The key set has 10,000 keys more, the true one last, and less than 1 MiB.
    ManyKeys,
    /// Discovery names this issuer.
    DiscoveryIssuer(String),
    /// Discovery names endpoints on another machine, over plain HTTP.
    HttpEndpoints,
    /// Userinfo is that of this subject.
    UserinfoSubject(String),
    /// Userinfo is a page with status 200.
    UserinfoHtml,
    /// The browser comes back from this issuer.
    CallbackIssuer(String),
    /// The browser comes back without an issuer, although discovery promises one.
    NoCallbackIssuer,
    /// The browser comes back with this error instead of a code.
    ErrorAnswer(String),
}

/// The faults that are switched on.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub fn set(&self, fault: Fault) {
        self.lock().push(fault);
    }

    pub fn clear(&self) {
        self.lock().clear();
    }

    pub fn all(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
