//! What is noted of the audit trail in the log, outside of the database.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{assert_found, assert_in_order, head, record, verify_database};
use crate::support::{Log, Site, routebook};

/// Serves a folder's database until it is ready, ends it, and answers its log.
fn served(folder: &Path) -> String {
    let environment = [
        ("ROUTEBOOK_DATABASE", "routebook.db"),
        ("ROUTEBOOK_LISTEN", "127.0.0.1:0"),
        ("ROUTEBOOK_METRICS_LISTEN", "127.0.0.1:0"),
    ];
    let mut process =
        routebook(folder, &["serve"], &environment).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(process.stderr.take().unwrap()).lines();
    let mut log = String::new();
    for line in lines.map(Result::unwrap) {
        log.push_str(&format!("{line}\n"));
        if line.contains("ready at") {
            let id = process.id().to_string();
            assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        }
    }
    assert!(process.wait().unwrap().success(), "{log}");
    log
}

#[tokio::test]
async fn a_log_shows_that_the_end_was_cut_off() {
    let site = Site::start().await;
    record(&site, 5).await;
    let older = site.store.path().with_file_name("older.db");
    store::backup(site.store.path(), &older).await.unwrap();
    record(&site, 4).await;
    let head = head(&site).await;
    let closed = site.close().await;
    let log = served(closed.folder.path());
    assert!(log.contains(&format!("audit checkpoint {head}")), "{log}");
    let file = closed.folder.path().join("routebook.log");
    std::fs::write(&file, log).unwrap();
    let noted = ["--log", file.to_str().unwrap()];
    assert_in_order(&verify_database(&closed.folder.path().join("routebook.db"), &noted));
    assert_found(&verify_database(&older, &noted), "an older copy");
}

#[tokio::test]
async fn how_far_it_has_come_is_noted_once_for_each_start() {
    let log = Log::listen();
    let site = Site::start().await;
    let noted = format!("audit checkpoint {}", record(&site, 3).await);
    let mut site = site.restart(|_| {}).await;
    for times in 1..4 {
        assert_eq!(log.text().matches(&noted).count(), times, "{}", log.text());
        site = site.restart(|_| {}).await;
    }
}
