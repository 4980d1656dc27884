//! Downloads, sent while they are read. A file that was cut off must not be taken for whole: whatever
//! goes wrong on the way breaks the transfer instead of ending it. Who takes what away is recorded
//! before the first byte.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use domain::audit::{Action, Draft};
use futures::{Stream, StreamExt as _, stream};
use jiff::Timestamp;
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::problem::Problem;
use crate::auth::Asker;
use crate::export::{self, AsOf, Encoder, Format, Inventory, Sheet};
use crate::serve::GRACE;
use crate::state;

/// Each download holds one of the store's few readers, and a snapshot of the database.
pub const AT_ONCE: usize = 2;

/// Whoever takes nothing for so long has gone away.
const PATIENCE: Duration = Duration::from_secs(60);

/// A download is over by then, however slowly somebody takes it: its snapshot keeps the database's log
/// from being brought in, and its place keeps others waiting.
const LONGEST: Duration = Duration::from_secs(600);

/// The entry that this file was taken away.
pub fn entry<S: Sheet>(
    asker: &Asker,
    action: Action,
    format: Format,
    filter: &str,
    at: Timestamp,
) -> Draft {
    let detail = json!({"format": format.as_str(), "filter": filter});
    asker.draft(at, action, S::NAME.to_owned(), detail)
}

/// `/export/inventory.csv`
pub async fn csv(
    State(state): State<state::State>,
    asker: Asker,
    RawQuery(query): RawQuery,
) -> Response {
    answer(inventory(&state, &asker, &query.unwrap_or_default(), Format::Csv).await)
}

/// `/export/inventory.jsonl`
pub async fn jsonl(
    State(state): State<state::State>,
    asker: Asker,
    RawQuery(query): RawQuery,
) -> Response {
    answer(inventory(&state, &asker, &query.unwrap_or_default(), Format::Jsonl).await)
}

async fn inventory(
    state: &state::State,
    asker: &Asker,
    query: &str,
    format: Format,
) -> Result<Response, Problem> {
    let view = export::view(query).map_err(|error| Problem::view(&error))?;
    let now = state.clock.now();
    let sheet = Inventory(AsOf::new(&state.store.clusters().await?, now));
    let entry = entry::<Inventory>(asker, Action::ExportInventory, format, &view.query(), now);
    let rows = state.store.export(&view, now);
    download(state, entry, format, sheet, rows).await
}

/// Problems are answers too.
pub fn answer(download: Result<Response, Problem>) -> Response {
    download.unwrap_or_else(IntoResponse::into_response)
}

/// Records the entry, then answers with the rows. The first ones are read before anything is answered,
/// so that what fails at once is an error and not a broken download.
pub async fn download<S>(
    state: &state::State,
    entry: Draft,
    format: Format,
    sheet: S,
    rows: impl Stream<Item = Result<Vec<S::Row>, store::Error>> + Send + 'static,
) -> Result<Response, Problem>
where
    S: Sheet + Send + 'static,
    S::Row: Send,
{
    let place = state.exports.clone().try_acquire_owned();
    let place = place.map_err(|_| Problem::busy("too many exports are under way"))?;
    state.store.record(entry).await?;
    let head = head::<S>(format, &sheet.file(), state.clock.now());
    let mut encoder = Encoder::new(format, sheet);
    let mut rows = Box::pin(rows);
    let mut first = encoder.head();
    if let Some(batch) = rows.next().await {
        first.extend(encoder.rows(&batch?));
    }
    let body = sent(state.stop.clone(), place, |pieces| async move {
        send(first, rows, encoder, &pieces).await;
    });
    Ok((head, body).into_response())
}

/// The body that this work sends. It is cut off when it takes too long or the process ends, and keeps its
/// place until then.
pub fn sent<F>(
    stop: CancellationToken,
    place: OwnedSemaphorePermit,
    work: impl FnOnce(mpsc::Sender<Piece>) -> F,
) -> Body
where
    F: Future<Output = ()> + Send + 'static,
{
    let (pieces, body) = channel();
    let work = work(pieces);
    let sending = async move {
        tokio::select! {
            () = work => {}
            () = too_late(stop) => {}
            () = tokio::time::sleep(LONGEST) => {
                tracing::warn!("an export was cut off: it took longer than {} s", LONGEST.as_secs());
            }
        }
        drop(place);
    };
    tokio::spawn(sending.in_current_span());
    body
}

