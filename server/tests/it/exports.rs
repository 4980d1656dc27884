//! The inventory as a file, over HTTP and from the command line.

use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Ended, Site, finish, manifest, routebook};

/// What a spreadsheet could run, and what CSV has to quote.
const DANGEROUS: [&str; 9] = [
    "=cmd|'/C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "a,\"b\";=1+1",
    "line\nbreak\r\n-1",
    "  =1+1",
];

/// An ingress whose class and address are such texts.
fn dangerous((number, text): (usize, &&str)) -> Value {
    let mut manifest = manifest(&format!("n{number}"), text);
    manifest["status"] = json!({"loadBalancer": {"ingress": [{"hostname": text}]}});
    manifest
}

/// The rows of a CSV text by the names of their columns.
fn rows(csv: &str) -> Vec<Value> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let names = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| -> Value {
        names.iter().zip(record.iter()).map(|(name, cell)| (name.to_owned(), json!(cell))).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn no_cell_is_run_and_the_jsonl_twin_has_the_values_as_they_are() {
    let site = Site::start().await;
    let manifests: Vec<Value> = DANGEROUS.iter().enumerate().map(dangerous).collect();
    site.fill(&manifests).await;
    let csv = site.text("/export/inventory.csv?sort=name").await;
    let jsonl = site.text("/export/inventory.jsonl?sort=name").await;
    let rows = rows(&csv);
    assert_eq!(rows.len(), DANGEROUS.len(), "{csv}");
    assert_eq!(jsonl.lines().count(), DANGEROUS.len(), "{jsonl}");
    for ((row, line), text) in rows.iter().zip(jsonl.lines()).zip(DANGEROUS) {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["class"], text);
        assert_eq!(line["addresses"], json!([text]));
        for cell in row.as_object().unwrap().values() {
            let cell = cell.as_str().unwrap();
            for piece in cell.split([';', '\n', '\t', '\r']) {
                let start = piece.trim_start().chars().next();
                assert!(!start.is_some_and(|c| "=+-@".contains(c)), "{cell:?}");
            }
            assert!(!cell.starts_with(['\t', '\r']), "{cell:?}");
        }
        let class = row["class"].as_str().unwrap();
        assert_eq!(class.replace('\'', ""), text.replace('\'', ""), "nothing else was changed");
    }
}

#[tokio::test]
async fn an_export_says_what_it_is() {
    let site = Site::start().await;
    let check = async |path: &str, content_type: &str, name: &str| {
        let answer = site.get(path).send().await.unwrap();
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), content_type);
        assert_eq!(header("content-disposition"), format!("attachment; filename=\"{name}\""));
        assert_eq!(header("x-routebook-schema"), "inventory/1");
        answer.text().await.unwrap()
    };
    let csv = check(
        "/export/inventory.csv",
        "text/csv; charset=utf-8; header=present",
        "routebook-inventory-1970-01-01T000000Z.csv",
    )
    .await;
    assert!(csv.starts_with("cluster,namespace,name,uid,"), "{csv}");
    assert!(csv.ends_with(",schema_version\r\n"), "{csv}");
    let jsonl = check(
        "/export/inventory.jsonl",
        "application/jsonl; charset=utf-8",
        "routebook-inventory-1970-01-01T000000Z.jsonl",
    )
    .await;
    assert_eq!(jsonl, "");
}

#[tokio::test]
async fn the_filters_and_the_order_of_the_page_hold() {
    let site = Site::start().await;
    site.fill(&[manifest("a", "nginx"), manifest("b", "kong"), manifest("c", "nginx")]).await;
    let check = async |query: &str, expected: &[&str]| {
        let csv = site.text(&format!("/export/inventory.csv?{query}")).await;
        assert_eq!(names(&rows(&csv)), expected, "{query}");
    };
    check("", &["a", "b", "c"]).await;
    check("class=nginx&sort=-name", &["c", "a"]).await;
    check("owner=payments&columns=tls&after=nonsense&q=b.example", &["b"]).await;
    check("owner=-", &[]).await;
    let answer = site.get("/export/inventory.csv?tls=wrong").send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["parameter"], "tls");
}

