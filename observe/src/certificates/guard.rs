//! Where a handshake may go.
//!
//! A handshake is a request that a user of the cluster can aim: whoever may write an Ingress, its
//! status, or the DNS entry that a status names, says where Routebook connects to. So each address is
//! judged here right before it is dialled, after every name has become an address; what is dialled is
//! that address and no name.
//!
//! Only the load balancer's addresses of the ingress itself are asked for at all. Of those, addresses
//! of the machine, its link and its cloud's metadata are never reached, not even where the operator
//! allows their network. Private ones are reached where the status has them as an address; if DNS
//! answered them, only where the operator allows their network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::network::Network;

/// How an address was learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It stands in the status of the ingress.
    Status,
    /// DNS answered it for a name in the status of the ingress.
    Dns,
}

/// Why an address is not dialled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// An address that is never dialled.
    #[error("{address} is {what}, which is never connected to")]
    Never {
        /// The address.
        address: IpAddr,
        /// What sort of address.
        what: &'static str,
    },
    /// A private address that DNS answered.
    #[error(
        "{0} is a private address that was found by DNS; connecting to it needs its network in tls.handshake.allow"
    )]
    Aimed(IpAddr),
}

/// The address to dial, or why it is not dialled.
pub(crate) fn check(address: IpAddr, origin: Origin, allow: &[Network]) -> Result<IpAddr, Refusal> {
    let address = address.to_canonical();
    let inner = embedded(address).into_iter().flatten().map(IpAddr::V4);
    let inner: Vec<IpAddr> = inner.collect();
    for one in std::iter::once(address).chain(inner.iter().copied()) {
        if let Some(what) = never(one) {
            return Err(Refusal::Never { address, what });
        }
    }
    let is_private = is_private(address) || inner.into_iter().any(is_private);
    let is_allowed = allow.iter().any(|network| network.contains(address));
    if is_private && origin == Origin::Dns && !is_allowed {
        return Err(Refusal::Aimed(address));
    }
    Ok(address)
}

/// What sort of address this is, if it is one that is never dialled.
fn never(address: IpAddr) -> Option<&'static str> {
    // Before all others: some of them are link-local, or private.
    if is_metadata(address) {
        return Some("an address where clouds answer with credentials");
    }
    match address {
        IpAddr::V4(v4) => never_v4(v4),
        IpAddr::V6(v6) => never_v6(v6),
    }
}

fn never_v4(address: Ipv4Addr) -> Option<&'static str> {
    match address.octets() {
        // Linux takes 0.0.0.0 for the machine itself.
        [0, ..] => Some("an unspecified address"),
        [127, ..] => Some("a loopback address"),
        [169, 254, ..] => Some("a link-local address"),
        [224..=239, ..] => Some("a multicast address"),
        [255, 255, 255, 255] => Some("the broadcast address"),
        [240..=255, ..] => Some("a reserved address"),
        _ => None,
    }
}

fn never_v6(address: Ipv6Addr) -> Option<&'static str> {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Some("an unspecified address"),
        [0, 0, 0, 0, 0, 0, 0, 1] => Some("a loopback address"),
        [0xfe80..=0xfebf, ..] => Some("a link-local address"),
        [0xff00..=0xffff, ..] => Some("a multicast address"),
        _ => None,
    }
}

/// Where clouds give credentials to whoever asks: AWS and those that copied it, Alibaba, Azure's wire
/// server, Oracle's older cloud; over IPv6 AWS, Google, Oracle, Scaleway, those with OpenStack's
/// address written anew, and Alibaba.
fn is_metadata(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => matches!(
            v4.octets(),
            [169, 254, 169, 254] | [100, 100, 100, 200] | [168, 63, 129, 16] | [192, 0, 0, 192]
        ),
        IpAddr::V6(v6) => {
            matches!(
                v6.segments(),
                [0xfd00, 0x0ec2, ..]
                    | [0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254]
                    | [0xfd00, 0x00c1, 0, 0, 0, 0, 0xa9fe, 0xa9fe]
                    | [0xfd00, 0x0042, 0, 0, 0, 0, 0, 0x0042]
                    | [0xfd00, 0xa9fe, 0xa9fe, 0, 0, 0, 0, 0x0001]
                    | [0xfd00, 0x0100, 0, 0, 0, 0, 0x0100, 0x0200]
            )
        }
    }
}

/// Addresses that mean something else in each network (RFC 1918, 4193, 6598, 6890, 2544, 3879; for
/// NAT64 within one network 8215), or lead through a relay to one behind a NAT (Teredo, RFC 4380).
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => matches!(
            v4.octets(),
            [10, ..]
                | [172, 16..=31, ..]
                | [192, 168, ..]
                | [100, 64..=127, ..]
                | [192, 0, 0, _]
                | [198, 18..=19, ..]
        ),
        IpAddr::V6(v6) => {
            matches!(
                v6.segments(),
                [0xfc00..=0xfdff, ..]
                    | [0xfec0..=0xfeff, ..]
                    | [0x2001, 0, ..]
                    | [0x0064, 0xff9b, 1, ..]
            )
        }
    }
}

