//! Asks a host for its certificate by a TLS handshake with its name (SNI), and ends there: no request
//! is sent, and nothing is read but the handshake.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use domain::tls::{Finding, shortened};
use rustls::ClientConfig;
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::ServerName;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::dialer::Dialer;
use super::guard::{self, Origin};
use super::network::Network;
use super::timing::Timing;
use super::witness::{Seen, Witness, trust_of_this_machine};
use super::x509;

/// The port of HTTPS, whose certificates the TLS entries of ingresses are about.
const PORT: u16 = 443;
/// So many addresses of an ingress are looked at.
const MOST_ADDRESSES: usize = 8;
/// So many of them are dialled before a host is given up.
const MOST_ATTEMPTS: usize = 3;
/// Reasons are cut at so many characters.
const LONGEST_REASON: usize = 500;
/// Said of an issuer beside its name.
const UNTRUSTED: &str = " (the chain leads to no authority that this machine trusts)";

/// Asks hosts for their certificates.
#[derive(Debug)]
pub struct Prober {
    dialer: Dialer,
    allow: Vec<Network>,
    timing: Timing,
    provider: Arc<CryptoProvider>,
    trust: Option<Arc<WebPkiServerVerifier>>,
}

impl Prober {
    /// One that may reach the networks in `allow` too. Reads the authorities that this machine
    /// trusts, which takes a moment.
    pub fn new(dialer: Dialer, allow: Vec<Network>, timing: Timing) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let trust = trust_of_this_machine(provider.clone());
        Self { dialer, allow, timing, provider, trust }
    }

    /// The certificate that is served for a host at the first of these addresses that answers: the
    /// addresses and names in the status of the ingress.
    pub async fn probe(&self, host: &str, addresses: &[String]) -> Finding {
        let Ok(name) = ServerName::try_from(host.to_owned()) else {
            return unreachable(&[format!("{host:?} is not the name of a host")]);
        };
        let mut obstacles = Vec::new();
        for address in self.checked(addresses, &mut obstacles).await {
            match self.shake(address, &name).await {
                Ok(seen) => return finding(&seen, host),
                Err(reason) => obstacles.push(format!("{address}: {reason}")),
            }
        }
        unreachable(&obstacles)
    }

    /// The addresses that may be dialled. What may not, and why, becomes an obstacle.
    async fn checked(&self, written: &[String], obstacles: &mut Vec<String>) -> Vec<IpAddr> {
        let mut checked = Vec::new();
        for text in written.iter().take(MOST_ADDRESSES) {
            let (found, origin) = match text.parse::<IpAddr>() {
                Ok(address) => (vec![address], Origin::Status),
                Err(_) => (self.resolved(text, obstacles).await, Origin::Dns),
            };
            for address in found {
                match guard::check(address, origin, &self.allow) {
                    Ok(address) if checked.contains(&address) => {}
                    Ok(address) => checked.push(address),
                    Err(refusal) => obstacles.push(refusal.to_string()),
                }
            }
        }
        checked.truncate(MOST_ATTEMPTS);
        checked
    }

    async fn resolved(&self, name: &str, obstacles: &mut Vec<String>) -> Vec<IpAddr> {
        let shown = shortened(name, 253);
        match timeout(self.timing.resolve, self.dialer.resolve(name)).await {
            Ok(Ok(found)) if !found.is_empty() => return found,
            Ok(Ok(_)) => obstacles.push(format!("{shown} has no address")),
            Ok(Err(error)) => obstacles.push(format!("{shown} cannot be resolved: {error}")),
            Err(_) => obstacles.push(format!("{shown} was not resolved in time")),
        }
        Vec::new()
    }

    /// One handshake. What the server has shown counts, even if it did not end well, as where a
    /// server asks for a certificate of the client.
    async fn shake(&self, address: IpAddr, name: &ServerName<'static>) -> Result<Seen, String> {
        let witness = Arc::new(Witness::new(self.provider.clone(), self.trust.clone()));
        let connector = TlsConnector::from(Arc::new(self.config(witness.clone())));
        let shaking = async {
            let stream = self.connected(address).await?;
            let shaken = connector.connect(name.clone(), stream).await;
            let mut stream = shaken.map_err(|error| format!("no handshake: {error}"))?;
            // A farewell, so that the server does not take it for a broken connection.
            let _ = stream.shutdown().await;
            Ok::<(), String>(())
        };
        let ended = timeout(self.timing.handshake, shaking).await;
        if let Some(seen) = witness.take() {
            return Ok(seen);
        }
        let seconds = self.timing.handshake.as_secs_f32();
        match ended {
            Ok(Err(reason)) => Err(reason),
            Ok(Ok(())) => Err("the server showed no certificate".to_owned()),
            Err(_) => Err(format!("no handshake within {seconds} seconds")),
        }
    }

    async fn connected(&self, address: IpAddr) -> Result<TcpStream, String> {
        let to = SocketAddr::new(address, PORT);
        let seconds = self.timing.connect.as_secs_f32();
        match timeout(self.timing.connect, self.dialer.connect(to)).await {
            Ok(connected) => connected.map_err(|error| format!("no connection: {error}")),
            Err(_) => Err(format!("no connection within {seconds} seconds")),
        }
    }

    /// Without resumption, in which a server shows no certificate, and without ALPN, because nothing
    /// is spoken afterwards.
    fn config(&self, witness: Arc<Witness>) -> ClientConfig {
        let versions = ClientConfig::builder_with_provider(self.provider.clone())
            .with_safe_default_protocol_versions()
            .expect("ring has cipher suites for TLS 1.2 and 1.3");
        let verified = versions.dangerous().with_custom_certificate_verifier(witness);
        let mut config = verified.with_no_client_auth();
        config.resumption = Resumption::disabled();
        config
    }
}

fn finding(seen: &Seen, host: &str) -> Finding {
    match x509::chain(&seen.chain, host) {
        Ok(mut certificate) => {
            let is_own = certificate.issuer.starts_with("self-signed");
            if seen.trusted == Some(false) && !is_own {
                certificate.issuer.push_str(UNTRUSTED);
            }
            Finding::Certificate(certificate)
        }
        Err(reason) => {
            Finding::Unreadable { reason: format!("the certificate that is served: {reason}") }
        }
    }
}

fn unreachable(obstacles: &[String]) -> Finding {
    let reason = match obstacles {
        [] => "the ingress has no address yet".to_owned(),
        all => shortened(&all.join("; "), LONGEST_REASON),
    };
    Finding::Unreachable { reason }
}
