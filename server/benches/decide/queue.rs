//! The page of a reviewer with 500 open reviews, over HTTP, signed in.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use domain::Clock;
use jiff::Timestamp;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use sandbox::openid::{Options, Provider};
use serde_json::json;
use server::Config;
use server::config::Environment;
use tokio::sync::oneshot;
use url::Url;

use crate::shelf::{MANY, MANY_OF_THEM, Shelf};
use crate::table::Table;

/// How often the page is asked for.
const TIMES: usize = 200;
/// The same secret on both sides.
const SECRET: &str = "a secret of the bench";

/// Measures how long the page takes, from the request to its last byte.
pub async fn measure(table: &mut Table) -> anyhow::Result<()> {
    let shelf = Shelf::filled(MANY).await?;
    let id = shelf.campaign(MANY_OF_THEM).await?;
    shelf.open(id).await?;
    let (now, provider) = (shelf.now, provider(shelf.now).await?);
    let environment = environment(&shelf, &provider)?;
    let (store, _folder) = shelf.into_parts();
    store.close().await?;
    let config = Config::load(None, &environment)?;
    let server = Box::pin(server::bind(config, Clock::fixed(now))).await?;
    let pages = format!("http://{}", server.pages()?);
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async {
        let _ = stopped.await;
    }));
    let client = Client::builder().no_proxy().redirect(Policy::none()).build()?;
    let cookie = sign_in(&client, &pages, &provider).await?;
    let times = pages_of(&client, &pages, &cookie).await?;
    let what = ("GET /reviews with 500 open", MANY);
    table.add_times(what, &times, Some(25.0), "");
    // The other end is gone only if the server has ended already.
    let _ = stop.send(());
    running.await??;
    Ok(())
}

async fn pages_of(client: &Client, pages: &str, cookie: &str) -> anyhow::Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(TIMES);
    for time in 0..=TIMES {
        let begin = Instant::now();
        let answer = client.get(format!("{pages}/reviews")).header(COOKIE, cookie).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        // The first one warms up.
        if time > 0 {
            times.push(begin.elapsed());
        }
        ensure!(status.is_success() && text.contains("web-0.example.com"), "{status}: {text}");
    }
    Ok(times)
}

async fn provider(now: Timestamp) -> anyhow::Result<Provider> {
    let mut options = Options::new(Arc::new(move || now));
    options.client_secret = SECRET.to_owned();
    for account in &mut options.accounts {
        account.claims.insert("groups".to_owned(), json!(["team-payments"]));
    }
    Provider::start(options).await
}

fn environment(shelf: &Shelf, provider: &Provider) -> anyhow::Result<Environment> {
    let file = |name: &str| shelf.folder().join(name).display().to_string();
    std::fs::write(shelf.folder().join("secret"), SECRET)?;
    let corp = json!({
        "name": "corp", "issuerUrl": provider.issuer(), "clientId": "routebook",
        "clientSecretFile": file("secret"),
    });
    let set = [
        ("ROUTEBOOK_DATABASE", file("routebook.db")),
        ("ROUTEBOOK_LISTEN", "127.0.0.1:0".to_owned()),
        ("ROUTEBOOK_METRICS_LISTEN", "127.0.0.1:0".to_owned()),
        ("ROUTEBOOK_EXTERNAL_URL", "http://localhost:8080".to_owned()),
        ("ROUTEBOOK_TEAMS", json!([{"name": "payments", "groups": ["team-payments"]}]).to_string()),
        ("ROUTEBOOK_AUTH", json!({"oidc": corp}).to_string()),
    ];
    Ok(set.map(|(name, value)| (name.to_owned(), value)).into())
}

/// Signs in as a reviewer; answers the cookie of the session.
async fn sign_in(client: &Client, pages: &str, provider: &Provider) -> anyhow::Result<String> {
    let begun = client.get(format!("{pages}/auth/sign-in/corp")).send().await?;
    let place = begun.headers().get(LOCATION).context("the provider's address")?.to_str()?;
    let callback = Url::parse(&provider.choose(place, "owner").await?)?;
    let query = callback.query().unwrap_or_default();
    let back = format!("{pages}{}?{query}", callback.path());
    let came = client.get(back).header(COOKIE, cookies(&begun)).send().await?;
    ensure!(came.status().as_u16() == 303, "the sign-in failed: {}", came.status());
    let cookie = cookies(&came);
    ensure!(cookie.contains("routebook="), "there is no session: {cookie}");
    Ok(cookie)
}

/// What a browser would send back: the cookies that are set, without those that are taken away.
fn cookies(answer: &Response) -> String {
    let lines = answer.headers().get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
    let kept = lines.filter(|line| !line.contains("Max-Age=0"));
    let pairs: Vec<&str> = kept.filter_map(|line| line.split(';').next()).collect();
    pairs.join("; ")
}
