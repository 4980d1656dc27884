//! A TLS server on loopback that shows a chain of the test's choice, and roads to it: addresses that
//! may be dialled lead there, as if it were an ingress's load balancer.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use observe::certificates::{Dialer, Timing};
use rcgen::{CertificateParams, CertifiedIssuer, DnType, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::task::AbortOnDropHandle;

/// Deadlines and pauses for tests.
pub fn quick() -> Timing {
    Timing {
        resolve: Duration::from_millis(500),
        connect: Duration::from_millis(500),
        handshake: Duration::from_millis(1500),
        look_for_hosts: Duration::from_millis(200),
        secrets: Duration::from_millis(300),
    }
}

/// A chain and its key.
pub struct Chain {
    pub der: Vec<CertificateDer<'static>>,
    pub pem: String,
    pub key: KeyPair,
}

/// Parameters of a certificate that was valid from 2020 and is until a year.
pub fn params(names: &[&str], until: i32) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(until, 12, 31);
    params
}

/// Has a certificate issued by `Test CA`, which is served with it.
pub fn issued(params: &CertificateParams) -> Chain {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "Test CA");
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = params.signed_by(&key, &authority).unwrap();
    let der = vec![leaf.der().clone(), authority.der().clone()];
    Chain { der, pem: leaf.pem() + &authority.pem(), key }
}

/// A certificate that names itself as its issuer.
pub fn own(params: &CertificateParams) -> Chain {
    let key = KeyPair::generate().unwrap();
    let leaf = params.self_signed(&key).unwrap();
    Chain { der: vec![leaf.der().clone()], pem: leaf.pem(), key }
}

/// What a client asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    pub name: Option<String>,
    pub alpn: bool,
}

#[derive(Debug)]
struct Show {
    key: Arc<CertifiedKey>,
    hellos: Mutex<Vec<Hello>>,
}

impl ResolvesServerCert for Show {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name().map(str::to_owned);
        let alpn = hello.alpn().is_some();
        self.hellos.lock().unwrap().push(Hello { name, alpn });
        Some(self.key.clone())
    }
}

/// A server. Dropping it ends it.
pub struct TlsServer {
    pub address: SocketAddr,
    show: Arc<Show>,
    /// The bytes that were received after handshakes, and how many connections have ended.
    received: Arc<AtomicUsize>,
    ended: Arc<AtomicUsize>,
    _serving: AbortOnDropHandle<()>,
}

impl TlsServer {
    pub async fn start(chain: &Chain) -> Self {
        Self::with(chain, |show| {
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let builder = ServerConfig::builder_with_provider(provider);
            let builder = builder.with_safe_default_protocol_versions().unwrap();
            builder.with_no_client_auth().with_cert_resolver(show)
        })
        .await
    }

    /// One that ends handshakes with clients that have no certificate.
    pub async fn for_known_clients(chain: &Chain) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(own(&params(&["ca.example.com"], 2090)).der.remove(0)).unwrap();
        Self::with(chain, |show| {
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let roots = Arc::new(roots);
            let clients = WebPkiClientVerifier::builder_with_provider(roots, provider.clone());
            let builder = ServerConfig::builder_with_provider(provider);
            let builder = builder.with_protocol_versions(&[&rustls::version::TLS12]).unwrap();
            builder.with_client_cert_verifier(clients.build().unwrap()).with_cert_resolver(show)
        })
        .await
    }

    async fn with(
        chain: &Chain,
        config: impl FnOnce(Arc<dyn ResolvesServerCert>) -> ServerConfig,
    ) -> Self {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(chain.key.serialize_der()));
        let key = rustls::crypto::ring::sign::any_supported_type(&key).unwrap();
        let key = Arc::new(CertifiedKey::new(chain.der.clone(), key));
        let show = Arc::new(Show { key, hellos: Mutex::default() });
        let acceptor = TlsAcceptor::from(Arc::new(config(show.clone())));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (received, ended) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let serving = serve(listener, acceptor, received.clone(), ended.clone());
        let serving = AbortOnDropHandle::new(tokio::spawn(serving));
        Self { address, show, received, ended, _serving: serving }
    }

    /// What clients have asked for.
    pub fn hellos(&self) -> Vec<Hello> {
        self.show.hellos.lock().unwrap().clone()
    }

    /// The bytes that clients have sent after their handshakes, once so many connections have ended.
    pub async fn received(&self, connections: usize) -> usize {
        while self.ended.load(Ordering::SeqCst) < connections {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.received.load(Ordering::SeqCst)
    }
}

async fn serve(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    received: Arc<AtomicUsize>,
    ended: Arc<AtomicUsize>,
) {
    while let Ok((tcp, _)) = listener.accept().await {
        let (acceptor, received, ended) = (acceptor.clone(), received.clone(), ended.clone());
        tokio::spawn(async move {
            if let Ok(mut stream) = acceptor.accept(tcp).await {
                let mut bytes = Vec::new();
                let _ = stream.read_to_end(&mut bytes).await;
                received.fetch_add(bytes.len(), Ordering::SeqCst);
            }
            ended.fetch_add(1, Ordering::SeqCst);
        });
    }
}

/// What was dialled.
pub type Dialled = Arc<Mutex<Vec<SocketAddr>>>;

/// A dialer for which every address leads to `to`, and which knows these names.
pub fn road(to: SocketAddr, names: &'static [(&'static str, &'static str)]) -> (Dialer, Dialled) {
    let dialled = Dialled::default();
    let noted = dialled.clone();
    let resolve = move |name: String| async move {
        let known = names.iter().filter(|(known, _)| *known == name);
        let found: Vec<IpAddr> = known.map(|(_, address)| address.parse().unwrap()).collect();
        Ok::<_, io::Error>(found)
    };
    let connect = move |address: SocketAddr| {
        noted.lock().unwrap().push(address);
        TcpStream::connect(to)
    };
    (Dialer::with(resolve, connect), dialled)
}
