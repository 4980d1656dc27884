//! Campaigns: what is frozen, what prevents it, and how they end.

use domain::assess::Rules;
use domain::campaign::{Campaign, CampaignState, Closing, Terms, Undecided};
use domain::owner::{self, Team};
use domain::recommendation::Advice;
use domain::review::{Kind, Outcome, ReviewState};
use domain::{CampaignId, Scope};
use futures::TryStreamExt;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use store::{ActError, Batch, EvidenceRow, Sighting, Store};

use crate::acting::{
    act, admin, changed, choice, day, decide, entries, fresh, member, old, opened, outcome, owned,
    recorded, review, reviews, shelf, status, terms,
};
use crate::support::{Shelf, cluster, now, verified};

async fn with(names: &[(&str, &str)]) -> Shelf {
    let shelf = shelf().await;
    let manifests: Vec<_> = names.iter().map(|(name, owner)| owned(name, owner)).collect();
    shelf.put("prod", &manifests).await;
    shelf
}

async fn state(store: &Store, id: CampaignId) -> CampaignState {
    store.campaign(id).await.unwrap().unwrap().campaign.state()
}

async fn draft(store: &Store, terms: Terms) -> CampaignId {
    store.create_campaign(&act(&admin()), terms, None, now()).await.unwrap()
}

#[tokio::test]
async fn opening_freezes_who_reviews_what() {
    let shelf = with(&[("a", "shop"), ("b", "cart"), ("c", ""), ("d", "somebody")]).await;
    let store = &shelf.store;
    let id = opened(store, terms("cluster=prod")).await;
    shelf.put("prod", &[owned("late", "shop")]).await;
    let found = reviews(store, id).await;
    let told: Vec<_> =
        found.iter().map(|one| (one.row.name.as_str(), one.review.assignee.as_str())).collect();
    let fallback = "platform";
    assert_eq!(told, [("a", "shop"), ("b", "cart"), ("c", fallback), ("d", fallback)]);
    assert!(found.iter().all(|one| one.review.state == ReviewState::Open));
    assert!(found.iter().all(|one| one.review.recommendation.advice == Advice::None));
    assert!(found.iter().all(|one| one.review.material_hash == one.row.material_hash));
    let view = store.campaign(id).await.unwrap().unwrap();
    let Campaign::Open(open) = &view.campaign else { panic!("{view:?}") };
    let record = &open.completeness.clusters[0];
    assert_eq!((record.ingresses, record.in_scope), (4, 4));
    assert_eq!(record.resource_version.as_deref(), Some("42"));
    assert_eq!(view.counts().open, 4);
    assert_eq!(view.not_begun, ["cart", "platform", "shop"]);
    let what: Vec<_> = entries(store).await.into_iter().map(|entry| entry.action).collect();
    assert_eq!(what, ["campaign.opened", "campaign.created"]);
}

#[tokio::test]
async fn a_scope_narrows_what_is_reviewed() {
    let shelf = with(&[("a", "shop"), ("b", "cart")]).await;
    let store = &shelf.store;
    shelf.put("test", &[owned("t", "shop")]).await;
    let count = async |scope: &str| {
        let scope = Scope::parse(scope).unwrap();
        let teams = store.rules().owner.teams.clone();
        store.preview(&scope, 90, &teams, None, now()).await.unwrap().total
    };
    assert_eq!(count("").await, 3);
    assert_eq!(count("cluster=prod").await, 2);
    assert_eq!(count("cluster=prod&cluster=test").await, 3);
    assert_eq!(count("owner=shop").await, 2);
    assert_eq!(count("label=team=cart").await, 1);
    assert_eq!(count("label=team=cart&label=tier=web").await, 0);
    assert_eq!(count("q=b.example").await, 1);
    assert_eq!(count("unused=90").await, 0);
    assert_eq!(count("older=1").await, 0, "created within a day of the test's now or later");
}

