//! The connection under TLS, with two ways to go wrong that no HTTP server offers: to be reset,
//! and to fall silent without being closed.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

/// The handle with which an answer breaks its own connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Wire {
    frozen: Arc<AtomicBool>,
    reset: CancellationToken,
}

impl Wire {
    /// From now on nothing is read or written, and nothing is closed.
    pub fn freeze(&self) {
        self.frozen.store(true, Ordering::Relaxed);
    }

    /// Closes the connection with a TCP reset.
    pub fn reset(&self) {
        self.reset.cancel();
    }

    /// Waits until the connection is to be reset.
    pub async fn until_reset(&self) {
        self.reset.cancelled().await;
    }

    fn is_frozen(&self) -> bool {
        self.frozen.load(Ordering::Relaxed)
    }
}

/// A TCP connection under the control of its [`Wire`].
pub(super) struct WiredStream {
    pub tcp: TcpStream,
    pub wire: Wire,
}

impl Drop for WiredStream {
    fn drop(&mut self) {
        if self.wire.reset.is_cancelled() {
            // Without lingering, closing sends a reset. A failure leaves an ordinary close.
            let _ = self.tcp.set_zero_linger();
        }
    }
}

impl AsyncRead for WiredStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.wire.is_frozen() {
            return Poll::Pending;
        }
        Pin::new(&mut self.tcp).poll_read(context, buffer)
    }
}

impl AsyncWrite for WiredStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.wire.is_frozen() {
            return Poll::Pending;
        }
        Pin::new(&mut self.tcp).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.wire.is_frozen() {
            return Poll::Pending;
        }
        Pin::new(&mut self.tcp).poll_shutdown(context)
    }
}
