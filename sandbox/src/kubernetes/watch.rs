//! Following a collection: the stream of events that a watch answers. A watch reads the history
//! from its own position, so a slow reader holds nobody up and one that falls behind gets a 410.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::cluster::Cluster;
use super::counters::OpenWatch;
use super::faults::Cut;
use super::kinds::Kind;
use super::object::Object;
use super::render::Format;
use super::selector::Selector;
use super::state::{Change, Event, News};
use super::status::Status;
use super::wire::Wire;

/// Events that are sent in one piece at most.
const BATCH: usize = 256;

/// The parameters of a watch.
pub(super) struct Watch {
    pub cluster: Cluster,
    pub kind: &'static Kind,
    /// Empty for all namespaces.
    pub namespace: String,
    pub selector: Selector,
    pub format: Format,
    /// The objects that are there already, sent first.
    pub initial: Vec<Arc<Object>>,
    /// Whether a bookmark marks the end of those.
    pub marks_initial: bool,
    /// Events after this revision are sent.
    pub cursor: u64,
    pub bookmarks: bool,
    pub bookmark_interval: Duration,
    pub timeout: Duration,
    /// Ends the watch after so many events.
    pub cut: Option<(usize, Cut)>,
    pub wire: Wire,
    /// Counts this watch as open.
    pub _open: OpenWatch,
}

/// Why a watch wakes up.
enum Wake {
    News,
    Bookmark,
    Cut(Cut),
    Deadline,
}

impl Watch {
    /// The body of the answer.
    pub fn stream(mut self) -> impl Stream<Item = io::Result<Bytes>> + Send {
        let mut changes = self.cluster.changes();
        let mut cuts = self.cluster.faults().cuts();
        let start = Instant::now();
        let deadline = start + self.timeout;
        // A real server sends its last bookmark two seconds before the deadline.
        let last_bookmark = (deadline - Duration::from_secs(2).min(self.timeout)).max(start);
        let last_bookmark =
            if self.timeout < Duration::from_secs(3) { deadline } else { last_bookmark };
        let mut next_bookmark = (start + self.bookmark_interval).min(last_bookmark);
        let mut first = true;
        async_stream::stream! {
            let initial = std::mem::take(&mut self.initial);
            for batch in initial.chunks(BATCH) {
                let mut piece = Vec::new();
                for object in batch {
                    self.write(&mut piece, "ADDED", object, &mut first);
                }
                yield Ok(Bytes::from(piece));
            }
            if self.marks_initial {
                yield Ok(self.bookmark(true));
            }
            loop {
                changes.borrow_and_update();
                let news = self.cluster.news(self.kind, self.cursor, BATCH);
                let end = match &self.cut {
                    Some((0, how)) => Some(*how),
                    _ => None,
                };
                let news = match (end, news) {
                    (Some(how), _) => {
                        for piece in self.end(how).await {
                            yield piece;
                            // Lets the connection send what it has before the next piece.
                            tokio::task::yield_now().await;
                        }
                        return;
                    }
                    (None, Err(oldest)) => {
                        yield Ok(self.too_old(oldest));
                        return;
                    }
                    (None, Ok(news)) => news,
                };
                let more = news.events.len() == BATCH;
                let piece = self.deliver(&news, &mut first);
                if !piece.is_empty() {
                    yield Ok(Bytes::from(piece));
                }
                if more || matches!(self.cut, Some((0, _))) {
                    continue;
                }
                // Its definition was deleted, and its objects with it.
                if !self.cluster.serves(self.kind) {
                    return;
                }
                let wake = tokio::select! {
                    biased;
                    Ok(how) = cuts.recv() => Wake::Cut(how),
                    Ok(()) = changes.changed() => Wake::News,
                    () = tokio::time::sleep_until(next_bookmark) => Wake::Bookmark,
                    () = tokio::time::sleep_until(deadline) => Wake::Deadline,
                };
                match wake {
                    Wake::News => {}
                    Wake::Bookmark => {
                        if self.bookmarks {
                            yield Ok(self.bookmark(false));
                        }
                        let last = next_bookmark >= last_bookmark;
                        next_bookmark = (next_bookmark + self.bookmark_interval).min(last_bookmark);
                        if last {
                            next_bookmark = deadline + Duration::from_secs(1);
                        }
                    }
                    Wake::Cut(how) => {
                        for piece in self.end(how).await {
                            yield piece;
                            // Lets the connection send what it has before the next piece.
                            tokio::task::yield_now().await;
                        }
                        return;
                    }
                    Wake::Deadline => return,
                }
            }
        }
    }

