//! The archive with all evidence, and what `routebook audit verify` finds in it without the process.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::{over, taken};
use crate::support::{Ended, Round, finish, routebook};

/// The files of an archive, by name.
type Files = BTreeMap<String, Vec<u8>>;

fn unpacked(bytes: &[u8]) -> Files {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for number in 0..archive.len() {
        let mut file = archive.by_index(number).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        files.insert(file.name().to_owned(), content);
    }
    files
}

/// `routebook audit verify` over a file, where there is no database.
async fn verify(bytes: &[u8], name: &str) -> Ended {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join(name), bytes).unwrap();
    run(folder.path(), &["audit", "verify", "--file", name], &[]).await
}

async fn run(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    let command = routebook(folder, arguments, environment);
    tokio::task::spawn_blocking(|| finish(command)).await.unwrap()
}

/// The archive and the whole audit trail, as an auditor takes them.
async fn files(round: &Round) -> (Vec<u8>, Vec<u8>) {
    let auditor = round.site.sign_in("auditor").await;
    let archive = taken(round, &auditor, "zip").await;
    (archive, auditor.text("/export/audit.jsonl").await.into_bytes())
}

#[tokio::test]
async fn an_archive_has_all_of_it_with_sums() {
    let round = over().await;
    let files = unpacked(&files(&round).await.0);
    let name = format!("campaign-{}", round.id);
    let expected = [
        "SHA256SUMS".to_owned(),
        "audit.jsonl".to_owned(),
        format!("{name}.csv"),
        format!("{name}.jsonl"),
        "completeness.json".to_owned(),
    ];
    assert_eq!(files.keys().cloned().collect::<Vec<_>>(), expected);
    let sums = String::from_utf8(files["SHA256SUMS"].clone()).unwrap();
    assert_eq!(sums.lines().count(), 4, "{sums}");
    for line in sums.lines() {
        let (sum, name) = line.split_once("  ").unwrap();
        let found: String =
            Sha256::digest(&files[name]).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found, sum, "{name}");
    }
    let record: Value = serde_json::from_slice(&files["completeness.json"]).unwrap();
    assert_eq!(record["completeness"]["clusters"][0]["name"], "prod");
    assert_eq!(record["completeness"]["clusters"][0]["in_scope"], 4);
    assert_eq!((&record["state"], &record["outcome"]["exceptions"]), (&json!("closed"), &json!(2)));
    let auditor = round.site.sign_in("auditor").await;
    for form in ["csv", "jsonl"] {
        let alone = taken(&round, &auditor, form).await;
        assert_eq!(files[&format!("{name}.{form}")], alone, "{form}");
    }
}

#[tokio::test]
async fn the_entries_of_an_archive_are_those_of_the_campaign_and_its_own_last() {
    let round = over().await;
    let files = unpacked(&files(&round).await.0);
    let text = String::from_utf8(files["audit.jsonl"].clone()).unwrap();
    let entries: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let actions: Vec<_> = entries.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    let expected = [
        "campaign.created",
        "campaign.opened",
        "review.decided",
        "retirement.requested",
        "review.decided",
        "retirement.cancelled",
        "review.decided",
        "retirement.requested",
        "review.commented",
        "campaign.closed",
        "retirement.proved",
        "export.campaign",
    ];
    assert_eq!(actions, expected);
    let all = round.site.audit().await;
    for entry in &entries {
        let same = all.iter().find(|one| entry["sequence"] == one.sequence).unwrap();
        assert_eq!(entry["hash"], same.hash.to_string(), "{entry}");
    }
}

#[tokio::test]
async fn an_auditor_proves_it_offline() {
    let round = over().await;
    let (archive, trail) = files(&round).await;
    let ended = verify(&archive, "evidence.zip").await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("files, rows and audit entries fit together"), "{}", ended.out);
    let ended = verify(&trail, "audit.jsonl").await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("in order and unchanged"), "{}", ended.out);
}

#[tokio::test]
async fn an_archive_in_which_something_was_changed_is_found_out() {
    let round = over().await;
    let archive = files(&round).await.0;
    // Nothing is compressed, so that a word can be exchanged where it stands.
    for (word, other) in [("closed down", "sold to me"), ("The admin", "The owner")] {
        let at = archive.windows(word.len()).position(|part| part == word.as_bytes()).unwrap();
        let mut forged = archive.clone();
        let other = format!("{other:<width$}", width = word.len());
        forged[at..at + word.len()].copy_from_slice(other.as_bytes());
        let ended = verify(&forged, "forged.zip").await;
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{word}: {}", ended.err);
    }
}

#[tokio::test]
async fn the_command_line_packs_the_same_beside_a_running_server() {
    let round = over().await;
    let folder = TempDir::new().unwrap();
    let database = round.site.store.path().display().to_string();
    let environment = [("ROUTEBOOK_DATABASE", database.as_str())];
    let id = round.id.to_string();
    let arguments = ["export", "campaign", id.as_str(), "--output", "evidence.zip"];
    let ended = run(folder.path(), &arguments, &environment).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(ended.out, "wrote evidence.zip (reviews: 4)\n");
    let packed = std::fs::read(folder.path().join("evidence.zip")).unwrap();
    assert_eq!(verify(&packed, "evidence.zip").await.code, Some(0));
    let auditor = round.site.sign_in("auditor").await;
    let csv = taken(&round, &auditor, "csv").await;
    assert_eq!(unpacked(&packed)[&format!("campaign-{id}.csv")], csv);
    let entries = round.site.audit().await;
    let entry = entries.iter().find(|entry| entry.detail.contains("routebook export")).unwrap();
    assert_eq!((entry.action.as_str(), entry.actor.kind()), ("export.campaign", "system"));
    assert_eq!(entry.target, format!("campaign {id}"));
    let before = entries.len();
    let ended = run(folder.path(), &["export", "campaign", "99"], &environment).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{}", ended.err);
    assert!(ended.err.contains("there is no campaign 99"), "{}", ended.err);
    assert_eq!(round.site.audit().await.len(), before, "nothing was taken away");
}

