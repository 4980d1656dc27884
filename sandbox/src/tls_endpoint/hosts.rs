//! What each host does, and who asked for it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::{Asked, What};
use crate::certificates::Issuer;

#[derive(Debug)]
pub(super) struct Hosts {
    pub issuer: Issuer,
    otherwise: What,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    hosts: BTreeMap<String, What>,
    asked: Vec<Asked>,
}

impl Hosts {
    pub fn new(issuer: Issuer, otherwise: What) -> Self {
        Self { issuer, otherwise, inner: Mutex::default() }
    }

    pub fn set(&self, host: &str, what: What) {
        self.lock().hosts.insert(host.to_ascii_lowercase(), what);
    }

    pub fn what(&self, server_name: Option<&str>) -> What {
        let name = server_name.unwrap_or_default().to_ascii_lowercase();
        let inner = self.lock();
        let above = || name.split_once('.').map(|(_, domain)| format!("*.{domain}"));
        let known = inner.hosts.get(&name);
        let known = known.or_else(|| inner.hosts.get(&above()?));
        known.unwrap_or(&self.otherwise).clone()
    }

    pub fn note(&self, asked: Asked) {
        self.lock().asked.push(asked);
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.lock().asked.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ResolvesServerCert for Hosts {
    /// Makes the certificate when it is asked for: a large fleet has more of them than anybody
    /// looks at.
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let made = match self.what(hello.server_name()) {
            What::Certificate(wanted) => self.issuer.certified_key(&wanted),
            What::Bytes(bytes) => self.issuer.certified_bytes(&bytes),
            What::Closes | What::NoTls | What::Hangs => return None,
        };
        made.inspect_err(|error| tracing::warn!(%error, "no such certificate can be made"))
            .ok()
            .map(Arc::new)
    }
}
