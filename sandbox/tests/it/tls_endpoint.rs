//! The TLS endpoint: real handshakes through its proxy, by a client that trusts its root.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::{SignedDuration, Timestamp};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{CertificateError, ClientConfig, RootCertStore};
use sandbox::certificates::{By, Issuer, Wanted};
use sandbox::fleet::{Plan, Profile, generate};
use sandbox::tls_endpoint::{Asked, TlsEndpoint, What};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::support::within;

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().expect("a valid time")
}

fn days(days: i64) -> Timestamp {
    now() + SignedDuration::from_hours(24 * days)
}

/// A clock that stands still.
#[derive(Debug)]
struct Noon;

impl TimeProvider for Noon {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(now().as_second()).unwrap();
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

async fn endpoint() -> TlsEndpoint {
    let fake = What::Certificate(Wanted::fake(now()));
    TlsEndpoint::start(Issuer::new(1).unwrap(), fake).await.unwrap()
}

/// Asks the proxy for a way to an address.
async fn tunnel(endpoint: &TlsEndpoint, target: &str) -> TcpStream {
    let proxy = endpoint.url.strip_prefix("http://").unwrap();
    let mut tcp = TcpStream::connect(proxy).await.unwrap();
    let request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n");
    tcp.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(tcp.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&head));
    tcp
}

fn client(endpoint: &TlsEndpoint) -> TlsConnector {
    let root = endpoint.root_pem();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(root.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_details(provider, Arc::new(Noon))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// The certificates that a host shows to a client which accepts them.
async fn shake_hands(
    endpoint: &TlsEndpoint,
    host: &str,
) -> io::Result<Vec<CertificateDer<'static>>> {
    let tcp = tunnel(endpoint, "192.0.2.7:443").await;
    let name = ServerName::try_from(host.to_owned()).unwrap();
    let stream = client(endpoint).connect(name, tcp).await?;
    Ok(stream.get_ref().1.peer_certificates().unwrap().to_vec())
}

/// How a handshake ends, in a word.
async fn outcome(endpoint: &TlsEndpoint, host: &str) -> &'static str {
    let Err(error) = within(shake_hands(endpoint, host)).await else { return "accepted" };
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(why)) => match why {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => "expired",
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "early",
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "other name"
            }
            CertificateError::UnknownIssuer => "unknown issuer",
            CertificateError::BadEncoding => "malformed",
            _ => "refused",
        },
        Some(rustls::Error::InvalidMessage(_)) => "no TLS",
        Some(_) => "failed",
        None => "closed",
    }
}

#[tokio::test]
async fn each_host_does_what_it_is_told() {
    let endpoint = endpoint().await;
    let until = |host: &str, left| What::Certificate(Wanted::until(&[host], days(left)));
    let later = Wanted { not_before: days(1), ..Wanted::until(&["early.example"], days(60)) };
    let internal = Wanted { by: By::Internal, ..Wanted::until(&["in.example"], days(60)) };
    let crowd: Vec<String> = (0..2_000).map(|number| format!("{number}.crowd.example")).collect();
    for (host, what) in [
        ("good.example", until("good.example", 60)),
        ("in.example", What::Certificate(internal)),
        ("old.example", until("old.example", -1)),
        ("early.example", What::Certificate(later)),
        ("moved.example", until("elsewhere.example", 60)),
        ("7.crowd.example", What::Certificate(Wanted::until(&crowd, days(60)))),
        ("*.wild.example", until("*.wild.example", 60)),
        ("broken.example", What::Bytes(b"no certificate".to_vec())),
        ("closed.example", What::Closes),
        ("plain.example", What::NoTls),
    ] {
        endpoint.serve(host, what);
    }

    for (host, expected) in [
        ("good.example", "accepted"),
        ("GOOD.example", "accepted"),
        ("in.example", "accepted"),
        ("old.example", "expired"),
        ("early.example", "early"),
        ("moved.example", "other name"),
        ("7.crowd.example", "accepted"),
        ("any.wild.example", "accepted"),
        ("two.labels.wild.example", "unknown issuer"),
        ("nobody.example", "unknown issuer"),
        ("broken.example", "malformed"),
        ("closed.example", "closed"),
        ("plain.example", "no TLS"),
    ] {
        assert_eq!(outcome(&endpoint, host).await, expected, "{host}");
    }
    endpoint.serve("good.example", until("good.example", -1));
    assert_eq!(outcome(&endpoint, "good.example").await, "expired");
    within(endpoint.stop()).await;
}

