//! Tells open pages that something they show has changed, so that they offer to load anew. It says
//! only a number: what changed is read from the page's own address.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt as _, stream};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio_util::sync::CancellationToken;

use super::errors;
use crate::state::State;

/// Four times a second is more than anybody reads.
const APART: Duration = Duration::from_millis(250);

/// Shorter than the idle limit of common proxies.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Then the browser connects again by itself, and what its reader may is looked up anew.
const LONGEST: Duration = Duration::from_secs(600);

/// The stream of revisions.
pub async fn events(extract::State(state): extract::State<State>) -> Response {
    let Ok(place) = state.streams.clone().try_acquire_owned() else { return full() };
    let end = end(state.stop.clone(), LONGEST);
    let events = revisions(state.store.revision(), place).take_until(end);
    let answer = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    // nginx would hold the events back until it has a few kilobytes.
    ([(HeaderName::from_static("x-accel-buffering"), "no")], answer).into_response()
}

/// Waits for the end of the process, and no longer than this.
async fn end(stop: CancellationToken, longest: Duration) {
    let _ = tokio::time::timeout(longest, stop.cancelled()).await;
}

fn full() -> Response {
    let sentence = "Too many pages are listening for changes. Pages work without that.";
    let answer = errors::page(StatusCode::SERVICE_UNAVAILABLE, "Busy", sentence);
    ([(header::RETRY_AFTER, "30")], answer).into_response()
}

/// The revision now, and again whenever it has changed. The place is kept as long as the stream.
fn revisions(
    revision: watch::Receiver<u64>,
    place: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold((revision, place, false), |(mut revision, place, waits)| async move {
        if waits {
            tokio::time::sleep(APART).await;
            revision.changed().await.ok()?;
        }
        let number = *revision.borrow_and_update();
        let event = Event::default().event("revision").data(number.to_string());
        Some((Ok(event), (revision, place, true)))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Semaphore;

    use super::*;

    #[tokio::test]
    async fn many_changes_are_told_once_and_the_end_gives_the_place_back() {
        let places = Arc::new(Semaphore::new(1));
        let place = places.clone().try_acquire_owned().unwrap();
        let (sender, receiver) = watch::channel(7);
        let mut events = std::pin::pin!(revisions(receiver, place));
        let text = |event: Option<Result<Event, _>>| format!("{:?}", event.unwrap().unwrap());
        assert!(text(events.next().await).contains("data: 7"));
        for revision in 8..=20 {
            sender.send(revision).unwrap();
        }
        assert!(text(events.next().await).contains("data: 20"));
        assert_eq!(places.available_permits(), 0);
        drop(sender);
        assert!(events.next().await.is_none());
        assert_eq!(places.available_permits(), 1);
    }

    #[tokio::test]
    async fn a_stream_ends_when_rights_are_to_be_looked_up_anew() {
        let (_sender, receiver) = watch::channel(7);
        let place = Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap();
        let end = end(CancellationToken::new(), Duration::from_millis(20));
        let events = revisions(receiver, place).take_until(end);
        assert_eq!(events.count().await, 1);
    }
}
