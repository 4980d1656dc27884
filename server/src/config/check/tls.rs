//! How a cluster's certificates are looked at.

use std::time::Duration;

use observe::certificates::{Handshake, Network, TlsConfig};
use url::Url;

use super::super::given::Source;
use super::super::keys::{ClusterTlsKeys, HandshakeKeys, HowKeys, SecretsKeys, Text};
use super::Error;
use super::value::{number, url};

/// A host is not asked more often, nor less often, than so many seconds.
const EVERY: std::ops::RangeInclusive<i64> = 60..=7 * 86_400;

/// What is switched on for one cluster.
pub fn of_cluster(keys: ClusterTlsKeys, source: &Source) -> Result<TlsConfig, Error> {
    let default = TlsConfig::default();
    let handshake = match keys.handshake {
        None => default.handshake,
        Some(HandshakeKeys::Off) => None,
        Some(HandshakeKeys::On(how)) => Some(handshake(&how, source)?),
    };
    Ok(TlsConfig {
        cert_manager: keys.cert_manager.unwrap_or(default.cert_manager),
        metrics: keys.metrics.unwrap_or(default.metrics),
        handshake,
        secrets: keys.secrets.map(|keys| namespaces(keys, source)).transpose()?.unwrap_or_default(),
    })
}

fn handshake(how: &HowKeys, source: &Source) -> Result<Handshake, Error> {
    let Handshake { every, per_second, .. } = Handshake::default();
    let allow = how.allow.iter().flatten().map(|text| network(text, source));
    let proxy = how.proxy.as_ref().map(|given| proxy(given, source));
    let seconds = i64::try_from(every.as_secs()).unwrap_or(i64::MAX);
    let seconds =
        number("handshake.everySeconds", how.every_seconds.as_ref(), source, EVERY, seconds)?;
    let per_second = number(
        "handshake.perSecond",
        how.per_second.as_ref(),
        source,
        1..=100,
        i64::from(per_second),
    )?;
    Ok(Handshake {
        allow: allow.collect::<Result<_, _>>()?,
        proxy: proxy.transpose()?,
        every: Duration::from_secs(seconds.unsigned_abs()),
        per_second: u32::try_from(per_second).unwrap_or(1),
    })
}

/// A proxy that is asked to connect through (CONNECT) is itself reached without TLS.
fn proxy(given: &Text, source: &Source) -> Result<Url, Error> {
    let url = url("handshake.proxy", given, source)?;
    if url.scheme() == "http" {
        return Ok(url);
    }
    let message = "`handshake.proxy` must be an http address: a proxy is not reached by TLS";
    Err(source.refuse(given, message).hint("example: http://proxy.example.com:3128"))
}

fn network(given: &Text, source: &Source) -> Result<Network, Error> {
    given.value.trim().parse().map_err(|_| {
        let message = format!("`handshake.allow`: {:?} is not a network", given.value);
        source.refuse(given, message).hint("examples: 10.0.0.0/8, 192.0.2.7, 2001:db8::/32")
    })
}

fn namespaces(keys: SecretsKeys, source: &Source) -> Result<Vec<String>, Error> {
    let named = keys.namespaces.unwrap_or_default();
    named.into_iter().map(|name| namespace(name, source)).collect()
}

/// A namespace's name is a DNS label (Kubernetes, "Object Names and IDs").
fn namespace(given: Text, source: &Source) -> Result<String, Error> {
    let inner = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    let name = given.value.as_bytes();
    let fits = (1..=63).contains(&name.len())
        && name.iter().all(|&c| inner(c) || c == b'-')
        && inner(name[0])
        && inner(name[name.len() - 1]);
    if fits {
        return Ok(given.value);
    }
    let message = format!("`secrets.namespaces`: {:?} is no name of a namespace", given.value);
    let way = "name each namespace whose TLS Secrets may be read; there is no way to name all";
    Err(source.refuse(&given, message).hint(way))
}
