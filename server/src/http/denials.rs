//! Writes into the audit chain who was refused what. Once a minute for each person and path: a page
//! that asks again and again is not news. Who tries one path after the other is news only so often:
//! nothing is ever removed from the chain, and its writer is needed for other things.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::extract::Request;
use domain::audit::{Action, Actor, Draft};
use domain::rights::Right;
use domain::user::Visitor;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde_json::json;

use super::address::ClientAddress;
use crate::state::State;

/// Longer paths are no addresses of ours.
const LONGEST_PATH: usize = 200;

/// What was written more than a minute ago is forgotten after so many refusals.
const TIDIED_AFTER: u32 = 1_000;

/// Entries about one person at once, whatever they ask for.
const OF_ONE: NonZeroU32 = NonZeroU32::new(100).expect("not zero");
/// Then one after so long.
const APART: Duration = Duration::from_secs(60);

/// Remembers what was written in the last minute.
pub struct Denials {
    written: DefaultKeyedRateLimiter<(i64, String)>,
    of_one: DefaultKeyedRateLimiter<i64>,
    count: AtomicU32,
}

impl Default for Denials {
    fn default() -> Self {
        let once_a_minute = Quota::per_minute(NonZeroU32::MIN);
        let of_one = Quota::with_period(APART).expect("not zero").allow_burst(OF_ONE);
        Self {
            written: RateLimiter::keyed(once_a_minute),
            of_one: RateLimiter::keyed(of_one),
            count: AtomicU32::new(0),
        }
    }
}

impl Denials {
    fn is_news(&self, user: i64, path: &str) -> bool {
        if self.count.fetch_add(1, Ordering::Relaxed).is_multiple_of(TIDIED_AFTER) {
            self.written.retain_recent();
            self.of_one.retain_recent();
        }
        let is_new = self.written.check_key(&(user, path.to_owned())).is_ok();
        is_new && self.of_one.check_key(&user).is_ok()
    }
}

/// Writes the entry, if it is one. That it cannot be written changes nothing: nobody gets in by it.
pub fn record(
    state: &State,
    visitor: &Visitor,
    needed: Right,
    request: &Request,
) -> impl Future<Output = ()> + use<> {
    let draft = draft(state, visitor, needed, request);
    let store = state.store.clone();
    async move {
        let Some(draft) = draft else { return };
        if let Err(error) = store.record(draft).await {
            tracing::error!("a refusal could not be written into the audit chain: {error}");
        }
    }
}

fn draft(state: &State, visitor: &Visitor, needed: Right, request: &Request) -> Option<Draft> {
    let path: String = request.uri().path().chars().take(LONGEST_PATH).collect();
    let person = visitor.person()?;
    let address = request.extensions().get::<ClientAddress>();
    state.denials.is_news(person.user.id, &path).then(|| Draft {
        at: state.clock.now(),
        actor: Actor::from(visitor),
        action: Action::RightDenied,
        detail: json!({"method": request.method().as_str(), "needed": word(needed)}),
        address: address.map(|address| address.0.to_string()).unwrap_or_default(),
        target: path,
    })
}

fn word(right: Right) -> &'static str {
    match right {
        Right::Anyone => "anyone",
        Right::SignedIn => "signed-in",
        Right::ReadOwn => "read-own",
        Right::ReadAll => "read-all",
        Right::Audit => "audit",
        Right::Review => "review",
        Right::Campaigns => "campaigns",
        Right::Administer => "administer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_refusal_is_written_once_a_minute() {
        let denials = Denials::default();
        assert!(denials.is_news(1, "/audit"));
        assert!(!denials.is_news(1, "/audit"));
        assert!(denials.is_news(1, "/sessions"));
        assert!(denials.is_news(2, "/audit"));
    }

    #[test]
    fn who_tries_path_after_path_does_not_fill_the_chain() {
        let denials = Denials::default();
        let is_news = |number: &u32| denials.is_news(1, &format!("/ingresses/{number}"));
        let written = (0..1_000).filter(is_news).count();
        assert!((100..110).contains(&written), "{written}");
        assert!(denials.is_news(2, "/audit"));
    }
}
