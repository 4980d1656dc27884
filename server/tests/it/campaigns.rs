//! Campaigns from outside: an admin drafts, opens, extends and closes them, and what cannot be is
//! refused with a reason, and leaves everything as it was.

mod days;
mod people;
mod series;

use domain::campaign::{Campaign, CampaignState, Closed};
use domain::review::{Outcome, ReviewState};
use domain::{CampaignId, Reviewed};

use crate::support::{Round, Setup, Site, act, done, owned, refused, verified};

/// Where a campaign stands.
async fn state(site: &Site, id: CampaignId) -> CampaignState {
    site.store.campaign(id).await.unwrap().unwrap().campaign.state()
}

/// A campaign that is closed.
async fn closed(site: &Site, id: CampaignId) -> Closed {
    match site.store.campaign(id).await.unwrap().unwrap().campaign {
        Campaign::Closed(closed) => closed,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_admin_leads_a_campaign_from_the_draft_to_its_end() {
    let round = Round::new().await;
    let (site, id) = (&round.site, round.id);
    let told: Vec<_> = site.reviews(id).await;
    let told: Vec<_> =
        told.iter().map(|one| (one.row.name.as_str(), one.review.assignee.as_str())).collect();
    let expected =
        [("finder", "search"), ("orphan", "search"), ("shop", "payments"), ("web", "payments")];
    assert_eq!(told, expected);
    done(round.lead("extend", &[("due", "2026-03-20")]).await).await;
    let view = site.store.campaign(id).await.unwrap().unwrap();
    assert_eq!(view.campaign.terms().due.to_string(), "2026-03-20T23:59:59Z");
    done(round.lead("close", &[]).await).await;
    assert_eq!(state(site, id).await, CampaignState::Closed);
    let actions = verified(&site.store).await.into_iter().map(|entry| entry.action);
    let actions: Vec<_> = actions.filter(|action| action.starts_with("campaign.")).collect();
    let expected = ["campaign.created", "campaign.opened", "campaign.extended", "campaign.closed"];
    assert_eq!(actions, expected);
}

#[tokio::test]
async fn what_nobody_decided_is_an_exception_and_nothing_changes() {
    let round = Round::new().await;
    done(round.decide(&round.owner, "web", "confirm", &[]).await).await;
    done(round.lead("close", &[]).await).await;
    let summary = closed(&round.site, round.id).await.outcome;
    assert_eq!((summary.confirmed, summary.exceptions, summary.total()), (1, 3, 4));
    for row in round.site.reviews(round.id).await {
        let confirmed = row.row.name == "web";
        let outcome = if confirmed { Outcome::Confirmed } else { Outcome::Exception };
        assert_eq!(row.review.state, ReviewState::Settled(outcome), "{}", row.row.name);
        let reviewed = if confirmed { Reviewed::Valid } else { Reviewed::Never };
        assert_eq!(row.row.reviewed(round.site.hands.now()), reviewed, "{}", row.row.name);
        assert!(round.site.store.retirements_of(row.row.id).await.unwrap().is_empty());
    }
    let page = round.admin.text(&format!("/campaigns/{}", round.id)).await;
    assert!(page.contains("finder"), "exceptions are listed: {page}");
}

/// Nothing measures these routes, so nothing is recommended, and silence is no reason to retire.
#[tokio::test]
async fn the_rule_to_retire_the_undecided_retires_nothing_on_missing_data() {
    let round = Round::with(Setup::default(), &[("undecided", "retire")]).await;
    done(round.lead("close", &[]).await).await;
    let summary = closed(&round.site, round.id).await.outcome;
    assert_eq!((summary.retired_undecided, summary.exceptions), (0, 4));
    assert_eq!(round.site.count("retirement.requested").await, 0);
}

#[tokio::test]
async fn a_scope_that_matches_nothing_is_not_opened() {
    let site = Site::with_sign_in(Setup::default()).await;
    let admin = site.sign_in("admin").await;
    site.show(&[owned("web", "payments")]).await;
    let id = site.draft_campaign(&admin, &[("q", "no-such-host")]).await;
    let answer = admin.submit(&format!("/campaigns/{id}/open"), &act(&[])).await;
    refused(answer, 409, "No ingress is in this scope; change the scope.").await;
    assert_eq!(state(&site, id).await, CampaignState::Draft);
    assert_eq!(site.count("campaign.opened").await, 0);
}

#[tokio::test]
async fn a_scope_that_matches_everything_is_opened_over_everything() {
    let round = Round::new().await;
    let view = round.site.store.campaign(round.id).await.unwrap().unwrap();
    let completeness = view.campaign.completeness().unwrap();
    let record = &completeness.clusters[0];
    assert_eq!((completeness.population(), record.ingresses, record.in_scope), (4, 4, 4));
    assert_eq!(record.resource_version.as_deref(), Some("42"));
    round.site.show(&[owned("late", "payments")]).await;
    assert_eq!(round.site.reviews(round.id).await.len(), 4, "it is frozen");
}

#[tokio::test]
async fn a_scope_that_is_none_says_why() {
    let site = Site::with_sign_in(Setup::default()).await;
    let admin = site.sign_in("admin").await;
    for (field, value, words) in [
        ("tls", "wrong", "wrong"),
        ("unused", "0", "is not known"),
        ("label", "tier", "KEY=VALUE"),
        ("older", "99999", "3650"),
        ("undecided", "confirm", "is not known"),
        ("fallback", "no-such-team", "no-such-team"),
        ("attest_months", "0", "months"),
        ("due", "31.3.2026", "is no day"),
    ] {
        let fields = [(field, value), ("name", "Spring"), ("due", "2026-03-16")];
        let answer = admin.submit("/campaigns", &act(&fields)).await;
        refused(answer, 422, words).await;
    }
    assert!(site.store.campaigns().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_cluster_that_becomes_stale_while_a_campaign_opens_blocks_it() {
    let site = Site::with_sign_in(Setup::default()).await;
    let admin = site.sign_in("admin").await;
    site.show(&[owned("web", "payments")]).await;
    let id = site.draft_campaign(&admin, &[]).await;
    let page = admin.text(&format!("/campaigns/{id}")).await;
    assert!(page.contains("Spring"), "{page}");
    site.hands.pass(jiff::SignedDuration::from_mins(10));
    let path = format!("/campaigns/{id}/open");
    refused(admin.submit(&path, &act(&[])).await, 409, "not up to date").await;
    assert_eq!(state(&site, id).await, CampaignState::Draft);
    site.fresh(&["prod"]).await;
    done(admin.submit(&path, &act(&[])).await).await;
}

#[tokio::test]
async fn a_cluster_that_is_not_read_is_left_out_by_name_only_and_visibly() {
    let site = Site::with_sign_in(Setup::default()).await;
    let admin = site.sign_in("admin").await;
    site.show(&[owned("web", "payments")]).await;
    let id = site.draft_campaign(&admin, &[]).await;
    let clusters = ["prod", "test"].map(|name| name.parse().unwrap());
    site.store.configure(&clusters).await.unwrap();
    let path = format!("/campaigns/{id}/open");
    refused(admin.submit(&path, &act(&[])).await, 409, "test").await;
    done(admin.submit(&path, &act(&[("leave_out", "test")])).await).await;
    let view = site.store.campaign(id).await.unwrap().unwrap();
    let records = &view.campaign.completeness().unwrap().clusters;
    assert_eq!((records[0].name.as_str(), &records[0].left_out), ("prod", &None));
    assert!(records[1].left_out.as_deref().unwrap().starts_with("left out by an admin"));
}

#[tokio::test]
async fn the_same_form_twice_is_answered_twice_and_does_it_once() {
    let site = Site::with_sign_in(Setup::default()).await;
    let admin = site.sign_in("admin").await;
    site.show(&[owned("web", "payments")]).await;
    let draft = act(&[("name", "Spring"), ("due", "2026-03-16")]);
    let first = done(admin.submit("/campaigns", &draft).await).await;
    assert_eq!(done(admin.submit("/campaigns", &draft).await).await, first);
    assert_eq!(site.store.campaigns().await.unwrap().len(), 1);
    for what in ["open", "close"] {
        site.fresh(&["prod"]).await;
        let (path, form) = (format!("{first}/{what}"), act(&[]));
        assert_eq!(done(admin.submit(&path, &form).await).await, first);
        assert_eq!(done(admin.submit(&path, &form).await).await, first);
        refused(admin.submit(&path, &act(&[])).await, 409, "this needs one that is").await;
    }
    let actions = site.actions().await;
    assert_eq!(actions, ["sign-in", "campaign.created", "campaign.opened", "campaign.closed"]);
}

#[tokio::test]
async fn a_form_without_a_key_or_with_that_of_another_does_nothing() {
    let round = Round::new().await;
    let path = format!("/campaigns/{}/close", round.id);
    refused(round.admin.submit(&path, "").await, 422, "no valid key").await;
    let used = act(&[("due", "2026-03-20")]);
    let extend = format!("/campaigns/{}/extend", round.id);
    done(round.admin.submit(&extend, &used).await).await;
    refused(round.admin.submit(&path, &used).await, 409, "already used").await;
    assert_eq!(state(&round.site, round.id).await, CampaignState::Open);
}

#[tokio::test]
async fn a_name_may_be_markup_but_not_long() {
    let site = Site::with_sign_in(Setup::default()).await;
    let admin = site.sign_in("admin").await;
    let long = "x".repeat(201);
    let fields = [("name", long.as_str()), ("due", "2026-03-16")];
    refused(admin.submit("/campaigns", &act(&fields)).await, 422, "200 characters").await;
    let id = site.draft_campaign(&admin, &[("name", "<script>alert(1)</script>")]).await;
    for path in ["/campaigns".to_owned(), format!("/campaigns/{id}")] {
        let page = admin.text(&path).await;
        assert!(page.contains("&lt;script&gt;alert(1)"), "{path}: {page}");
        assert!(!page.contains("<script>alert(1)"), "{path}: {page}");
    }
}

#[tokio::test]
async fn whoever_reads_everything_sees_the_preview_and_no_button() {
    let site = Site::with_sign_in(Setup::default()).await;
    let (admin, viewer) = (site.sign_in("admin").await, site.sign_in("viewer").await);
    site.show(&[owned("web", "payments"), owned("finder", "search")]).await;
    let path = "/campaigns/new?name=Q1&cluster=prod&owner=payments&due=2026-03-16";
    for browser in [&admin, &viewer] {
        let page = browser.text(path).await;
        assert!(page.contains("would be reviewed") && page.contains("payments"), "{page}");
    }
    assert!(admin.text(path).await.contains("Create a draft"));
    assert!(!viewer.text(path).await.contains("Create a draft"));
    assert!(site.store.campaigns().await.unwrap().is_empty(), "looking makes nothing");
}
