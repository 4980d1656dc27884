//! The binary: exit codes, and the lines that a person reads.

use std::fs::{File, read, write};
use std::net::TcpListener;
use std::path::Path;

use tempfile::TempDir;

use crate::support::{Ended, finish, routebook};

fn run(folder: &Path, arguments: &[&str]) -> Ended {
    finish(routebook(folder, arguments, &[]))
}

/// Runs in a new folder with this `routebook.yaml`.
fn with_config(yaml: &str, arguments: &[&str]) -> Ended {
    let folder = TempDir::new().unwrap();
    write(folder.path().join("routebook.yaml"), yaml).unwrap();
    run(folder.path(), arguments)
}

/// Few plain lines: what, where, the way out.
fn refused(ended: &Ended, code: i32, parts: &[&str]) {
    assert_eq!(ended.code, Some(code), "{}", ended.err);
    assert!(ended.out.is_empty(), "{}", ended.out);
    assert!(ended.err.starts_with("error: "), "{}", ended.err);
    assert!(ended.err.lines().count() <= 3, "{}", ended.err);
    for part in parts {
        assert!(ended.err.contains(part), "{part:?} is not in\n{}", ended.err);
    }
}

#[test]
fn the_version_is_told() {
    let folder = TempDir::new().unwrap();
    let ended = run(folder.path(), &["--version"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "routebook 0.1.0\n"));
}

#[test]
fn a_command_line_that_is_none_ends_with_2() {
    let folder = TempDir::new().unwrap();
    for arguments in [
        &["serv"][..],
        &["serve", "--port", "1"],
        &["sync"],
        &["backup"],
        &["export"],
        &["export", "inventory", "--format", "xml"],
        &["sync", "--once", "--accept-new-identity", "Not-A-Name"],
        &[],
    ] {
        let ended = run(folder.path(), arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.err);
        assert!(
            ended.err.contains("Usage:") || ended.err.contains("try '--help'"),
            "{}",
            ended.err
        );
    }
}

#[test]
fn a_wrong_configuration_ends_every_command_with_2() {
    for command in [&["serve"][..], &["config", "check"], &["config", "print"], &["migrate"]] {
        let ended = with_config("listn: x", command);
        refused(&ended, 2, &["routebook.yaml:1:1: unknown key `listn`", "did you mean `listen`?"]);
    }
    let ended = with_config("listen: 0.0.0.0:8080", &["serve"]);
    refused(&ended, 2, &["routebook.yaml:1:9", "`auth` is not set up", "kubectl port-forward"]);
    let ended = with_config("", &["serve", "--config", "other.yaml"]);
    refused(&ended, 2, &["cannot read the configuration file other.yaml", "--config"]);
    let folder = TempDir::new().unwrap();
    let variable = [("ROUTEBOOK_LISTN", "x")];
    let ended = finish(routebook(folder.path(), &["serve"], &variable));
    refused(&ended, 2, &["unknown environment variable `ROUTEBOOK_LISTN`"]);
}

#[test]
fn the_configuration_file_is_named_before_or_after_the_command() {
    let folder = TempDir::new().unwrap();
    write(folder.path().join("my.yaml"), "log: {level: trace}").unwrap();
    for arguments in [
        ["--config", "my.yaml", "config", "print"],
        ["config", "--config", "my.yaml", "print"],
        ["config", "print", "--config", "my.yaml"],
    ] {
        let ended = run(folder.path(), &arguments);
        assert!(ended.out.contains("level: trace"), "{arguments:?} {} {}", ended.out, ended.err);
    }
    let variable = [("ROUTEBOOK_CONFIG", "my.yaml")];
    let ended = finish(routebook(folder.path(), &["config", "print"], &variable));
    assert!(ended.out.contains("level: trace"));
}

