//! What Prometheus scrapes at one address: which processes ran there, and when nobody looked.

use std::time::Duration;

use jiff::Timestamp;

/// The life of one scraped address. Scrapes happen at whole multiples of the interval.
#[derive(Debug, Clone)]
pub struct Target {
    every: i64,
    from: i64,
    until: i64,
    /// From start to end, the end excluded.
    processes: Vec<(i64, i64)>,
    /// When Prometheus itself did not look.
    unseen: Vec<(i64, i64)>,
}

/// What a scrape at some time met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scrape {
    /// A process that runs since then.
    Process(i64),
    /// No process where one should be.
    Down,
    /// There was no scrape.
    Unseen,
    /// The target did not exist.
    Gone,
}

/// Scrapes of one process, one after another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub first: i64,
    pub last: i64,
    /// When the process started.
    pub origin: i64,
}

impl Target {
    /// A target that never restarts, from a moment on.
    pub fn new(from: Timestamp, every: Duration) -> Self {
        let from = from.as_millisecond();
        let every = i64::try_from(every.as_millis()).unwrap_or(i64::MAX).max(1);
        let processes = vec![(from, i64::MAX)];
        Self { every, from, until: i64::MAX, processes, unseen: Vec::new() }
    }

    /// The same, taken away at a moment.
    #[must_use]
    pub fn until(mut self, at: Timestamp) -> Self {
        self.until = at.as_millisecond();
        self.cut(self.until, i64::MAX);
        self
    }

    /// The same with a restart: counters begin anew.
    #[must_use]
    pub fn restarted(mut self, at: Timestamp) -> Self {
        let at = at.as_millisecond();
        self.cut(at, at);
        self
    }

    /// The same with an outage: `up` is 0, and nothing else is there.
    #[must_use]
    pub fn down(mut self, from: Timestamp, until: Timestamp) -> Self {
        self.cut(from.as_millisecond(), until.as_millisecond());
        self
    }

    /// The same with a gap: Prometheus did not look, and has no samples, not even of `up`.
    #[must_use]
    pub fn unseen(mut self, from: Timestamp, until: Timestamp) -> Self {
        self.unseen.push((from.as_millisecond(), until.as_millisecond()));
        self.unseen.sort_unstable();
        self
    }

    fn cut(&mut self, from: i64, until: i64) {
        let halves = |&(start, end): &(i64, i64)| [(start, end.min(from)), (start.max(until), end)];
        let pieces = self.processes.iter().flat_map(halves);
        self.processes = pieces.filter(|(start, end)| start < end).collect();
    }

    /// The time between two scrapes.
    pub(super) fn every(&self) -> i64 {
        self.every
    }

    /// The time of the last scrape at or before a moment, whatever it met.
    pub(super) fn scrape_before(&self, at: i64) -> i64 {
        at - at.rem_euclid(self.every)
    }

    /// The first one at or after a moment.
    pub(super) fn scrape_after(&self, at: i64) -> i64 {
        self.scrape_before(at.saturating_add(self.every - 1))
    }

    /// The times of all scrapes from `from` to `until`, both included, while there is a target.
    pub(super) fn scrapes(&self, from: i64, until: i64) -> impl Iterator<Item = i64> + use<> {
        let (every, last) = (self.every, until.min(self.until.saturating_sub(1)));
        let first = self.scrape_after(from.max(self.from));
        (0..).map(move |number| first + number * every).take_while(move |at| *at <= last)
    }

    /// What the scrape at a time met.
    pub(super) fn scrape(&self, at: i64) -> Scrape {
        if at < self.from || at >= self.until {
            return Scrape::Gone;
        }
        if self.unseen.iter().any(|(from, until)| (*from..*until).contains(&at)) {
            return Scrape::Unseen;
        }
        let next = self.processes.partition_point(|(start, _)| *start <= at);
        match next.checked_sub(1).map(|last| self.processes[last]) {
            Some((start, end)) if at < end => Scrape::Process(start),
            _ => Scrape::Down,
        }
    }

    /// The scrapes that met a process, from `from` to `until`, both included.
    pub(super) fn spans(&self, from: i64, until: i64) -> Vec<Span> {
        let mut spans = Vec::new();
        let begun = self.processes.partition_point(|(_, end)| *end <= from);
        let running = self.processes[begun..].iter().take_while(|(start, _)| *start <= until);
        for &(origin, end) in running {
            let (mut start, stop) = (origin.max(from), end.min(until.saturating_add(1)));
            for &(gap, over) in self.unseen.iter().filter(|(_, over)| *over > from) {
                if gap >= stop {
                    break;
                }
                spans.extend(self.span(start, gap, origin));
                start = start.max(over);
            }
            spans.extend(self.span(start, stop, origin));
        }
        spans
    }

    /// The scrapes from `start` to before `stop`, if any.
    fn span(&self, start: i64, stop: i64, origin: i64) -> Option<Span> {
        let (first, last) = (self.scrape_after(start), self.scrape_before(stop.saturating_sub(1)));
        (first <= last).then_some(Span { first, last, origin })
    }
}
