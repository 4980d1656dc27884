//! The HTTP client: asks a Prometheus-compatible API, and trusts nothing that comes back.

use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use domain::Clock;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, LOCATION, RETRY_AFTER};
use http::{HeaderName, HeaderValue};
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::{Certificate, Response};
use url::{Url, form_urlencoded};

use super::Limits;
use super::answer::{self, Series};
use super::failure::Failure;
use super::source::Prometheus;

/// The header by which Mimir, Cortex and Thanos tell tenants apart.
const TENANT: HeaderName = HeaderName::from_static("x-scope-orgid");
/// So much of an error's body is read.
const LONGEST_MESSAGE: usize = 64 << 10;
/// `Date` has whole seconds and the answer takes its time; clocks that differ by less agree.
const CLOCKS_AGREE: i64 = 120;
/// The source has said nothing about its clock.
const UNKNOWN: i64 = i64::MIN;

/// One round's connection to a source. Token and certificates are read anew for each round, so that
/// rotated ones are used.
pub(super) struct Client {
    http: reqwest::Client,
    base: Url,
    headers: HeaderMap,
    limits: Limits,
    clock: Clock,
    asked: AtomicUsize,
    /// By how many seconds the source's clock is ahead.
    ahead: AtomicI64,
}

impl Client {
    /// Reads the credentials. Nothing is sent yet.
    pub(super) async fn open(
        prometheus: &Prometheus,
        limits: &Limits,
        clock: &Clock,
    ) -> Result<Self, Failure> {
        let mut http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(limits.deadline);
        // A proxy would read the token.
        if prometheus.url.scheme() == "http" {
            http = http.no_proxy();
        }
        if let Some(file) = &prometheus.ca_file {
            http = http.tls_certs_only(certificates(file).await?);
        }
        let setup = |error: reqwest::Error| Failure::Setup(format!("no TLS: {error}"));
        Ok(Self {
            http: http.build().map_err(setup)?,
            base: prometheus.url.clone(),
            headers: headers(prometheus).await?,
            limits: limits.clone(),
            clock: clock.clone(),
            asked: AtomicUsize::new(0),
            ahead: AtomicI64::new(UNKNOWN),
        })
    }

    /// How many questions were asked.
    pub(super) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// By how many seconds the source's clock is ahead of ours, if they do not agree.
    pub(super) fn ahead(&self) -> Option<i64> {
        let ahead = self.ahead.load(Ordering::Relaxed);
        (ahead != UNKNOWN && ahead.abs() > CLOCKS_AGREE).then_some(ahead)
    }

    /// The values at one moment.
    pub(super) async fn instant(&self, query: &str, at: i64) -> Result<Vec<Series>, Failure> {
        let time = at.to_string();
        self.ask("query", &[("query", query), ("time", time.as_str())]).await
    }

    /// The values at every `step` seconds, both ends included.
    pub(super) async fn range(
        &self,
        query: &str,
        start: i64,
        end: i64,
        step: i64,
    ) -> Result<Vec<Series>, Failure> {
        let [start, end, step] = [start, end, step].map(|number| number.to_string());
        let form = [
            ("query", query),
            ("start", start.as_str()),
            ("end", end.as_str()),
            ("step", step.as_str()),
        ];
        self.ask("query_range", &form).await
    }

    /// A POST, because a query may be longer than an address may be.
    async fn ask(&self, what: &str, form: &[(&str, &str)]) -> Result<Vec<Series>, Failure> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mut url = self.base.clone();
        url.set_path(&format!("{}/api/v1/{what}", self.base.path().trim_end_matches('/')));
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self.http.post(url).headers(self.headers.clone()).body(body);
        let failed = |error| Failure::of_transport(error, &self.limits);
        let response = request.timeout(self.limits.deadline).send().await.map_err(failed)?;
        self.compare_clocks(response.headers());
        let response = self.sort(response).await?;
        let body = self.body(response, self.limits.bytes).await?;
        answer::read(&body, self.limits.samples)
    }

    /// Anything but success is a failure.
    async fn sort(&self, response: Response) -> Result<Response, Failure> {
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        if status.is_redirection() {
            let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            return Err(Failure::Redirect(shown(to.unwrap_or("nowhere"))));
        }
        let after = response.headers().get(RETRY_AFTER);
        let seconds = after.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let body = self.body(response, LONGEST_MESSAGE).await.unwrap_or_default();
        let message = answer::message(&body);
        Err(Failure::of_status(status.as_u16(), seconds.map(Duration::from_secs), message))
    }

    async fn body(&self, mut response: Response, most: usize) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        let failed = |error| Failure::of_transport(error, &self.limits);
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > most {
                return Err(Failure::TooMany(format!("more than {} MB", most >> 20)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn compare_clocks(&self, headers: &HeaderMap) {
        let told = headers.get(DATE).and_then(|value| value.to_str().ok());
        let told = told.and_then(|text| DateTimeParser::new().parse_timestamp(text).ok());
        if let Some(told) = told {
            let ahead = told.as_second() - self.clock.now().as_second();
            self.ahead.store(ahead, Ordering::Relaxed);
        }
    }
}

/// Where a redirect leads, without what may be secret in it.
fn shown(location: &str) -> String {
    let bare = location.split(['?', '#']).next().unwrap_or_default();
    let bare = match bare.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
            format!("{scheme}://{}/{path}", host.rsplit('@').next().unwrap_or_default())
        }
        None => bare.to_owned(),
    };
    bare.chars().take(200).collect()
}

async fn certificates(file: &Path) -> Result<Vec<Certificate>, Failure> {
    let name = file.display();
    let unreadable = |error: std::io::Error| {
        Failure::Setup(format!("the certificates in {name} cannot be read: {error}"))
    };
    let pem = tokio::fs::read(file).await.map_err(unreadable)?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(Failure::Setup(format!("{name} holds no certificate in PEM form"))),
    }
}

async fn headers(prometheus: &Prometheus) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    headers.insert(CONTENT_TYPE, form);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if let Some(tenant) = &prometheus.tenant {
        let value = HeaderValue::from_str(tenant);
        let unfit = |_| Failure::Setup("`tenant` cannot be sent in a header".into());
        headers.insert(TENANT, value.map_err(unfit)?);
    }
    if let Some(file) = &prometheus.bearer_token_file {
        headers.insert(AUTHORIZATION, token(file).await?);
    }
    Ok(headers)
}

/// The token goes into this header and nowhere else; `sensitive` keeps it out of what is printed.
async fn token(file: &Path) -> Result<HeaderValue, Failure> {
    let name = file.display();
    let unreadable = |error: std::io::Error| {
        Failure::Setup(format!("the token in {name} cannot be read: {error}"))
    };
    let text = tokio::fs::read_to_string(file).await.map_err(unreadable)?;
    let unfit = |_| Failure::Setup(format!("what is in {name} is no token"));
    let mut value = HeaderValue::from_str(&format!("Bearer {}", text.trim())).map_err(unfit)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn a_redirect_is_shown_without_secrets() {
        assert_eq!(shown("https://u:p@sso.example/login?token=x#y"), "https://sso.example/login");
        assert_eq!(shown("/login?next=x"), "/login");
        assert_eq!(shown("https://sso.example"), "https://sso.example/");
    }
}
