//! The authorization endpoint: a browser comes with the client's request, somebody picks an
//! account, and the browser goes back with a code (OpenID Connect Core, section 3.1.2).

use axum::body::Body;
use http::header::SET_COOKIE;
use http::{HeaderValue, Response, StatusCode};
use url::Url;

use super::faults::Fault;
use super::grants::Grant;
use super::http::{COOKIE, Shared};
use super::parameters::Parameters;
use super::{answer, page, sabotage};

/// Why there is nothing to pick.
pub(super) enum Refused {
    /// It is not known whether the request is the client's: the person at the browser is told.
    Page(String),
    /// The client is told.
    Callback(Url),
}

impl Refused {
    fn page(why: impl Into<String>) -> Self {
        Self::Page(why.into())
    }

    fn response(self) -> Response<Body> {
        match self {
            Self::Page(why) => {
                answer::html(StatusCode::BAD_REQUEST, page::words("Not possible", &why))
            }
            Self::Callback(url) => answer::redirect(StatusCode::SEE_OTHER, url.as_str()),
        }
    }
}

/// Somebody who picked an account.
pub(super) struct Chosen {
    /// Where the browser goes.
    pub callback: Url,
    session: String,
}

/// The client's request.
struct Asked {
    redirect: Url,
    state: Option<String>,
    nonce: Option<String>,
    challenge: String,
    scopes: Vec<String>,
}

/// The page with the accounts.
pub(super) fn offer(shared: &Shared, given: &Parameters) -> Response<Body> {
    match asked(shared, given) {
        Ok(_) => answer::html(StatusCode::OK, page::accounts(&shared.accounts(), given)),
        Err(refused) => refused.response(),
    }
}

/// What the page's form leads to.
pub(super) fn choose(shared: &Shared, given: &Parameters) -> Response<Body> {
    let account = given.get("account").unwrap_or_default();
    match chosen(shared, given, account) {
        Ok(Chosen { callback, session }) => {
            let mut response = answer::redirect(StatusCode::SEE_OTHER, callback.as_str());
            let cookie = format!("{COOKIE}={session}; HttpOnly; SameSite=Lax; Path=/");
            let cookie = HeaderValue::from_str(&cookie).expect("it is printable");
            response.headers_mut().insert(SET_COOKIE, cookie);
            response
        }
        Err(refused) => refused.response(),
    }
}

/// Signs an account in and answers where the browser goes.
pub(super) fn chosen(
    shared: &Shared,
    given: &Parameters,
    account: &str,
) -> Result<Chosen, Refused> {
    let asked = asked(shared, given)?;
    if shared.account(account).is_none() {
        return Err(Refused::page(format!("There is no account {account:?}.")));
    }
    let wrong = shared.faults.all().into_iter().find_map(|fault| match fault {
        Fault::ErrorAnswer(code) => Some(code),
        _ => None,
    });
    if let Some(code) = wrong {
        let url =
            callback(shared, &asked.redirect, asked.state.as_deref(), &[("error", code.as_str())]);
        return Err(Refused::Callback(url));
    }
    let session = shared.grants.begin(account);
    let code = shared.grants.code(Grant {
        account: account.to_owned(),
        redirect: asked.redirect.clone(),
        challenge: asked.challenge,
        nonce: asked.nonce,
        scopes: asked.scopes,
        session: session.clone(),
        at: shared.now(),
    });
    let callback =
        callback(shared, &asked.redirect, asked.state.as_deref(), &[("code", code.as_str())]);
    Ok(Chosen { callback, session })
}

/// Checks the client's request.
fn asked(shared: &Shared, given: &Parameters) -> Result<Asked, Refused> {
    if let Some(name) = given.doubled() {
        return Err(Refused::page(format!("The parameter {name} is there twice.")));
    }
    if given.get("client_id") != Some(shared.options.client_id.as_str()) {
        return Err(Refused::page("No such client is registered here."));
    }
    let redirect = given.get("redirect_uri").and_then(of_client);
    let Some(redirect) = redirect.filter(|url| url.path().ends_with("/callback")) else {
        return Err(Refused::page("This redirect_uri is not registered here."));
    };
    let state = given.get("state").map(str::to_owned);
    let scopes: Vec<String> =
        given.get("scope").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    if let Some((code, why)) = problem(given, &scopes) {
        let pairs = [("error", code), ("error_description", why)];
        return Err(Refused::Callback(callback(shared, &redirect, state.as_deref(), &pairs)));
    }
    let text = |name: &str| given.get(name).map(str::to_owned);
    let challenge = text("code_challenge").unwrap_or_default();
    Ok(Asked { redirect, state, nonce: text("nonce"), challenge, scopes })
}

/// What is wrong with a request that is the client's, as OAuth's code and in words.
fn problem(given: &Parameters, scopes: &[String]) -> Option<(&'static str, &'static str)> {
    if given.get("response_type") != Some("code") {
        return Some(("unsupported_response_type", "only the code flow is here"));
    }
    if !scopes.iter().any(|scope| scope == "openid") {
        return Some(("invalid_scope", "the scope openid is missing"));
    }
    let challenge = given.get("code_challenge").unwrap_or_default();
    if challenge.len() != 43 || given.get("code_challenge_method") != Some("S256") {
        return Some(("invalid_request", "a code_challenge of method S256 is missing"));
    }
    if given.get("prompt") == Some("none") {
        return Some(("login_required", "somebody has to pick an account"));
    }
    None
}

/// An address that can be the client's: on this machine, or the one that Routebook has in examples,
/// where there is nobody (RFC 2606), for tests of what it does under https.
pub(super) fn of_client(address: &str) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    let known = match url.scheme() {
        "http" => matches!(url.host_str(), Some("localhost" | "127.0.0.1")),
        "https" => url.host_str() == Some("routes.example.com"),
        _ => false,
    };
    (known && url.fragment().is_none()).then_some(url)
}

/// Back to the client, with the name of who sends the browser there (RFC 9207).
fn callback(shared: &Shared, redirect: &Url, state: Option<&str>, pairs: &[(&str, &str)]) -> Url {
    let mut url = redirect.clone();
    let issuer = sabotage::callback_issuer(&shared.faults.all(), &shared.issuer);
    let state = state.map(|state| ("state", state));
    let issuer = issuer.as_deref().map(|issuer| ("iss", issuer));
    url.query_pairs_mut().extend_pairs(pairs).extend_pairs(state).extend_pairs(issuer);
    url
}
