//! What the provider remembers: codes, access tokens, and who is signed in where.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use ring::rand::{SystemRandom, generate};
use url::Url;

use super::keys::encoded;

/// What somebody allowed the client when they picked an account.
#[derive(Clone)]
pub(super) struct Grant {
    /// The account's key.
    pub account: String,
    pub redirect: Url,
    /// The hash of the client's PKCE verifier.
    pub challenge: String,
    pub nonce: Option<String>,
    pub scopes: Vec<String>,
    /// The sign-in at the provider, which tokens call `sid`.
    pub session: String,
    pub at: Timestamp,
}

#[derive(Default)]
struct Memory {
    codes: HashMap<String, Grant>,
    tokens: HashMap<String, Grant>,
    /// The latest ID token of each account.
    id_tokens: HashMap<String, String>,
    /// Sign-ins and their accounts, the latest last.
    sessions: Vec<(String, String)>,
}

/// All that was granted.
#[derive(Default)]
pub(super) struct Grants(Mutex<Memory>);

impl Grants {
    /// Signs an account in.
    pub fn begin(&self, account: &str) -> String {
        let session = random();
        self.lock().sessions.push((session.clone(), account.to_owned()));
        session
    }

    /// Ends a sign-in; answers whose it was.
    pub fn end(&self, session: &str) -> Option<String> {
        let mut memory = self.lock();
        let place = memory.sessions.iter().position(|(each, _)| each == session)?;
        Some(memory.sessions.remove(place).1)
    }

    /// The latest sign-in of an account that has not ended.
    pub fn latest(&self, account: &str) -> Option<String> {
        let memory = self.lock();
        let latest = memory.sessions.iter().rev().find(|(_, each)| each == account);
        latest.map(|(session, _)| session.clone())
    }

    pub fn code(&self, grant: Grant) -> String {
        let code = random();
        self.lock().codes.insert(code.clone(), grant);
        code
    }

    /// What a code stands for. It is good for one try.
    pub fn take_code(&self, code: &str) -> Option<Grant> {
        self.lock().codes.remove(code)
    }

    pub fn token(&self, grant: Grant) -> String {
        let token = random();
        self.lock().tokens.insert(token.clone(), grant);
        token
    }

    pub fn of_token(&self, token: &str) -> Option<Grant> {
        self.lock().tokens.get(token).cloned()
    }

    /// Keeps an account's ID token; answers the one before.
    pub fn keep_id_token(&self, account: &str, token: &str) -> Option<String> {
        self.lock().id_tokens.insert(account.to_owned(), token.to_owned())
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A text that nobody can guess.
pub(super) fn random() -> String {
    let bytes = generate::<[u8; 32]>(&SystemRandom::new());
    encoded(&bytes.expect("the system has random numbers").expose())
}