#[tokio::test]
async fn a_preview_says_who_would_review_and_what_is_left_out() {
    let shelf = with(&[("a", "shop"), ("b", "shop"), ("c", "")]).await;
    let store = &shelf.store;
    let teams = store.rules().owner.teams.clone();
    let scope = Scope::parse("cluster=prod").unwrap();
    let preview = store.preview(&scope, 90, &teams, None, now()).await.unwrap();
    assert_eq!(preview.by_assignee, [("shop".to_owned(), 2)]);
    assert_eq!(preview.unassigned, [("-".to_owned(), 1)]);
    assert_eq!(preview.clusters, [("prod".to_owned(), true, 3)]);
    assert_eq!((preview.sample.len(), preview.advised.len()), (3, 3));
    assert!(preview.memberless.is_empty() && !preview.everything);
    let mut memberless = teams.clone();
    memberless.iter_mut().for_each(|team| team.groups.clear());
    let found = store.preview(&Scope::default(), 90, &memberless, None, now()).await.unwrap();
    assert_eq!((found.memberless, found.everything), (vec!["shop".to_owned()], true));
    let fallback = Some("platform");
    let preview = store.preview(&scope, 90, &teams, fallback, day(1)).await.unwrap();
    assert_eq!(preview.clusters, [("prod".to_owned(), false, 3)], "it is stale by then");
    assert!(preview.unassigned.is_empty());
}

#[tokio::test]
async fn what_the_scope_leaves_out_is_counted_as_narrowly_as_what_it_means() {
    let shelf = with(&[("young", "shop"), ("other", "cart")]).await;
    let store = &shelf.store;
    shelf.put("prod", &[old(owned("old", "shop"))]).await;
    shelf.put("test", &[owned("t", "shop"), old(owned("u", "shop"))]).await;
    let left_out = async |scope: &str| {
        let scope = Scope::parse(scope).unwrap();
        let teams = store.rules().owner.teams.clone();
        store.preview(&scope, 90, &teams, None, now()).await.unwrap().left_out
    };
    let young = "created within the last 30 days".to_owned();
    assert_eq!(left_out("older=30").await, [(young.clone(), 3)]);
    assert_eq!(left_out("older=30&label=team=shop").await, [(young.clone(), 2)]);
    assert_eq!(left_out("older=30&cluster=test").await, [(young.clone(), 1)]);
    store.configure(&[cluster("prod")]).await.unwrap();
    let gone = "cluster test is no longer in the configuration".to_owned();
    assert_eq!(left_out("older=30").await, [(young, 2), (gone, 1)]);
    assert!(left_out("cluster=prod").await.is_empty());
}

#[tokio::test]
async fn what_cannot_be_opened_stays_a_draft_and_nothing_is_frozen() {
    let shelf = with(&[("a", "shop"), ("c", "")]).await;
    let store = &shelf.store;
    let open = async |terms: Terms, at| {
        let id = draft(store, terms).await;
        let opened = store.open_campaign(&act(&admin()), id, &[], at).await;
        assert_eq!(state(store, id).await, CampaignState::Draft);
        assert!(reviews(store, id).await.is_empty());
        status(opened)
    };
    assert_eq!(open(terms("cluster=prod&owner=nobody-here"), now()).await, 409, "nothing");
    let without = Terms { fallback: None, ..terms("cluster=prod") };
    assert_eq!(open(without, now()).await, 409, "nobody reviews the orphan");
    assert_eq!(open(terms("cluster=prod"), day(1)).await, 409, "stale");
    fresh(store, day(15));
    assert_eq!(open(terms("cluster=prod"), day(15)).await, 409, "due already");
    assert_eq!(open(terms("cluster=elsewhere"), now()).await, 409, "no such cluster");
    assert_eq!(recorded(store, "campaign.opened").await, 0);
    let late = Terms { due: day(-1), ..terms("") };
    let made = store.create_campaign(&act(&admin()), late, None, now()).await;
    assert_eq!(status(made), 422);
}

#[tokio::test]
async fn a_stale_cluster_is_left_out_by_name_only() {
    let shelf = with(&[("a", "shop")]).await;
    let store = &shelf.store;
    shelf.put("test", &[owned("t", "shop")]).await;
    store.set_status(&cluster("test"), domain::sync::Kind::Ingress, |status| {
        status.data_as_of = Some(day(-1));
    });
    let id = draft(store, terms("")).await;
    assert_eq!(status(store.open_campaign(&act(&admin()), id, &[], now()).await), 409);
    let left_out = ["test".to_owned()];
    let count = store.open_campaign(&act(&admin()), id, &left_out, now()).await.unwrap();
    assert_eq!(count, 1);
    let view = store.campaign(id).await.unwrap().unwrap();
    let records = &view.campaign.completeness().unwrap().clusters;
    assert!(records[0].left_out.is_none() && records[1].left_out.is_some());
}

