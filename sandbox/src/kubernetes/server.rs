//! The API server: listens on loopback with TLS under a private authority, and speaks HTTP/1.1
//! and HTTP/2.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::cluster::Cluster;
use super::http::{Shared, answer};
use super::users::{User, Users};
use super::wire::{Wire, WiredStream};
use crate::tls::Authority;

/// How an API server runs.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 for any free one.
    pub port: u16,
    /// How often a watch with bookmarks gets one.
    pub bookmark_interval: Duration,
    /// How long a real server takes per listed object (about 35 microseconds); none for as fast
    /// as possible.
    pub pace: Option<Duration>,
    /// Serves a certificate of another authority than the one that the kubeconfig trusts.
    pub wrong_authority: bool,
    /// Offers HTTP/2 beside HTTP/1.1.
    pub http2: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            bookmark_interval: Duration::from_secs(60),
            pace: None,
            wrong_authority: false,
            http2: true,
        }
    }
}

/// A running API server. Dropping it ends it.
pub struct ApiServer {
    /// `https://127.0.0.1:PORT`.
    pub url: String,
    /// The certificate that clients must trust.
    pub ca_pem: String,
    shared: Arc<Shared>,
    stop: CancellationToken,
    connections: TaskTracker,
}

impl ApiServer {
    /// Starts to serve a cluster.
    pub async fn start(cluster: Cluster, options: Options) -> anyhow::Result<Self> {
        let authority = Authority::new(cluster.name())?;
        let signer =
            if options.wrong_authority { &Authority::new("somebody else")? } else { &authority };
        let alpn: &[&str] = if options.http2 { &["h2", "http/1.1"] } else { &["http/1.1"] };
        let tls = signer.server_config(&["127.0.0.1", "localhost"], alpn)?;
        let listener =
            TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, options.port))).await?;
        let address = listener.local_addr()?.to_string();
        let server = Self {
            url: format!("https://{address}"),
            ca_pem: authority.pem(),
            shared: Arc::new(Shared { cluster, users: Users::new(), options, address }),
            stop: CancellationToken::new(),
            connections: TaskTracker::new(),
        };
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        let serving = accept(
            listener,
            acceptor,
            server.shared.clone(),
            server.stop.clone(),
            server.connections.clone(),
        );
        server.connections.spawn(serving);
        Ok(server)
    }

    /// The cluster that is served.
    pub fn cluster(&self) -> &Cluster {
        &self.shared.cluster
    }

    /// A kubeconfig with one context, named after the cluster, for a user by short name.
    pub fn kubeconfig(&self, user: &str) -> String {
        let name = self.cluster().name();
        let authority = BASE64_STANDARD.encode(&self.ca_pem);
        let (url, token) = (&self.url, self.token(user));
        format!(
            "apiVersion: v1\n\
             kind: Config\n\
             current-context: \"{name}\"\n\
             clusters:\n\
             - name: \"{name}\"\n  cluster:\n    server: {url}\n    \
             certificate-authority-data: {authority}\n\
             users:\n\
             - name: \"{user}\"\n  user:\n    token: {token}\n\
             contexts:\n\
             - name: \"{name}\"\n  context:\n    cluster: \"{name}\"\n    user: \"{user}\"\n"
        )
    }

    /// A good token of a user by short name: `admin`, `routebook`, or one that was added.
    pub fn token(&self, user: &str) -> String {
        self.shared.users.token(user)
    }

    /// Adds a user under a short name and answers a token.
    pub fn add_user(&self, short: &str, user: User) -> String {
        self.shared.users.add(short, user)
    }

    /// One more token for a user; the others stay good.
    pub fn add_token(&self, user: &str) -> String {
        self.shared.users.add_token(user)
    }

    /// Makes one token invalid.
    pub fn revoke(&self, token: &str) {
        self.shared.users.revoke(token);
    }

    /// Makes all tokens of a user invalid and answers a new one.
    pub fn rotate(&self, user: &str) -> String {
        self.shared.users.revoke_all(user);
        self.shared.users.add_token(user)
    }

    /// Ends the server and all its connections.
    pub async fn stop(self) {
        self.stop.cancel();
        self.connections.close();
        self.connections.wait().await;
    }
}

impl Drop for ApiServer {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn accept(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    shared: Arc<Shared>,
    stop: CancellationToken,
    connections: TaskTracker,
) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((tcp, _)) => {
                let serving = connection(tcp, acceptor.clone(), shared.clone());
                connections.spawn(stop.clone().run_until_cancelled_owned(serving));
            }
            Err(error) => tracing::warn!(%error, "no connection accepted"),
        }
    }
}

async fn connection(tcp: TcpStream, acceptor: TlsAcceptor, shared: Arc<Shared>) {
    // Without it a small event would wait for the acknowledgement of the one before.
    let _ = tcp.set_nodelay(true);
    let wire = Wire::default();
    let stream = match acceptor.accept(WiredStream { tcp, wire: wire.clone() }).await {
        Ok(stream) => stream,
        Err(error) => {
            tracing::debug!(%error, "TLS handshake failed");
            return;
        }
    };
    let until_reset = wire.clone();
    let service = service_fn(move |request| {
        let (shared, wire) = (shared.clone(), wire.clone());
        async move { Ok::<_, Infallible>(answer(&shared, &wire, request).await) }
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    let serving = builder.serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        served = serving => {
            if let Err(error) = served {
                tracing::debug!(%error, "connection ended with an error");
            }
        }
        () = until_reset.until_reset() => {}
    }
}
