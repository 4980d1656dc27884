//! How often somebody may try to sign in. Each try makes a row and asks the provider, and nobody has
//! to be known for it.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::Clock as _;
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::address::ClientAddress;
use super::errors;
use crate::auth;

/// At once from one address; people behind one router share it.
const OF_ONE: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
/// Then one after so long.
const APART: Duration = Duration::from_secs(3);

/// At once from everywhere.
const OF_ALL: NonZeroU32 = NonZeroU32::new(200).expect("not zero");
/// Then so many a second.
const A_SECOND: NonZeroU32 = NonZeroU32::new(20).expect("not zero");

/// Addresses that have not tried for long are forgotten after so many tries.
const TIDIED_AFTER: u32 = 1_000;

/// The two halves of a sign-in, each with a limit of its own.
#[derive(Debug, Clone, Copy)]
pub enum Half {
    /// On the way to the provider.
    Begin,
    /// Back from it.
    Answer,
}

/// Counts the tries.
pub struct Tries {
    begins: DefaultKeyedRateLimiter<IpAddr>,
    answers: DefaultKeyedRateLimiter<IpAddr>,
    all: DefaultDirectRateLimiter,
    count: AtomicU32,
}

impl Default for Tries {
    fn default() -> Self {
        let of_one = Quota::with_period(APART).expect("not zero").allow_burst(OF_ONE);
        Self {
            begins: RateLimiter::keyed(of_one),
            answers: RateLimiter::keyed(of_one),
            all: RateLimiter::direct(Quota::per_second(A_SECOND).allow_burst(OF_ALL)),
            count: AtomicU32::new(0),
        }
    }
}

impl Tries {
    /// Counts a try, or says how long to wait. Who is refused alone takes nothing from the others.
    fn one_more(&self, half: Half, address: IpAddr) -> Result<(), Duration> {
        let of_one = match half {
            Half::Begin => &self.begins,
            Half::Answer => &self.answers,
        };
        self.tidy();
        let now = self.all.clock().now();
        of_one.check_key(&network(address)).map_err(|until| until.wait_time_from(now))?;
        self.all.check().map_err(|until| until.wait_time_from(now))
    }

    fn tidy(&self) {
        if self.count.fetch_add(1, Ordering::Relaxed).is_multiple_of(TIDIED_AFTER) {
            self.begins.retain_recent();
            self.answers.retain_recent();
        }
    }
}

/// Whoever has an address of IPv6 has the other 2^64 of its network too.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

/// Refuses who tries too often.
pub async fn limit(
    State((tries, half)): State<(Arc<Tries>, Half)>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    request: Request,
    next: Next,
) -> Response {
    if let Some(refused) = auth::not_chosen(request.headers()) {
        return refused;
    }
    match tries.one_more(half, address) {
        Ok(()) => next.run(request).await,
        Err(wait) => too_often(wait),
    }
}

fn too_often(wait: Duration) -> Response {
    let sentence = "There were too many sign-ins from here in a short time. Wait some seconds, and \
                    try again.";
    let mut answer = errors::page(StatusCode::TOO_MANY_REQUESTS, "Too often", sentence);
    let seconds = HeaderValue::from(wait.as_secs() + 1);
    answer.headers_mut().insert(header::RETRY_AFTER, seconds);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_held_back_and_others_are_not() {
        let tries = Tries::default();
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        for _ in 0..10 {
            assert_eq!(tries.one_more(Half::Begin, address("192.0.2.1")), Ok(()));
        }
        let wait = tries.one_more(Half::Begin, address("192.0.2.1")).unwrap_err();
        assert!(wait <= APART, "{wait:?}");
        assert_eq!(tries.one_more(Half::Answer, address("192.0.2.1")), Ok(()));
        assert_eq!(tries.one_more(Half::Begin, address("192.0.2.2")), Ok(()));
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let check = |address: &str, expected: &str| {
            assert_eq!(network(address.parse().unwrap()).to_string(), expected);
        };
        check("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::");
        check("192.0.2.1", "192.0.2.1");
    }

    #[test]
    fn many_addresses_together_are_held_back() {
        let tries = Tries::default();
        let from = |n: u32| tries.one_more(Half::Begin, IpAddr::V4(n.into()));
        let passed = (0..1_000).filter(|&n| from(n).is_ok()).count();
        assert!((200..300).contains(&passed), "{passed}");
    }
}
