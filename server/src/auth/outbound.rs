//! Requests to a provider. They follow no redirect, go by https unless the provider is on this
//! machine, wait ten seconds, and read a megabyte at most.

use std::error::Error as _;
use std::fs;
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderValue, Request, StatusCode};
use openidconnect::{AccessToken, AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Response};
use url::Url;

use super::failure::quoted;
use crate::config::is_loopback;

/// One request, until its answer is read.
const PATIENCE: Duration = Duration::from_secs(10);

/// Large key sets have some kilobytes.
const BYTES: usize = 1 << 20;

const NAME: &str = concat!("routebook/", env!("CARGO_PKG_VERSION"));

/// The way to one provider.
pub struct Outbound {
    client: Client,
    /// The provider is on this machine, and is asked by http.
    plain: bool,
}

/// Why there is no answer, or none that is read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not to be asked there.
    #[error("{0} is not asked: an address must be https")]
    Address(String),
    /// It does not answer, or says that it cannot.
    #[error("{0}")]
    Unreachable(String),
    /// Its answer is none.
    #[error("{0}")]
    Answer(String),
}

impl Outbound {
    /// Reads the authorities to trust. Nobody is contacted.
    pub fn new(issuer: &Url, ca_file: Option<&Path>) -> Result<Self, String> {
        let plain = issuer.scheme() == "http";
        let mut client =
            Client::builder().redirect(Policy::none()).timeout(PATIENCE).user_agent(NAME);
        if is_loopback(issuer) {
            client = client.no_proxy();
        }
        if let Some(file) = ca_file {
            client = client.tls_certs_only(certificates(file)?);
        }
        let client = client.build().map_err(|error| format!("no TLS: {}", told(error)))?;
        Ok(Self { client, plain })
    }

    /// The body of what stands at an address.
    pub async fn get(&self, url: &Url, token: Option<&AccessToken>) -> Result<Vec<u8>, Error> {
        let mut request = Request::get(url.as_str()).header(ACCEPT, "application/json");
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, bearer(token)?);
        }
        let request = request.body(Vec::new()).map_err(|_| Error::Address(quoted(url)))?;
        let response = self.send(request).await?;
        match response.status() {
            StatusCode::OK => Ok(response.into_body()),
            status => Err(Error::Answer(format!("{} answers {status}", place(url)))),
        }
    }

    /// Sends a request, and sorts out what is no answer.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Error> {
        let unreachable = |error| Error::Unreachable(told(error));
        let request = reqwest::Request::try_from(request).map_err(unreachable)?;
        if !may_be_asked(request.url(), self.plain) {
            return Err(Error::Address(quoted(place(request.url()))));
        }
        let place = place(request.url());
        let response = self.client.execute(request).await.map_err(unreachable)?;
        let (status, headers) = (response.status(), response.headers().clone());
        if status.is_redirection() {
            return Err(Error::Answer(format!("{place} redirects, which is not followed")));
        }
        if status.is_server_error() {
            return Err(Error::Unreachable(format!("{place} answers {status}")));
        }
        let mut answer = HttpResponse::new(body(response, &place).await?);
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        Ok(answer)
    }
}

/// How the library sends its requests.
impl<'c> AsyncHttpClient<'c> for Outbound {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

async fn body(mut response: Response, place: &str) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while let Some(chunk) =
        response.chunk().await.map_err(|error| Error::Unreachable(told(error)))?
    {
        if body.len() + chunk.len() > BYTES {
            return Err(Error::Answer(format!("the answer of {place} has more than 1 MiB")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Whether an address is good enough for what goes there. By http only this machine is, and only
/// for a provider that is on it.
pub fn may_be_asked(url: &Url, plain: bool) -> bool {
    url.scheme() == "https" || (plain && url.scheme() == "http" && is_loopback(url))
}

/// An address without its query, for the log.
fn place(url: &Url) -> String {
    let mut place = url.clone();
    place.set_query(None);
    place.into()
}

fn bearer(token: &AccessToken) -> Result<HeaderValue, Error> {
    let value = HeaderValue::try_from(format!("Bearer {}", token.secret()));
    let mut value =
        value.map_err(|_| Error::Answer("the access token fits into no header".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

fn certificates(file: &Path) -> Result<Vec<Certificate>, String> {
    let failed = |why: String| format!("cannot read the authorities in {}: {why}", file.display());
    let pem = fs::read(file).map_err(|error| failed(error.to_string()))?;
    let found = Certificate::from_pem_bundle(&pem).map_err(|error| failed(error.to_string()))?;
    if found.is_empty() {
        return Err(failed("there is no certificate in it".to_owned()));
    }
    Ok(found)
}

/// What went wrong, with its causes, and without the address.
fn told(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer in {} s", PATIENCE.as_secs());
    }
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    quoted(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_provider_on_this_machine_is_asked_in_clear() {
        let check = |url: &str, plain: bool, expected: bool| {
            assert_eq!(may_be_asked(&Url::parse(url).unwrap(), plain), expected, "{url} {plain}");
        };
        check("https://id.example.com/token", false, true);
        check("https://id.example.com/token", true, true);
        check("http://id.example.com/token", false, false);
        check("http://id.example.com/token", true, false);
        check("http://127.0.0.1:9/token", true, true);
        check("http://localhost/token", true, true);
        check("http://[::1]/token", true, true);
        check("http://127.0.0.1/token", false, false);
        check("http://127.0.0.1.evil.example/token", true, false);
        check("http://192.0.2.1/token", true, false);
        check("http://169.254.169.254/latest", true, false);
        check("file:///etc/passwd", true, false);
        check("ftp://localhost/", true, false);
    }

    #[test]
    fn what_is_logged_of_an_address_has_no_query() {
        let url = Url::parse("https://id.example.com/a?code=secret").unwrap();
        assert_eq!(place(&url), "https://id.example.com/a");
    }

    #[test]
    fn a_file_without_certificates_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        let check = |part: &str| {
            let error = certificates(&file).err().unwrap();
            assert!(error.contains(part) && error.contains("ca.pem"), "{error}");
        };
        check("cannot read");
        fs::write(&file, "nothing").unwrap();
        check("no certificate");
    }
}
