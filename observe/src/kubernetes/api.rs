//! Requests to an API server: pages of lists, and watches, with our own deadlines.

use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use domain::sync::Kind;
use futures::FutureExt;
use http_body_util::BodyExt;
use kube::Client;
use kube::client::Body;
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;

use super::connect::get;
use super::failure::Failure;
use crate::Timing;

/// What a request is about, for the message when it is refused.
#[derive(Clone, Copy)]
pub(crate) enum Asked {
    /// The cluster as such.
    Cluster,
    /// A kind.
    Kind(Kind),
    /// Secrets, which no ClusterRole of Routebook's names.
    Secrets,
}

/// One line of a watch, or one answer, may not be longer; etcd takes objects of 1.5 MiB.
const LONGEST_LINE: usize = 64 << 20;
/// Secrets on a page: each has a private key in it, which is not kept around in numbers.
const SECRETS_ON_A_PAGE: usize = 50;
/// So many pieces of a watch are read ahead while what came before is written: the more a storm
/// piles up, the fewer transactions it takes. A piece is 16 KiB in HTTP/2.
const PIECES_AHEAD: usize = 256;
/// So much of an error's body is read.
const LONGEST_MESSAGE: usize = 64 << 10;

/// The whole body of a GET, within a deadline.
pub(crate) async fn fetch(
    client: &Client,
    path: &str,
    asked: Asked,
    deadline: Duration,
) -> Result<Bytes, Failure> {
    let whole = async {
        let body = open(client, path, asked).await?;
        body.collect().await.map(|body| body.to_bytes()).map_err(|error| broken(&error))
    };
    timeout(deadline, whole).await.unwrap_or_else(|_| {
        let seconds = deadline.as_secs_f32();
        Err(Failure::Silent(format!("no complete answer within {seconds} seconds")))
    })
}

/// One page of a list, as JSON.
pub(crate) async fn page(
    client: &Client,
    kind: Kind,
    limit: usize,
    token: &str,
    timing: &Timing,
) -> Result<Bytes, Failure> {
    let mut path = format!("{}?limit={limit}", collection(kind));
    if !token.is_empty() {
        path.push_str("&continue=");
        path.extend(encode(token));
    }
    fetch(client, &path, Asked::Kind(kind), timing.list_page).await
}

/// One page of the TLS Secrets of a namespace, as JSON. It has private keys in it.
pub(crate) async fn secrets(
    client: &Client,
    namespace: &str,
    token: &str,
    timing: &Timing,
) -> Result<Bytes, Failure> {
    let namespace: String = encode(namespace).collect();
    let of_type: String = encode("type=kubernetes.io/tls").collect();
    let mut path = format!(
        "/api/v1/namespaces/{namespace}/secrets?limit={SECRETS_ON_A_PAGE}&fieldSelector={of_type}"
    );
    if !token.is_empty() {
        path.push_str("&continue=");
        path.extend(encode(token));
    }
    fetch(client, &path, Asked::Secrets, timing.list_page).await
}

/// Opens a watch that goes on from a resource version.
pub(crate) async fn watch(
    client: &Client,
    kind: Kind,
    version: &str,
    timing: &Timing,
) -> Result<Lines, Failure> {
    let seconds = timing.watch.as_secs().max(1);
    let version: String = encode(version).collect();
    let path = format!(
        "{}?watch=true&allowWatchBookmarks=true&timeoutSeconds={seconds}&resourceVersion={version}",
        collection(kind)
    );
    let opened = timeout(timing.watch_idle, open(client, &path, Asked::Kind(kind))).await;
    let body = opened.unwrap_or_else(|_| Err(silent(timing)))?;
    let (sender, pieces) = mpsc::channel(PIECES_AHEAD);
    let reading = AbortOnDropHandle::new(tokio::spawn(read_ahead(body, sender)));
    Ok(Lines { pieces, buffer: BytesMut::new(), searched: 0, end: None, _reading: reading })
}

/// Reads pieces as they arrive, up to the end or the first error.
async fn read_ahead(mut body: Body, pieces: mpsc::Sender<Result<Bytes, Failure>>) {
    while let Some(frame) = body.frame().await {
        let piece = match frame {
            Ok(frame) => match frame.into_data() {
                Ok(data) => Ok(data),
                Err(_) => continue,
            },
            Err(error) => Err(broken(&error)),
        };
        let is_last = piece.is_err();
        if pieces.send(piece).await.is_err() || is_last {
            return;
        }
    }
}

fn silent(timing: &Timing) -> Failure {
    let seconds = timing.watch_idle.as_secs_f32();
    Failure::Silent(format!("the watch was silent for {seconds} seconds"))
}

fn collection(kind: Kind) -> String {
    match kind.group() {
        "" => format!("/api/v1/{}", kind.plural()),
        group => format!("/apis/{group}/v1/{}", kind.plural()),
    }
}

