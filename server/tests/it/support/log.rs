//! What a site logs, as an operator sees it at the highest level.

use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};

use tracing::Dispatch;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;

/// Our own crates; of others operators see warnings only.
const OURS: [&str; 5] = ["server", "app", "observe", "store", "domain"];

/// While only one subscriber exists, tracing asks that of whichever thread is first to log from a place
/// whether the place matters, and remembers the answer: a thread without one would silence the place
/// for everybody. With a second one it asks all there are.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::new()));

/// Everything that is logged on this thread, which is where a test without threads of its own runs
/// its site.
pub struct Log {
    lines: Lines,
    _listening: DefaultGuard,
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Listens until it is dropped.
    pub fn listen() -> Self {
        LazyLock::force(&SECOND);
        let lines = Lines::default();
        let writer = lines.clone();
        let layer = tracing_subscriber::fmt::layer().with_ansi(false);
        let layer = layer.with_writer(move || writer.clone());
        let targets = Targets::new().with_default(LevelFilter::WARN);
        let targets = targets.with_targets(OURS.map(|name| (name, LevelFilter::TRACE)));
        let subscriber = tracing_subscriber::registry().with(layer.with_filter(targets));
        Self { lines, _listening: tracing::subscriber::set_default(subscriber) }
    }

    /// All lines so far.
    pub fn text(&self) -> String {
        String::from_utf8(self.lines.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
