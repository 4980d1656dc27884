//! Faults that tests switch on at run time. A fault says what goes wrong and to which requests;
//! the HTTP side asks for the faults of each request and acts them out.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::broadcast;

use super::cluster::Snapshot;
use super::counters::Verb;
use super::kinds::Kind;

/// How a connection or a watch ends before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The answer ends as it should.
    Clean,
    /// The answer breaks off in the middle of a line; its framing is left unfinished.
    Truncated,
    /// The connection is reset.
    Reset,
    /// An ERROR event with a 410 status, then a clean end.
    Gone,
    /// Nothing more comes, and the connection stays open for ever.
    Silent,
}

/// What goes wrong.
#[derive(Debug, Clone)]
pub enum Effect {
    /// An error status instead of an answer: 403, 410, 429, 500, 503, 504 have the real wording.
    Refuse {
        /// HTTP status code.
        code: u16,
        /// `Retry-After` in seconds.
        retry_after: Option<u32>,
    },
    /// 410 for a continued list; its first page is answered.
    ContinueExpired,
    /// A watch ends after so many events.
    CutWatch {
        /// Events delivered before; 0 ends it at once.
        after: usize,
        /// How it ends.
        how: Cut,
    },
    /// Each event of a watch is left out with this probability; silently, open watches too.
    DropEvents(f64),
    /// A list shows an earlier state, under its earlier resource version.
    OldList(Snapshot),
    /// The connection stays open but is silent for ever.
    Silence {
        /// Whether status and headers are sent first.
        headers: bool,
    },
    /// The connection is reset before an answer.
    Reset,
    /// The answer comes in small pieces.
    Drip {
        /// Bytes per piece.
        bytes: usize,
        /// Pause before each piece.
        every: Duration,
    },
    /// A complete answer of status 200 that is not JSON: it ends in the middle.
    Malformed,
    /// The connection breaks off half-way through the body.
    Truncated,
    /// A page of HTML with status 200, as a proxy in between answers.
    Html,
}

/// Which share of the matching requests a fault hits.
#[derive(Debug, Clone, Copy)]
enum Limit {
    Always,
    Next(u32),
    Share(f64),
}

/// A fault: an effect, and the requests that it hits.
#[derive(Debug, Clone)]
pub struct Fault {
    effect: Effect,
    kind: Option<&'static Kind>,
    verb: Option<Verb>,
    limit: Limit,
}

impl Fault {
    /// A fault that hits every request it applies to.
    pub fn new(effect: Effect) -> Self {
        Self { effect, kind: None, verb: None, limit: Limit::Always }
    }

    /// Only requests for this kind.
    pub fn kind(self, kind: &'static Kind) -> Self {
        Self { kind: Some(kind), ..self }
    }

    /// Only requests of this verb.
    pub fn verb(self, verb: Verb) -> Self {
        Self { verb: Some(verb), ..self }
    }

    /// Only the next so many requests.
    pub fn next(self, requests: u32) -> Self {
        Self { limit: Limit::Next(requests), ..self }
    }

    /// Each request with this probability.
    pub fn share(self, probability: f64) -> Self {
        Self { limit: Limit::Share(probability), ..self }
    }

    fn concerns(&self, request: &Asked) -> bool {
        let possible = match self.effect {
            Effect::ContinueExpired => request.verb == Verb::List && request.continued,
            Effect::OldList(_) => request.verb == Verb::List && !request.continued,
            Effect::CutWatch { .. } => request.verb == Verb::Watch,
            Effect::DropEvents(_) => false,
            _ => true,
        };
        possible
            && self.kind.is_none_or(|kind| kind == request.kind)
            && self.verb.is_none_or(|verb| verb == request.verb)
    }
}

/// A request, as faults look at it.
pub(super) struct Asked {
    pub verb: Verb,
    pub kind: &'static Kind,
    /// Whether it continues a list.
    pub continued: bool,
}

/// The faults of one cluster.
pub struct Faults {
    active: Mutex<Active>,
    cuts: broadcast::Sender<Cut>,
}

struct Active {
    faults: Vec<Fault>,
    random: fastrand::Rng,
}

impl Faults {
    pub(super) fn new(seed: u64) -> Self {
        let active = Active { faults: Vec::new(), random: fastrand::Rng::with_seed(seed) };
        Self { active: Mutex::new(active), cuts: broadcast::Sender::new(16) }
    }

    /// Adds a fault to those that are switched on.
    pub fn set(&self, fault: Fault) {
        self.lock().faults.push(fault);
    }

    /// Switches all faults off.
    pub fn clear(&self) {
        self.lock().faults.clear();
    }

    /// Ends every watch that is open now.
    pub fn cut_watches(&self, how: Cut) {
        // Without an open watch there is nobody to tell.
        let _ = self.cuts.send(how);
    }

    pub(super) fn cuts(&self) -> broadcast::Receiver<Cut> {
        self.cuts.subscribe()
    }

    /// The effects that hit this request; uses up what is limited.
    pub(super) fn hit(&self, request: &Asked) -> Vec<Effect> {
        let mut active = self.lock();
        let Active { faults, random } = &mut *active;
        let concerned = faults.iter_mut().filter(|fault| fault.concerns(request));
        let hits = concerned.filter_map(|fault| {
            let hit = match &mut fault.limit {
                Limit::Always => true,
                Limit::Share(share) => random.f64() < *share,
                Limit::Next(0) => false,
                Limit::Next(left) => {
                    *left -= 1;
                    true
                }
            };
            hit.then(|| fault.effect.clone())
        });
        hits.collect()
    }

    /// Whether the next event of a watch on `kind` is to be left out.
    pub(super) fn drops_event(&self, kind: &Kind) -> bool {
        let mut active = self.lock();
        let Active { faults, random } = &mut *active;
        let mut concerned =
            faults.iter().filter(|fault| fault.kind.is_none_or(|limited| limited == kind));
        concerned.any(|fault| match fault.effect {
            Effect::DropEvents(share) => random.f64() < share,
            _ => false,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Active> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
