//! Certificates as bytes: what of them Routebook keeps.
//!
//! They come from whoever serves them or fills a Secret, so any bytes give a certificate or a reason,
//! and lengths are bounded. Nothing is verified here.

use std::net::{Ipv4Addr, Ipv6Addr};

use domain::tls::{Certificate, name_matches, shortened};
use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// A chain in PEM is a few KiB.
const LONGEST_PEM: usize = 64 << 10;
/// A chain as it is served. rustls itself takes no longer message of a handshake than 64 KiB.
const LONGEST_CHAIN: usize = 1 << 20;
/// Serial numbers have 20 bytes at most (RFC 5280, 4.1.2.2).
const LONGEST_SERIAL: usize = 20;
/// Names of issuers are cut at so many characters.
const LONGEST_ISSUER: usize = 100;

/// The first certificate of a PEM text, as `tls.crt` of a Secret has it.
pub(crate) fn pem(text: &[u8]) -> Result<Certificate, String> {
    if text.len() > LONGEST_PEM {
        return Err(format!("tls.crt has {} bytes, too many to be looked at", text.len()));
    }
    match CertificateDer::pem_slice_iter(text).next() {
        Some(Ok(der)) => read(&der, None),
        Some(Err(_)) => Err("tls.crt is no PEM text".to_owned()),
        None => Err("there is no certificate in tls.crt".to_owned()),
    }
}

/// The first certificate of a chain, as a server sends it for a host.
pub(crate) fn chain(chain: &[CertificateDer<'_>], host: &str) -> Result<Certificate, String> {
    let bytes: usize = chain.iter().map(|der| der.len()).sum();
    if bytes > LONGEST_CHAIN {
        return Err(format!("a chain of {bytes} bytes was served, too many to be looked at"));
    }
    let first = chain.first().ok_or("no certificate was served")?;
    read(first, Some(host))
}

/// Reads one certificate. Names that match the host come first, so that they are among those kept.
fn read(der: &[u8], host: Option<&str>) -> Result<Certificate, String> {
    let (_, found) = x509_parser::parse_x509_certificate(der).map_err(|error| {
        let error = shortened(&error.to_string(), LONGEST_ISSUER);
        format!("it is no X.509 certificate ({error})")
    })?;
    let mut names = names(&found)?;
    if let Some(host) = host {
        names.sort_by_key(|name| !name_matches(name, host));
    }
    let validity = found.validity();
    Ok(Certificate {
        issuer: issuer(&found),
        not_before: Some(moment(validity.not_before.timestamp())),
        not_after: Some(moment(validity.not_after.timestamp())),
        serial: Some(serial(found.raw_serial())),
        ..Certificate::with_names(names)
    })
}

/// The names that clients compare: of hosts and addresses, among the alternative names.
fn names(found: &X509Certificate<'_>) -> Result<Vec<String>, String> {
    let alternatives = found.subject_alternative_name();
    let alternatives =
        alternatives.map_err(|error| format!("its names cannot be read: {error}"))?;
    let names = alternatives.iter().flat_map(|names| &names.value.general_names);
    Ok(names.filter_map(name).collect())
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes).ok().map(|all| Ipv4Addr::from(all).to_string()),
            16 => <[u8; 16]>::try_from(*bytes).ok().map(|all| Ipv6Addr::from(all).to_string()),
            _ => None,
        },
        _ => None,
    }
}

/// Who issued it. A certificate that names itself as its issuer says so.
fn issuer(found: &X509Certificate<'_>) -> String {
    let issuer = called(found.issuer());
    let is_own = found.issuer().as_raw() == found.subject().as_raw();
    match (is_own, issuer) {
        (true, Some(name)) => format!("self-signed ({name})"),
        (true, None) => "self-signed".to_owned(),
        (false, Some(name)) => name,
        (false, None) => "an issuer without a name".to_owned(),
    }
}

/// The common name and the organisation, as people know issuers.
fn called(name: &X509Name<'_>) -> Option<String> {
    let common = text(name.iter_common_name().next());
    let organisation = text(name.iter_organization().next());
    match (common, organisation) {
        (Some(common), Some(of)) if !common.contains(&of) => Some(format!("{common}, {of}")),
        (Some(one), _) | (None, Some(one)) => Some(one),
        (None, None) => Some(shortened(&name.to_string(), LONGEST_ISSUER)),
    }
    .filter(|name| !name.is_empty())
}

fn text(attribute: Option<&AttributeTypeAndValue<'_>>) -> Option<String> {
    let text = attribute?.as_str().ok()?.trim();
    (!text.is_empty()).then(|| shortened(text, LONGEST_ISSUER))
}

fn serial(bytes: &[u8]) -> String {
    let bytes = bytes.iter().take(LONGEST_SERIAL + 1);
    bytes.map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}

