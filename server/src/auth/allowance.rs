//! How much strangers may write into the audit chain. Nothing is ever removed from it, and a sign-in
//! that comes to nothing costs nobody anything: without a measure anybody could fill the disk.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

/// Entries at once: no organisation has so many failures in an hour.
const AT_ONCE: NonZeroU32 = NonZeroU32::new(1_000).expect("not zero");
/// Then one after so long.
const APART: Duration = Duration::from_secs(60);

/// Counts the entries. What was left out is told by the next one; the log has every failure.
pub struct Allowance {
    entries: DefaultDirectRateLimiter,
    left_out: AtomicU64,
}

impl Default for Allowance {
    fn default() -> Self {
        let quota = Quota::with_period(APART).expect("not zero").allow_burst(AT_ONCE);
        Self { entries: RateLimiter::direct(quota), left_out: AtomicU64::new(0) }
    }
}

impl Allowance {
    /// Whether there may be one more entry, and how many were left out since the last one.
    pub fn one_more(&self) -> Option<u64> {
        if self.entries.check().is_ok() {
            return Some(self.left_out.swap(0, Ordering::Relaxed));
        }
        self.left_out.fetch_add(1, Ordering::Relaxed);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_write_so_many_entries_and_the_rest_is_counted() {
        let allowance = Allowance::default();
        let written = (0..2_000).filter_map(|_| allowance.one_more()).count();
        assert!((1_000..1_010).contains(&written), "{written}");
        let left_out = allowance.left_out.load(Ordering::Relaxed);
        assert!((900..=1_000).contains(&left_out), "{left_out}");
    }
}
