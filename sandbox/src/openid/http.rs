//! One request: what it is for, and the answer.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use jiff::Timestamp;

use super::account::Account;
use super::counters::Tally;
use super::faults::Faults;
use super::grants::Grants;
use super::keys::Key;
use super::options::Options;
use super::parameters::Parameters;
use super::{answer, authorize, discovery, sabotage, sign_out, token, userinfo};

pub(super) const DISCOVERY: &str = "/.well-known/openid-configuration";
pub(super) const AUTHORIZE: &str = "/authorize";
pub(super) const TOKEN: &str = "/token";
pub(super) const USERINFO: &str = "/userinfo";
pub(super) const KEYS: &str = "/keys";
pub(super) const END_SESSION: &str = "/end-session";
/// Where the page with the accounts sends its form.
const CHOOSE: &str = "/choose";

/// The cookie that says who is signed in at the provider.
pub(super) const COOKIE: &str = "sandbox-openid";

/// What all connections of a provider share.
pub(super) struct Shared {
    pub issuer: String,
    pub options: Options,
    pub accounts: Mutex<Vec<Account>>,
    pub grants: Grants,
    pub faults: Faults,
    pub tally: Tally,
    pub key: Mutex<Arc<Key>>,
}

impl Shared {
    pub fn now(&self) -> Timestamp {
        (self.options.now)()
    }

    /// The key that signs.
    pub fn key(&self) -> Arc<Key> {
        self.key.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All accounts.
    pub fn accounts(&self) -> Vec<Account> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn account(&self, key: &str) -> Option<Account> {
        self.accounts().into_iter().find(|account| account.key == key)
    }
}

/// Answers one request.
pub(super) async fn respond(shared: &Shared, request: Request<Incoming>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    shared.tally.count(parts.uri.path());
    let faults = shared.faults.all();
    sabotage::wait(&faults).await;
    if let Some(response) = sabotage::instead(&faults, parts.uri.path()) {
        return response;
    }
    match body.collect().await {
        Ok(body) => route(shared, &parts, &body.to_bytes()).await,
        Err(error) => answer::text(StatusCode::BAD_REQUEST, error.to_string()),
    }
}

async fn route(shared: &Shared, parts: &Parts, form: &[u8]) -> Response<Body> {
    let query = Parameters::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let form = Parameters::parse(form);
    let authorization = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    match (parts.method.as_str(), parts.uri.path()) {
        ("GET", DISCOVERY) => discovery::metadata(shared),
        ("GET", KEYS) => discovery::keys(shared),
        ("GET", AUTHORIZE) => authorize::offer(shared, &query),
        ("POST", AUTHORIZE) => authorize::offer(shared, &form),
        ("POST", CHOOSE) => authorize::choose(shared, &form),
        ("POST", TOKEN) => token::exchange(shared, authorization, &form),
        ("GET" | "POST", USERINFO) => userinfo::tell(shared, authorization),
        ("GET", END_SESSION) => sign_out::end(shared, session(parts), &query).await,
        ("POST", END_SESSION) => sign_out::end(shared, session(parts), &form).await,
        _ => answer::text(StatusCode::NOT_FOUND, "there is nothing here\n".to_owned()),
    }
}

/// The sign-in of the browser that asks.
fn session(parts: &Parts) -> Option<&str> {
    let cookies = parts.headers.get_all(http::header::COOKIE).iter();
    let mut cookies = cookies.filter_map(|value| value.to_str().ok());
    cookies.find_map(|line| {
        let mut pairs = line.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.find_map(|(name, value)| (name == COOKIE).then_some(value))
    })
}
