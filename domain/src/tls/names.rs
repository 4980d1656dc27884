//! Whether a certificate is for a host, as clients decide it (RFC 6125, sections 6.4.1 to 6.4.4).

use std::net::IpAddr;

/// Whether a name of a certificate covers a host.
///
/// `*` stands for one whole left-most label and nothing else, and never for all there is under a
/// single label such as `com`. An address is only covered by the same address. Case does not count.
///
/// An ingress's host may be a wildcard itself, which stands for any number of hosts. Only the same
/// wildcard covers them all.
pub fn name_matches(pattern: &str, host: &str) -> bool {
    let (pattern, host) = (bare(pattern), bare(host));
    if pattern.is_empty() || host.is_empty() {
        return false;
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        return pattern.parse::<IpAddr>() == Ok(address);
    }
    if !pattern.contains('*') {
        return pattern.eq_ignore_ascii_case(host);
    }
    let Some(parent) = parent_of_wildcard(pattern) else { return false };
    let Some((label, rest)) = host.split_once('.') else { return false };
    !label.is_empty() && rest.eq_ignore_ascii_case(parent)
}

/// A final dot is the root of the DNS, which certificates do not write.
fn bare(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

/// What is behind the `*.` of a wildcard that clients accept.
fn parent_of_wildcard(pattern: &str) -> Option<&str> {
    let parent = pattern.strip_prefix("*.")?;
    (parent.contains('.') && !parent.contains('*')).then_some(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_as_clients_have_it() {
        let table = [
            ("a.example.com", "a.example.com", true),
            ("A.Example.COM", "a.example.com", true),
            ("a.example.com.", "a.example.com", true),
            ("a.example.com", "b.example.com", false),
            ("*.example.com", "a.example.com", true),
            ("*.EXAMPLE.com", "a.example.COM", true),
            ("*.example.com", "example.com", false),
            ("*.example.com", "a.b.example.com", false),
            ("*.example.com", ".example.com", false),
            ("*.b.example.com", "a.b.example.com", true),
            ("f*.example.com", "foo.example.com", false),
            ("f*.example.com", "f*.example.com", false),
            ("*o.example.com", "foo.example.com", false),
            ("a.*.com", "a.example.com", false),
            ("*.*.example.com", "a.b.example.com", false),
            ("*", "example", false),
            ("*", "a.example.com", false),
            ("*.com", "example.com", false),
            ("*.com", "*.com", false),
            ("*.", "a.", false),
            // Every host under a wildcard of an ingress is only covered by the same wildcard.
            ("*.example.com", "*.example.com", true),
            ("a.example.com", "*.example.com", false),
            ("*.example.com", "*.a.example.com", false),
            // Addresses are compared as addresses.
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("2001:DB8::1", "2001:db8:0::1", true),
            ("*.0.2.1", "192.0.2.1", false),
            // Punycode is a label like others.
            ("*.example.com", "xn--bcher-kva.example.com", true),
            ("xn--bcher-kva.example.com", "xn--BCHER-KVA.example.com", true),
            ("", "a.example.com", false),
            ("a.example.com", "", false),
        ];
        for (pattern, host, expected) in table {
            assert_eq!(name_matches(pattern, host), expected, "{pattern} for {host}");
        }
    }
}
