//! A clock whose hands can be moved while it runs: it is ahead of the system's by what stands in a
//! small file. The demo's Routebook and everything around it go by the same file, so that tokens,
//! traffic and holds agree on what day it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

/// The name of the file, which lies beside the database.
pub const FILE: &str = "clock-offset";

/// Answers what time it is.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A clock that reads the file each time; without one it is the system's.
pub fn clock(file: Option<PathBuf>) -> Clock {
    Arc::new(move || {
        let ahead = file.as_deref().map_or(SignedDuration::ZERO, ahead);
        system().checked_add(ahead).unwrap_or(Timestamp::MAX)
    })
}

/// By how much the file says that the clock is ahead: seconds, as text. A file that is not there, or
/// says something else, is nothing.
pub fn ahead(file: &Path) -> SignedDuration {
    let seconds = fs::read_to_string(file).ok().and_then(|text| text.trim().parse().ok());
    SignedDuration::from_secs(seconds.unwrap_or(0))
}

#[expect(clippy::disallowed_methods, reason = "time goes on while the program runs")]
fn system() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hands_are_moved_while_it_runs() {
        let name = format!("sandbox-hands-{}", std::process::id());
        let file = std::env::temp_dir().join(name);
        let clock = clock(Some(file.clone()));
        let began = system();
        assert!(clock().duration_since(began) < SignedDuration::from_hours(1));
        fs::write(&file, "7776000\n").unwrap();
        assert_eq!(ahead(&file), SignedDuration::from_hours(90 * 24));
        assert!(clock().duration_since(began) >= SignedDuration::from_hours(90 * 24));
        fs::write(&file, "soon").unwrap();
        assert!(clock().duration_since(began) < SignedDuration::from_hours(1));
        fs::remove_file(&file).unwrap();
    }
}
