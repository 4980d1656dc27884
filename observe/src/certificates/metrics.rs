//! What the metrics of controllers say of certificates.
//!
//! ingress-nginx tells when the certificate expires that it has loaded for a host:
//! `nginx_ingress_controller_ssl_expire_time_seconds{host, secret_name, namespace, class}`
//! (`internal/ingress/metric/collectors/controller.go`). The `namespace` is that of the controller, not
//! of the Secret or the ingress, so that the host alone says what a sample is about: the evidence is
//! of no namespace, and holds for the host in all of them.

use std::collections::BTreeMap;

use domain::tls::{Certificate, Evidence, Finding, Method, Subject};
use jiff::Timestamp;
use store::TlsSighting;

/// The metric, as ingress-nginx names it.
pub const EXPIRY: &str = "nginx_ingress_controller_ssl_expire_time_seconds";

/// The host of the server that answers for all others, with the default certificate.
const CATCH_ALL: &str = "_";

/// What samples of [`EXPIRY`], each with its labels and its value, say of which hosts. Where several
/// pods tell differently, the earliest expiry counts.
pub fn evidence(samples: &[(BTreeMap<String, String>, f64)], at: Timestamp) -> Vec<TlsSighting> {
    let mut hosts: BTreeMap<String, Timestamp> = BTreeMap::new();
    for (labels, value) in samples {
        let host = labels.get("host").map_or("", String::as_str);
        if host.is_empty() || host == CATCH_ALL {
            continue;
        }
        let Some(until) = moment(*value) else { continue };
        let earliest = hosts.entry(host.to_ascii_lowercase()).or_insert(until);
        *earliest = until.min(*earliest);
    }
    hosts.into_iter().map(|(host, until)| sighting(host, until, at)).collect()
}

fn sighting(host: String, until: Timestamp, at: Timestamp) -> TlsSighting {
    let certificate = Certificate { not_after: Some(until), ..Certificate::default() };
    let evidence = Evidence {
        method: Method::Metrics,
        at,
        subject: Subject::Host(host),
        finding: Finding::Certificate(certificate),
    };
    TlsSighting { namespace: String::new(), evidence }
}

/// A number of seconds since 1970, if it is one that a certificate can have.
fn moment(seconds: f64) -> Option<Timestamp> {
    if !seconds.is_finite() || seconds <= 0.0 {
        return None;
    }
    // What does not fit is cut, which is what the end of time should be.
    let seconds = (seconds as i64).min(Timestamp::MAX.as_second());
    Timestamp::from_second(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(host: &str, value: f64) -> (BTreeMap<String, String>, f64) {
        let pairs = [("host", host), ("namespace", "ingress-nginx"), ("secret_name", "web-tls")];
        (pairs.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(), value)
    }

    fn told(samples: &[(BTreeMap<String, String>, f64)]) -> Vec<(String, String)> {
        let sightings = evidence(samples, Timestamp::UNIX_EPOCH);
        let word = |sighting: TlsSighting| {
            assert_eq!(sighting.namespace, "");
            let Subject::Host(host) = sighting.evidence.subject else { panic!() };
            let Finding::Certificate(found) = sighting.evidence.finding else { panic!() };
            (host, found.not_after.unwrap().to_string())
        };
        sightings.into_iter().map(word).collect()
    }

    #[test]
    fn the_earliest_expiry_of_each_host_counts() {
        let samples = [
            sample("b.example.com", 1_800_000_000.0),
            sample("A.example.com", 1_800_000_000.0),
            sample("a.example.com", 1_700_000_000.0),
            sample("*.example.org", 1_800_000_000.5),
        ];
        let pair = |host: &str, until: &str| (host.to_owned(), until.to_owned());
        let expected = [
            pair("*.example.org", "2027-01-15T08:00:00Z"),
            pair("a.example.com", "2023-11-14T22:13:20Z"),
            pair("b.example.com", "2027-01-15T08:00:00Z"),
        ];
        assert_eq!(told(&samples), expected);
    }

    #[test]
    fn what_is_no_moment_and_no_host_tells_nothing() {
        let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -1.0];
        let samples: Vec<_> = odd.into_iter().map(|value| sample("a.example.com", value)).collect();
        assert!(told(&samples).is_empty());
        let nobody = [sample("_", 1.8e9), sample("", 1.8e9), (BTreeMap::new(), 1.8e9)];
        assert!(told(&nobody).is_empty());
        let far = told(&[sample("a.example.com", 1e300)]);
        assert!(far[0].1.starts_with("9999-"), "{far:?}");
    }
}
