//! Every deadline and pause of looking at certificates. Tests shorten them.

use std::time::Duration;

/// Deadlines and pauses of looking at certificates.
#[derive(Debug, Clone)]
pub struct Timing {
    /// A name must have been resolved by then.
    pub resolve: Duration,
    /// A connection must have been made by then.
    pub connect: Duration,
    /// A connection and the handshake over it must have been made by then.
    pub handshake: Duration,
    /// How often it is asked which hosts there are, so that new ones are not waited for.
    pub look_for_hosts: Duration,
    /// How often Secrets are read.
    pub secrets: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            resolve: Duration::from_secs(5),
            connect: Duration::from_secs(5),
            handshake: Duration::from_secs(10),
            look_for_hosts: Duration::from_secs(120),
            secrets: Duration::from_secs(300),
        }
    }
}
