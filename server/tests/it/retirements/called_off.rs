//! What stays after all: because somebody needs it, or because it is used again.

use domain::retirement::{Stage, State};
use jiff::SignedDuration;
use store::{Round as Collected, SeenSample};

use super::{only, retired, stage, tick};
use crate::support::{Round, act, done, owned, refused};

#[tokio::test]
async fn the_team_or_an_admin_calls_it_off_with_a_reason_and_nobody_else() {
    let round = Round::new().await;
    let path = format!("/retirements/{}/cancel", retired(&round, "web", &[]).await);
    let reason = act(&[("reason", "a partner still calls it")]);
    assert_eq!(round.other.submit(&path, &reason).await.status(), 403);
    let viewer = round.site.sign_in("viewer").await;
    assert_eq!(viewer.submit(&path, &reason).await.status(), 403);
    refused(round.owner.submit(&path, &act(&[])).await, 422, "The reason is missing").await;
    assert_eq!(stage(&round, "web").await, Stage::Held);
    done(round.owner.submit(&path, &reason).await).await;
    done(round.owner.submit(&path, &reason).await).await;
    let State::Cancelled { why, .. } = only(&round, "web").await.state else { panic!("not off") };
    assert_eq!(why, "by The owner: a partner still calls it");
    let again = act(&[("reason", "twice")]);
    refused(round.admin.submit(&path, &again).await, 409, "cancelled already").await;
    assert_eq!(round.site.count("retirement.cancelled").await, 1);
    round.site.pass_days(20);
    assert_eq!(tick(&round).await.due, 0);
}

#[tokio::test]
async fn what_is_gone_is_not_called_off_but_can_be_applied_again() {
    let round = Round::new().await;
    let id = retired(&round, "web", &[]).await;
    round.site.delete(&owned("web", "payments")).await;
    let form = act(&[("reason", "too late")]);
    let answer = round.admin.submit(&format!("/retirements/{id}/cancel"), &form).await;
    refused(answer, 409, "download the kept manifest and apply it").await;
}

#[tokio::test]
async fn successful_traffic_calls_it_off_by_itself_and_errors_do_not() {
    let round = Round::new().await;
    for name in ["web", "shop"] {
        retired(&round, name, &[]).await;
    }
    round.site.hands.pass(SignedDuration::from_hours(30));
    let now = round.site.hands.now();
    let mut seen = Vec::new();
    for (name, success) in [("web", Some(now)), ("shop", None)] {
        seen.push(SeenSample {
            id: round.review(name).await.row.id,
            route: None,
            last_any: Some(now),
            last_success: success,
            day: now.as_second() / 86_400,
            requests: 3,
            successes: if success.is_some() { 3 } else { 0 },
        });
    }
    let collected = Collected {
        source: "nginx".to_owned(),
        checked_at: now,
        until: Some(now),
        since: Some(now),
        filled_from: None,
        seen,
        covered: Vec::new(),
        error: None,
    };
    let prod = "prod".parse().unwrap();
    round.site.store.save_round(&prod, &collected).await.unwrap();
    assert_eq!(tick(&round).await.cancelled, 1);
    let State::Cancelled { why, .. } = only(&round, "web").await.state else { panic!("not off") };
    assert!(why.contains("answered with success on 2026-03-03"), "{why}");
    assert_eq!(stage(&round, "shop").await, Stage::Held);
    let entries = round.site.audit().await;
    let entry = entries.iter().find(|entry| entry.action == "retirement.cancelled").unwrap();
    assert_eq!(entry.actor.kind(), "system");
}
