//! The pause before another attempt: doubling, with jitter, and never shorter than asked for.

use std::time::Duration;

use super::failure::Failure;
use crate::Timing;

/// An API server may ask for a pause, but not for ever.
const LONGEST_ASKED: Duration = Duration::from_secs(300);

/// One backoff; every follower has its own.
#[derive(Debug)]
pub(crate) struct Pause {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Pause {
    pub(crate) fn new(timing: &Timing) -> Self {
        let (first, longest) = (timing.pause_first, timing.pause_longest);
        Self { first, longest, next: first }
    }

    /// After a success.
    pub(crate) fn reset(&mut self) {
        self.next = self.first;
    }

    /// Waits after a failure, for half to all of the current pause.
    pub(crate) async fn after(&mut self, failure: &Failure) {
        tokio::time::sleep(self.length(failure, fastrand::f64())).await;
    }

    fn length(&mut self, failure: &Failure, chance: f64) -> Duration {
        let own = self.next.mul_f64(0.5 + chance / 2.0);
        self.next = (self.next * 2).min(self.longest);
        match failure {
            Failure::Wait { after, .. } => own.max((*after).min(LONGEST_ASKED)),
            _ => own,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_begin_again_after_a_success() {
        let mut pause = Pause::new(&Timing::default());
        let take = |pause: &mut Pause| pause.length(&Failure::Fruitless, 1.0).as_millis();
        let taken: Vec<_> = (0..8).map(|_| take(&mut pause)).collect();
        assert_eq!(taken, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
        pause.reset();
        assert_eq!(take(&mut pause), 500);
    }

    #[test]
    fn an_asked_for_pause_is_kept_within_reason() {
        let mut pause = Pause::new(&Timing::default());
        let mut wait = |seconds| {
            let after = Duration::from_secs(seconds);
            pause.length(&Failure::Wait { status: 429, message: String::new(), after }, 0.0)
        };
        assert_eq!(wait(7), Duration::from_secs(7));
        assert_eq!(wait(86_400), Duration::from_secs(300));
    }
}
