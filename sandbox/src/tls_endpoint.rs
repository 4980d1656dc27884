//! A TLS endpoint under every address: an HTTP proxy on loopback that takes
//! `CONNECT 192.0.2.7:443`, says 200 to whatever address that is, and then speaks TLS itself on the
//! same connection. It chooses its certificate, or how it misbehaves, by the name that the client
//! asks for. Nothing leaves the machine.

mod hosts;
mod proxy;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::server::{Acceptor, NoServerSessionStorage};
use tokio::io::{AsyncWriteExt, copy, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::LazyConfigAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::certificates::{Issuer, Wanted};
use hosts::Hosts;

/// What a host does when it is asked for its certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It serves this one.
    Certificate(Wanted),
    /// It serves these bytes in the place of one.
    Bytes(Vec<u8>),
    /// It hangs up on the first message.
    Closes,
    /// It answers in plain HTTP.
    NoTls,
    /// It takes the first message and says nothing.
    Hangs,
}

/// A connection that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Address and port, as the client named them to the proxy.
    pub target: String,
    /// The name in its TLS handshake, if it came so far and gave one.
    pub server_name: Option<String>,
}

/// A running endpoint. Dropping it ends it.
#[derive(Debug)]
pub struct TlsEndpoint {
    /// `http://127.0.0.1:PORT`, the address of the proxy.
    pub url: String,
    hosts: Arc<Hosts>,
    stop: CancellationToken,
    connections: TaskTracker,
}

impl TlsEndpoint {
    /// Starts an endpoint on any free port, with certificates of this issuer. Hosts of which
    /// nothing is known do `otherwise`.
    pub async fn start(issuer: Issuer, otherwise: What) -> anyhow::Result<Self> {
        let hosts = Arc::new(Hosts::new(issuer, otherwise));
        let config = Arc::new(config(hosts.clone())?);
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let endpoint =
            Self { url, hosts, stop: CancellationToken::new(), connections: TaskTracker::new() };
        let serving = accept(
            listener,
            endpoint.hosts.clone(),
            config,
            endpoint.stop.clone(),
            endpoint.connections.clone(),
        );
        endpoint.connections.spawn(serving);
        Ok(endpoint)
    }

    /// From now on, this is what a host does. `*.example.com` stands for all names one label below
    /// that have no entry of their own.
    pub fn serve(&self, host: &str, what: What) {
        self.hosts.set(host, what);
    }

    /// The root of its certificates, which clients must trust.
    pub fn root_pem(&self) -> String {
        self.hosts.issuer.root_pem()
    }

    /// All connections that were asked for until now, in the order of their first messages.
    pub fn asked(&self) -> Vec<Asked> {
        self.hosts.asked()
    }

    /// Ends the endpoint and all its connections.
    pub async fn stop(self) {
        self.stop.cancel();
        self.connections.close();
        self.connections.wait().await;
    }
}

impl Drop for TlsEndpoint {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Sessions are never resumed: a resumed one shows no certificate.
fn config(hosts: Arc<Hosts>) -> anyhow::Result<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(hosts);
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

async fn accept(
    listener: TcpListener,
    hosts: Arc<Hosts>,
    config: Arc<ServerConfig>,
    stop: CancellationToken,
    connections: TaskTracker,
) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((tcp, _)) = accepted else { continue };
        let (hosts, config) = (hosts.clone(), config.clone());
        let serving = async move {
            if let Err(error) = connection(tcp, &hosts, config).await {
                tracing::debug!(%error, "a connection to the TLS endpoint ended");
            }
        };
        connections.spawn(stop.clone().run_until_cancelled_owned(serving));
    }
}

async fn connection(
    mut tcp: TcpStream,
    hosts: &Hosts,
    config: Arc<ServerConfig>,
) -> io::Result<()> {
    let Some(target) = proxy::target(&mut tcp).await? else { return Ok(()) };
    let start = LazyConfigAcceptor::new(Acceptor::default(), tcp).await;
    let hello = start.as_ref().ok().map(|start| start.client_hello());
    let server_name = hello.and_then(|hello| hello.server_name().map(str::to_owned));
    hosts.note(Asked { target, server_name: server_name.clone() });
    let mut start = start?;
    match hosts.what(server_name.as_deref()) {
        What::Certificate(_) | What::Bytes(_) => {
            let mut tls = start.into_stream(config).await?;
            copy(&mut tls, &mut sink()).await?;
            tls.shutdown().await
        }
        What::Closes => Ok(()),
        What::NoTls => {
            start.io.write_all(proxy::PLAIN).await?;
            start.io.shutdown().await
        }
        What::Hangs => copy(&mut start.io, &mut sink()).await.map(drop),
    }
}
