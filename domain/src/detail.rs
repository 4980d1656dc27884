//! Everything about one ingress, as its page shows it.

use jiff::Timestamp;

use crate::attestation::{Attestation, Reviewed, reviewed};
use crate::change::Change;
use crate::ids::IngressId;
use crate::ingress::{Backend, Ingress};
use crate::managed::Managed;
use crate::owner::{Guess, Owner};
use crate::problem::{Checks, Problem};
use crate::tls::Tls;
use crate::traffic::{Seen, Traffic};

/// One ingress in one life, with what surrounds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// The store's number.
    pub id: IngressId,
    /// The cluster.
    pub cluster: String,
    /// What its manifest says.
    pub ingress: Ingress,
    /// `spec.controller` of its class, if an IngressClass of the name is known.
    pub controller: Option<String>,
    /// When Routebook first saw it.
    pub first_seen_at: Timestamp,
    /// When it was found to be gone, and how; `None` while it is there.
    pub removed: Option<Removal>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// Which checks were made.
    pub checks: Checks,
    /// Whose it is; `None` for an orphan.
    pub owner: Option<Owner>,
    /// For an orphan: whose it may be, and why.
    pub guess: Option<Guess>,
    /// What manages it.
    pub managed: Managed,
    /// When Routebook last saw it change in a way that a reviewer would have to look at.
    pub changed_at: Option<Timestamp>,
    /// When it was last used.
    pub traffic: Traffic,
    /// When each route was last used, by its place in `ingress.routes`; empty if nothing tells.
    pub route_traffic: Vec<Option<Seen>>,
    /// Requests of each UTC day, the oldest first, today last; empty if nothing counts them.
    pub days: Vec<u32>,
    /// Whether its certificates are all right, entry by entry.
    pub tls: Tls,
    /// What is known of each distinct backend, in the order of the routes.
    pub backends: Vec<BackendFacts>,
    /// The last manifest seen, as the API server's JSON without `kind` and `apiVersion`.
    pub manifest: String,
    /// The material hash, in hexadecimal.
    pub material_hash: String,
    /// Who last confirmed it in a review, if somebody did.
    pub attestation: Option<Attestation>,
    /// Whom somebody named as its owner in Routebook.
    pub owner_set: Option<String>,
    /// What happened to it, the latest first; at most [`MOST_EVENTS`].
    pub history: Vec<Event>,
    /// The other lives under the same name in the same cluster, the latest first.
    pub lives: Vec<Life>,
}

impl Detail {
    /// Whether what it is now was reviewed.
    pub fn reviewed(&self, now: Timestamp) -> Reviewed {
        reviewed(self.attestation.as_ref(), &self.material_hash, now)
    }
}

/// The page shows at most so many events.
pub const MOST_EVENTS: usize = 100;

/// How an ingress was found to be gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removal {
    /// When Routebook learnt of it.
    pub at: Timestamp,
    /// How.
    pub proof: Proof,
}

/// What proves that an ingress is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The API server reported the deletion.
    DeleteEvent,
    /// A complete list did not have it.
    CompleteList,
    /// Another life took its name.
    Replaced,
}

impl Proof {
    /// A code for the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DeleteEvent => "delete-event",
            Self::CompleteList => "complete-list",
            Self::Replaced => "replaced",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::DeleteEvent, Self::CompleteList, Self::Replaced];
        all.into_iter().find(|proof| proof.as_str() == text)
    }

    /// In words, for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::DeleteEvent => "the API server reported the deletion",
            Self::CompleteList => "a complete list of the cluster did not have it",
            Self::Replaced => "another ingress was created under its name",
        }
    }
}

/// What is known of one backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackendFacts {
    /// Which backend.
    pub backend: Backend,
    /// What is known of its Service; `None` if it is none, is missing, or was not looked up.
    pub service: Option<crate::problem::ServiceFacts>,
    /// What is wrong with it, if anything was found.
    pub problem: Option<Problem>,
}

/// Something that happened to an ingress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When Routebook saw it.
    pub at: Timestamp,
    /// What.
    pub what: Happening,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// It appeared while Routebook was watching.
    Appeared,
    /// It changed.
    Changed(Vec<Change>),
    /// It was found to be gone.
    Removed(Proof),
    /// It was there again, in the same life.
    Reappeared,
}

/// Another life under the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// The store's number.
    pub id: IngressId,
    /// Its UID.
    pub uid: String,
    /// When the API server created it.
    pub created_at: Option<Timestamp>,
    /// When it was found to be gone.
    pub removed_at: Option<Timestamp>,
}