#[tokio::test]
async fn the_same_form_sent_again_is_answered_again_and_does_nothing() {
    let shelf = with(&[("a", "shop")]).await;
    let store = &shelf.store;
    let once = act(&admin());
    let id = store.create_campaign(&once, terms("cluster=prod"), None, now()).await.unwrap();
    let again = store.create_campaign(&once, terms("cluster=prod"), None, now()).await.unwrap();
    assert_eq!(id, again);
    assert_eq!(store.campaigns().await.unwrap().len(), 1);
    let open = act(&admin());
    assert_eq!(store.open_campaign(&open, id, &[], now()).await.unwrap(), 1);
    assert_eq!(store.open_campaign(&open, id, &[], now()).await.unwrap(), 1);
    assert_eq!(recorded(store, "campaign.opened").await, 1);
    assert_eq!(status(store.open_campaign(&act(&admin()), id, &[], now()).await), 409);
    assert_eq!(status(store.close_campaign(&once, id, now()).await), 409, "the key of another act");
}

#[tokio::test]
async fn only_admins_lead_campaigns() {
    let shelf = with(&[("a", "shop")]).await;
    let store = &shelf.store;
    let ada = member("ada", &["shop"]);
    let id = draft(store, terms("cluster=prod")).await;
    let made = store.create_campaign(&act(&ada), terms(""), None, now()).await;
    assert_eq!(status(made), 403);
    assert_eq!(status(store.edit_campaign(&act(&ada), id, terms(""), now()).await), 403);
    assert_eq!(status(store.open_campaign(&act(&ada), id, &[], now()).await), 403);
    store.open_campaign(&act(&admin()), id, &[], now()).await.unwrap();
    assert_eq!(status(store.extend_campaign(&act(&ada), id, day(20), now()).await), 403);
    assert_eq!(status(store.close_campaign(&act(&ada), id, now()).await), 403);
    let one = review(store, id, "a").await;
    let given = store.reassign(&act(&ada), one.review.id, "cart", "theirs", now()).await;
    assert_eq!(status(given), 403);
    assert_eq!(status(store.close_campaign(&act(&admin()), CampaignId(99), now()).await), 404);
}

#[tokio::test]
async fn a_draft_is_edited_and_an_open_one_only_extended() {
    let shelf = with(&[("a", "shop")]).await;
    let store = &shelf.store;
    let id = draft(store, terms("owner=nobody-here")).await;
    let edited = Terms { name: "  Other ".into(), ..terms("cluster=prod") };
    store.edit_campaign(&act(&admin()), id, edited, now()).await.unwrap();
    let extended = store.extend_campaign(&act(&admin()), id, day(20), now()).await;
    assert_eq!(status(extended), 409, "it is not open yet");
    store.open_campaign(&act(&admin()), id, &[], now()).await.unwrap();
    assert_eq!(status(store.edit_campaign(&act(&admin()), id, terms(""), now()).await), 409);
    assert_eq!(status(store.extend_campaign(&act(&admin()), id, day(3), now()).await), 422);
    store.extend_campaign(&act(&admin()), id, day(20), now()).await.unwrap();
    let view = store.campaign(id).await.unwrap().unwrap();
    assert_eq!(
        (view.campaign.terms().name.as_str(), view.campaign.terms().due),
        ("Other", day(20))
    );
}

#[tokio::test]
async fn closing_gives_each_review_one_outcome() {
    let shelf = with(&[("a", "shop"), ("b", "shop"), ("c", "shop"), ("d", "shop")]).await;
    let store = &shelf.store;
    let id = opened(store, terms("cluster=prod")).await;
    let ada = member("ada", &["shop"]);
    for (name, kind) in [("a", Kind::Confirm), ("b", Kind::Retire)] {
        let one = review(store, id, name).await;
        decide(store, &act(&ada), &one, choice(kind), now()).await.unwrap();
    }
    let gone = Batch {
        deleted: vec![Sighting::read(&owned("d", "shop").to_string())],
        ..Batch::default()
    };
    store.apply_ingresses(&cluster("prod"), &gone, now()).await.unwrap();
    let close = act(&admin());
    let summary = store.close_campaign(&close, id, now()).await.unwrap();
    assert_eq!(summary, store.close_campaign(&close, id, now()).await.unwrap());
    let outcomes: Vec<_> = reviews(store, id).await.iter().map(outcome).collect();
    let expected = [Outcome::Confirmed, Outcome::Retired, Outcome::Exception, Outcome::Gone];
    assert_eq!(outcomes, expected);
    assert_eq!((summary.total(), summary.exceptions), (4, 1));
    let view = store.campaign(id).await.unwrap().unwrap();
    let Campaign::Closed(closed) = &view.campaign else { panic!("{view:?}") };
    assert_eq!((closed.by, closed.outcome), (Closing::ByHand, summary));
    assert!(view.not_begun.is_empty());
    verified(store, &[]).await.unwrap();
}

