//! People come and go while a campaign is open.

use serde_json::json;

use crate::support::{Round, Setup, account, act, done, owned, refused};

#[tokio::test]
async fn an_owner_who_left_decides_nothing_and_an_admin_does_on_their_behalf() {
    let round = Round::new().await;
    round.site.provider().set_account(account("owner", json!([])));
    let former = round.site.sign_in("owner").await;
    let answer = round.decide(&former, "web", "confirm", &[]).await;
    assert_eq!(answer.status(), 403);
    assert_eq!(former.status("/reviews").await, 403);
    done(round.decide(&round.admin, "web", "confirm", &[("reason", "they left")]).await).await;
    let decision = &round.card("web").await.decisions[0];
    assert!(decision.on_behalf, "{decision:?}");
    let entries = round.site.audit().await;
    let entry = entries.iter().find(|entry| entry.action == "review.decided").unwrap();
    assert!(entry.detail.contains("\"on_behalf\":true"), "{}", entry.detail);
    let page = round.admin.text(&format!("/reviews/{}", round.review("web").await.review.id)).await;
    assert!(page.contains("on behalf of the team"), "{page}");
}

#[tokio::test]
async fn a_session_of_somebody_who_changed_teams_counts_by_what_the_provider_said_last() {
    let round = Round::new().await;
    round.site.provider().set_account(account("owner", json!(["team-search"])));
    let moved = round.site.sign_in("owner").await;
    // The session that was there before belongs to the same person.
    for browser in [&moved, &round.owner] {
        assert_eq!(round.decide(browser, "web", "confirm", &[]).await.status(), 403);
    }
    done(round.decide(&moved, "finder", "confirm", &[]).await).await;
}

#[tokio::test]
async fn what_a_team_without_members_reviews_is_given_to_another_with_a_reason() {
    let teams = json!([
        {"name": "payments", "groups": ["team-payments"]},
        {"name": "search", "groups": ["team-search"]},
        {"name": "ghosts", "groups": ["team-ghosts"]},
    ]);
    let round = Round::with(Setup { teams, ..Setup::default() }, &[]).await;
    round.site.show(&[owned("haunted", "ghosts")]).await;
    let id = round.site.open_campaign(&round.admin, &[("owner", "ghosts")]).await;
    let view = round.site.store.campaign(id).await.unwrap().unwrap();
    assert_eq!(view.not_begun, ["ghosts"]);
    let review = round.site.review(id, "haunted").await.review.id;
    let path = format!("/reviews/{review}/reassign");
    let missing = round.admin.submit(&path, &act(&[("team", "search")])).await;
    refused(missing, 422, "This needs a reason").await;
    let unknown = act(&[("team", "nobody"), ("reason", "r")]);
    refused(round.admin.submit(&path, &unknown).await, 422, "There is no team").await;
    let given = act(&[("team", "search"), ("reason", "ghosts were dissolved")]);
    done(round.admin.submit(&path, &given).await).await;
    done(round.admin.submit(&path, &given).await).await;
    assert_eq!(round.site.review(id, "haunted").await.review.assignee, "search");
    assert_eq!(round.site.count("review.reassigned").await, 1);
    let row = round.site.review(id, "haunted").await;
    let decision = crate::support::decision(&row, "confirm", &[]);
    done(round.other.submit("/reviews/decide", &decision).await).await;
}

#[tokio::test]
async fn nobody_reviews_what_has_no_team_and_no_fallback_so_it_is_not_opened() {
    let round = Round::new().await;
    let id = round.site.draft_campaign(&round.admin, &[("owner", "-")]).await;
    round.site.fresh(&["prod"]).await;
    let answer = round.admin.submit(&format!("/campaigns/{id}/open"), &act(&[])).await;
    refused(answer, 409, "name a fallback team").await;
}
