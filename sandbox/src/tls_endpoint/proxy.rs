//! The little of HTTP that comes before TLS: `CONNECT host:port HTTP/1.1` (RFC 9110, section 9.3.6).

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A head that is longer is not read to its end.
const LONGEST_HEAD: usize = 8 * 1024;

const CONNECTED: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";
const NOT_A_TUNNEL: &[u8] = b"HTTP/1.1 405 Method Not Allowed\r\nAllow: CONNECT\r\n\
    Connection: close\r\nContent-Length: 0\r\n\r\n";

/// What a web server says to TLS on its plain port.
pub(super) const PLAIN: &[u8] = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\
    Content-Length: 0\r\n\r\n";

/// Reads the head of a request, answers it, and says where the tunnel is to lead. Reads not one
/// byte more, as that would be TLS already. None for a request that asks for no tunnel.
pub(super) async fn target(tcp: &mut TcpStream) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == LONGEST_HEAD {
            return Err(io::Error::other("the head of the request is too long"));
        }
        head.push(tcp.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head);
    let target = head.strip_prefix("CONNECT ").and_then(|rest| rest.split_once(" HTTP/1."));
    let answer = if target.is_some() { CONNECTED } else { NOT_A_TUNNEL };
    tcp.write_all(answer).await?;
    Ok(target.map(|(target, _)| target.to_owned()))
}