/// The IPv4 address that a gateway makes of an IPv6 one: NAT64 (RFC 6052 and 8215), SIIT (RFC 2765),
/// 6to4 (RFC 3056), and the deprecated compatible form (RFC 4291). Mapped ones are IPv4 addresses
/// already. Of the prefix for NAT64 within one network the length is not known: the address may
/// stand in the last 32 bits, or behind the first 48 (RFC 6052, 2.2).
fn embedded(address: IpAddr) -> [Option<Ipv4Addr>; 2] {
    let IpAddr::V6(v6) = address else { return [None; 2] };
    let of = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match v6.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => [None; 2],
        [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0, 0, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => [Some(of(high, low)), None],
        // Where one form has the address, the other has zeros.
        [0x64, 0xff9b, 1, first, second, third, high, low] => [
            ((high, low) != (0, 0)).then(|| of(high, low)),
            (first != 0).then(|| of(first, (second & 0xff) << 8 | third >> 8)),
        ],
        _ => [None; 2],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of an address where nothing is allowed, or, if it is `allowed`, where its
    /// network is.
    fn check_one(address: &str, origin: Origin, expected: &str) {
        let networks = ["10.1.0.0/16", "fd00::/8"].map(|text| text.parse::<Network>().unwrap());
        let allow: &[Network] = if expected == "allowed" { &networks } else { &[] };
        let got = check(address.parse().unwrap(), origin, allow);
        let word = match &got {
            Ok(_) if expected == "allowed" => expected,
            Ok(_) => "fine",
            Err(Refusal::Never { .. }) => "never",
            Err(Refusal::Aimed(_)) => "aimed",
        };
        assert_eq!(word, expected, "{address} from {origin:?}: {got:?}");
    }

    #[test]
    fn public_addresses_are_dialled() {
        for origin in [Origin::Status, Origin::Dns] {
            for address in ["192.0.2.1", "203.0.113.9", "2001:db8::1", "100.63.0.1", "172.32.0.1"] {
                check_one(address, origin, "fine");
            }
        }
    }

    #[test]
    fn private_addresses_are_dialled_if_the_status_has_them_or_the_operator_allows_them() {
        let private = "10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 198.18.0.1
            fc00::1 fd12:3456::1 fec0::1 ::ffff:10.0.0.1 64:ff9b::10.0.0.1 2002:0a00:0001::1
            ::ffff:0:10.0.0.1 64:ff9b:1::192.0.2.1 64:ff9b:1:c000:2:100:: 2001::1";
        for address in private.split_whitespace() {
            check_one(address, Origin::Status, "fine");
            check_one(address, Origin::Dns, "aimed");
        }
        check_one("10.1.2.3", Origin::Dns, "allowed");
        check_one("::ffff:10.1.2.3", Origin::Dns, "allowed");
        check_one("fd12:3456::1", Origin::Dns, "allowed");
    }

    #[test]
    fn the_machine_its_link_and_its_cloud_are_never_dialled_whatever_is_allowed() {
        let plain = "127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 169.254.0.1 169.254.169.254
            100.100.100.200 168.63.129.16 192.0.0.192 224.0.0.1 239.255.255.255 240.0.0.1
            255.255.255.255 :: ::1 fe80::1 febf::1 ff02::1 fd00:ec2::254 fd20:ce::254
            fd00:c1::a9fe:a9fe fd00:42::42 fd00:a9fe:a9fe::1 fd00:100::100:200";
        let in_other_clothes = "::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:0.0.0.0 ::127.0.0.1
            64:ff9b::169.254.169.254 64:ff9b::127.0.0.1 2002:7f00:0001::1 2002:a9fe:a9fe::1
            ::ffff:0:169.254.169.254 ::ffff:0:127.0.0.1 64:ff9b:1::169.254.169.254
            64:ff9b:1:a9fe:a9:fe00:: 64:ff9b:1:7f00:0:100::";
        let everything = ["0.0.0.0/0", "::/0"].map(|text| text.parse::<Network>().unwrap());
        for address in plain.split_whitespace().chain(in_other_clothes.split_whitespace()) {
            for origin in [Origin::Status, Origin::Dns] {
                check_one(address, origin, "never");
                let got = check(address.parse().unwrap(), origin, &everything);
                assert!(matches!(got, Err(Refusal::Never { .. })), "{address}: {got:?}");
            }
        }
    }

    #[test]
    fn mapped_addresses_are_dialled_as_what_they_are() {
        let mapped = "::ffff:192.0.2.1".parse().unwrap();
        assert_eq!(check(mapped, Origin::Dns, &[]), Ok("192.0.2.1".parse().unwrap()));
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let refused = check("10.0.0.1".parse().unwrap(), Origin::Dns, &[]).unwrap_err();
        assert!(refused.to_string().contains("tls.handshake.allow"), "{refused}");
    }
}
