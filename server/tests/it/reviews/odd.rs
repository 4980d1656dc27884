//! What people write, and what no page of ours sends.

use domain::review::ReviewState;

use crate::support::{Round, Setup, act, decision, done, refused};

const EVIL: &str = "</textarea><script>alert(1)</script>\u{202e}=cmd|'/C calc'!A0";

#[tokio::test]
async fn a_reason_of_a_hundred_thousand_characters_is_refused_and_nothing_is_saved() {
    let round = Round::new().await;
    let long = "x".repeat(100_000);
    let long = decision(&round.review("web").await, "retire", &[("reason", long.as_str())]);
    let request = round.owner.form("/reviews/decide", &long);
    // What is that long is not read to its end, and some clients cannot read the answer then.
    if let Ok(answer) = request.header("sec-fetch-site", "same-origin").send().await {
        assert_eq!(answer.status(), 413);
    }
    assert_eq!(round.review("web").await.review.state, ReviewState::Open);
    let long = "x".repeat(4_001);
    let answer = round.decide(&round.owner, "web", "retire", &[("reason", long.as_str())]).await;
    let page = refused(answer, 422, "longer than 4000 characters").await;
    assert!(page.contains(&long), "what was written is not lost");
    assert_eq!(round.review("web").await.review.state, ReviewState::Open);
    let comment = format!("/reviews/{}/comment", round.review("web").await.review.id);
    let answer = round.owner.submit(&comment, &act(&[("text", long.as_str())])).await;
    refused(answer, 422, "longer than 4000 characters").await;
    refused(round.owner.submit(&comment, &act(&[("text", " ")])).await, 422, "comment").await;
    let most = "x".repeat(4_000);
    done(round.decide(&round.owner, "web", "retire", &[("reason", most.as_str())]).await).await;
    assert_eq!(round.card("web").await.decisions[0].choice.reason, most);
}

#[tokio::test]
async fn markup_in_a_reason_is_text_wherever_it_stands() {
    let round = Round::new().await;
    done(round.decide(&round.owner, "web", "retire", &[("reason", EVIL)]).await).await;
    let row = round.review("web").await;
    assert_eq!(round.card("web").await.decisions[0].choice.reason, EVIL);
    let comment = format!("/reviews/{}/comment", row.review.id);
    done(round.owner.submit(&comment, &act(&[("text", EVIL)])).await).await;
    let retirement = &round.site.store.retirements_of(row.row.id).await.unwrap()[0];
    for path in [
        format!("/reviews/{}", row.review.id),
        "/reviews?state=decided".to_owned(),
        format!("/retirements/{}", retirement.id),
        "/retirements".to_owned(),
        format!("/campaigns/{}", round.id),
        "/audit".to_owned(),
    ] {
        let page = round.admin.text(&path).await;
        assert!(!page.contains("<script>alert(1)"), "{path}: {page}");
        assert!(!page.contains('\u{202e}'), "{path}: {page}");
    }
    let again = round.decide(&round.owner, "web", "nonsense", &[("reason", EVIL)]).await;
    let page = refused(again, 422, "Say confirm, retire or not mine").await;
    assert!(page.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)"), "{page}");
    assert!(!page.contains("<script>alert(1)"), "{page}");
}

#[tokio::test]
async fn a_form_that_no_page_sends_says_what_is_wrong_with_it() {
    let round = Round::new().await;
    let check = async |kind: &str, more: &[(&str, &str)], words: &str| {
        refused(round.decide(&round.owner, "web", kind, more).await, 422, words).await;
    };
    check("keep", &[], "Say confirm, retire or not mine").await;
    check("retire", &[("wish", "2026-02-30")], "is no day").await;
    check("retire", &[("wish", "2026-03-01")], "choose today or later").await;
    check("retire", &[("route", "other.example.com /")], "has no route").await;
    check("not-mine", &[("proposed", "nobody")], "There is no team").await;
    check("not-mine", &[("proposed", "payments")], "assigned to that team already").await;
    let post = async |form: &str, status: u16, words: &str| {
        refused(round.owner.submit("/reviews/decide", form).await, status, words).await;
    };
    post(&act(&[("kind", "confirm")]), 422, "No review is chosen").await;
    post(&act(&[("kind", "confirm"), ("id", "x"), ("hash", "0")]), 404, "no such review").await;
    post(&act(&[("kind", "confirm"), ("id", "99"), ("hash", "0")]), 403, "another team").await;
    post(&act(&[("kind", "confirm"), ("id", "1")]), 422, "not complete").await;
    let id = round.review("web").await.review.id.to_string();
    let twice = [("id", id.as_str()), ("hash", "0"), ("id", id.as_str()), ("hash", "0")];
    post(&act(&[&twice[..], &[("kind", "confirm")]].concat()), 422, "each review once").await;
    assert_eq!(round.review("web").await.review.state, ReviewState::Open);
    assert_eq!(round.site.count("review.decided").await, 0);
}

#[tokio::test]
async fn a_campaign_may_ask_for_a_reason_each_time() {
    let round = Round::with(Setup::default(), &[("reasons", "always")]).await;
    let answer = round.decide(&round.owner, "web", "confirm", &[]).await;
    refused(answer, 422, "This needs a reason").await;
    let blank = round.decide(&round.owner, "web", "confirm", &[("reason", " \r\n ")]).await;
    refused(blank, 422, "This needs a reason").await;
    done(round.decide(&round.owner, "web", "confirm", &[("reason", "in use")]).await).await;
}

#[tokio::test]
async fn one_goes_back_to_pages_of_routebook_only() {
    let round = Round::new().await;
    for (back, expected) in [
        ("/reviews?state=decided", "/reviews?state=decided"),
        ("//evil.example/", "/reviews"),
        ("https://evil.example/", "/reviews"),
        ("/\\evil.example", "/reviews"),
    ] {
        let answer = round.decide(&round.owner, "web", "confirm", &[("back", back)]).await;
        assert_eq!(done(answer).await, expected, "{back}");
    }
}
