//! One request from authentication to answer: who asks, what for, may they, do it. Faults come
//! between the question and the permission, where a broken proxy would be.

use axum::body::Body;
use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::answer::{failure, json, text};
use super::cluster::Cluster;
use super::counters::Verb;
use super::discovery::discover;
use super::faults::Asked;
use super::patch::read;
use super::query::Query;
use super::rbac::Access;
use super::render::Format;
use super::reviews::review;
use super::route::{Place, Target, route};
use super::sabotage;
use super::server::Options;
use super::status::Status;
use super::users::{User, Users};
use super::wire::Wire;

/// What all connections of a server share.
pub(super) struct Shared {
    pub cluster: Cluster,
    pub users: Users,
    pub options: Options,
    /// Host and port.
    pub address: String,
}

/// A request for a resource, read but not yet permitted.
pub(super) struct Call<'a> {
    pub shared: &'a Shared,
    pub wire: &'a Wire,
    pub user: User,
    pub verb: Verb,
    pub place: Place,
    pub query: Query,
    pub format: Format,
    pub content_type: String,
    pub body: Bytes,
}

/// Answers one request.
pub(super) async fn answer(
    shared: &Shared,
    wire: &Wire,
    request: Request<Incoming>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Some(user) = shared.users.authenticate(header(&parts, "authorization")) else {
        return failure(&Status::unauthorized());
    };
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return failure(&Status::bad_request(error.to_string())),
    };
    match route(parts.uri.path()) {
        Target::Other => other(shared, &user, &parts),
        Target::Review(plural) => self_review(shared, &user, &parts, &plural, &body),
        Target::Resource(place) => {
            let query = Query::parse(parts.uri.query().unwrap_or_default());
            let Some(verb) = verb(&parts.method, &place, &query) else {
                return failure(&Status::method_not_allowed());
            };
            let format = Format::accepted(header(&parts, "accept").unwrap_or_default());
            let content_type = header(&parts, "content-type").unwrap_or_default().to_owned();
            let call = Call { shared, wire, user, verb, place, query, format, content_type, body };
            resource(call).await
        }
    }
}

/// A resource request, with the faults that hit it.
async fn resource(call: Call<'_>) -> Response<Body> {
    let (verb, kind, wire) = (call.verb, call.place.kind, call.wire);
    let counters = call.shared.cluster.counters().clone();
    let continued = !call.query.get("continue").is_empty();
    let effects = call.shared.cluster.faults().hit(&Asked { verb, kind, continued });
    if sabotage::never_answers(&effects) {
        counters.count(verb, kind, 0);
        sabotage::break_wire(&effects, wire);
        return std::future::pending().await;
    }
    let refusal = sabotage::refusal(&effects, &call.access(), kind, &call.user, &call.query);
    let response = match refusal {
        Some(refused) => refused,
        None => match call.permitted() {
            // A server that does not know a kind answers no `Status` (apiserver,
            // `pkg/util/notfoundhandler`).
            Ok(()) if !call.shared.cluster.serves(kind) => text(404, "404 page not found\n"),
            Ok(()) => call.perform(&effects).await.unwrap_or_else(|status| failure(&status)),
            Err(status) => failure(&status),
        },
    };
    counters.count(verb, kind, response.status().as_u16());
    sabotage::spoil(response, effects, wire, verb)
}

impl Call<'_> {
    fn permitted(&self) -> Result<(), Status> {
        let access = self.access();
        if self.shared.cluster.allows(&self.user, &access) {
            return Ok(());
        }
        Err(access.refusal(self.place.kind, &self.user))
    }

    /// The question that permissions answer.
    fn access(&self) -> Access {
        let Place { kind, namespace, name, subresource } = &self.place;
        let resource = match subresource.as_str() {
            "" => kind.plural.to_owned(),
            subresource => format!("{}/{subresource}", kind.plural),
        };
        let selected = match self.verb {
            Verb::List | Verb::Watch => self.query.selector(self.place.kind).ok(),
            _ => None,
        };
        let selected = selected.and_then(|selector| selector.single_name().map(str::to_owned));
        let name = if name.is_empty() { selected.unwrap_or_default() } else { name.clone() };
        // A namespace lies in itself, for permissions.
        let namespace =
            if kind.kind == "Namespace" { self.place.name.clone() } else { namespace.clone() };
        let verb = self.verb.as_str().to_owned();
        Access { verb, group: kind.group.to_owned(), resource, namespace, name }
    }
}

fn verb(method: &Method, place: &Place, query: &Query) -> Option<Verb> {
    let collection = place.name.is_empty();
    match (method.as_str(), collection) {
        ("GET", true) if query.flag("watch") => Some(Verb::Watch),
        ("GET", true) => Some(Verb::List),
        ("GET", false) => Some(Verb::Get),
        ("POST", true) => Some(Verb::Create),
        ("PUT", false) => Some(Verb::Update),
        ("PATCH", false) => Some(Verb::Patch),
        ("DELETE", false) if place.subresource.is_empty() => Some(Verb::Delete),
        ("DELETE", true) => Some(Verb::DeleteCollection),
        _ => None,
    }
}

fn other(shared: &Shared, user: &User, parts: &Parts) -> Response<Body> {
    let path = parts.uri.path();
    let verb = parts.method.as_str().to_lowercase();
    if !shared.cluster.allows_path(user, &verb, path) {
        let message = format!("forbidden: User \"{}\" cannot {verb} path \"{path}\"", user.name);
        return failure(&Status::new(403, "Forbidden", message));
    }
    if matches!(path, "/healthz" | "/livez" | "/readyz") {
        return text(200, "ok");
    }
    match discover(path, &shared.address, &shared.cluster.served()) {
        Some(body) => json(200, body.to_string()),
        None => failure(&Status::no_such_path()),
    }
}

fn self_review(
    shared: &Shared,
    user: &User,
    parts: &Parts,
    plural: &str,
    body: &Bytes,
) -> Response<Body> {
    let known = ["selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"];
    if !known.contains(&plural) {
        return failure(&Status::no_such_path());
    }
    if parts.method != Method::POST {
        return failure(&Status::method_not_allowed());
    }
    if user == &User::anonymous() {
        return failure(&Status::unauthorized());
    }
    match read(body).and_then(|body| review(&shared.cluster, user, plural, body)) {
        Ok(answer) => json(201, answer.to_string()),
        Err(status) => failure(&status),
    }
}

fn header<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts.headers.get(name)?.to_str().ok()
}
