//! The addresses of Routebook itself.

use std::net::SocketAddr;

use url::Url;

use super::super::given::Place;
use super::Error;

/// The address that people type.
pub fn external_url(text: &str, place: Option<&Place>) -> Result<Url, Error> {
    let refuse = |why: &str| {
        Error::new(place, format!("`externalUrl` {why}, not {text:?}"))
            .hint("example: https://routebook.example.com")
    };
    let url = Url::parse(text).map_err(|_| refuse("must be an http or https address"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse("must be an http or https address"));
    }
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !bare || !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("must be a scheme, a host and perhaps a port"));
    }
    Ok(url)
}

/// An address to listen on, which only this machine can reach.
pub fn listen(key: &str, text: &str, place: Option<&Place>) -> Result<SocketAddr, Error> {
    let spelled = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    let address: SocketAddr = spelled.parse().map_err(|_| {
        Error::new(place, format!("`{key}` must be an address and a port, not {text:?}"))
            .hint("examples: 127.0.0.1:8080, [::1]:8080")
    })?;
    if !address.ip().is_loopback() {
        return Err(Error::new(
            place,
            format!("`{key}` is {text}, which other machines can reach, but Routebook has no sign-in yet"),
        )
        .hint(beyond_loopback(key, address)));
    }
    Ok(address)
}

fn beyond_loopback(key: &str, address: SocketAddr) -> String {
    let port = address.port();
    let way = match key {
        "listen" => {
            "and put a reverse proxy that signs people in on the same host, or use `kubectl port-forward` or `ssh -L`"
        }
        _ => "and let a collector on the same host read it",
    };
    format!("listen on 127.0.0.1:{port} {way}")
}
