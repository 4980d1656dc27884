//! One ingress as `/api/v1/ingresses/{id}` answers it: what the list says of it, and all that its page
//! shows.

use std::collections::BTreeMap;

use domain::change;
use domain::detail::{Detail, Happening};
use domain::inventory::{Row, TlsSummary};
use domain::problem::{self, Problem};
use domain::tls;
use domain::traffic::{Seen, per_day, unused_since};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::openapi::Ingress;
use crate::export::AsOf;

/// Everything about one ingress: what lists say of it, and these.
#[derive(Serialize, ToSchema)]
pub struct IngressDetail {
    #[serde(flatten)]
    #[schema(value_type = Ingress)]
    ingress: Value,
    /// Every host, path and backend, in the order of the manifest.
    routes: Vec<Route>,
    /// Each entry of its TLS, the first 20.
    tls_entries: Vec<TlsEntry>,
    /// Requests of each UTC day, the oldest first, today last, null for a day that nobody observed;
    /// empty if nothing counts them.
    requests_per_day: Vec<Option<u32>>,
    /// The owner as somebody wrote it.
    owner_value: Option<String>,
    /// Places that name somebody else.
    owner_others: Vec<OwnerHint>,
    /// For an orphan: whose it may be.
    owner_guess: Option<OwnerGuess>,
    /// What is wrong with it, one by one.
    problem_details: Vec<ProblemDetail>,
    /// Its labels.
    labels: BTreeMap<String, String>,
    /// Its annotations.
    annotations: BTreeMap<String, String>,
    /// The hash of what a reviewer would attest.
    material_hash: String,
    /// What happened to it, the latest first; at most 100.
    history: Vec<Event>,
    /// Other lives under the same name in the same cluster, the latest first.
    lives: Vec<Life>,
}

/// One host, path and backend.
#[derive(Serialize, ToSchema)]
struct Route {
    /// The host; empty means every host.
    host: String,
    /// The path; empty means every path.
    path: String,
    /// How the path is compared; empty if the manifest does not say.
    path_type: String,
    /// Where it leads, such as `web:80`.
    backend: String,
    /// The last request that was answered with 2xx or 3xx, where routes are counted.
    last_success_at: Option<Timestamp>,
    /// The last request of any kind, where routes are counted.
    last_request_at: Option<Timestamp>,
}

/// One entry of the TLS of an ingress.
#[derive(Serialize, ToSchema)]
struct TlsEntry {
    /// Its hosts, the first 20; none means those of the controller's default.
    hosts: Vec<String>,
    /// How many more there are.
    more_hosts: usize,
    /// The Secret it names.
    secret: Option<String>,
    /// The worst of its hosts.
    state: &'static str,
    /// Why, in words.
    reason: String,
    /// What told it.
    method: Option<&'static str>,
    /// When that was.
    checked_at: Option<Timestamp>,
    /// When the first of its certificates expires.
    expires_at: Option<Timestamp>,
    /// The certificate that the state is about.
    certificate: Option<Certificate>,
}

/// What is known of a certificate.
#[derive(Serialize, ToSchema)]
struct Certificate {
    /// The names it is for, the first 100.
    names: Vec<String>,
    /// How many more there are.
    more_names: usize,
    /// Who issued it; empty if that is not known.
    issuer: String,
    /// From when it is valid.
    not_before: Option<Timestamp>,
    /// Until when it is valid.
    not_after: Option<Timestamp>,
    /// Its serial number in hexadecimal.
    serial: Option<String>,
}

/// A place that names somebody else than the owner.
#[derive(Serialize, ToSchema)]
struct OwnerHint {
    /// Which step found it.
    source: &'static str,
    /// Whom it names.
    name: String,
    /// Where.
    place: String,
}

/// Whose an orphan may be.
#[derive(Serialize, ToSchema)]
struct OwnerGuess {
    /// The team, or the owner as written elsewhere.
    owner: String,
    /// Why.
    reason: String,
}