#[tokio::test]
async fn a_long_export_has_every_row_once_and_is_the_same_twice() {
    let site = Site::start().await;
    let manifests: Vec<Value> =
        (0..1_234).map(|number| manifest(&format!("n{number:04}"), "nginx")).collect();
    site.fill(&manifests).await;
    let first = site.text("/export/inventory.csv?sort=-name").await;
    let rows = rows(&first);
    let names = names(&rows);
    assert_eq!((names.len(), names[0], names[1_233]), (1_234, "n1233", "n0000"));
    assert!(names.is_sorted_by(|one, other| one > other));
    assert_eq!(site.text("/export/inventory.csv?sort=-name").await, first);
}

#[tokio::test]
async fn a_row_says_how_each_answer_is_known() {
    let site = Site::start().await;
    site.fill(&[manifest("web", "nginx")]).await;
    let rows = rows(&site.text("/export/inventory.csv").await);
    let cell = |name: &str| rows[0][name].as_str().unwrap();
    assert_eq!((cell("owner"), cell("owner_source")), ("payments", "label"));
    assert_eq!((cell("owner_is_team"), cell("owner_place")), ("false", "label team"));
    assert_eq!(cell("created_at"), "2024-01-02T03:04:05Z");
    assert_eq!((cell("tls_state"), cell("traffic_verdict")), ("none", "not-measurable"));
    assert_eq!((cell("hosts"), cell("host_count")), ("web.example.com", "1"));
    assert_eq!((cell("cluster"), cell("uid")), ("prod", "uid-web"));
    assert_eq!(cell("data_as_of"), "1970-01-01T00:00:00Z");
    assert_eq!(cell("schema_version"), "inventory/1");
}

/// Runs `routebook export inventory` over a site's database, without blocking the site.
async fn export(site: &Site, folder: &TempDir, arguments: &[&str]) -> Ended {
    let database = site.store.path().display().to_string();
    let arguments: Vec<&str> = ["export", "inventory"].iter().chain(arguments).copied().collect();
    let environment = [("ROUTEBOOK_DATABASE", database.as_str())];
    let command: Command = routebook(folder.path(), &arguments, &environment);
    tokio::task::spawn_blocking(|| finish(command)).await.unwrap()
}

#[tokio::test]
async fn the_command_line_exports_beside_a_running_server() {
    let site = Site::start().await;
    site.fill(&[manifest("a", "nginx"), manifest("b", "kong")]).await;
    site.store.save_statuses().await.unwrap();
    let folder = TempDir::new().unwrap();
    let ended = export(&site, &folder, &[]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(ended.out, site.text("/export/inventory.csv").await);

    let arguments = ["--format", "jsonl", "--filter", "?class=kong", "--output", "out.jsonl"];
    let ended = export(&site, &folder, &arguments).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "wrote out.jsonl (ingresses: 1)\n"));
    let written = std::fs::read_to_string(folder.path().join("out.jsonl")).unwrap();
    assert_eq!(written, site.text("/export/inventory.jsonl?class=kong").await);
    assert!(!folder.path().join("out.jsonl.part").exists());
}

#[tokio::test]
async fn an_export_that_cannot_be_says_why() {
    let site = Site::start().await;
    let folder = TempDir::new().unwrap();
    let ended = export(&site, &folder, &["--filter", "colour=red"]).await;
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(ended.err.contains("\"colour\" is not a filter"), "{}", ended.err);

    let ended = export(&site, &folder, &["--output", "nowhere/out.csv"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.err.contains("cannot write nowhere/out.csv"), "{}", ended.err);

    let nothing = [("ROUTEBOOK_DATABASE", "missing.db")];
    let command = routebook(folder.path(), &["export", "inventory"], &nothing);
    let ended = tokio::task::spawn_blocking(|| finish(command)).await.unwrap();
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{}", ended.err);
    assert!(ended.err.contains("missing.db"), "{}", ended.err);
    assert!(!folder.path().join("missing.db").exists());
}
