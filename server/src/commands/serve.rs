//! `routebook serve`.

use std::future::ready;

use domain::Clock;
use store::Store;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{Config, Error, install_tls_provider, telemetry};

/// Watches and serves until SIGINT or SIGTERM; a second one ends the process at once.
pub fn serve(config: Config, clock: Clock) -> impl Future<Output = Result<(), Error>> {
    serve_beside(config, clock, |_| ready(()))
}

/// The same, with something that goes on beside it, for as long as that serves.
pub async fn serve_beside<F>(
    config: Config,
    clock: Clock,
    beside: impl FnOnce(Store) -> F,
) -> Result<(), Error>
where
    F: Future<Output = ()> + Send + 'static,
{
    telemetry::start(config.log);
    install_tls_provider();
    let signals = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    let mut shutdown = Box::pin(first(signals));
    let server = tokio::select! {
        server = crate::bind(config, clock) => server?,
        () = &mut shutdown => return Ok(()),
    };
    let beside = tokio::spawn(beside(server.store().clone()));
    let ended = server.run(shutdown).await;
    beside.abort();
    ended
}

fn listen(kind: SignalKind) -> Result<Signal, Error> {
    signal(kind).map_err(|reason| Error::System { what: "cannot listen for signals", reason })
}

async fn first((mut interrupt, mut terminate): (Signal, Signal)) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::warn!("told to stop a second time: ending at once");
        std::process::exit(1);
    });
}