    /// Turns history into lines and moves on.
    fn deliver(&mut self, news: &News, first: &mut bool) -> Vec<u8> {
        let mut piece = Vec::new();
        for event in &news.events {
            if matches!(self.cut, Some((0, _))) {
                self.cursor = event.object.resource_version.saturating_sub(1);
                return piece;
            }
            let Some((kind, object)) = self.visible(event) else { continue };
            if self.cluster.faults().drops_event(self.kind) {
                continue;
            }
            self.write(&mut piece, kind, &object, first);
            if let Some((left, _)) = &mut self.cut {
                *left -= 1;
            }
        }
        self.cursor = news.until;
        piece
    }

    /// What a change means to somebody who sees only what the selector selects.
    fn visible(&self, event: &Event) -> Option<(&'static str, Arc<Object>)> {
        let object = &event.object;
        if !self.namespace.is_empty() && object.namespace != self.namespace {
            return None;
        }
        let before =
            event.previous.as_ref().is_some_and(|previous| self.selector.matches(previous));
        let after = event.change != Change::Deleted && self.selector.matches(object);
        match (before, after) {
            (false, true) => Some(("ADDED", object.clone())),
            (true, true) => Some(("MODIFIED", object.clone())),
            (true, false) => Some(("DELETED", last_seen(event))),
            (false, false) => None,
        }
    }

    fn write(&self, piece: &mut Vec<u8>, kind: &str, object: &Arc<Object>, first: &mut bool) {
        let now = (self.cluster.options().clock)();
        piece.extend_from_slice(format!(r#"{{"type":"{kind}","object":"#).as_bytes());
        piece.extend_from_slice(&self.format.watched(object, *first, now));
        piece.extend_from_slice(b"}\n");
        *first = false;
    }

    fn bookmark(&self, ends_initial: bool) -> Bytes {
        let mut metadata =
            json!({"resourceVersion": self.cursor.to_string(), "creationTimestamp": null});
        if ends_initial {
            metadata["annotations"] = json!({"k8s.io/initial-events-end": "true"});
        }
        let (kind, api_version) = match self.format {
            Format::Metadata => ("PartialObjectMetadata", "meta.k8s.io/v1".to_owned()),
            _ => (self.kind.kind, self.kind.api_version()),
        };
        let mut object = json!({"kind": kind, "apiVersion": api_version, "metadata": metadata});
        if self.kind.kind == "Ingress" && self.format == Format::Whole {
            object["spec"] = json!({});
            object["status"] = json!({"loadBalancer": {}});
        }
        line("BOOKMARK", &object)
    }

    fn too_old(&self, oldest: u64) -> Bytes {
        let message = format!("too old resource version: {} ({oldest})", self.cursor);
        line("ERROR", &Status::expired(message).to_value())
    }

    /// Ends the stream before its time.
    async fn end(&self, how: Cut) -> Vec<io::Result<Bytes>> {
        match how {
            Cut::Clean => Vec::new(),
            Cut::Gone => vec![Ok(self.too_old(self.cluster.revision()))],
            Cut::Truncated => {
                let half = Bytes::from_static(br#"{"type":"MODIFIED","object":{"kind":"Ing"#);
                vec![Ok(half), Err(io::Error::other("cut on purpose"))]
            }
            Cut::Reset => {
                self.wire.reset();
                std::future::pending().await
            }
            Cut::Silent => {
                self.wire.freeze();
                std::future::pending().await
            }
        }
    }
}

/// The last version that a selector showed, under the revision at which it went out of sight.
fn last_seen(event: &Event) -> Arc<Object> {
    match &event.previous {
        Some(previous) if event.change != Change::Deleted => {
            Object::new(previous.kind, previous.value(), event.object.resource_version)
        }
        _ => event.object.clone(),
    }
}

fn line(kind: &str, object: &Value) -> Bytes {
    format!("{{\"type\":\"{kind}\",\"object\":{object}}}\n").into()
}