/// Percent-encodes a query value.
fn encode(value: &str) -> impl Iterator<Item = char> + '_ {
    value.bytes().flat_map(|byte| {
        let text = match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        };
        text.chars().collect::<Vec<_>>()
    })
}

/// Sends a GET and sorts every status but success.
async fn open(client: &Client, path: &str, asked: Asked) -> Result<Body, Failure> {
    let response = client.send(get(path)).await.map_err(|error| sort(&error))?;
    let (head, body) = response.into_parts();
    if head.status.is_success() {
        return Ok(body);
    }
    let retry_after = head.headers.get(http::header::RETRY_AFTER);
    let seconds = retry_after.and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let message = message(body).await;
    let kind = match asked {
        Asked::Cluster | Asked::Secrets => None,
        Asked::Kind(kind) => Some(kind),
    };
    let wait = seconds.map(Duration::from_secs);
    Err(Failure::of_status(head.status.as_u16(), wait, message, kind))
}

#[derive(Deserialize)]
struct Status {
    message: String,
}

/// What an error says: the `Status` object's message, or the start of whatever it is.
async fn message(body: Body) -> String {
    let limited = http_body_util::Limited::new(body, LONGEST_MESSAGE);
    let Ok(collected) = limited.collect().await else { return "no readable message".into() };
    let bytes = collected.to_bytes();
    match serde_json::from_slice::<Status>(&bytes) {
        Ok(status) => status.message.chars().take(1000).collect(),
        Err(_) => String::from_utf8_lossy(&bytes).chars().take(200).collect(),
    }
}

/// kube authenticates and connects below `send`, so its errors are those of either.
fn sort(error: &kube::Error) -> Failure {
    match error {
        kube::Error::Auth(error) => Failure::Unauthorized(causes(error)),
        other => {
            Failure::Connection(format!("the API server cannot be reached: {}", causes(other)))
        }
    }
}

fn broken(error: &kube::Error) -> Failure {
    Failure::Connection(format!("the connection broke: {}", causes(error)))
}

/// The two innermost causes of an error: what the layers above say of them is of no use to the
/// person who has to mend it.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    let mut texts: Vec<String> = Vec::new();
    for text in chain.map(ToString::to_string) {
        if !texts.iter().any(|known| known == &text) {
            texts.push(text);
        }
    }
    let innermost = texts.split_off(texts.len().saturating_sub(2));
    match &innermost[..] {
        [outer, inner] if outer.contains(inner) => outer.clone(),
        _ => innermost.join(": "),
    }
}

/// The lines of a watch.
pub(crate) struct Lines {
    pieces: mpsc::Receiver<Result<Bytes, Failure>>,
    buffer: BytesMut,
    /// So much of the buffer is known to hold no line end.
    searched: usize,
    /// How it ended, if that was met while looking ahead.
    end: Option<Result<(), Failure>>,
    _reading: AbortOnDropHandle<()>,
}

impl Lines {
    /// The next line; `None` when the API server ends the watch properly.
    pub(crate) async fn next(&mut self, timing: &Timing) -> Result<Option<Bytes>, Failure> {
        if let Some(end) = self.end.take() {
            return end.map(|()| None);
        }
        let line = timeout(timing.watch_idle, self.read()).await;
        line.unwrap_or_else(|_| Err(silent(timing)))
    }

    /// Another line that has arrived already, if there is one.
    pub(crate) fn ready(&mut self) -> Option<Bytes> {
        if self.end.is_some() {
            return None;
        }
        let read = self.read().now_or_never()?;
        if !matches!(read, Ok(Some(_))) {
            self.end = Some(read.clone().map(|_| ()));
        }
        read.ok().flatten()
    }

    /// Nothing is lost when this is dropped halfway: what has arrived stays in the buffer.
    async fn read(&mut self) -> Result<Option<Bytes>, Failure> {
        loop {
            if let Some(line) = self.buffered() {
                return Ok(Some(line));
            }
            if self.buffer.len() > LONGEST_LINE {
                return Err(Failure::Malformed("a line of the watch is too long".into()));
            }
            match self.pieces.recv().await {
                Some(piece) => self.buffer.extend_from_slice(&piece?),
                None if self.buffer.iter().all(u8::is_ascii_whitespace) => return Ok(None),
                None => return Err(Failure::Malformed("the watch ended within a line".into())),
            }
        }
    }

    fn buffered(&mut self) -> Option<Bytes> {
        loop {
            let rest = &self.buffer[self.searched..];
            let Some(end) = rest.iter().position(|&byte| byte == b'\n') else {
                self.searched = self.buffer.len();
                return None;
            };
            let line = self.buffer.split_to(self.searched + end).freeze();
            self.buffer.advance(1);
            self.searched = 0;
            if !line.iter().all(u8::is_ascii_whitespace) {
                return Some(line);
            }
        }
    }
}
