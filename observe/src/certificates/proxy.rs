//! A connection through an HTTP proxy by CONNECT (RFC 9110, section 9.3.6).
//!
//! The proxy is the operator's, so its own address is not guarded; what it is asked to connect to is.

use std::io;
use std::net::SocketAddr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::{Host, Url};

/// The head of a proxy's answer is not longer.
const LONGEST_HEAD: usize = 8 << 10;

/// Connects to an address through the proxy.
pub(super) async fn connect(proxy: Url, to: SocketAddr) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect((host(&proxy)?, port(&proxy)?)).await.map_err(|error| {
        io::Error::new(error.kind(), format!("the proxy cannot be reached: {error}"))
    })?;
    let request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n{}\r\n", authorization(&proxy));
    stream.write_all(request.as_bytes()).await?;
    let head = head(&mut stream).await?;
    let status = head.split_whitespace().nth(1).unwrap_or_default();
    if status.len() == 3 && status.starts_with('2') {
        return Ok(stream);
    }
    let first: String = head.lines().next().unwrap_or_default().chars().take(100).collect();
    Err(io::Error::other(format!("the proxy answered {first:?}")))
}

fn host(proxy: &Url) -> io::Result<String> {
    match proxy.host() {
        Some(Host::Domain(name)) => Ok(name.to_owned()),
        Some(Host::Ipv4(address)) => Ok(address.to_string()),
        Some(Host::Ipv6(address)) => Ok(address.to_string()),
        None => Err(io::Error::other("the address of the proxy has no host")),
    }
}

fn port(proxy: &Url) -> io::Result<u16> {
    match proxy.scheme() {
        "http" => Ok(proxy.port().unwrap_or(80)),
        other => Err(io::Error::other(format!("a proxy is reached by http://, not {other}://"))),
    }
}

/// The header for a user in the proxy's address, with its line end; empty without one.
fn authorization(proxy: &Url) -> String {
    if proxy.username().is_empty() {
        return String::new();
    }
    let decoded = |text: &str| -> String {
        let pair = format!("x={}", text.replace('+', "%2B").replace('&', "%26"));
        let first = url::form_urlencoded::parse(pair.as_bytes()).next();
        first.map_or_else(String::new, |(_, value)| value.into_owned())
    };
    let password = proxy.password().unwrap_or_default();
    let credentials = format!("{}:{}", decoded(proxy.username()), decoded(password));
    format!("Proxy-Authorization: Basic {}\r\n", BASE64_STANDARD.encode(credentials))
}

/// Reads up to the empty line and not a byte further: what follows belongs to the connection.
async fn head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head: Vec<u8> = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == LONGEST_HEAD {
            return Err(io::Error::other("the proxy's answer has no end"));
        }
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn a_proxy_is_named_by_an_http_address() {
        let check = |text: &str, expected: Option<(&str, u16)>| {
            let url = url(text);
            let got = host(&url).ok().zip(port(&url).ok());
            assert_eq!(got, expected.map(|(host, port)| (host.to_owned(), port)), "{text}");
        };
        check("http://proxy.example:3128", Some(("proxy.example", 3128)));
        check("http://proxy.example", Some(("proxy.example", 80)));
        check("http://[2001:db8::1]:3128/", Some(("2001:db8::1", 3128)));
        check("https://proxy.example", None);
        check("socks5://proxy.example", None);
    }

    #[test]
    fn a_user_in_the_address_is_told_to_the_proxy() {
        let header = authorization(&url("http://me:a%40b%2B+c@proxy.example"));
        let expected = BASE64_STANDARD.encode("me:a@b++c");
        assert_eq!(header, format!("Proxy-Authorization: Basic {expected}\r\n"));
        assert_eq!(authorization(&url("http://proxy.example")), "");
    }
}
