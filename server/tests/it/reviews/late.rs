//! Decisions that come too late: the campaign is closed, the ingress is gone, or is another one.

use domain::review::{Outcome, ReviewState};
use serde_json::json;

use crate::support::{Round, act, changed, decision, done, owned, refused};

#[tokio::test]
async fn nothing_is_decided_after_the_closing() {
    let round = Round::new().await;
    done(round.decide(&round.owner, "shop", "confirm", &[]).await).await;
    let rows = [round.review("web").await, round.review("shop").await];
    done(round.lead("close", &[]).await).await;
    for row in &rows {
        let late = decision(row, "retire", &[("reason", "too late")]);
        let page = round.owner.submit("/reviews/decide", &late).await;
        let page = refused(page, 409, "The campaign is closed").await;
        assert!(page.contains("too late</textarea>"), "what was written is not lost: {page}");
        let undo = format!("/reviews/{}/undo", row.review.id);
        let answer = round.owner.submit(&undo, &act(&[("decision", "1")])).await;
        refused(answer, 409, "The campaign is closed").await;
    }
    let state = |row: store::ReviewRow| row.review.state;
    assert_eq!(state(round.review("web").await), ReviewState::Settled(Outcome::Exception));
    assert_eq!(state(round.review("shop").await), ReviewState::Settled(Outcome::Confirmed));
    assert_eq!(round.site.count("review.decided").await, 1);
}

#[tokio::test]
async fn a_decision_that_was_sent_before_the_closing_is_answered_after_it() {
    let round = Round::new().await;
    let form = decision(&round.review("web").await, "confirm", &[]);
    let first = done(round.owner.submit("/reviews/decide", &form).await).await;
    done(round.lead("close", &[]).await).await;
    assert_eq!(done(round.owner.submit("/reviews/decide", &form).await).await, first);
    assert_eq!(round.site.count("review.decided").await, 1);
}

#[tokio::test]
async fn nothing_is_decided_about_what_is_gone() {
    let round = Round::new().await;
    let row = round.review("web").await;
    round.site.delete(&owned("web", "payments")).await;
    let answer = round.owner.submit("/reviews/decide", &decision(&row, "confirm", &[])).await;
    refused(answer, 409, "no longer in its cluster").await;
    let page = round.owner.text(&format!("/reviews/{}", row.review.id)).await;
    assert!(page.contains("there is nothing to decide"), "{page}");
    done(round.lead("close", &[]).await).await;
    let state = round.review("web").await.review.state;
    assert_eq!(state, ReviewState::Settled(Outcome::Gone));
}

/// Under its name there is another life, about which nobody was asked.
#[tokio::test]
async fn nothing_is_decided_about_what_was_created_again() {
    let round = Round::new().await;
    let row = round.review("web").await;
    let mut again = owned("web", "payments");
    again["metadata"]["uid"] = json!("uid-web-again");
    round.site.delete(&owned("web", "payments")).await;
    round.site.show(&[again]).await;
    let answer = round.owner.submit("/reviews/decide", &decision(&row, "retire", &[])).await;
    refused(answer, 409, "no longer in its cluster").await;
    assert_eq!(round.site.reviews(round.id).await.len(), 4, "the population is frozen");
    assert_eq!(round.site.count("retirement.requested").await, 0);
}

#[tokio::test]
async fn nothing_is_decided_about_what_was_not_seen() {
    let round = Round::new().await;
    let row = round.review("web").await;
    round.site.show(&[changed("web", "payments", &["/", "/admin"])]).await;
    let old = decision(&row, "confirm", &[]);
    let answer = round.owner.submit("/reviews/decide", &old).await;
    refused(answer, 409, "changed since you opened this page").await;
    let id = row.review.id.to_string();
    let forged = act(&[("id", id.as_str()), ("hash", "0"), ("kind", "confirm")]);
    let answer = round.owner.submit("/reviews/decide", &forged).await;
    refused(answer, 409, "changed since you opened this page").await;
    done(round.decide(&round.owner, "web", "confirm", &[]).await).await;
    let decision = &round.card("web").await.decisions[0];
    assert_ne!(decision.material_hash, row.row.material_hash);
}

#[tokio::test]
async fn of_several_one_that_changed_keeps_all_from_being_decided() {
    let round = Round::new().await;
    let (web, shop) = (round.review("web").await, round.review("shop").await);
    round.site.show(&[changed("shop", "payments", &["/other"])]).await;
    let [one, other] = [&web, &shop].map(|row| row.review.id.to_string());
    let both = act(&[
        ("id", one.as_str()),
        ("hash", web.row.material_hash.as_str()),
        ("id", other.as_str()),
        ("hash", shop.row.material_hash.as_str()),
        ("kind", "confirm"),
    ]);
    let answer = round.owner.submit("/reviews/decide", &both).await;
    refused(answer, 409, "/shop/shop: ").await;
    assert_eq!(round.review("web").await.review.state, ReviewState::Open);
    assert_eq!(round.site.count("review.decided").await, 0);
}
