//! Real handshakes with real chains: what is served is seen, whatever it is, and nothing is reached
//! that must not be.

use std::future::{pending, ready};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::tls::{Finding, Method, TlsState};
use observe::CancellationToken;
use observe::certificates::{self, Dialer, Handshake, Prober};
use rcgen::{DnType, date_time_ymd};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;

use crate::tls_server::{Chain, Hello, TlsServer, issued, own, params, quick, road};
use crate::world::{World, clock};

const HOST: &str = "web.example.com";

/// What a prober finds for the host behind some addresses.
async fn found(dialer: Dialer, allow: &[&str], addresses: &[&str]) -> Finding {
    let allow = allow.iter().map(|network| network.parse().unwrap()).collect();
    let addresses: Vec<String> = addresses.iter().map(|text| (*text).to_owned()).collect();
    Prober::new(dialer, allow, quick()).probe(HOST, &addresses).await
}

/// What it finds where a chain is served.
async fn served(chain: &Chain) -> Finding {
    let server = TlsServer::start(chain).await;
    found(road(server.address, &[]).0, &[], &["192.0.2.1"]).await
}

fn certificate(finding: Finding) -> domain::tls::Certificate {
    let Finding::Certificate(found) = finding else { panic!("{finding:?}") };
    found
}

fn unreachable(finding: Finding, parts: &[&str]) {
    let Finding::Unreachable { reason } = finding else { panic!("{finding:?}") };
    for part in parts {
        assert!(reason.contains(part), "{part:?} is not in {reason:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_is_asked_by_its_name_and_nothing_is_sent() {
    let server = TlsServer::start(&issued(&params(&[HOST, "*.example.org"], 2090))).await;
    let (dialer, dialled) = road(server.address, &[]);
    let found = certificate(found(dialer, &[], &["192.0.2.1"]).await);
    assert_eq!(found.names, [HOST, "*.example.org"]);
    assert!(found.issuer.starts_with("Test CA"), "{}", found.issuer);
    assert_eq!(found.not_after.unwrap().to_string(), "2090-12-31T00:00:00Z");
    assert_eq!(server.hellos(), [Hello { name: Some(HOST.into()), alpn: false }]);
    assert_eq!(server.received(1).await, 0);
    assert_eq!(*dialled.lock().unwrap(), ["192.0.2.1:443".parse::<SocketAddr>().unwrap()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_that_nobody_should_trust_are_seen_too() {
    let expired = certificate(served(&issued(&params(&[HOST], 2021))).await);
    assert_eq!(expired.not_after.unwrap().to_string(), "2021-12-31T00:00:00Z");
    let mut early = params(&[HOST], 2099);
    early.not_before = date_time_ymd(2098, 1, 1);
    let early = certificate(served(&issued(&early)).await);
    assert_eq!(early.not_before.unwrap().to_string(), "2098-01-01T00:00:00Z");
    let foreign = certificate(served(&issued(&params(&["other.example.com"], 2090))).await);
    assert_eq!(foreign.names, ["other.example.com"]);
    let mut fake = params(&["ingress.local"], 2090);
    let name = "Kubernetes Ingress Controller Fake Certificate";
    fake.distinguished_name.push(DnType::CommonName, name);
    assert_eq!(certificate(served(&own(&fake)).await).issuer, format!("self-signed ({name})"));
    let endless = certificate(served(&own(&params(&[HOST], 9999))).await);
    assert!(endless.not_after.unwrap().to_string().starts_with("9999-"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_certificate_gives_a_reason() {
    let mut chain = own(&params(&[HOST], 2090));
    chain.der = vec![vec![0x30, 0x03, 0x02, 0x01, 0x07].into()];
    let finding = served(&chain).await;
    let Finding::Unreadable { reason } = finding else { panic!("{finding:?}") };
    assert!(reason.contains("no X.509 certificate"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_with_ten_thousand_names_gives_a_reason() {
    let names: Vec<String> = (0..10_000).map(|n| format!("host-{n}.example.com")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    unreachable(served(&own(&params(&names, 2090))).await, &["192.0.2.1: no handshake"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_wants_a_certificate_of_its_clients_has_shown_its_own() {
    let server = TlsServer::for_known_clients(&issued(&params(&[HOST], 2090))).await;
    let finding = found(road(server.address, &[]).0, &[], &["192.0.2.1"]).await;
    assert_eq!(certificate(finding).names, [HOST]);
}

/// A server that does something else than TLS.
async fn other(answer: &'static [u8], silent: bool) -> (SocketAddr, AbortOnDropHandle<()>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(answer).await.unwrap();
            if silent {
                open.push(stream);
            }
        }
    });
    (address, AbortOnDropHandle::new(serving))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_tls_gives_a_reason_in_time() {
    let found = async |to: SocketAddr| found(road(to, &[]).0, &[], &["192.0.2.1"]).await;
    let (address, _serving) = other(b"HTTP/1.1 400 Bad Request\r\n\r\n", true).await;
    unreachable(found(address).await, &["192.0.2.1: no handshake"]);
    let (address, _serving) = other(b"", false).await;
    unreachable(found(address).await, &["192.0.2.1: no handshake"]);
    let (address, _serving) = other(b"", true).await;
    unreachable(found(address).await, &["no handshake within 1.5 seconds"]);
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    unreachable(found(address).await, &["192.0.2.1: no connection: "]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_not_made_is_given_up_in_time() {
    let resolve = |_: String| ready(Ok::<Vec<IpAddr>, io::Error>(Vec::new()));
    let connect = |_: SocketAddr| pending::<io::Result<TcpStream>>();
    let dialer = Dialer::with(resolve, connect);
    unreachable(found(dialer, &[], &["192.0.2.1"]).await, &["no connection within 0.5 seconds"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_address_is_tried_and_all_that_went_wrong_is_said() {
    let server = TlsServer::start(&issued(&params(&[HOST], 2090))).await;
    let (dialer, dialled) = road(server.address, &[("lb.example.com", "192.0.2.9")]);
    let addresses = ["127.0.0.1", "unknown.example.com", "lb.example.com"];
    certificate(found(dialer, &[], &addresses).await);
    assert_eq!(*dialled.lock().unwrap(), ["192.0.2.9:443".parse::<SocketAddr>().unwrap()]);
    let (dialer, _) = road(server.address, &[]);
    let finding = found(dialer, &[], &["127.0.0.1", "unknown.example.com"]).await;
    unreachable(finding, &["127.0.0.1 is a loopback", "unknown.example.com has no address"]);
    let (dialer, _) = road(server.address, &[]);
    unreachable(found(dialer, &[], &[]).await, &["no address yet"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_machine_or_its_cloud_is_dialled_however_it_is_named() {
    let server = TlsServer::start(&issued(&params(&[HOST], 2090))).await;
    let names = &[
        ("a.example.com", "127.0.0.1"),
        ("a.example.com", "::1"),
        ("a.example.com", "::ffff:169.254.169.254"),
        ("a.example.com", "100.100.100.200"),
        ("a.example.com", "fd00:ec2::254"),
        ("a.example.com", "fe80::1"),
        ("a.example.com", "0.0.0.0"),
    ];
    for addresses in [&["a.example.com"][..], &["127.0.0.1", "::1", "169.254.169.254", "::"][..]] {
        let (dialer, dialled) = road(server.address, names);
        let everything = ["0.0.0.0/0", "::/0"];
        unreachable(found(dialer, &everything, addresses).await, &["never connected to"]);
        assert_eq!(dialled.lock().unwrap().len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_address_is_dialled_if_the_status_has_it_or_the_operator_allows_it() {
    let server = TlsServer::start(&issued(&params(&[HOST], 2090))).await;
    let names = &[("lb.example.com", "10.1.2.3")];
    let road = || road(server.address, names);
    certificate(found(road().0, &[], &["10.1.2.3"]).await);
    let (dialer, dialled) = road();
    unreachable(found(dialer, &[], &["lb.example.com"]).await, &["tls.handshake.allow"]);
    assert_eq!(dialled.lock().unwrap().len(), 0);
    certificate(found(road().0, &["10.0.0.0/8"], &["lb.example.com"]).await);
}

/// An HTTP proxy that takes whatever it is asked for to one place, and the heads it was sent.
async fn proxy(to: SocketAddr, status: &'static str) -> (url::Url, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://me:secret@{}", listener.local_addr().unwrap());
    let heads = Arc::new(Mutex::new(Vec::new()));
    let noted = heads.clone();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut head: Vec<u8> = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(client.read_u8().await.unwrap());
            }
            noted.lock().unwrap().push(String::from_utf8(head).unwrap());
            let answer = format!("HTTP/1.1 {status}\r\nVia: test\r\n\r\n");
            client.write_all(answer.as_bytes()).await.unwrap();
            tokio::spawn(async move {
                let mut server = TcpStream::connect(to).await.unwrap();
                let _ = copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    (url.parse().unwrap(), heads)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_is_told_the_address_and_never_a_name() {
    let server = TlsServer::start(&issued(&params(&[HOST], 2090))).await;
    let (url, heads) = proxy(server.address, "200 Connection established").await;
    certificate(found(Dialer::through(url.clone()), &[], &["192.0.2.1"]).await);
    let finding = found(Dialer::through(url), &[], &["169.254.169.254"]).await;
    unreachable(finding, &["never connected to"]);
    let heads = heads.lock().unwrap().clone();
    assert_eq!(heads.len(), 1, "{heads:?}");
    assert!(heads[0].starts_with("CONNECT 192.0.2.1:443 HTTP/1.1\r\nHost: 192.0.2.1:443\r\n"));
    assert!(heads[0].contains("Proxy-Authorization: Basic "), "{}", heads[0]);
    let (url, _) = proxy(server.address, "403 Forbidden").await;
    let finding = found(Dialer::through(url), &[], &["192.0.2.1"]).await;
    unreachable(finding, &["the proxy answered \"HTTP/1.1 403 Forbidden\""]);
}

/// An ingress with TLS behind a load balancer.
fn ingress(name: &str, host: &str) -> Value {
    let mut ingress = crate::world::ingress("shop", name, 0);
    ingress["spec"]["tls"] = json!([{"hosts": [host], "secretName": format!("{name}-tls")}]);
    ingress["status"] = json!({"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}});
    ingress
}

fn target(world: &World, proxy: Option<url::Url>) -> observe::Cluster {
    let mut target = world.target();
    let every = Duration::from_secs(3600);
    target.tls.handshake =
        Some(Handshake { proxy, every, per_second: 200, ..Handshake::default() });
    target
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_served_is_what_an_ingress_is_judged_by() {
    let world = World::with_ingresses(0).await;
    let hosts = [("web", HOST), ("other", "other.example.net"), ("wild", "*.example.com")];
    world.cluster.load(hosts.map(|(name, host)| ingress(name, host))).unwrap();
    world.sync_once().await;
    let server = TlsServer::start(&issued(&params(&[HOST], 2090))).await;
    let dialer = road(server.address, &[]).0;
    let (target, timing) = (target(&world, None), &world.timing);
    let asked = certificates::probe_once(&target, &world.store, &clock(), timing, dialer).await;
    assert_eq!(asked, Ok(2), "a wildcard is no host to ask for");
    let told = async |name: &str| {
        let tls = world.detail(name).await.tls;
        (tls.state, tls.method)
    };
    assert_eq!(told("web").await, (TlsState::Valid, Some(Method::Handshake)));
    assert_eq!(told("other").await, (TlsState::NameMismatch, Some(Method::Handshake)));
    assert_eq!(told("wild").await, (TlsState::Unknown, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn hosts_are_asked_soon_after_they_appear_and_forgotten_when_that_is_switched_off() {
    let world = World::with_ingresses(0).await;
    world.cluster.load([ingress("web", HOST)]).unwrap();
    world.sync_once().await;
    let server = TlsServer::start(&issued(&params(&["*.example.com"], 2090))).await;
    let (url, _) = proxy(server.address, "200 OK").await;
    let is = |name: &'static str, state: TlsState| {
        world.until(name, async move |world: &World| world.detail(name).await.tls.state == state)
    };
    let look = |target: observe::Cluster, stop: &CancellationToken| {
        let timing = world.timing.clone();
        let looking = certificates::run(target, world.store.clone(), clock(), timing, stop.clone());
        tokio::spawn(looking)
    };
    let stop = CancellationToken::new();
    let looking = look(target(&world, Some(url)), &stop);
    is("web", TlsState::Valid).await;
    world.cluster.load([ingress("later", "later.example.com")]).unwrap();
    world.sync_once().await;
    is("later", TlsState::Valid).await;
    stop.cancel();
    looking.await.unwrap();
    let stop = CancellationToken::new();
    let looking = look(world.target(), &stop);
    is("web", TlsState::Unknown).await;
    stop.cancel();
    looking.await.unwrap();
}
