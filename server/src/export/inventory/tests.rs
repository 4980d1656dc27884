use domain::IngressId;
use domain::attestation::Attestation;
use domain::class::{Class, ClassSource};
use domain::inventory::TlsSummary;
use domain::managed::Managed;
use domain::owner::{Owner, OwnerSource};
use domain::problem::{Checks, Problem};
use domain::tls::TlsState;
use domain::traffic::Traffic;
use serde_json::{Value as Json, json};

use super::*;
use crate::export::{Encoder, Format, allowed};

fn row() -> Row {
    let moment = Timestamp::UNIX_EPOCH;
    Row {
        id: IngressId(7),
        cluster: "prod".into(),
        namespace: "shop".into(),
        name: "web".into(),
        uid: "u-1".into(),
        class: Some(Class { name: "nginx".into(), source: ClassSource::Spec }),
        controller: None,
        hosts: vec!["a.example".into(), String::new()],
        host_count: 2,
        route_count: 3,
        addresses: Vec::new(),
        created_at: None,
        first_seen_at: moment,
        changed_at: None,
        removed_at: None,
        owner: Some(Owner {
            name: "=cmd|' /C calc'!A0".into(),
            team: false,
            value: "=cmd|' /C calc'!A0".into(),
            source: OwnerSource::Annotation,
            place: "annotation owner".into(),
            note: Some("says \"a, b\";\r\n-1".into()),
            others: Vec::new(),
        }),
        managed: Managed::default(),
        traffic: Traffic::default(),
        unused_since: None,
        days: Vec::new(),
        tls: TlsSummary {
            state: TlsState::None,
            reason: "the manifest declares no TLS".into(),
            method: None,
            at: None,
            expires_at: None,
            disagreement: None,
        },
        problems: vec![Problem::NoRoutes {}, Problem::NoRoutes {}],
        checks: Checks { classes: true, ..Checks::default() },
        material_hash: "h1".into(),
        attestation: Some(Attestation {
            at: moment,
            until: moment,
            by: "@Ada".into(),
            hash: "h1".into(),
        }),
    }
}

fn text(format: Format, rows: &[Row]) -> String {
    let mut encoder = Encoder::new(format, Inventory::default());
    let mut bytes = encoder.head();
    bytes.extend(encoder.rows(rows));
    String::from_utf8(bytes).unwrap()
}

#[test]
fn csv_is_as_rfc_4180_has_it_and_safe() {
    let text = text(Format::Csv, &[row()]);
    let (head, rest) = text.split_once("\r\n").unwrap();
    assert!(head.starts_with("cluster,namespace,name,uid,owner,"), "{head}");
    assert!(
        head.ends_with(
            ",data_as_of,id,attested_at,attested_until,attested_by,reviewed,schema_version"
        ),
        "{head}"
    );
    assert!(
        rest.starts_with(
            "prod,shop,web,u-1,'=cmd|' /C calc'!A0,false,annotation,high,annotation owner,\
             \"says \"\"a, b\"\";\r\n'-1\",,1970-01-01T00:00:00Z,"
        ),
        "{rest}"
    );
    assert!(
        rest.contains(",a.example *,2,3,,no-routes,services endpoints namespaces,,7,1970-"),
        "{rest}"
    );
    assert!(rest.ends_with(",'@Ada,expired,inventory/1\r\n"), "{rest}");
}

#[test]
fn the_jsonl_twin_has_the_same_columns_and_the_values_as_they_are() {
    let text = text(Format::Jsonl, &[row(), row()]);
    assert_eq!(text.lines().count(), 2);
    let line: Json = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(line["owner"], "=cmd|' /C calc'!A0");
    assert_eq!(line["owner_note"], "says \"a, b\";\r\n-1");
    assert_eq!(line["hosts"], json!(["a.example", ""]));
    assert_eq!(line["host_count"], 2);
    assert_eq!(line["owner_is_team"], false);
    assert_eq!(line["created_at"], Json::Null);
    assert_eq!(line["attested_until"], "1970-01-01T00:00:00Z");
    assert_eq!((&line["attested_by"], &line["reviewed"]), (&json!("@Ada"), &json!("expired")));
    assert_eq!(line["schema_version"], "inventory/1");
    assert_eq!(line.as_object().unwrap().len(), COLUMNS.len() + 1);
}

#[test]
fn columns_with_few_words_hold_no_others() {
    let text = text(Format::Jsonl, &[row()]);
    let line: Json = serde_json::from_str(&text).unwrap();
    for (column, value) in line.as_object().unwrap() {
        let Some(allowed) = allowed(column) else { continue };
        let words = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        for word in words.iter().filter_map(Json::as_str) {
            assert!(allowed.contains(&word), "{column} has {word}");
        }
    }
}
