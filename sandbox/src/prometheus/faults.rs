//! Faults, switched on at run time: what goes wrong, for which path, and how often.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;

/// What goes wrong.
#[derive(Debug, Clone)]
pub enum Effect {
    /// A status instead of an answer, with the words that Prometheus, or what stands before it,
    /// has for 400, 401, 403, 422, 429, 500, 502, 503.
    Refuse {
        /// HTTP status code.
        code: u16,
        /// `Retry-After` in seconds.
        retry_after: Option<u32>,
    },
    /// 302 to another place.
    Redirect(String),
    /// A page of HTML with status 200, as a proxy in between answers.
    Html,
    /// JSON with status 200 that is no answer of Prometheus.
    OtherJson,
    /// The connection breaks off half-way through the body.
    Truncated,
    /// The answer comes in small pieces.
    Drip {
        /// Bytes per piece.
        bytes: usize,
        /// Pause before each piece.
        every: Duration,
    },
    /// Nothing more comes, and the connection stays open for ever.
    Silence {
        /// Whether status and headers are sent first.
        headers: bool,
    },
    /// The values of a result are NaN, +Inf and -Inf in turns.
    NotFinite,
    /// A result of so many series, made up.
    Flood(u32),
    /// Warnings beside the result, as those who ask several stores give for a partial one.
    Warnings(Vec<String>),
    /// The `Date` of the answer is off by this much.
    DateOff(SignedDuration),
}

/// A fault: an effect, and the requests that it hits.
#[derive(Debug, Clone)]
pub struct Fault {
    effect: Effect,
    path: Option<String>,
    left: Option<u32>,
}

impl Fault {
    /// A fault that hits every request.
    pub fn new(effect: Effect) -> Self {
        Self { effect, path: None, left: None }
    }

    /// Only requests for this path.
    #[must_use]
    pub fn path(self, path: impl Into<String>) -> Self {
        Self { path: Some(path.into()), ..self }
    }

    /// Only the next so many requests.
    #[must_use]
    pub fn next(self, requests: u32) -> Self {
        Self { left: Some(requests), ..self }
    }

    fn hits(&mut self, path: &str) -> bool {
        if self.path.as_deref().is_some_and(|wanted| wanted != path) {
            return false;
        }
        match &mut self.left {
            None => true,
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }
}

/// The faults of one server.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    /// Adds a fault to those that are switched on.
    pub fn set(&self, fault: Fault) {
        self.lock().push(fault);
    }

    /// Switches all faults off.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// The effects that hit this request; uses up what is limited.
    pub(super) fn hit(&self, path: &str) -> Vec<Effect> {
        let mut faults = self.lock();
        let hits = faults.iter_mut().filter_map(|fault| {
            let hit = fault.hits(path);
            hit.then(|| fault.effect.clone())
        });
        hits.collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
