//! How often clients asked.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::http::{DISCOVERY, KEYS, TOKEN, USERINFO};

/// Counts of requests, however they were answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// For the provider's metadata.
    pub discovery: u64,
    /// For the key set.
    pub keys: u64,
    /// For tokens.
    pub token: u64,
    /// For userinfo.
    pub userinfo: u64,
}

/// Counts while the provider runs.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<Counters>);

impl Tally {
    pub fn count(&self, path: &str) {
        let mut counters = self.lock();
        match path {
            DISCOVERY => counters.discovery += 1,
            KEYS => counters.keys += 1,
            TOKEN => counters.token += 1,
            USERINFO => counters.userinfo += 1,
            _ => {}
        }
    }

    pub fn counters(&self) -> Counters {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, Counters> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
