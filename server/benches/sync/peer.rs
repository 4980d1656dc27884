//! What Routebook is compared with: a plain HTTPS client that throws away what it is told.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use reqwest::{Certificate, Client};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use crate::api::Access;

const AROUND: [&str; 4] = [
    "/api/v1/namespaces",
    "/apis/networking.k8s.io/v1/ingressclasses",
    "/api/v1/services",
    "/apis/discovery.k8s.io/v1/endpointslices",
];
const INGRESSES: &str = "/apis/networking.k8s.io/v1/ingresses";

/// Reads the lists of all five kinds, in Routebook's order, and says how long that took.
pub async fn drain(api: &Access) -> anyhow::Result<Duration> {
    let begin = Instant::now();
    let client = client(api)?;
    let around = AROUND.map(|path| drain_one(&client, api, path));
    for drained in futures::future::join_all(around).await {
        drained?;
    }
    drain_one(&client, api, INGRESSES).await?;
    Ok(begin.elapsed())
}

fn client(api: &Access) -> anyhow::Result<Client> {
    let authority = Certificate::from_pem(api.authority.as_bytes())?;
    Ok(Client::builder().no_proxy().tls_certs_only([authority]).build()?)
}

async fn drain_one(client: &Client, api: &Access, path: &str) -> anyhow::Result<()> {
    let mut token = String::new();
    loop {
        let url = format!("{}{path}?limit=500&continue={token}", api.url);
        let body = client.get(url).bearer_auth(&api.token).send().await?.error_for_status()?;
        let page = body.bytes().await?;
        match next_page(&page) {
            Some(next) => token = next,
            None => return Ok(()),
        }
    }
}

/// The continue token, which stands before the items, without reading those. It needs no escapes.
fn next_page(page: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&page[..page.len().min(2000)]);
    let (_, rest) = head.split_once("\"continue\":\"")?;
    rest.split_once('"').map(|(token, _)| token.to_owned()).filter(|token| !token.is_empty())
}

/// A watch of Ingresses without anything behind it: tells when each line arrived, and what it is.
pub struct Watch {
    lines: mpsc::UnboundedReceiver<(Instant, Vec<u8>)>,
    _reading: AbortOnDropHandle<()>,
}

impl Watch {
    /// Opens it from the present state.
    pub async fn open(api: &Access) -> anyhow::Result<Self> {
        let client = client(api)?;
        let get = |query: String| {
            client.get(format!("{}{INGRESSES}?{query}", api.url)).bearer_auth(&api.token)
        };
        let list: Value =
            get("limit=1".to_owned()).send().await?.error_for_status()?.json().await?;
        let version = list["metadata"]["resourceVersion"].as_str().context("a version")?.to_owned();
        let watch = get(format!("watch=true&timeoutSeconds=2700&resourceVersion={version}"));
        let response = watch.send().await?.error_for_status()?;
        let (sender, lines) = mpsc::unbounded_channel();
        let reading = tokio::spawn(read(response, sender));
        Ok(Self { lines, _reading: AbortOnDropHandle::new(reading) })
    }

    /// The arrival of the next line that has this text in it.
    pub async fn arrival(&mut self, text: &str) -> anyhow::Result<Instant> {
        let longest = Duration::from_secs(30);
        loop {
            let line = tokio::time::timeout(longest, self.lines.recv()).await;
            let (at, line) = line.context("no event")?.context("the watch ended")?;
            if contains(&line, text.as_bytes()) {
                return Ok(at);
            }
        }
    }
}

fn contains(line: &[u8], text: &[u8]) -> bool {
    line.windows(text.len()).any(|window| window == text)
}

async fn read(mut response: reqwest::Response, lines: mpsc::UnboundedSender<(Instant, Vec<u8>)>) {
    let mut rest = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let at = Instant::now();
        let mut parts = chunk.split(|byte| *byte == b'\n').peekable();
        while let Some(part) = parts.next() {
            rest.extend_from_slice(part);
            if parts.peek().is_some() && lines.send((at, std::mem::take(&mut rest))).is_err() {
                return;
            }
        }
    }
}

/// A browser's connection: one, kept open, that asks for compressed pages.
pub struct Browser {
    client: Client,
    site: String,
    accepts: &'static str,
}

/// One page, and how long it took to its last byte.
pub struct Fetched {
    pub took: Duration,
    pub bytes: usize,
    pub text: String,
}

impl Browser {
    /// `accepts` is what it says it can decompress.
    pub fn new(site: &str, accepts: &'static str) -> anyhow::Result<Self> {
        let client = Client::builder().no_proxy().http1_only().pool_max_idle_per_host(1).build()?;
        Ok(Self { client, site: site.to_owned(), accepts })
    }

    /// Fetches a page.
    pub async fn get(&self, path: &str) -> anyhow::Result<Fetched> {
        let begin = Instant::now();
        let request = self.client.get(format!("{}{path}", self.site));
        let response = request.header("accept-encoding", self.accepts).send().await?;
        ensure!(response.status().is_success(), "{path}: {}", response.status());
        let body = response.bytes().await?;
        let took = begin.elapsed();
        Ok(Fetched { took, bytes: body.len(), text: String::from_utf8_lossy(&body).into_owned() })
    }

    /// How many ingresses the page of this search says that there are, up to what it counts.
    pub async fn matches(&self, search: &str) -> anyhow::Result<usize> {
        let page = self.get(&format!("/ingresses?q={search}")).await?.text;
        let (_, count) = page.split_once("id=\"count\"").context("a page with its count")?;
        let (count, _) = count.split_once(" of ").context("a count of matches")?;
        let digits = |c: &char| c.is_ascii_digit();
        let (_, number) = count.rsplit_once(' ').context("a number")?;
        Ok(number.chars().filter(digits).collect::<String>().parse()?)
    }
}