/// Something that is wrong with an ingress.
#[derive(Serialize, ToSchema)]
struct ProblemDetail {
    /// Its code.
    code: &'static str,
    /// In words.
    label: &'static str,
    /// What it is about: the Service, the port, the place in the manifest.
    about: BTreeMap<String, String>,
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
struct Event {
    /// When Routebook saw it.
    at: Timestamp,
    /// `appeared`, `changed`, `removed` or `reappeared`.
    what: &'static str,
    /// For a removal: what proves it.
    proof: Option<&'static str>,
    /// For a change: what differs.
    changes: Vec<Change>,
}

/// One difference.
#[derive(Serialize, ToSchema)]
struct Change {
    /// What changed.
    what: String,
    /// What it was; nothing if it is new.
    before: Option<String>,
    /// What it is; nothing if it is gone.
    after: Option<String>,
    /// Whether a reviewer would have to look at it.
    material: bool,
}

/// Another life under the same name.
#[derive(Serialize, ToSchema)]
struct Life {
    /// Routebook's number.
    id: i64,
    /// Its UID.
    uid: String,
    /// When the API server created it.
    created_at: Option<Timestamp>,
    /// When it was found to be gone.
    removed_at: Option<Timestamp>,
}

impl IngressDetail {
    /// What is said of it.
    pub fn new(detail: Detail, as_of: &AsOf, now: Timestamp) -> Self {
        let row = row(&detail);
        let requests_per_day = per_day(&detail.traffic, &detail.days, now);
        let ingress = serde_json::to_value(as_of.record(&row)).expect("keys are texts");
        let seen = detail.route_traffic.into_iter().chain(std::iter::repeat(None));
        let routes = detail.ingress.routes.iter().zip(seen);
        let owner = detail.owner;
        Self {
            ingress,
            routes: routes.map(|(route, seen)| Route::new(route, seen)).collect(),
            tls_entries: detail.tls.entries.into_iter().map(TlsEntry::new).collect(),
            requests_per_day,
            owner_value: owner.as_ref().map(|owner| owner.value.clone()),
            owner_others: owner.into_iter().flat_map(|owner| owner.others).map(hint).collect(),
            owner_guess: detail
                .guess
                .map(|guess| OwnerGuess { owner: guess.owner, reason: guess.reason }),
            problem_details: detail.problems.iter().map(ProblemDetail::new).collect(),
            labels: detail.ingress.object.labels,
            annotations: detail.ingress.object.annotations,
            material_hash: detail.material_hash,
            history: detail.history.into_iter().map(Event::new).collect(),
            lives: detail.lives.into_iter().map(Life::new).collect(),
        }
    }
}

/// The same as a line of the list; with all of its hosts.
fn row(detail: &Detail) -> Row {
    let (ingress, tls) = (&detail.ingress, &detail.tls);
    let hosts: Vec<String> = ingress.hosts().into_iter().map(str::to_owned).collect();
    let created_at = ingress.object.created_at;
    Row {
        id: detail.id,
        cluster: detail.cluster.clone(),
        namespace: ingress.object.namespace.clone(),
        name: ingress.object.name.clone(),
        uid: ingress.object.uid.clone(),
        class: ingress.class.clone(),
        controller: detail.controller.clone(),
        host_count: hosts.len() as i64,
        hosts,
        route_count: ingress.routes.len() as i64,
        addresses: ingress.addresses.clone(),
        created_at,
        first_seen_at: detail.first_seen_at,
        changed_at: detail.changed_at,
        removed_at: detail.removed.map(|removal| removal.at),
        owner: detail.owner.clone(),
        managed: detail.managed.clone(),
        traffic: detail.traffic.clone(),
        unused_since: unused_since(created_at.max(detail.changed_at), &detail.traffic),
        days: Vec::new(),
        tls: TlsSummary {
            state: tls.state,
            reason: tls.reason.clone(),
            method: tls.method,
            at: tls.at,
            expires_at: tls.expires_at,
            disagreement: tls.disagreement.clone(),
        },
        problems: detail.problems.clone(),
        checks: detail.checks,
        material_hash: detail.material_hash.clone(),
        attestation: detail.attestation.clone(),
    }
}

fn hint(hint: domain::owner::Hint) -> OwnerHint {
    OwnerHint { source: hint.source.as_str(), name: hint.name, place: hint.place }
}

impl Route {
    fn new(route: &domain::Route, seen: Option<Seen>) -> Self {
        Self {
            host: route.host.clone(),
            path: route.path.clone(),
            path_type: route.path_type.as_str().to_owned(),
            backend: route.backend.to_string(),
            last_success_at: seen.and_then(|seen| seen.last_success),
            last_request_at: seen.and_then(|seen| seen.last_any),
        }
    }
}

impl TlsEntry {
    fn new(entry: tls::Entry) -> Self {
        Self {
            hosts: entry.hosts,
            more_hosts: entry.more_hosts,
            secret: entry.secret,
            state: entry.state.as_str(),
            reason: entry.reason,
            method: entry.method.map(tls::Method::as_str),
            checked_at: entry.at,
            expires_at: entry.expires_at,
            certificate: entry.certificate.map(Certificate::new),
        }
    }
}

impl Certificate {
    fn new(certificate: tls::Certificate) -> Self {
        Self {
            names: certificate.names,
            more_names: certificate.more_names,
            issuer: certificate.issuer,
            not_before: certificate.not_before,
            not_after: certificate.not_after,
            serial: certificate.serial,
        }
    }
}

impl ProblemDetail {
    /// As JSON a problem is its code, and below it texts.
    fn new(problem: &Problem) -> Self {
        let code = problem.code();
        let about = serde_json::to_value(problem).ok().and_then(|mut all| {
            let about = all.get_mut(code)?.take();
            serde_json::from_value(about).ok()
        });
        Self { code, label: problem::label(code), about: about.unwrap_or_default() }
    }
}

impl Event {
    fn new(event: domain::detail::Event) -> Self {
        let (what, proof, changes) = match event.what {
            Happening::Appeared => ("appeared", None, Vec::new()),
            Happening::Changed(changes) => ("changed", None, changes),
            Happening::Removed(proof) => ("removed", Some(proof.as_str()), Vec::new()),
            Happening::Reappeared => ("reappeared", None, Vec::new()),
        };
        let changes = changes.into_iter().map(Change::new).collect();
        Self { at: event.at, what, proof, changes }
    }
}

impl Change {
    fn new(change: change::Change) -> Self {
        let change::Change { what, before, after, material } = change;
        Self { what, before, after, material }
    }
}

impl Life {
    fn new(life: domain::detail::Life) -> Self {
        Self {
            id: life.id.0,
            uid: life.uid,
            created_at: life.created_at,
            removed_at: life.removed_at,
        }
    }
}