/// The end of the year 9999, by which certificates say that they never expire (RFC 5280, 4.1.2.5),
/// is a day after the last moment that can be calculated with.
fn moment(second: i64) -> Timestamp {
    let second = second.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use rcgen::{
        CertificateParams, CertifiedIssuer, DistinguishedName, DnType, KeyPair, SanType,
        date_time_ymd,
    };

    use super::*;

    fn params(names: &[&str]) -> CertificateParams {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name = DistinguishedName::new();
        params
    }

    fn called(params: &mut CertificateParams, common: &str, organisation: &str) {
        params.distinguished_name.push(DnType::CommonName, common);
        params.distinguished_name.push(DnType::OrganizationName, organisation);
    }

    fn own(params: &CertificateParams) -> rcgen::Certificate {
        params.self_signed(&KeyPair::generate().unwrap()).unwrap()
    }

    #[test]
    fn an_issued_certificate_is_read_whole() {
        let mut authority = params(&[]);
        called(&mut authority, "R3", "Test Authority");
        let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let mut leaf = params(&["a.example.com", "*.example.com", "192.0.2.1", "2001:db8::1"]);
        leaf.not_before = date_time_ymd(2026, 1, 1);
        leaf.not_after = date_time_ymd(2026, 4, 1);
        leaf.serial_number = Some(rcgen::SerialNumber::from_slice(&[1, 0xab]));
        let leaf = leaf.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap();
        let found = pem(leaf.pem().as_bytes()).unwrap();
        assert_eq!(found.names, ["a.example.com", "*.example.com", "192.0.2.1", "2001:db8::1"]);
        assert_eq!(found.issuer, "R3, Test Authority");
        assert_eq!(found.not_before.unwrap().to_string(), "2026-01-01T00:00:00Z");
        assert_eq!(found.not_after.unwrap().to_string(), "2026-04-01T00:00:00Z");
        assert_eq!(found.serial.as_deref(), Some("01:ab"));
        let whole = leaf.pem() + &issuer.pem();
        assert_eq!(pem(whole.as_bytes()).unwrap(), found, "the first of a chain is the host's");
    }

    #[test]
    fn a_certificate_of_its_own_says_so() {
        let mut fake = params(&["ingress.local"]);
        let name = "Kubernetes Ingress Controller Fake Certificate";
        called(&mut fake, name, "Acme Co");
        let found = read(own(&fake).der(), None).unwrap();
        assert_eq!(found.issuer, format!("self-signed ({name}, Acme Co)"));
        let nameless = read(own(&params(&["a.example.com"])).der(), None).unwrap();
        assert_eq!(nameless.issuer, "self-signed");
    }

    #[test]
    fn ten_thousand_names_are_a_hundred_and_those_that_match_come_first() {
        let names: Vec<String> = (0..10_000).map(|n| format!("host-{n}.example.com")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let der = own(&params(&names)).der().clone();
        let found = chain(std::slice::from_ref(&der), "host-9999.example.com").unwrap();
        assert_eq!((found.names.len(), found.more_names), (100, 9_900));
        assert_eq!(found.names[..2], ["host-9999.example.com", "host-0.example.com"]);
    }

    #[test]
    fn a_certificate_for_no_host_has_no_names() {
        let mut params = params(&[]);
        called(&mut params, "a.example.com", "Somebody");
        params.subject_alt_names = vec![SanType::URI("spiffe://example".try_into().unwrap())];
        assert!(read(own(&params).der(), None).unwrap().names.is_empty());
    }

    #[test]
    fn the_end_of_time_is_the_last_moment() {
        let mut params = params(&["a.example.com"]);
        params.not_after = date_time_ymd(9999, 12, 31);
        let found = read(own(&params).der(), None).unwrap();
        assert_eq!(found.not_after.unwrap().as_second(), Timestamp::MAX.as_second());
    }

    #[test]
    fn what_is_no_certificate_gives_a_reason() {
        let check = |got: Result<Certificate, String>, part: &str| {
            let reason = got.unwrap_err();
            assert!(reason.contains(part), "{part:?} is not in {reason:?}");
        };
        let pem_of = |body: &str| {
            format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
        };
        check(pem(b""), "no certificate in tls.crt");
        check(pem(b"not PEM at all"), "no certificate in tls.crt");
        check(pem(pem_of("!!!!").as_bytes()), "no PEM text");
        check(pem(pem_of("AAAA").as_bytes()), "no X.509 certificate");
        check(pem(&vec![b'x'; LONGEST_PEM + 1]), "too many to be looked at");
        check(chain(&[], "a.example.com"), "no certificate was served");
        let huge = CertificateDer::from(vec![0_u8; LONGEST_CHAIN + 1]);
        check(chain(&[huge], "a.example.com"), "too many to be looked at");
        let whole = own(&params(&["a.example.com"]));
        for length in 0..whole.der().len() {
            assert!(read(&whole.der()[..length], None).is_err(), "{length} bytes of it");
        }
    }
}
