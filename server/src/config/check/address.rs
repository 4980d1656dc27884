//! The addresses of Routebook itself, and who may reach them.

use std::net::SocketAddr;

use url::{Host, Url};

use super::super::given::Place;
use super::Error;
use crate::http::is_first_segment;

/// The address that people type.
pub fn external_url(text: &str, place: Option<&Place>) -> Result<Url, Error> {
    let refuse = |why: &str| {
        Error::new(place, format!("`externalUrl` {why}, not {text:?}"))
            .hint("examples: https://routebook.example.com, https://example.com/routebook")
    };
    let mut url = Url::parse(text).map_err(|_| refuse("must be an http or https address"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse("must be an http or https address"));
    }
    let bare = url.query().is_none() && url.fragment().is_none();
    if !bare || !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("must be a scheme, a host and perhaps a port and a path"));
    }
    let base = url.path().trim_end_matches('/').to_owned();
    if !base.split('/').skip(1).all(is_plain) {
        return Err(refuse("may have a path of letters, digits and -._~ only"));
    }
    // A proxy may take the path away, and then nothing must be read in two ways.
    if base.split('/').nth(1).is_some_and(is_first_segment) {
        return Err(refuse("must have a path that does not begin like one of Routebook's own"));
    }
    url.set_path(&base);
    Ok(url)
}

fn is_plain(segment: &str) -> bool {
    !segment.is_empty()
        && segment.bytes().all(|c| c.is_ascii_alphanumeric() || b"-._~".contains(&c))
}

/// Whether an address is on this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// With sign-in there are cookies, which must not go through a network in clear.
pub fn keeps_cookies(external_url: &Url, place: Option<&Place>) -> Result<(), Error> {
    if external_url.scheme() == "https" || is_loopback(external_url) {
        return Ok(());
    }
    let message = format!(
        "`externalUrl` is {external_url}, but with `auth` it must be https: cookies would go in clear"
    );
    Err(Error::new(place, message)
        .hint("put a proxy with TLS in front, and set `externalUrl` to its https address"))
}

/// Who may reach the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// This machine only, because nobody signs in.
    NoSignIn,
    /// This machine only, because cookies would go in clear.
    NoTls,
    /// Others too.
    Others,
}

impl Reach {
    /// What follows from sign-in and `externalUrl`.
    pub fn new(signs_in: bool, external_url: &Url) -> Self {
        match (signs_in, external_url.scheme()) {
            (false, _) => Self::NoSignIn,
            (true, "https") => Self::Others,
            (true, _) => Self::NoTls,
        }
    }
}

/// Where pages are served.
pub fn listen(text: &str, place: Option<&Place>, reach: Reach) -> Result<SocketAddr, Error> {
    let address = socket("listen", text, place)?;
    let port = address.port();
    let (why, way) = match reach {
        _ if address.ip().is_loopback() => return Ok(address),
        Reach::Others => return Ok(address),
        Reach::NoSignIn => (
            "nobody signs in, because `auth` is not set up",
            format!(
                "set up `auth`; or listen on 127.0.0.1:{port} and put a reverse proxy that signs people in on \
                 the same host, or use `kubectl port-forward` or `ssh -L`"
            ),
        ),
        Reach::NoTls => (
            "`externalUrl` is not https: cookies would go in clear",
            format!(
                "set `externalUrl` to the https address of the proxy in front, or listen on 127.0.0.1:{port}"
            ),
        ),
    };
    let message = format!("`listen` is {text}, which other machines can reach, but {why}");
    Err(Error::new(place, message).hint(way))
}

/// Where metrics are served: nobody signs in there.
pub fn metrics_listen(text: &str, place: Option<&Place>) -> Result<SocketAddr, Error> {
    let address = socket("metricsListen", text, place)?;
    if address.ip().is_loopback() {
        return Ok(address);
    }
    let port = address.port();
    let message = format!(
        "`metricsListen` is {text}, which other machines can reach, but nobody signs in for metrics"
    );
    let way = format!("listen on 127.0.0.1:{port} and let a collector on the same host read it");
    Err(Error::new(place, message).hint(way))
}

fn socket(key: &str, text: &str, place: Option<&Place>) -> Result<SocketAddr, Error> {
    let spelled = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    spelled.parse().map_err(|_| {
        Error::new(place, format!("`{key}` must be an address and a port, not {text:?}"))
            .hint("examples: 127.0.0.1:8080, [::1]:8080")
    })
}
