//! How names become addresses and addresses connections.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::net::{TcpStream, lookup_host};
use url::Url;

use super::proxy;

type Resolve = dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync;
type Connect = dyn Fn(SocketAddr) -> BoxFuture<'static, io::Result<TcpStream>> + Send + Sync;

/// Resolves names, and connects to addresses that the guard has let through.
#[derive(Clone)]
pub struct Dialer {
    resolve: Arc<Resolve>,
    connect: Arc<Connect>,
}

impl Dialer {
    /// Connects by itself.
    pub fn direct() -> Self {
        Self::with(resolve, TcpStream::connect::<SocketAddr>)
    }

    /// Connects through an HTTP proxy, to which it names addresses only. Names are resolved here:
    /// what a proxy would resolve could not be checked.
    pub fn through(proxy: Url) -> Self {
        Self::with(resolve, move |to| proxy::connect(proxy.clone(), to))
    }

    /// Resolves and connects by other means, as tests do.
    pub fn with<R, C>(
        resolve: impl Fn(String) -> R + Send + Sync + 'static,
        connect: impl Fn(SocketAddr) -> C + Send + Sync + 'static,
    ) -> Self
    where
        R: Future<Output = io::Result<Vec<IpAddr>>> + Send + 'static,
        C: Future<Output = io::Result<TcpStream>> + Send + 'static,
    {
        Self {
            resolve: Arc::new(move |name| resolve(name).boxed()),
            connect: Arc::new(move |to| connect(to).boxed()),
        }
    }

    pub(super) async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        (self.resolve)(name.to_owned()).await
    }

    pub(super) async fn connect(&self, to: SocketAddr) -> io::Result<TcpStream> {
        (self.connect)(to).await
    }
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dialer")
    }
}

async fn resolve(name: String) -> io::Result<Vec<IpAddr>> {
    let found = lookup_host((name, 443)).await?;
    Ok(found.map(|address| address.ip()).collect())
}
