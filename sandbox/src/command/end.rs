//! When to stop: on SIGINT, on SIGTERM, or when whoever started us is gone.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

/// Returns when it is time to stop.
pub(crate) async fn wait(with_parent: bool) -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let orphaned = async {
        match with_parent {
            true => stdin_closed().await,
            false => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        () = orphaned => {}
    }
    Ok(())
}

/// Standard input cannot be read without blocking a thread; this one ends with the process.
async fn stdin_closed() {
    let (closed, wait) = oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        let _ = closed.send(());
    });
    let _ = wait.await;
}
