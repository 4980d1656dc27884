//! The connections of a listener. Whoever connects and says nothing, or says it letter by letter,
//! keeps a place from others: so each has a deadline, and there are only so many.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tower::Service as _;

use crate::serve::GRACE;

/// The system may have no more files; then it has again.
const PAUSE: Duration = Duration::from_secs(1);

/// How much connections may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// So many are served. The next ones wait in the system's queue.
    pub at_once: usize,
    /// So long the head of a request may take, from the connection or from the last answer on.
    pub head: Duration,
    /// So long requests under way may take after the stop.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { at_once: 4_096, head: Duration::from_secs(10), grace: GRACE }
    }
}

/// Serves until the stop, and then for a while those who are being served.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let mut connections = accept(listener, &router, limits, &stop).await;
    let finished = async {
        while let Some(ended) = connections.join_next().await {
            log_panic(ended);
        }
    };
    if timeout(limits.grace, finished).await.is_err() {
        tracing::warn!("some requests did not finish and were cut off");
    }
}

/// Takes connections until the stop; then nobody listens any more.
async fn accept(
    listener: TcpListener,
    router: &Router,
    limits: Limits,
    stop: &CancellationToken,
) -> JoinSet<()> {
    let places = Arc::new(Semaphore::new(limits.at_once));
    let mut connections = JoinSet::new();
    while let Some((stream, peer, place)) = stop.run_until_cancelled(next(&listener, &places)).await
    {
        while let Some(ended) = connections.try_join_next() {
            log_panic(ended);
        }
        let (router, stop) = (router.clone(), stop.clone());
        connections.spawn(async move {
            attend(stream, peer, router, limits.head, stop).await;
            drop(place);
        });
    }
    connections
}

async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    let place = places.clone().acquire_owned().await.expect("nobody closes it");
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, place),
            Err(error) if is_of_one(&error) => {}
            Err(error) => {
                tracing::error!("cannot accept a connection: {error}");
                sleep(PAUSE).await;
            }
        }
    }
}

/// Whether somebody was gone before they were there.
fn is_of_one(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Answers the requests of one connection, until it ends or the process does.
async fn attend(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    head: Duration,
    stop: CancellationToken,
) {
    // For hyper a connection on which nothing was said yet is at work, and the stop waits for it.
    let begun = stop.run_until_cancelled(timeout(head, stream.readable())).await;
    let Some(Ok(Ok(()))) = begun else { return };
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().call(request)
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(head);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    // Whoever goes away in between, or is too slow, is no news.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

fn log_panic(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!("a connection did not end in order: {error}");
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::Notify;
    use tokio::task::JoinHandle;

    use super::*;

    /// Nothing here takes so long.
    const LONG: Duration = Duration::from_secs(60);

    const SHORT: Duration = Duration::from_millis(100);

    const WELL: Limits = Limits { at_once: 10, head: LONG, grace: LONG };

    struct Running {
        address: SocketAddr,
        stop: CancellationToken,
        serving: JoinHandle<()>,
    }

    async fn start(router: Router, limits: Limits) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let serving = tokio::spawn(serve(listener, router, limits, stop.clone()));
        Running { address, stop, serving }
    }

    impl Running {
        async fn connect(&self, said: &str) -> TcpStream {
            let mut stream = TcpStream::connect(self.address).await.unwrap();
            stream.write_all(said.as_bytes()).await.unwrap();
            stream
        }

        async fn ask(&self, path: &str) -> TcpStream {
            let head = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            self.connect(&head).await
        }

        async fn end(self) {
            self.stop.cancel();
            timeout(LONG / 2, self.serving).await.expect("it ends soon").unwrap();
        }
    }

    async fn answer(mut stream: TcpStream) -> String {
        let mut text = String::new();
        let read = timeout(LONG / 2, stream.read_to_string(&mut text)).await;
        read.expect("it ends soon").unwrap();
        text
    }

    fn peer() -> Router {
        Router::new().route(
            "/",
            get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() }),
        )
    }

    #[tokio::test]
    async fn a_request_knows_who_connects() {
        let running = start(peer(), WELL).await;
        let stream = running.ask("/").await;
        let own = stream.local_addr().unwrap().to_string();
        let answer = answer(stream).await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with(&own), "{answer}");
        running.end().await;
    }

    #[tokio::test]
    async fn whoever_is_slow_loses_the_only_place() {
        let running = start(peer(), Limits { at_once: 1, head: SHORT, ..WELL }).await;
        let whole = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
        for slow in ["", "G", "GET / HTTP/1.1\r\nhost: x\r\n", "PRI * HT", whole] {
            let _slow = running.connect(slow).await;
            let answer = answer(running.ask("/").await).await;
            assert!(answer.starts_with("HTTP/1.1 200"), "{slow:?}: {answer}");
        }
        running.end().await;
    }

    #[tokio::test]
    async fn the_stop_waits_for_a_request_and_not_for_silence() {
        let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (told, waits) = (begun.clone(), go_on.clone());
        let slow = move || async move {
            told.notify_one();
            waits.notified().await;
            "done"
        };
        let running = start(Router::new().route("/", get(slow)), WELL).await;
        let _silent = running.connect("").await;
        let asked = running.ask("/").await;
        begun.notified().await;
        running.stop.cancel();
        go_on.notify_one();
        assert!(answer(asked).await.ends_with("done"));
        running.end().await;
    }

    #[tokio::test]
    async fn a_request_that_does_not_end_is_cut_off() {
        let begun = Arc::new(Notify::new());
        let told = begun.clone();
        let endless = move || async move {
            told.notify_one();
            pending::<()>().await;
        };
        let router = Router::new().route("/", get(endless));
        let running = start(router, Limits { grace: SHORT, ..WELL }).await;
        let asked = running.ask("/").await;
        begun.notified().await;
        running.end().await;
        assert_eq!(answer(asked).await, "");
    }
}
