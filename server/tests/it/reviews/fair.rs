//! Fairness: everybody decides what is assigned to their teams, and nobody makes it theirs.

use serde_json::json;

use crate::support::{Round, Setup, account, act, decision, done, owned, refused};

#[tokio::test]
async fn a_reviewer_sees_what_is_assigned_to_their_teams_and_no_more() {
    let round = Round::new().await;
    let page = round.owner.text("/reviews").await;
    assert!(page.contains("web.example.com") && page.contains("shop.example.com"), "{page}");
    for other in ["finder.example.com", "orphan.example.com"] {
        assert!(!page.contains(other), "{other}: {page}");
    }
    let finder = round.review("finder").await.review.id;
    for path in [
        "/reviews?team=search".to_owned(),
        format!("/reviews/{finder}"),
        "/reviews/999999".to_owned(),
        "/reviews/x".to_owned(),
        format!("/campaigns/{}", round.id),
        "/retirements?team=search".to_owned(),
    ] {
        let answer = round.owner.open(&path).await;
        assert_eq!(answer.status(), 403, "{path}");
        assert!(!answer.text().await.unwrap().contains("finder.example.com"), "{path}");
    }
    let picked = round.owner.text(&format!("/reviews?pick={finder}")).await;
    assert!(!picked.contains("finder.example.com"), "{picked}");
    let page = round.admin.text("/reviews").await;
    assert!(page.contains("finder.example.com") && page.contains("web.example.com"), "{page}");
    assert_eq!(round.site.sign_in("viewer").await.status("/reviews").await, 403);
}

#[tokio::test]
async fn nobody_decides_anothers_review() {
    let round = Round::new().await;
    let (web, finder) = (round.review("web").await, round.review("finder").await);
    let confirm = decision(&web, "confirm", &[]);
    let answer = round.other.submit("/reviews/decide", &confirm).await;
    refused(answer, 403, "assigned to another team").await;
    // One's own and somebody else's together: neither.
    let [own, others] = [&web, &finder].map(|row| row.review.id.to_string());
    let both = act(&[
        ("id", own.as_str()),
        ("hash", web.row.material_hash.as_str()),
        ("id", others.as_str()),
        ("hash", finder.row.material_hash.as_str()),
        ("kind", "confirm"),
    ]);
    let answer = round.owner.submit("/reviews/decide", &both).await;
    let told = refused(answer, 403, "assigned to another team").await;
    assert!(!told.contains("finder"), "{told}");
    for what in ["undo", "comment"] {
        let path = format!("/reviews/{others}/{what}");
        let form = act(&[("text", "hello"), ("decision", "1")]);
        assert_eq!(round.owner.submit(&path, &form).await.status(), 403, "{path}");
    }
    assert_eq!(round.site.count("review.decided").await, 0);
    assert_eq!(round.site.count("review.commented").await, 0);
}

#[tokio::test]
async fn an_admins_decision_on_behalf_of_a_team_is_marked() {
    let round = Round::new().await;
    done(round.decide(&round.admin, "web", "confirm", &[]).await).await;
    let decision = round.card("web").await.decisions[0].clone();
    assert!(decision.on_behalf && decision.by.name() == "The admin", "{decision:?}");
    done(round.decide(&round.owner, "shop", "confirm", &[]).await).await;
    assert!(!round.card("shop").await.decisions[0].on_behalf);
}

#[tokio::test]
async fn nobody_makes_themselves_reviewer() {
    let round = Round::new().await;
    let groups = json!(["platform-admins", "team-payments"]);
    round.site.provider().set_account(account("both", groups));
    let both = round.site.sign_in("both").await;
    let finder = round.review("finder").await.review.id;
    let taken = act(&[("team", "payments"), ("reason", "I know it better")]);
    let answer = both.submit(&format!("/reviews/{finder}/reassign"), &taken).await;
    refused(answer, 403, "nobody can make themselves reviewer").await;
    let proposed = [("proposed", "payments"), ("reason", "it is ours")];
    let answer = round.decide(&both, "finder", "not-mine", &proposed).await;
    refused(answer, 403, "nobody can make themselves reviewer").await;
    assert_eq!(round.review("finder").await.review.assignee, "search");
}

#[tokio::test]
async fn a_reviewer_changes_neither_the_scope_nor_the_population() {
    let round = Round::new().await;
    let id = round.id;
    for path in ["open", "edit", "extend", "close"] {
        let form = act(&[("name", "Mine"), ("owner", "search"), ("due", "2026-04-01")]);
        let answer = round.owner.submit(&format!("/campaigns/{id}/{path}"), &form).await;
        assert_eq!(answer.status(), 403, "{path}");
    }
    let form = act(&[("name", "Other"), ("due", "2026-04-01")]);
    let edit = round.admin.submit(&format!("/campaigns/{id}/edit"), &form).await;
    refused(edit, 409, "this needs one that is draft").await;
    assert_eq!(round.site.reviews(id).await.len(), 4);
}

/// With four eyes, who last changed the object is not the only one who confirms it.
#[tokio::test]
async fn who_last_changed_an_object_does_not_confirm_it_alone() {
    let round = Round::with(Setup::default(), &[("four_eyes", "on")]).await;
    let mut manifest = owned("mine", "payments");
    manifest["metadata"]["managedFields"] = json!([
        {"manager": "kubectl", "operation": "Update", "time": "2026-01-01T00:00:00Z"},
        {"manager": "owner@example.com", "operation": "Update", "time": "2026-02-01T00:00:00Z"},
    ]);
    round.site.show(&[manifest]).await;
    let more = [("four_eyes", "on"), ("q", "mine.example.com")];
    let id = round.site.open_campaign(&round.admin, &more).await;
    let row = round.site.review(id, "mine").await;
    let confirm = || decision(&row, "confirm", &[]);
    let alone = round.owner.submit("/reviews/decide", &confirm()).await;
    refused(alone, 403, "somebody else of the team must confirm it first").await;
    round.site.provider().set_account(account("second", json!(["team-payments"])));
    let second = round.site.sign_in("second").await;
    done(second.submit("/reviews/decide", &confirm()).await).await;
    done(round.owner.submit("/reviews/decide", &confirm()).await).await;
}
