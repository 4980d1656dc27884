//! What the operator switches on for the certificates of one cluster.

use std::fmt;
use std::time::Duration;

use url::Url;

use super::network::Network;

/// By which methods the certificates of a cluster are looked at.
#[derive(Debug, Clone)]
pub struct TlsConfig {
    /// Follow cert-manager's Certificates, where cert-manager is installed.
    pub cert_manager: bool,
    /// Ask hosts for their certificates by a TLS handshake.
    pub handshake: Option<Handshake>,
    /// Read the expiry of certificates from the metrics of the controllers, with the traffic.
    pub metrics: bool,
    /// The namespaces whose TLS Secrets are read.
    pub secrets: Vec<String>,
}

impl Default for TlsConfig {
    /// What needs no more than the default role: cert-manager, and metrics if there are sources.
    fn default() -> Self {
        Self { cert_manager: true, handshake: None, metrics: true, secrets: Vec::new() }
    }
}

/// How hosts are asked by a TLS handshake.
#[derive(Clone)]
pub struct Handshake {
    /// Networks that may be reached although they are private, or found by DNS.
    pub allow: Vec<Network>,
    /// The HTTP proxy through which connections go out, if there is one.
    pub proxy: Option<Url>,
    /// How often each host is asked.
    pub every: Duration,
    /// At most so many handshakes a second.
    pub per_second: u32,
}

impl Default for Handshake {
    fn default() -> Self {
        let every = Duration::from_secs(6 * 3600);
        Self { allow: Vec::new(), proxy: None, every, per_second: 5 }
    }
}

/// Without the password that the proxy's address may have in it.
impl fmt::Debug for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handshake")
            .field("allow", &self.allow)
            .field("proxy", &self.proxy.as_ref().and_then(Url::host_str))
            .field("every", &self.every)
            .field("per_second", &self.per_second)
            .finish()
    }
}
