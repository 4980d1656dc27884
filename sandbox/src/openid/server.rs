//! The provider: listens on loopback and speaks plain HTTP, or TLS under a private authority.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, bail, ensure};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde_json::{Map, Value};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::account::Account;
use super::authorize::{self, Refused};
use super::counters::{Counters, Tally};
use super::faults::{Fault, Faults};
use super::grants::Grants;
use super::http::{AUTHORIZE, Shared, respond};
use super::keys::Key;
use super::options::Options;
use super::parameters::Parameters;
use super::{jws, notice};
use crate::tls::Authority;

/// A running provider. Dropping it ends it.
pub struct Provider {
    shared: Arc<Shared>,
    stop: CancellationToken,
    connections: TaskTracker,
}

impl Provider {
    /// Starts a provider. The first two that sign with RSA take a second longer.
    pub async fn start(mut options: Options) -> anyhow::Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
        let listener = TcpListener::bind(address).await?;
        let tls = options.tls.as_deref().map(acceptor).transpose()?;
        let address = listener.local_addr()?;
        let issuer = match &tls {
            Some(_) => format!("https://localhost:{}", address.port()),
            None => format!("http://{address}"),
        };
        let algorithm = options.algorithm;
        let key = tokio::task::spawn_blocking(move || Key::new(algorithm, 0)).await?;
        let accounts = std::mem::take(&mut options.accounts);
        let shared = Shared {
            issuer,
            options,
            accounts: Mutex::new(accounts),
            grants: Grants::default(),
            faults: Faults::default(),
            tally: Tally::default(),
            key: Mutex::new(Arc::new(key)),
        };
        let (shared, stop) = (Arc::new(shared), CancellationToken::new());
        let provider = Self { shared, stop, connections: TaskTracker::new() };
        let (shared, stop) = (provider.shared.clone(), provider.stop.clone());
        let serving = accept(listener, tls, shared, stop, provider.connections.clone());
        provider.connections.spawn(serving);
        Ok(provider)
    }

    /// `http://127.0.0.1:PORT`, or `https://localhost:PORT`.
    pub fn issuer(&self) -> String {
        self.shared.issuer.clone()
    }

    /// Does what a browser does in which somebody picks an account: takes the address of the
    /// authorization endpoint with the client's request, and answers the one that it is sent back
    /// to. Faults of the network do not get in the way.
    pub async fn choose(&self, authorize_url: &str, account: &str) -> anyhow::Result<String> {
        let (place, query) = authorize_url.split_once('?').context("there are no parameters")?;
        ensure!(place == format!("{}{AUTHORIZE}", self.shared.issuer), "{place} is not here");
        let given = Parameters::parse(query.as_bytes());
        match authorize::chosen(&self.shared, &given, account) {
            Ok(chosen) => Ok(chosen.callback.into()),
            Err(Refused::Callback(url)) => Ok(url.into()),
            Err(Refused::Page(why)) => bail!("{why}"),
        }
    }

    /// Switches a fault on, besides those that are.
    pub fn fault(&self, fault: Fault) {
        self.shared.faults.set(fault);
    }

    /// Switches all faults off.
    pub fn well(&self) {
        self.shared.faults.clear();
    }

    /// Signs with another key from now on; the old one leaves the key set at once. With RSA there
    /// are two keys in turns, under new ids.
    pub fn rotate_keys(&self) {
        let old = self.shared.key();
        let new = Arc::new(Key::new(old.algorithm, old.number + 1));
        *self.shared.key.lock().unwrap_or_else(PoisonError::into_inner) = new;
    }

    /// How often clients asked.
    pub fn counters(&self) -> Counters {
        self.shared.tally.counters()
    }

    /// Adds an account, or changes the one with this key.
    pub fn set_account(&self, account: Account) {
        let mut accounts = self.shared.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        match accounts.iter_mut().find(|each| each.key == account.key) {
            Some(known) => *known = account,
            None => accounts.push(account),
        }
    }

    /// A notice that an account signed out, of its latest sign-in if there is one. `change` may
    /// spoil its claims before they are signed.
    ///
    /// # Panics
    ///
    /// If there is no such account.
    pub fn logout_token(
        &self,
        account: &str,
        change: impl FnOnce(&mut Map<String, Value>),
    ) -> String {
        let session = self.shared.grants.latest(account);
        let account = self.shared.account(account).expect("a test knows its accounts");
        notice::token(&self.shared, &account, session.as_deref(), change)
    }

    /// A token with these claims, rightly signed.
    pub fn sign(&self, claims: &Value) -> String {
        jws::signed(&self.shared.key(), "JWT", claims)
    }

    /// Ends the provider and all its connections.
    pub async fn stop(self) {
        self.stop.cancel();
        self.connections.close();
        self.connections.wait().await;
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn acceptor(authority: &Authority) -> anyhow::Result<TlsAcceptor> {
    let config = authority.server_config(&["localhost"], &["h2", "http/1.1"])?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
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
            Ok((stream, _)) => {
                let serving = connection(stream, tls.clone(), shared.clone());
                connections.spawn(stop.clone().run_until_cancelled_owned(serving));
            }
            Err(error) => tracing::warn!(%error, "no connection accepted"),
        }
    }
}

async fn connection(stream: TcpStream, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
    let Some(tls) = tls else { return serve(stream, shared).await };
    match tls.accept(stream).await {
        Ok(stream) => serve(stream, shared).await,
        Err(error) => tracing::debug!(%error, "TLS handshake failed"),
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin + 'static, shared: Arc<Shared>) {
    let service = service_fn(move |request| {
        let shared = shared.clone();
        async move { Ok::<_, Infallible>(respond(&shared, request).await) }
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    if let Err(error) = builder.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(%error, "connection ended with an error");
    }
}
