//! How it ends: in order, at once for streams, and with exit code 0.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::support::{Site, routebook};

/// Less than the grace for requests under way: a stream must not use it up.
const SOON: Duration = Duration::from_secs(8);

#[tokio::test]
async fn an_open_stream_says_the_revision_and_ends_with_the_server() {
    let mut site = Site::start().await;
    let mut events = site.get("/events").send().await.unwrap();
    assert_eq!(events.headers()["content-type"], "text/event-stream");
    let first = events.chunk().await.unwrap().unwrap();
    assert!(first.starts_with(b"event: revision\ndata: "), "{first:?}");
    site.stop();
    assert!(events.chunk().await.unwrap().is_none(), "the stream ends");
    tokio::time::timeout(SOON, site.running).await.expect("it ends soon").unwrap().unwrap();
}

#[test]
fn a_signal_ends_the_process_in_order() {
    let folder = TempDir::new().unwrap();
    for signal in ["-INT", "-TERM"] {
        let free =
            [("ROUTEBOOK_LISTEN", "127.0.0.1:0"), ("ROUTEBOOK_METRICS_LISTEN", "127.0.0.1:0")];
        let mut process =
            routebook(folder.path(), &["serve"], &free).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap()).lines().map(Result::unwrap);
        let ready = log.find(|line| line.contains("ready at http://localhost:8080/"));
        assert!(ready.is_some(), "it never was ready");
        let process_id = process.id().to_string();
        assert!(Command::new("kill").args([signal, &process_id]).status().unwrap().success());
        assert!(log.any(|line| line.contains("stopped")), "it closed the store");
        assert_eq!(process.wait().unwrap().code(), Some(0), "{signal}");
    }
}
