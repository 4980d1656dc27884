//! Whose word is taken for where a request comes from.

use std::net::IpAddr;

use ipnet::IpNet;

use super::super::given::{Source, Written};
use super::super::keys::Text;
use super::Error;

/// The proxies whose `X-Forwarded-For` is believed.
pub fn trusted(given: Option<Written<Vec<Text>>>) -> Result<Vec<IpNet>, Error> {
    let Some(Written { keys, source }) = given else { return Ok(Vec::new()) };
    keys.iter().map(|text| network(text, &source)).collect()
}

fn network(given: &Text, source: &Source) -> Result<IpNet, Error> {
    let text = given.value.trim();
    let single = |_| text.parse::<IpAddr>().map(IpNet::from);
    let network = text.parse::<IpNet>().or_else(single).map_err(|_| {
        let message = format!("`trustedProxies`: {text:?} is neither an address nor a range");
        source.refuse(given, message).hint("examples: 10.0.0.0/8, 192.0.2.7, 2001:db8::/32")
    })?;
    if network.prefix_len() == 0 {
        let message =
            format!("`trustedProxies`: {text:?} is everybody, who could then say anything");
        return Err(source.refuse(given, message).hint("name the addresses of your proxies"));
    }
    Ok(network.trunc())
}