#[tokio::test]
async fn what_is_due_closes_by_itself_and_missing_data_retires_nothing() {
    let shelf = with(&[("a", "shop")]).await;
    let store = &shelf.store;
    let retiring = Terms { undecided: Undecided::Retire, ..terms("cluster=prod") };
    let id = opened(store, retiring).await;
    assert!(store.close_due_campaigns(day(14)).await.unwrap().is_empty(), "until the due moment");
    assert_eq!(store.close_due_campaigns(day(15)).await.unwrap(), [id]);
    assert!(store.close_due_campaigns(day(15)).await.unwrap().is_empty());
    assert_eq!(outcome(&review(store, id, "a").await), Outcome::Exception);
    assert_eq!(recorded(store, "retirement.requested").await, 0);
    let entry = &entries(store).await[0];
    assert_eq!((entry.action.as_str(), entry.actor.kind()), ("campaign.closed", "system"));
}

#[tokio::test]
async fn one_that_cannot_be_closed_keeps_no_other_from_closing() {
    let shelf = with(&[("a", "shop")]).await;
    let store = &shelf.store;
    let first = opened(store, terms("cluster=prod")).await;
    let second = opened(store, terms("cluster=prod")).await;
    let options = SqliteConnectOptions::new().filename(store.path());
    let mut connection = options.connect().await.unwrap();
    let first_fails = "CREATE TRIGGER first_fails BEFORE UPDATE ON campaigns
         WHEN OLD.id = (SELECT min(id) FROM campaigns) BEGIN SELECT RAISE(ABORT, 'no'); END";
    sqlx::raw_sql(first_fails).execute(&mut connection).await.unwrap();
    assert_eq!(store.close_due_campaigns(day(15)).await.unwrap(), [second]);
    assert_eq!(state(store, first).await, CampaignState::Open);
    assert_eq!(review(store, first, "a").await.review.state, ReviewState::Open);
    sqlx::raw_sql("DROP TRIGGER first_fails").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    assert_eq!(store.close_due_campaigns(day(15)).await.unwrap(), [first]);
}

#[tokio::test]
async fn thousands_are_frozen_settled_and_exported_whole() {
    let shelf = shelf().await;
    let store = &shelf.store;
    let many: Vec<_> = (0..2_050).map(|n| owned(&format!("n{n}"), "shop")).collect();
    shelf.put("prod", &many).await;
    let id = opened(store, terms("cluster=prod")).await;
    assert_eq!(store.campaign(id).await.unwrap().unwrap().counts().open, 2_050);
    let summary = store.close_campaign(&act(&admin()), id, now()).await.unwrap();
    assert_eq!((summary.total(), summary.exceptions), (2_050, 2_050));
    let rows: Vec<Vec<EvidenceRow>> = store.export_campaign(id).try_collect().await.unwrap();
    let rows = rows.concat();
    assert_eq!(rows.len(), 2_050);
    assert!(rows.iter().all(|row| row.outcome == Some(Outcome::Exception)));
    assert!(rows.is_sorted_by_key(|row| row.review));
}