fn head<S: Sheet>(format: Format, file: &str, now: Timestamp) -> [(HeaderName, String); 3] {
    let name = format.file_name(file, now);
    [
        (header::CONTENT_TYPE, format.content_type().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (HeaderName::from_static("x-routebook-schema"), S::SCHEMA.to_owned()),
    ]
}

/// When requests under way are cut off: a download must not keep the store from being closed.
async fn too_late(stop: CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(GRACE).await;
}

/// A part of the body; `None` says that it is complete.
pub type Piece = Option<Bytes>;

/// The body was not completed.
#[derive(Debug, thiserror::Error)]
#[error("the export was cut off")]
struct Cut;

/// A body that is whole only if the sender says so. One piece waits while the one before is sent:
/// however large the inventory, memory holds three.
fn channel() -> (mpsc::Sender<Piece>, Body) {
    let (sender, mut pieces) = mpsc::channel(1);
    let read = stream::poll_fn(move |context| {
        pieces.poll_recv(context).map(|piece: Option<Piece>| match piece {
            Some(Some(bytes)) => Some(Ok(bytes)),
            Some(None) => None,
            None => Some(Err(Cut)),
        })
    });
    (sender, Body::from_stream(read.fuse()))
}

async fn send<S: Sheet>(
    first: Vec<u8>,
    mut rows: impl Stream<Item = Result<Vec<S::Row>, store::Error>> + Unpin,
    mut encoder: Encoder<S>,
    pieces: &mpsc::Sender<Piece>,
) {
    if !taken(pieces, Some(first.into())).await {
        return;
    }
    while let Some(batch) = rows.next().await {
        let batch = match batch {
            Ok(batch) => batch,
            Err(error) => {
                tracing::error!("an export was cut off: {error}");
                return;
            }
        };
        if !taken(pieces, Some(encoder.rows(&batch).into())).await {
            return;
        }
    }
    taken(pieces, None).await;
}

/// Whether the reader is still there and took it in time. Nothing is not sent: on the wire an empty
/// chunk is the end.
pub async fn taken(pieces: &mpsc::Sender<Piece>, piece: Piece) -> bool {
    if piece.as_ref().is_some_and(Bytes::is_empty) {
        return true;
    }
    match tokio::time::timeout(PATIENCE, pieces.send(piece)).await {
        Ok(sent) => sent.is_ok(),
        Err(_) => {
            tracing::warn!("an export was cut off: nobody took it for {} s", PATIENCE.as_secs());
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::get;
    use domain::inventory::Row;
    use tokio::net::TcpListener;

    use super::*;

    /// Sends batches over a real connection, and says what arrives.
    async fn received(
        batches: Vec<Result<Vec<Row>, store::Error>>,
    ) -> Result<String, reqwest::Error> {
        crate::install_tls_provider();
        let (pieces, body) = channel();
        let encoder = Encoder::new(Format::Csv, Inventory::default());
        let first = encoder.head();
        let rows = stream::iter(batches);
        tokio::spawn(async move { send(first, rows, encoder, &pieces).await });
        let body = std::sync::Mutex::new(Some(body));
        let body = std::sync::Arc::new(body);
        let once = move || {
            let body = body.lock().unwrap().take().unwrap();
            async move { body }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(once));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.get(format!("http://{address}/")).send().await?.text().await
    }

    #[tokio::test]
    async fn an_error_on_the_way_breaks_the_transfer() {
        let broken = || Err(store::Error::Other("the disk is gone".into()));
        assert!(received(vec![Ok(Vec::new()), broken()]).await.is_err());
        assert!(received(vec![broken()]).await.is_err());
        let whole = received(vec![Ok(Vec::new())]).await.unwrap();
        assert!(whole.starts_with("cluster,namespace,name,uid,"), "{whole}");
    }

    #[tokio::test]
    async fn a_sender_that_vanishes_breaks_the_transfer() {
        let (pieces, body) = channel();
        pieces.send(Some(Bytes::from_static(b"cluster\r\n"))).await.unwrap();
        drop(pieces);
        assert!(axum::body::to_bytes(body, usize::MAX).await.is_err());
    }
}
