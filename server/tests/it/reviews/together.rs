//! Decisions at the same time, and the same one more than once.

use std::time::Duration;

use domain::review::Stage;
use futures::future::join_all;
use serde_json::json;

use crate::support::{Browser, Round, account, decision, done, verified};

const TIMES: usize = 20;

async fn all(sending: Vec<(&Browser, String)>) -> Vec<u16> {
    let send = |(browser, form): (&Browser, String)| {
        let browser = browser.clone();
        async move { browser.submit("/reviews/decide", &form).await.status().as_u16() }
    };
    join_all(sending.into_iter().map(send)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_owners_decide_at_once_and_the_last_one_counts() {
    let round = Round::new().await;
    round.site.provider().set_account(account("second", json!(["team-payments"])));
    let second = round.site.sign_in("second").await;
    let row = round.review("web").await;
    let sending = (0..TIMES).map(|number| match number % 2 {
        0 => (&round.owner, decision(&row, "confirm", &[])),
        _ => (&second, decision(&row, "retire", &[])),
    });
    let statuses = all(sending.collect()).await;
    assert!(statuses.iter().all(|status| *status == 303), "{statuses:?}");
    let card = round.card("web").await;
    assert_eq!(card.decisions.len(), TIMES);
    let counting: Vec<_> = card.decisions.iter().filter(|one| one.counts()).collect();
    assert_eq!(counting.len(), 1);
    assert_eq!(counting[0].id, card.decisions[0].id, "the last one");
    let pending = round.site.store.retirements_of(row.row.id).await.unwrap();
    let pending = pending.iter().filter(|one| one.state.is_pending()).count();
    let last_retires = card.decisions[0].choice.kind == domain::review::Kind::Retire;
    assert_eq!(pending, usize::from(last_retires), "what does not count leads to nothing");
    let entries = verified(&round.site.store).await;
    let decided = entries.iter().filter(|entry| entry.action == "review.decided");
    assert_eq!(decided.count(), TIMES, "each has its entry");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_submit_many_times_at_once_is_one_decision() {
    let round = Round::new().await;
    let form = decision(&round.review("web").await, "retire", &[("reason", "once")]);
    let statuses = all((0..TIMES).map(|_| (&round.owner, form.clone())).collect()).await;
    assert!(statuses.iter().all(|status| *status == 303), "{statuses:?}");
    assert_eq!(round.card("web").await.decisions.len(), 1);
    assert_eq!(round.site.count("review.decided").await, 1);
    assert_eq!(round.site.count("retirement.requested").await, 1);
}

#[tokio::test]
async fn a_submit_after_a_lost_answer_is_answered_and_changes_nothing() {
    let round = Round::new().await;
    let form = decision(&round.review("web").await, "confirm", &[("reason", "once")]);
    let request = round.owner.form("/reviews/decide", &form);
    let request = request.header("sec-fetch-site", "same-origin").timeout(Duration::from_millis(1));
    // Whether it arrived or not, nobody knows.
    let _ = request.send().await;
    drop(round.owner.submit("/reviews/decide", &form).await);
    done(round.owner.submit("/reviews/decide", &form).await).await;
    assert_eq!(round.card("web").await.decisions.len(), 1);
    assert_eq!(round.site.count("review.decided").await, 1);
}

#[tokio::test]
async fn the_key_of_somebody_elses_form_is_not_taken() {
    let round = Round::new().await;
    let form = decision(&round.review("web").await, "confirm", &[]);
    done(round.owner.submit("/reviews/decide", &form).await).await;
    for browser in [&round.admin, &round.other] {
        let answer = browser.submit("/reviews/decide", &form).await;
        assert_eq!(answer.status(), 409);
    }
    assert_eq!(round.card("web").await.decisions.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn closing_while_others_decide_leaves_each_review_one_outcome() {
    let round = Round::new().await;
    let (web, shop) = (round.review("web").await, round.review("shop").await);
    let sending = (0..TIMES).map(|number| {
        let row = if number % 2 == 0 { &web } else { &shop };
        (&round.owner, decision(row, "confirm", &[]))
    });
    let (statuses, closed) = tokio::join!(all(sending.collect()), round.lead("close", &[]));
    done(closed).await;
    assert!(statuses.iter().all(|status| [303, 409].contains(status)), "{statuses:?}");
    let made = statuses.iter().filter(|status| **status == 303).count();
    let entries = verified(&round.site.store).await;
    let closing = entries.iter().position(|entry| entry.action == "campaign.closed").unwrap();
    let decided = entries.iter().filter(|entry| entry.action == "review.decided");
    assert_eq!(decided.clone().count(), made);
    assert!(decided.map(|entry| entry.sequence).all(|at| at < entries[closing].sequence));
    for row in round.site.reviews(round.id).await {
        assert_eq!(row.review.state.stage(true), Stage::Settled, "{}", row.row.name);
    }
}
