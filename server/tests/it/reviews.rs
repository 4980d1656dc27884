//! Reviews from outside: who decides what, that a decision is made once, and what is refused.

mod fair;
mod late;
mod odd;
mod together;

use domain::Reviewed;
use domain::review::{Kind, ReviewState, Stage};

use crate::support::{Round, act, changed, decision, done, hidden, refused};

/// The fields of a form as a browser sends them.
fn sent(fields: &[(String, String)], more: &[(&str, &str)]) -> String {
    let own = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    crate::support::form(&own.chain(more.iter().copied()).collect::<Vec<_>>())
}

#[tokio::test]
async fn the_forms_of_the_card_decide() {
    let round = Round::new().await;
    let card = format!("/reviews/{}", round.review("web").await.review.id);
    for (kind, more, past) in [
        ("confirm", vec![], "Confirmed"),
        ("retire", vec![("reason", "nobody needs it"), ("wish", "2026-05-01")], "To be retired"),
        ("not-mine", vec![("proposed", "")], "Not theirs"),
    ] {
        let page = round.owner.text(&card).await;
        let fields = hidden(&page, "/reviews/decide", &format!("value=\"{kind}\""));
        done(round.owner.submit("/reviews/decide", &sent(&fields, &more)).await).await;
        let decided = round.card("web").await;
        assert_eq!(decided.decisions[0].choice.kind.as_str(), kind);
        assert!(round.owner.text(&card).await.contains(past), "{past}");
    }
    let page = round.owner.text(&card).await;
    let fields = hidden(&page, &format!("{card}/undo"), "name=\"key\"");
    let place = done(round.owner.submit(&format!("{card}/undo"), &sent(&fields, &[])).await).await;
    assert!(place.starts_with(&card), "{place}");
    assert_eq!(round.review("web").await.review.state, ReviewState::Open);
    let page = round.owner.text(&card).await;
    let fields = hidden(&page, &format!("{card}/comment"), "name=\"key\"");
    let comment = sent(&fields, &[("text", "I ask around")]);
    done(round.owner.submit(&format!("{card}/comment"), &comment).await).await;
    assert!(round.owner.text(&card).await.contains("I ask around"));
}

#[tokio::test]
async fn the_form_for_what_is_ticked_decides_all_of_it() {
    let round = Round::new().await;
    let ids = [round.review("shop").await.review.id, round.review("web").await.review.id];
    let page = round.owner.text(&format!("/reviews?pick={}&pick={}", ids[0], ids[1])).await;
    let fields = hidden(&page, "/reviews/decide", "value=\"confirm\"");
    assert_eq!(fields.iter().filter(|(name, _)| name == "hash").count(), 2, "{fields:?}");
    let form = sent(&fields, &[("reason", "both are in use")]);
    done(round.owner.submit("/reviews/decide", &form).await).await;
    done(round.owner.submit("/reviews/decide", &form).await).await;
    assert_eq!(round.site.count("review.decided").await, 2, "an entry for each");
    for name in ["shop", "web"] {
        let card = round.card(name).await;
        assert_eq!(card.decisions.len(), 1);
        assert_eq!(card.decisions[0].choice.reason, "both are in use");
    }
}

#[tokio::test]
async fn a_form_that_is_sent_again_with_other_words_is_refused_and_saves_nothing() {
    let round = Round::new().await;
    let form = decision(&round.review("web").await, "retire", &[("reason", "closed down")]);
    let place = done(round.owner.submit("/reviews/decide", &form).await).await;
    for (from, to) in [("closed+down", "sold"), ("kind=retire", "kind=confirm")] {
        let other = form.replace(from, to);
        assert_ne!(other, form);
        let answer = round.owner.submit("/reviews/decide", &other).await;
        refused(answer, 409, "already used for something else").await;
    }
    // The same words are the same act, wherever one goes back to.
    assert_eq!(done(round.owner.submit("/reviews/decide", &form).await).await, place);
    let elsewhere = format!("{form}&back=%2Freviews%3Fstate%3Ddecided");
    done(round.owner.submit("/reviews/decide", &elsewhere).await).await;
    let decisions = round.card("web").await.decisions;
    assert_eq!(decisions.len(), 1);
    assert_eq!(decisions[0].choice.reason, "closed down");
    assert_eq!(round.site.count("review.decided").await, 1);
}

#[tokio::test]
async fn a_confirmation_is_an_attestation_that_expires() {
    let round = Round::new().await;
    done(round.decide(&round.owner, "web", "confirm", &[]).await).await;
    let attestation = round.card("web").await.attestation.unwrap();
    assert_eq!((attestation.by.as_str(), attestation.at), ("The owner", round.site.hands.now()));
    assert_eq!(attestation.until.to_string(), "2027-03-02T09:00:00Z");
    let viewer = round.site.sign_in("viewer").await;
    let page = viewer.text("/ingresses?reviewed=valid").await;
    assert!(page.contains("web.example.com") && !page.contains("shop.example.com"), "{page}");
    let page = viewer.text("/ingresses?reviewed=never").await;
    assert!(!page.contains("web.example.com") && page.contains("shop.example.com"), "{page}");
    let reviewed = |row: store::ReviewRow, at| row.row.reviewed(at);
    let until = attestation.until;
    assert_eq!(reviewed(round.review("web").await, until), Reviewed::Expired);
    round.site.show(&[changed("web", "payments", &["/", "/new"])]).await;
    let now = round.site.hands.now();
    assert_eq!(reviewed(round.review("web").await, now), Reviewed::Changed);
}

