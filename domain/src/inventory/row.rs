//! What a list answers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Cursor;
use crate::attestation::{Attestation, Reviewed, reviewed};
use crate::class::Class;
use crate::ids::IngressId;
use crate::managed::Managed;
use crate::owner::Owner;
use crate::problem::{Checks, Problem};
use crate::tls::{Method, TlsState};
use crate::traffic::Traffic;

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The store's number.
    pub id: IngressId,
    /// The cluster.
    pub cluster: String,
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The identity of this life.
    pub uid: String,
    /// The class it asks for.
    pub class: Option<Class>,
    /// `spec.controller` of that class, if an IngressClass of the name is known.
    pub controller: Option<String>,
    /// The first few distinct hosts; an empty one stands for every host.
    pub hosts: Vec<String>,
    /// How many distinct hosts there are.
    pub host_count: i64,
    /// How many routes there are.
    pub route_count: i64,
    /// The load balancer's addresses.
    pub addresses: Vec<String>,
    /// When the API server created it; `None` if it does not say so legibly.
    pub created_at: Option<Timestamp>,
    /// When Routebook first saw it.
    pub first_seen_at: Timestamp,
    /// When Routebook last saw it change in a way that a reviewer would have to look at; `None` if
    /// it never did since the first sight.
    pub changed_at: Option<Timestamp>,
    /// When it was found to be gone.
    pub removed_at: Option<Timestamp>,
    /// Whose it is; `None` for an orphan.
    pub owner: Option<Owner>,
    /// What manages it.
    pub managed: Managed,
    /// When it was last used.
    pub traffic: Traffic,
    /// Since when it is known not to have been used successfully; `None` if that is not known.
    pub unused_since: Option<Timestamp>,
    /// Requests of each UTC day, the oldest first, today last; empty if nothing counts them.
    pub days: Vec<u32>,
    /// Whether its certificates are all right.
    pub tls: TlsSummary,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// Which checks were made.
    pub checks: Checks,
    /// The material hash, in hexadecimal.
    #[serde(default)]
    pub material_hash: String,
    /// Who last confirmed it in a review, if somebody did.
    #[serde(default)]
    pub attestation: Option<Attestation>,
}

impl Row {
    /// Whether what it is now was reviewed.
    pub fn reviewed(&self, now: Timestamp) -> Reviewed {
        reviewed(self.attestation.as_ref(), &self.material_hash, now)
    }
}

/// The TLS state of an ingress without its entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsSummary {
    /// The worst of its entries.
    pub state: TlsState,
    /// Why, in words.
    pub reason: String,
    /// What told it.
    pub method: Option<Method>,
    /// When that was.
    pub at: Option<Timestamp>,
    /// When the first of its certificates expires, if one is known.
    pub expires_at: Option<Timestamp>,
    /// Where two methods say different things.
    pub disagreement: Option<String>,
}

/// How many match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Count {
    /// Exactly so many.
    Exactly(i64),
    /// More than so many; counting on would take too long.
    MoreThan(i64),
}

/// The answer to a [`View`](super::View).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The rows, in order.
    pub rows: Vec<Row>,
    /// How many match the filters.
    pub matching: Count,
    /// How many there are without filters.
    pub total: i64,
    /// Where the page before begins, if there is one.
    pub previous: Option<Cursor>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// What the filters may be set to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// The clusters.
    pub clusters: Vec<String>,
    /// The classes in use.
    pub classes: Vec<String>,
    /// The owners that have an ingress.
    pub owners: Vec<String>,
    /// The controllers behind the classes in use.
    pub controllers: Vec<String>,
}
