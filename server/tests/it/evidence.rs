//! The evidence of a campaign: what stands in its files, that taking it is recorded, and that nobody
//! changes it unnoticed.

mod archive;

use serde_json::{Value, json};

use crate::support::{Browser, Round, Setup, act, done, owned};

/// A campaign that is over: `web` was confirmed after another decision, `shop` was retired and is gone,
/// `finder` and `orphan` nobody decided.
async fn over() -> Round {
    let round = Round::new().await;
    let reason = [("reason", "=cmd|'/C calc'!A0")];
    done(round.decide(&round.owner, "web", "retire", &reason).await).await;
    done(round.decide(&round.admin, "web", "confirm", &[("reason", "they are away")]).await).await;
    done(round.decide(&round.owner, "shop", "retire", &[("reason", "closed down")]).await).await;
    let comment = format!("/reviews/{}/comment", round.review("shop").await.review.id);
    done(round.owner.submit(&comment, &act(&[("text", "the lease ended")])).await).await;
    done(round.lead("close", &[]).await).await;
    round.site.delete(&owned("shop", "payments")).await;
    round
}

/// A file as an auditor takes it.
async fn taken(round: &Round, auditor: &Browser, form: &str) -> Vec<u8> {
    let answer = auditor.open(&format!("/export/campaigns/{}.{form}", round.id)).await;
    assert_eq!(answer.status(), 200, "{form}");
    assert_eq!(answer.headers()["x-routebook-schema"], "evidence/1", "{form}");
    let disposition = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(disposition.starts_with("attachment; filename=\"routebook-campaign-"), "{disposition}");
    assert!(disposition.ends_with(&format!(".{form}\"")), "{disposition}");
    answer.bytes().await.unwrap().to_vec()
}

/// The rows of JSON Lines, by the names of the ingresses.
fn lines(text: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(text).unwrap();
    let mut rows: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    rows.sort_by_key(|row| row["name"].as_str().unwrap().to_owned());
    rows
}

#[tokio::test]
async fn there_is_a_row_for_each_review_with_who_said_what_and_what_came_of_it() {
    let round = over().await;
    let auditor = round.site.sign_in("auditor").await;
    let rows = lines(&taken(&round, &auditor, "jsonl").await);
    let names: Vec<_> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["finder", "orphan", "shop", "web"]);
    let check = |row: &Value, expected: Value| {
        for (column, value) in expected.as_object().unwrap() {
            assert_eq!(&row[column], value, "{column} of {row}");
        }
    };
    check(&rows[0], json!({"state": "settled", "outcome": "exception", "decision": null}));
    check(
        &rows[2],
        json!({
            "outcome": "retired", "decision": "retire", "decided_by_subject": "subject-of-owner",
            "reason": "closed down", "on_behalf": false, "retirement_state": "removed",
            "retirement_proof": "the API server reported the deletion",
        }),
    );
    assert_eq!(rows[2]["comments"][0]["text"], "the lease ended");
    check(
        &rows[3],
        json!({
            "outcome": "confirmed", "decision": "confirm", "on_behalf": true,
            "decided_by": "The admin", "attested_until": "2027-03-02T09:00:00Z",
            "traffic_verdict": "not-measurable", "recommendation": "none",
        }),
    );
    let before = &rows[3]["other_decisions"][0];
    check(before, json!({"decision": "retire", "superseded": true, "by": "The owner"}));
    assert_eq!(rows[3]["material_hash"], rows[3]["decided_material_hash"]);
}

#[tokio::test]
async fn the_table_has_the_same_rows_and_no_cell_of_it_is_run() {
    let round = over().await;
    let auditor = round.site.sign_in("auditor").await;
    let csv = taken(&round, &auditor, "csv").await;
    let mut reader = csv::Reader::from_reader(csv.as_slice());
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 4);
    for cell in rows.iter().flatten() {
        for piece in cell.split([';', '\n', '\t', '\r']) {
            let start = piece.trim_start().chars().next();
            assert!(!start.is_some_and(|c| "=+-@".contains(c)), "{cell:?}");
        }
    }
    let text = String::from_utf8(csv).unwrap();
    for part in ["closed down", "the API server reported the deletion", "The admin"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[tokio::test]
async fn taking_it_is_recorded_with_who_took_it() {
    let round = over().await;
    let auditor = round.site.sign_in("auditor").await;
    for form in ["csv", "jsonl", "zip"] {
        taken(&round, &auditor, form).await;
        let entries = round.site.audit().await;
        let last = entries.last().unwrap();
        assert_eq!(last.action, "export.campaign");
        assert_eq!(last.target, format!("campaign {}", round.id));
        assert_eq!(last.actor.subject(), "subject-of-auditor");
        assert_eq!(last.address, auditor.address());
        assert!(last.detail.contains(form), "{}", last.detail);
    }
}

#[tokio::test]
async fn what_was_not_opened_or_is_no_file_is_not_there() {
    let round = Round::with(Setup::default(), &[]).await;
    let draft = round.site.draft_campaign(&round.admin, &[]).await;
    let before = round.site.count("export.campaign").await;
    for name in
        [format!("{draft}.csv"), "99.csv".into(), "x.csv".into(), format!("{}.xlsx", round.id)]
    {
        let answer = round.admin.open(&format!("/export/campaigns/{name}")).await;
        assert_eq!(answer.status(), 404, "{name}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
    for browser in [&round.owner, &round.other] {
        let answer = browser.open(&format!("/export/campaigns/{}.csv", round.id)).await;
        assert_eq!(answer.status(), 403);
    }
    assert_eq!(round.site.count("export.campaign").await, before);
}

/// What is not over yet can be looked at by an auditor too.
#[tokio::test]
async fn an_open_campaign_has_evidence_too() {
    let round = Round::new().await;
    let auditor = round.site.sign_in("auditor").await;
    let rows = lines(&taken(&round, &auditor, "jsonl").await);
    assert!(rows.iter().all(|row| row["state"] == "open" && row["outcome"].is_null()), "{rows:?}");
}