#[tokio::test]
async fn the_last_decision_counts_and_all_stay() {
    let round = Round::new().await;
    for kind in ["confirm", "retire", "confirm"] {
        done(round.decide(&round.owner, "web", kind, &[("reason", kind)]).await).await;
    }
    let decisions = round.card("web").await.decisions;
    let counts: Vec<bool> = decisions.iter().map(domain::review::Decision::counts).collect();
    assert_eq!(counts, [true, false, false]);
    let retirements =
        round.site.store.retirements_of(round.review("web").await.row.id).await.unwrap();
    assert_eq!(retirements.len(), 1);
    assert!(!retirements[0].state.is_pending(), "another decision counts");
}

#[tokio::test]
async fn not_mine_gives_the_review_to_the_team_that_is_named() {
    let round = Round::new().await;
    let given = [("proposed", "search"), ("reason", "it is the finder's")];
    done(round.decide(&round.owner, "web", "not-mine", &given).await).await;
    let row = round.review("web").await;
    assert_eq!((row.review.assignee.as_str(), row.review.state), ("search", ReviewState::Open));
    assert_eq!(row.last.unwrap().choice.kind, Kind::NotMine);
    assert_eq!(round.decide(&round.owner, "web", "confirm", &[]).await.status(), 403);
    let page = round.other.text("/reviews").await;
    assert!(page.contains("web.example.com"), "{page}");
    done(round.decide(&round.other, "web", "confirm", &[]).await).await;
    assert_eq!(round.card("web").await.decisions.len(), 2, "the first one stays visible");
}

#[tokio::test]
async fn what_was_given_away_is_taken_back_on_the_page_that_comes_after() {
    let round = Round::new().await;
    done(round.decide(&round.owner, "web", "not-mine", &[("proposed", "search")]).await).await;
    let id = round.review("web").await.review.id;
    let told = format!("/reviews?done={id}");
    let undo = format!("/reviews/{id}/undo");
    let page = round.owner.text(&told).await;
    assert!(page.contains("given to") && !page.contains("Look at it again"), "{page}");
    let fields = hidden(&page, &undo, "name=\"key\"");
    assert_eq!(round.owner.status(&format!("/reviews/{id}")).await, 403);
    let answer = round.other.submit(&undo, &sent(&fields, &[])).await;
    assert_eq!(answer.status(), 403, "nor is it theirs to give back like this");
    done(round.owner.submit(&undo, &sent(&fields, &[])).await).await;
    assert_eq!(round.review("web").await.review.assignee, "payments");
    assert!(round.owner.text(&format!("/reviews/{id}")).await.contains("web.example.com"));
    assert!(!round.owner.text(&told).await.contains(&undo));
}

#[tokio::test]
async fn a_material_change_opens_a_decided_review_again_and_says_what_changed() {
    let round = Round::new().await;
    done(round.decide(&round.owner, "web", "confirm", &[]).await).await;
    round.site.show(&[changed("web", "payments", &["/", "/checkout"])]).await;
    let row = round.review("web").await;
    assert_eq!(row.review.state.stage(true), Stage::Reopened);
    let page = round.owner.text(&format!("/reviews/{}", row.review.id)).await;
    assert!(page.contains("/checkout"), "{page}");
    let entries = round.site.audit().await;
    let entry = entries.iter().find(|entry| entry.action == "review.reopened").unwrap();
    assert!(entry.actor.kind() == "system" && entry.detail.contains("/checkout"), "{entry:?}");
    done(round.decide(&round.owner, "web", "confirm", &[]).await).await;
    assert_eq!(round.review("web").await.review.state.stage(true), Stage::Decided);
}

#[tokio::test]
async fn what_is_taken_back_is_to_be_decided_again() {
    let round = Round::new().await;
    let path = format!("/reviews/{}/undo", round.review("web").await.review.id);
    let nothing = round.owner.submit(&path, &act(&[("decision", "1")])).await;
    refused(nothing, 409, "There is no decision to take back").await;
    let unnamed = round.owner.submit(&path, &act(&[])).await;
    refused(unnamed, 422, "does not name the decision").await;
    done(round.decide(&round.owner, "web", "retire", &[]).await).await;
    let last = round.card("web").await.decisions[0].id.to_string();
    let other = round.owner.submit(&path, &act(&[("decision", "0")])).await;
    refused(other, 409, "Another decision was made").await;
    let undo = act(&[("decision", &last)]);
    done(round.owner.submit(&path, &undo).await).await;
    done(round.owner.submit(&path, &undo).await).await;
    let card = round.card("web").await;
    assert_eq!((card.review.state, card.decisions[0].undone), (ReviewState::Open, true));
    assert_eq!(round.site.count("review.undone").await, 1);
    assert_eq!(round.site.count("retirement.cancelled").await, 1);
    assert_eq!(round.site.count("retirement.requested").await, 1);
}