#[tokio::test]
async fn the_evidence_says_who_decided_what_on_which_ground() {
    let shelf = with(&[("a", "shop"), ("b", "shop")]).await;
    let store = &shelf.store;
    let id = opened(store, terms("cluster=prod")).await;
    let ada = member("ada", &["shop"]);
    let one = review(store, id, "a").await;
    decide(store, &act(&ada), &one, choice(Kind::Retire), now()).await.unwrap();
    decide(store, &act(&ada), &one, choice(Kind::Confirm), day(1)).await.unwrap();
    store.comment(&act(&ada), one.review.id, "<b>asked</b>", day(1)).await.unwrap();
    store.close_campaign(&act(&admin()), id, day(2)).await.unwrap();
    let rows: Vec<Vec<EvidenceRow>> = store.export_campaign(id).try_collect().await.unwrap();
    let row = rows.concat().into_iter().find(|row| row.name == "a").unwrap();
    let decision = row.decision.unwrap();
    assert_eq!((decision.by.name(), decision.choice.kind), ("ada", Kind::Confirm));
    assert!(row.attested_until.unwrap() > day(360) && row.basis.is_some());
    assert_eq!(row.others.len(), 1);
    assert!(row.others[0].superseded && row.others[0].choice.kind == Kind::Retire);
    assert_eq!(row.comments[0].text, "<b>asked</b>");
    assert_eq!(row.retirement.unwrap().state.as_str(), "cancelled");
    let told = store.evidence(id).await.unwrap().unwrap().entries().await.unwrap();
    let told: Vec<_> = told.iter().map(|entry| entry.action.as_str()).collect();
    let expected = [
        "campaign.created",
        "campaign.opened",
        "review.decided",
        "retirement.requested",
        "review.decided",
        "retirement.cancelled",
        "review.commented",
        "campaign.closed",
    ];
    assert_eq!(told, expected);
    let other = opened(store, Terms { due: day(30), ..terms("cluster=prod") }).await;
    let mut other = store.evidence(other).await.unwrap().unwrap();
    assert_eq!(other.entries().await.unwrap().len(), 2, "nothing of the first");
}

#[tokio::test]
async fn the_evidence_is_of_one_moment_whatever_is_done_meanwhile() {
    let shelf = with(&[("a", "shop"), ("b", "shop")]).await;
    let store = &shelf.store;
    let id = opened(store, terms("cluster=prod")).await;
    let mut before = store.evidence(id).await.unwrap().unwrap();
    store.close_campaign(&act(&admin()), id, day(2)).await.unwrap();
    assert_eq!(before.campaign().state(), CampaignState::Open);
    let rows = before.rows().await.unwrap();
    assert!(rows.len() == 2 && rows.iter().all(|row| row.outcome.is_none()), "{rows:?}");
    assert!(before.rows().await.unwrap().is_empty());
    let told = before.entries().await.unwrap();
    assert!(told.iter().all(|entry| entry.action != "campaign.closed"), "{told:?}");
    let mut after = store.evidence(id).await.unwrap().unwrap();
    assert_eq!(after.campaign().state(), CampaignState::Closed);
    assert!(after.rows().await.unwrap().iter().all(|row| row.outcome.is_some()));
}

#[tokio::test]
async fn a_fallback_that_is_no_team_any_more_keeps_a_campaign_from_opening() {
    let shelf = with(&[("a", "shop"), ("b", "")]).await;
    let store = &shelf.store;
    let id = draft(store, terms("cluster=prod")).await;
    let teams = vec![Team { name: "shop".into(), ..Team::default() }];
    let rules = Rules { owner: owner::Rules { teams, ..Default::default() }, ..Default::default() };
    store.set_rules(rules, now()).await.unwrap();
    let opened = store.open_campaign(&act(&admin()), id, &[], now()).await;
    let Err(ActError::Refused(why, _)) = &opened else { panic!("{opened:?}") };
    assert!(why.contains("platform"), "{why}");
    assert_eq!(state(store, id).await, CampaignState::Draft);
    assert_eq!(reviews(store, id).await.len(), 0);
}

#[tokio::test]
async fn a_confirmation_that_a_change_has_voided_does_not_hold_in_the_evidence() {
    let shelf = with(&[("a", "shop"), ("b", "shop")]).await;
    let store = &shelf.store;
    let id = opened(store, terms("cluster=prod")).await;
    let ada = member("ada", &["shop"]);
    for name in ["a", "b"] {
        let one = review(store, id, name).await;
        decide(store, &act(&ada), &one, choice(Kind::Confirm), day(1)).await.unwrap();
    }
    shelf.put("prod", &[changed("a", "shop", 2)]).await;
    let held = async || {
        let rows: Vec<Vec<EvidenceRow>> = store.export_campaign(id).try_collect().await.unwrap();
        let rows = rows.concat();
        let held: Vec<_> =
            rows.iter().map(|row| (row.name.clone(), row.attested_until.is_some())).collect();
        assert!(rows.iter().all(|row| row.decision.is_some()), "it stays on record");
        held
    };
    let expected = [("a".to_owned(), false), ("b".to_owned(), true)];
    assert_eq!(held().await, expected, "while it is open");
    store.close_campaign(&act(&admin()), id, day(2)).await.unwrap();
    assert_eq!(outcome(&review(store, id, "a").await), Outcome::Exception);
    assert_eq!(held().await, expected, "and after it");
}
