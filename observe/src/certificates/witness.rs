//! Sees the certificates of a handshake, and trusts nobody for it.
//!
//! Expired, foreign and malformed certificates are what a registry is asked about, so every chain is
//! accepted and recorded. Nothing is sent over such a connection, and nothing read from it.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// What a server showed.
#[derive(Debug)]
pub(super) struct Seen {
    /// Its chain, its own certificate first.
    pub(super) chain: Vec<CertificateDer<'static>>,
    /// Whether the chain leads to an authority that this machine trusts; `None` if that cannot be
    /// told, such as for an expired certificate.
    pub(super) trusted: Option<bool>,
}

/// Records what a server shows.
#[derive(Debug)]
pub(super) struct Witness {
    provider: Arc<CryptoProvider>,
    trust: Option<Arc<WebPkiServerVerifier>>,
    seen: Mutex<Option<Seen>>,
}

impl Witness {
    pub(super) fn new(
        provider: Arc<CryptoProvider>,
        trust: Option<Arc<WebPkiServerVerifier>>,
    ) -> Self {
        Self { provider, trust, seen: Mutex::new(None) }
    }

    /// What was seen, if the handshake came so far.
    pub(super) fn take(&self) -> Option<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn record(&self, seen: Seen) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
    }
}

/// What tells whether this machine trusts a chain; `None` if it has no authorities.
pub(super) fn trust_of_this_machine(
    provider: Arc<CryptoProvider>,
) -> Option<Arc<WebPkiServerVerifier>> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().ok()
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verdict = self.trust.as_ref().map(|trust| {
            trust.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        });
        let mut chain = vec![end_entity.clone().into_owned()];
        chain.extend(intermediates.iter().map(|one| one.clone().into_owned()));
        self.record(Seen { chain, trusted: verdict.as_ref().and_then(trusted) });
        Ok(ServerCertVerified::assertion())
    }

    /// Whether the server has the key does not matter: it is believed nothing but what it shows.
    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Names are compared after the chain, so a wrong one says that the chain is right.
fn trusted(verdict: &Result<ServerCertVerified, Error>) -> Option<bool> {
    use CertificateError::{NotValidForName, NotValidForNameContext, UnknownIssuer};
    match verdict {
        Ok(_) => Some(true),
        Err(Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. })) => {
            Some(true)
        }
        Err(Error::InvalidCertificate(UnknownIssuer)) => Some(false),
        Err(_) => None,
    }
}
