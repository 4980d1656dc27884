//! Every deadline and pause of the sync, in one place. Tests shorten them.

use std::time::Duration;

/// Deadlines and pauses of the sync.
#[derive(Debug, Clone)]
pub struct Timing {
    /// A page of a list must have arrived whole by then. kube gives lists no deadline.
    pub list_page: Duration,
    /// The API server is asked to end a watch after so long, so that its end proves it alive.
    pub watch: Duration,
    /// A watch that is silent for longer is dead, whatever the connection says.
    pub watch_idle: Duration,
    /// A watch that ends sooner than this has proved nothing and is not reopened at once.
    pub watch_shortest: Duration,
    /// The list is compared in full at least so often, to repair what events missed.
    pub full_list: Duration,
    /// The first pause after a failure; it doubles with every further one.
    pub pause_first: Duration,
    /// The longest pause after a failure.
    pub pause_longest: Duration,
    /// For how long a state older than one already seen is taken for a lagging server. After
    /// that it is taken for a restored cluster, and believed.
    pub older_state: Duration,
    /// Ingresses wait at most so long for what they are judged by.
    pub surroundings: Duration,
    /// How often the sync status is written to the store.
    pub save_status: Duration,
    /// Objects on a page of a list.
    pub page_size: usize,
    /// Deadlines and pauses of looking at certificates.
    pub certificates: crate::certificates::Timing,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            list_page: Duration::from_secs(30),
            watch: Duration::from_secs(30),
            watch_idle: Duration::from_secs(45),
            watch_shortest: Duration::from_secs(1),
            full_list: Duration::from_secs(30 * 60),
            pause_first: Duration::from_millis(500),
            pause_longest: Duration::from_secs(30),
            older_state: Duration::from_secs(120),
            surroundings: Duration::from_secs(10),
            save_status: Duration::from_secs(10),
            page_size: 500,
            certificates: crate::certificates::Timing::default(),
        }
    }
}
