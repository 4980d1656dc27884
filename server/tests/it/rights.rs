//! Who may do what: every address of the table of rights, asked for by everybody over HTTP. What is
//! expected stands here by hand, so that the code is not its own measure.

mod every_address;
mod groups;
mod own;
mod without_sign_in;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::support::{Browser, Setup, Site, is_sign_in, location, manifest};

/// What somebody is told who asks for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Whatever is there, if anything is.
    Answer,
    /// To sign in.
    SignIn,
    /// That nobody gets this who is not signed in.
    Unauthorized,
    /// That their role does not allow it.
    Forbidden,
    /// To look at the list of the own team.
    OwnList,
}

/// What an answer tells.
fn told(answer: &Response, what: &str) -> Told {
    let (status, place) = (answer.status(), location(answer));
    match status {
        StatusCode::UNAUTHORIZED => Told::Unauthorized,
        StatusCode::FORBIDDEN => Told::Forbidden,
        StatusCode::SEE_OTHER if is_sign_in(&place) => Told::SignIn,
        StatusCode::SEE_OTHER if place.starts_with("/ingresses?owner=") => Told::OwnList,
        status if status.is_server_error() => panic!("{what}: {status}"),
        _ => Told::Answer,
    }
}

/// A site with an ingress of each team, and one of nobody.
async fn site() -> Site {
    filled(Setup::default()).await
}

async fn filled(setup: Setup) -> Site {
    let site = Site::with_sign_in(setup).await;
    let [mut of_search, mut of_nobody] = ["finder", "orphan"].map(|name| manifest(name, "nginx"));
    of_search["metadata"]["labels"] = json!({"team": "search"});
    of_nobody["metadata"]["labels"] = json!({});
    site.fill(&[manifest("web", "nginx"), of_search, of_nobody]).await;
    site
}

/// The number of the ingress of a name.
async fn number(admin: &Browser, name: &str) -> String {
    let text = admin.text(&format!("/api/v1/ingresses?q={name}.example.com")).await;
    let list: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(list["matching"], 1, "{list}");
    list["items"][0]["id"].to_string()
}

/// Sends what a row of the table is about, in the way of its own pages.
async fn ask(browser: &Browser, method: &str, path: &str) -> Response {
    match method {
        "POST" => browser.submit(path, "").await,
        _ => browser.send(browser.request(Method::GET, path)).await,
    }
}