#[tokio::test]
async fn a_chain_leads_to_the_root_and_the_fake_certificate_stands_alone() {
    let endpoint = endpoint().await;
    let wanted = Wanted::until(&["good.example"], days(60));
    endpoint.serve("good.example", What::Certificate(wanted));
    assert_eq!(within(shake_hands(&endpoint, "good.example")).await.unwrap().len(), 2);
    let fake = Issuer::new(1).unwrap().chain_pem(&Wanted::fake(now())).unwrap();
    assert_eq!(fake.matches("BEGIN CERTIFICATE").count(), 1);
}

#[tokio::test]
async fn a_host_that_hangs_says_nothing() {
    let endpoint = endpoint().await;
    endpoint.serve("hangs.example", What::Hangs);
    let waiting = shake_hands(&endpoint, "hangs.example");
    // There is no event to wait for: silence can only be listened to.
    assert!(tokio::time::timeout(Duration::from_millis(200), waiting).await.is_err());
    within(endpoint.stop()).await;
}

#[tokio::test]
async fn it_tells_who_was_asked_for() {
    let endpoint = endpoint().await;
    outcome(&endpoint, "nobody.example").await;
    let tcp = tunnel(&endpoint, "[2001:db8::1]:8443").await;
    let address = ServerName::try_from("192.0.2.7").unwrap();
    assert!(within(client(&endpoint).connect(address, tcp)).await.is_err());
    let asked = |target: &str, name: Option<&str>| Asked {
        target: target.into(),
        server_name: name.map(str::to_owned),
    };
    assert_eq!(
        endpoint.asked(),
        [asked("192.0.2.7:443", Some("nobody.example")), asked("[2001:db8::1]:8443", None)]
    );
}

#[tokio::test]
async fn only_tunnels_are_opened() {
    let endpoint = endpoint().await;
    let mut tcp = TcpStream::connect(endpoint.url.strip_prefix("http://").unwrap()).await.unwrap();
    tcp.write_all(b"GET http://192.0.2.7/ HTTP/1.1\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    within(tcp.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
    assert!(endpoint.asked().is_empty());
}

#[tokio::test]
async fn a_host_of_the_fleet_serves_what_its_secret_holds() {
    let plan = Plan { ingresses: 120, seed: 5, now: now(), cluster: Profile::prod_eu() };
    let fleet = generate(&plan);
    let fake = What::Certificate(Wanted::fake(now()));
    let endpoint = TlsEndpoint::start(Issuer::new(plan.seed).unwrap(), fake).await.unwrap();
    fleet.served.iter().for_each(|(host, what)| endpoint.serve(host, what.clone()));

    let of_web = |secret: &&serde_json::Value| {
        let metadata = &secret["metadata"];
        metadata["namespace"] == "acquired-bluebird" && metadata["name"] == "web-tls"
    };
    let secret = fleet.secrets.iter().find(of_web).unwrap();
    let stored = BASE64_STANDARD.decode(secret["data"]["tls.crt"].as_str().unwrap()).unwrap();
    let stored: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&stored).collect();
    let served = within(shake_hands(&endpoint, "web.bluebird.example")).await.unwrap();
    assert_eq!(served, stored.unwrap());
    for (host, expected) in [
        ("blog.bluebird.example", "expired"),
        ("help.bluebird.example", "other name"),
        ("video.copperpot.example", "closed"),
        ("tickets.tidewater.example", "no TLS"),
        ("newsletter.copperpot.example", "unknown issuer"),
    ] {
        assert_eq!(outcome(&endpoint, host).await, expected, "{host}");
    }
}