/// An archive of these files, with sums that fit.
fn packed(files: &Files) -> Vec<u8> {
    let sum = |content: &[u8]| -> String {
        Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let others = files.iter().filter(|(name, _)| name.as_str() != "SHA256SUMS");
    let sums: String =
        others.clone().map(|(name, content)| format!("{}  {name}\n", sum(content))).collect();
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in others {
        archive.start_file(name.as_str(), options).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.start_file("SHA256SUMS", options).unwrap();
    archive.write_all(sums.as_bytes()).unwrap();
    archive.finish().unwrap().into_inner()
}

#[tokio::test]
async fn rows_that_say_something_else_than_the_entries_are_found_out_whatever_the_sums_say() {
    let round = over().await;
    let archive = files(&round).await.0;
    let whole = unpacked(&archive);
    assert_eq!(verify(&packed(&whole), "same.zip").await.code, Some(0));
    let (csv, jsonl) =
        (format!("campaign-{}.csv", round.id), format!("campaign-{}.jsonl", round.id));
    let check = async |change: &dyn Fn(&mut Files), words: &str| {
        let mut files = whole.clone();
        change(&mut files);
        let ended = verify(&packed(&files), "forged.zip").await;
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{words}");
        assert!(ended.err.contains(words), "{words}: {}", ended.err);
    };
    let exchange = |name: &str, from: &str, to: &str| {
        let (name, from, to) = (name.to_owned(), from.to_owned(), to.to_owned());
        move |files: &mut Files| {
            let text = String::from_utf8(files[&name].clone()).unwrap();
            assert!(text.contains(&from), "{from} in {text}");
            files.insert(name.clone(), text.replacen(&from, &to, 1).into_bytes());
        }
    };
    // In both forms alike, so that only the entries tell.
    let both = |from: &[&str; 2], to: &[&str; 2]| {
        let (one, other) = (exchange(&jsonl, from[0], to[0]), exchange(&csv, from[1], to[1]));
        move |files: &mut Files| {
            one(files);
            other(files);
        }
    };
    check(&exchange(&csv, "confirm", "retire!"), "the rows of the CSV are not those").await;
    let reasons = both(&["closed down", "closed down"], &["sold to me", "sold to me"]);
    check(&reasons, "are not those of the audit entries").await;
    let outcomes = both(
        &["\"outcome\":\"exception\"", ",exception,"],
        &["\"outcome\":\"confirmed\"", ",confirmed,"],
    );
    check(&outcomes, "not those that the closing counted").await;
    let places = both(&["\"name\":\"web\"", ",web,"], &["\"name\":\"wbe\"", ",wbe,"]);
    check(&places, "are not those of the audit entries").await;
    let exchanged = |files: &mut Files| {
        both(&["\"outcome\":\"exception\"", ",exception,"], &["\"outcome\":\"-\"", ",-,"])(files);
        both(
            &["\"outcome\":\"confirmed\"", ",confirmed,"],
            &["\"outcome\":\"exception\"", ",exception,"],
        )(files);
        both(&["\"outcome\":\"-\"", ",-,"], &["\"outcome\":\"confirmed\"", ",confirmed,"])(files);
    };
    check(&exchanged, "and nobody decided so last").await;
    let clusters = exchange("completeness.json", "\"in_scope\": 4", "\"in_scope\": 5");
    check(&clusters, "the clusters in completeness.json are not those").await;
    let without_last = |files: &mut Files| {
        for (name, end) in [(&jsonl, "\n"), (&csv, "\r\n")] {
            let text = String::from_utf8(files[name].clone()).unwrap();
            let kept = text.trim_end_matches(end).rsplit_once(end).unwrap().0;
            files.insert(name.clone(), format!("{kept}{end}").into_bytes());
        }
    };
    let mut fewer = whole.clone();
    without_last(&mut fewer);
    assert_eq!(verify(&packed(&fewer), "fewer.zip").await.code, Some(1));
    for name in ["audit.jsonl", "completeness.json", csv.as_str()] {
        let remove = |files: &mut Files| drop(files.remove(name));
        check(&remove, "is not in it").await;
    }
    let add = |files: &mut Files| {
        files.insert("note.txt".to_owned(), b"trust me".to_vec());
    };
    check(&add, "note.txt does not belong into it").await;
}

#[tokio::test]
async fn an_archive_that_has_a_name_twice_is_refused() {
    let round = over().await;
    let archive = files(&round).await.0;
    let mut twice = unpacked(&archive);
    twice.insert("audit.jsonm".to_owned(), twice["audit.jsonl"].clone());
    let mut twice = packed(&twice);
    while let Some(at) = twice.windows(11).position(|part| part == b"audit.jsonm") {
        twice[at..at + 11].copy_from_slice(b"audit.jsonl");
    }
    let ended = verify(&twice, "twice.zip").await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{}", ended.err);
    assert!(ended.err.contains("a name is in the archive twice"), "{}", ended.err);
}
