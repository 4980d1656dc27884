use domain::recommendation::{Advice, Recommendation};
use domain::review::{Choice, Kind, Stage};
use domain::tls::TlsState;
use domain::traffic::Verdict;
use domain::{IngressId, RetirementId, ReviewId};
use serde_json::json;

use super::*;
use crate::export::{Encoder, Format};

fn actor(name: &str) -> Actor {
    let (issuer, subject) = ("https://id.example.com".into(), format!("sub-{name}"));
    Actor::Person { issuer, subject, name: name.into() }
}

fn decision(kind: Kind, reason: &str) -> Decision {
    Decision {
        id: 1,
        team: "shop".into(),
        choice: Choice { routes: vec!["a/".into(), "b/".into()], ..Choice::new(kind, reason) },
        by: actor("Ada"),
        on_behalf: true,
        at: Timestamp::UNIX_EPOCH,
        material_hash: "h1".into(),
        recommendation: Advice::Keep,
        superseded: false,
        undone: false,
    }
}

/// Nobody has decided.
fn open() -> EvidenceRow {
    EvidenceRow {
        campaign: CampaignId(7),
        campaign_name: "Q1".into(),
        review: ReviewId(8),
        ingress: IngressId(9),
        cluster: "prod".into(),
        namespace: "shop".into(),
        name: "web".into(),
        uid: "u-1".into(),
        assignee: "shop".into(),
        stage: Stage::Open,
        outcome: None,
        material_hash: "h1".into(),
        recommendation: Recommendation { advice: Advice::None, reasons: vec!["too young".into()] },
        decision: None,
        basis: None,
        attested_until: None,
        others: Vec::new(),
        changes: Vec::new(),
        comments: Vec::new(),
        retirement: None,
    }
}

/// Retired, and gone.
fn gone() -> EvidenceRow {
    let at = Timestamp::UNIX_EPOCH;
    EvidenceRow {
        stage: Stage::Settled,
        outcome: Some(Outcome::Retired),
        decision: Some(decision(Kind::Retire, "=cmd()")),
        basis: Some(Basis {
            routes: vec!["a/".into()],
            verdict: Verdict::Quiet,
            last_any: Some(at),
            last_success: None,
            source: Some("kong".into()),
            observed_since: Some(at),
            covered: Some(97),
            tls: TlsState::Expired,
            tls_expires: Some(at),
            tls_method: None,
        }),
        others: vec![Decision { superseded: true, ..decision(Kind::Confirm, "still needed") }],
        comments: vec![Comment { at, by: actor("Bo"), text: "really?".into() }],
        retirement: Some(Retirement {
            id: RetirementId(3),
            ingress: IngressId(9),
            review: Some(ReviewId(8)),
            routes: Vec::new(),
            requested_at: at,
            requested_by: "Ada".into(),
            wish: None,
            state: State::Removed { at, proof: "delete-event".into() },
            reason: "=cmd()".into(),
        }),
        ..open()
    }
}

fn line(row: &EvidenceRow) -> Value {
    serde_json::to_value(Evidence(CampaignId(7)).object(row)).unwrap()
}

#[test]
fn both_forms_have_the_same_columns() {
    for row in [open(), gone()] {
        let line = line(&row);
        assert_eq!(line.as_object().unwrap().len(), COLUMNS.len());
        for column in COLUMNS {
            assert!(line.get(column).is_some(), "{column} is not in the object");
        }
    }
}

#[test]
fn a_row_says_who_decided_what_on_which_ground_and_what_came_of_it() {
    let line = line(&gone());
    for (column, expected) in [
        ("outcome", json!("retired")),
        ("decision", json!("retire")),
        ("decided_by", json!("Ada")),
        ("decided_by_subject", json!("sub-Ada")),
        ("on_behalf", json!(true)),
        ("routes", json!(["a/", "b/"])),
        ("traffic_verdict", json!("quiet")),
        ("covered_percent", json!(97)),
        ("tls_state", json!("expired")),
        ("retirement_state", json!("removed")),
        ("retirement_proof", json!("delete-event")),
        ("retirement_why", Value::Null),
    ] {
        assert_eq!(line[column], expected, "{column}");
    }
    let other = &line["other_decisions"][0];
    assert_eq!((&other["decision"], &other["superseded"]), (&json!("confirm"), &json!(true)));
    assert_eq!(line["comments"][0]["text"], "really?");
}

#[test]
fn what_nobody_decided_is_nothing() {
    let line = line(&open());
    for column in ["outcome", "decision", "decided_by", "reason", "tls_state", "retirement"] {
        assert_eq!(line[column], Value::Null, "{column}");
    }
    assert_eq!(line["recommendation_reasons"], json!(["too young"]));
}

#[test]
fn no_cell_is_run_and_lists_are_readable() {
    let mut encoder = Encoder::new(Format::Csv, Evidence(CampaignId(7)));
    let mut bytes = encoder.head();
    bytes.extend(encoder.rows(&[gone()]));
    let text = String::from_utf8(bytes).unwrap();
    let (head, row) = text.split_once("\r\n").unwrap();
    assert!(head.starts_with("campaign,campaign_name,review,"), "{head}");
    assert!(head.ends_with(",retirement_proof,schema_version"), "{head}");
    assert!(row.contains(",'=cmd(),a/; b/,"), "{row}");
    assert!(row.contains("\"\"reason\"\":\"\"still needed\"\""), "{row}");
    assert!(row.ends_with(",delete-event,evidence/1\r\n"), "{row}");
    assert_eq!(Evidence(CampaignId(7)).file(), "campaign-7");
}