#[test]
fn a_check_says_what_would_be_done_and_touches_nothing() {
    let folder = TempDir::new().unwrap();
    let yaml =
        "clusters: [{name: prod, kubeconfig: kube.yaml, context: a}, {name: b, inCluster: yes}]";
    write(folder.path().join("routebook.yaml"), yaml).unwrap();
    let ended = run(folder.path(), &["config", "check"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    for part in [
        "routebook.yaml is usable.",
        "http://localhost:8080/ on 127.0.0.1:8080",
        "data/routebook.db (is made at the first start)",
        "cluster prod: context a of kube.yaml (which is not there now)",
        "cluster b: the service account of the pod",
        "  traffic: not measurable; add a source under `traffic:`",
        "  TLS:     cert-manager",
    ] {
        assert!(ended.out.contains(part), "{part:?} is not in\n{}", ended.out);
    }
    assert!(!folder.path().join("data").exists());
}

#[test]
fn a_taken_port_is_named_with_its_key() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let ended = with_config(&format!("listen: {address}\nmetricsListen: 127.0.0.1:0"), &["serve"]);
    refused(&ended, 1, &[&format!("cannot listen on {address}"), "`listen:`"]);
    let ended = with_config(&format!("listen: 127.0.0.1:0\nmetricsListen: {address}"), &["serve"]);
    refused(&ended, 1, &[&format!("cannot listen on {address}"), "`metricsListen:`"]);
}

#[test]
fn a_sync_needs_clusters_and_known_names() {
    refused(&with_config("", &["sync", "--once"]), 2, &["no cluster is configured", "`clusters:`"]);
    let arguments = ["sync", "--once", "--accept-new-identity", "prod", "other"];
    let ended = with_config("clusters: [{name: prod}]", &arguments);
    refused(&ended, 2, &["--accept-new-identity other", "no cluster of this name"]);
}

/// A folder whose database was made by `migrate`.
fn migrated() -> TempDir {
    let folder = TempDir::new().unwrap();
    write(folder.path().join("routebook.yaml"), "database: r.db").unwrap();
    let ended = run(folder.path(), &["migrate"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("schema"), "{}", ended.out);
    folder
}

#[test]
fn a_database_that_cannot_be_used_is_refused_with_the_way_out() {
    let ended = with_config("database: .", &["migrate"]);
    refused(&ended, 1, &["cannot open the database"]);

    let folder = migrated();
    write(folder.path().join("r.db"), "not a database, but long enough to be one".repeat(99))
        .unwrap();
    refused(&run(folder.path(), &["migrate"]), 1, &["r.db is damaged", "restore the last backup"]);
}

#[test]
fn a_newer_database_is_refused() {
    let folder = migrated();
    let file = folder.path().join("r.db");
    let mut bytes = read(&file).unwrap();
    // SQLite's `user_version` (sqlite.org/fileformat2.html#user_version_number).
    bytes[60..64].copy_from_slice(&9999_u32.to_be_bytes());
    write(&file, bytes).unwrap();
    let ended = run(folder.path(), &["migrate"]);
    refused(&ended, 1, &["written by a newer Routebook (schema 9999", "restore a backup"]);
}

#[test]
fn a_database_in_use_is_refused_but_can_be_backed_up() {
    let folder = migrated();
    let lock = File::open(folder.path().join("r.db.lock")).unwrap();
    lock.try_lock().unwrap();
    refused(&run(folder.path(), &["migrate"]), 1, &["in use by another Routebook process"]);

    let ended = run(folder.path(), &["backup", "copy.db"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.starts_with("wrote copy.db ("), "{}", ended.out);
    let variable = [("ROUTEBOOK_DATABASE", "copy.db")];
    let opened = finish(routebook(folder.path(), &["migrate"], &variable));
    assert_eq!(opened.code, Some(0));
}

#[test]
fn a_backup_replaces_nothing_and_makes_no_database() {
    let folder = migrated();
    write(folder.path().join("copy.db"), "precious").unwrap();
    let ended = run(folder.path(), &["backup", "copy.db"]);
    refused(&ended, 1, &["copy.db exists already", "name another one"]);
    assert_eq!(read(folder.path().join("copy.db")).unwrap(), b"precious");

    let ended = with_config("database: missing.db", &["backup", "copy.db"]);
    refused(&ended, 1, &["missing.db"]);
}
