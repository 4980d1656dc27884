//! The OpenID provider, asked by a client that looks at everything it is told.

mod faults;
mod flow;
mod keys;
mod sign_out;

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use sandbox::openid::{Options, Provider};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::{Url, form_urlencoded};

use crate::support::{http_client, within};

/// Where the client wants people to come back.
const REDIRECT: &str = "http://localhost:8080/auth/callback";
const VERIFIER: &str = "a-verifier-that-nobody-but-the-client-knows-of";

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().expect("a valid time")
}

fn options() -> Options {
    Options::new(Arc::new(now))
}

async fn start(options: Options) -> Provider {
    within(Provider::start(options)).await.unwrap()
}

fn encoded(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// The address that a browser is sent to, with some parameters changed; empty ones are left out.
fn request(provider: &Provider, changes: &[(&str, &str)]) -> String {
    let challenge = encoded(&Sha256::digest(VERIFIER));
    let mut parameters = BTreeMap::from([
        ("client_id", "routebook"),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "openid profile email"),
        ("state", "the-state"),
        ("nonce", "the-nonce"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ]);
    parameters.extend(changes.iter().copied());
    parameters.retain(|_, value| !value.is_empty());
    let place = format!("{}/authorize", provider.issuer());
    Url::parse_with_params(&place, parameters).unwrap().into()
}

/// The parameters that a browser comes back with.
async fn answered(provider: &Provider, changes: &[(&str, &str)]) -> BTreeMap<String, String> {
    let callback = within(provider.choose(&request(provider, changes), "viewer")).await.unwrap();
    let callback = Url::parse(&callback).unwrap();
    callback.query_pairs().into_owned().collect()
}

async fn code(provider: &Provider, account: &str) -> String {
    let callback = within(provider.choose(&request(provider, &[]), account)).await.unwrap();
    let callback = Url::parse(&callback).unwrap();
    let mut pairs = callback.query_pairs();
    pairs.find(|(name, _)| name == "code").expect("a code").1.into_owned()
}

fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Sends a form to the provider.
fn post(provider: &Provider, path: &str, pairs: &[(&str, &str)]) -> reqwest::RequestBuilder {
    http_client()
        .post(format!("{}{path}", provider.issuer()))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form(pairs))
}

/// A code's form at the token endpoint.
fn grant(code: &str) -> [(&str, &str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ]
}

async fn exchange(provider: &Provider, code: &str) -> reqwest::Response {
    let request = post(provider, "/token", &grant(code));
    within(request.basic_auth("routebook", Some("demo-secret")).send()).await.unwrap()
}

/// The tokens of somebody who signs in.
async fn tokens(provider: &Provider, account: &str) -> Value {
    let answer = exchange(provider, &code(provider, account).await).await;
    within(answer.json()).await.unwrap()
}

async fn get(provider: &Provider, path: &str) -> reqwest::Response {
    within(http_client().get(format!("{}{path}", provider.issuer())).send()).await.unwrap()
}

async fn json(provider: &Provider, path: &str) -> Value {
    within(get(provider, path).await.json()).await.unwrap()
}

async fn userinfo(provider: &Provider, tokens: &Value) -> reqwest::Response {
    let token = tokens["access_token"].as_str().unwrap();
    let request = http_client().get(format!("{}/userinfo", provider.issuer()));
    within(request.bearer_auth(token).send()).await.unwrap()
}

/// A token's header and claims, unchecked.
fn read(token: &str) -> (Value, Value) {
    let part = |nth: usize| {
        let part = token.split('.').nth(nth).unwrap();
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    (part(0), part(1))
}

fn id_token(tokens: &Value) -> &str {
    tokens["id_token"].as_str().expect("an ID token")
}
