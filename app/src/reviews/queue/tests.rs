//! What the queue says, as HTML.

use std::sync::Arc;

use domain::inventory::Row;
use domain::recommendation::{Advice, Recommendation};
use domain::review::{
    Choice, Counts, Decision, Kind, Outcome, Review, ReviewState, ReviewView, Stage,
};
use domain::user::Role;
use domain::{CampaignId, Change, ReviewId};
use jiff::SignedDuration;
use leptos::prelude::*;
use store::{RetirementNews, ReviewPage, ReviewRow};

use super::super::asked::Asked;
use super::super::card::done::Done;
use super::super::samples::{decision, line, recommended, review};
use super::{Queue, content};
use crate::testing::{self, EVIL, now, person};

fn queue(query: &str, rows: Vec<ReviewRow>) -> Queue {
    let asked = Asked::read(query).unwrap();
    let person = Arc::new(person(None, &["payments", "core"]));
    let counts = Counts { open: 12, reopened: 2, confirmed: 30, ..Counts::default() };
    Queue {
        view: asked.of(&person),
        asked,
        page: ReviewPage { rows, next: None, counts },
        teams: person.teams.clone(),
        all_teams: vec!["core".into(), "payments".into()],
        person,
        clusters: vec!["prod".into(), "test".into()],
        done: None,
        retirements: RetirementNews::default(),
        now: now(),
        revision: 1,
    }
}

fn html(query: &str, rows: Vec<ReviewRow>) -> String {
    content(&queue(query, rows), "/base").to_html()
}

fn decided(id: i64, kind: Kind) -> Review {
    Review { state: ReviewState::Decided(decision(kind)), ..review(id) }
}

#[test]
fn each_review_leads_to_its_card_and_can_be_ticked() {
    let html = html("team=payments", vec![line(review(5))]);
    for expected in [
        "href=\"/base/reviews/5?team=payments\"",
        "name=\"pick\"",
        "value=\"5\"",
        "aria-label=\"Tick shop/web in prod\"",
        "data-step=\"item\"",
        "due in 7 days (2026-11-30)",
        "it was used 3 days ago",
        "href=\"/base/reviews?team=payments&amp;pick=5\"",
        "aria-keyshortcuts=\"c\"",
    ] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
    assert!(!html.contains("style="), "{html}");
}

#[test]
fn reviews_stand_campaign_by_campaign() {
    let other = Review { campaign: CampaignId(4), ..review(6) };
    let other = ReviewRow { campaign: "Orphans".into(), ..line(other) };
    let html = html("", vec![line(review(5)), other]);
    assert_eq!(html.matches("<table").count(), 2, "{html}");
    assert!(html.contains("href=\"/base/reviews?campaign=4\""), "{html}");
    assert!(html.contains("aria-label=\"Reviews of Orphans\""), "{html}");
}

#[test]
fn every_state_says_what_is_to_be_done_or_was() {
    let state = |review: Review| html("", vec![line(review)]);
    assert!(state(review(5)).contains("badge\">To decide"));
    let html = state(decided(5, Kind::Confirm));
    assert!(html.contains("badge good\">Confirmed") && html.contains("1 day ago"), "{html}");
    let last = decision(Kind::Confirm);
    let change = Change { what: "class".into(), before: None, after: None, material: true };
    let reopened = ReviewState::Reopened { last, changes: vec![change] };
    let html = state(Review { state: reopened, ..review(5) });
    assert!(html.contains("1 change since it was confirmed"), "{html}");
}

#[test]
fn what_is_settled_cannot_be_ticked() {
    let settled = ReviewState::Settled(Outcome::Exception);
    let html = html("", vec![line(Review { state: settled, ..review(5) })]);
    assert!(html.contains("Exception: nobody decided"), "{html}");
    assert!(!html.contains("name=\"pick\"") && !html.contains("together"), "{html}");
}

#[test]
fn what_is_gone_or_over_cannot_be_ticked() {
    let mut gone = line(review(5));
    gone.row.removed_at = Some(now());
    let html = html("state=gone", vec![gone]);
    assert!(html.contains("Gone from its cluster") && !html.contains("name=\"pick\""), "{html}");
    let over = ReviewRow { due: now() - SignedDuration::from_secs(1), ..line(review(5)) };
    let over = content(&queue("", vec![over]), "").to_html();
    assert!(!over.contains("name=\"pick\"") && over.contains("closed"), "{over}");
}

#[test]
fn the_queue_is_narrowed_by_cluster_and_recommendation() {
    let html = html("cluster=test&recommended=retire", vec![line(review(5))]);
    for expected in [
        "<option value=\"test\" selected>",
        "<option value=\"retire\" selected>",
        "type=\"hidden\" name=\"cluster\" value=\"test\"",
        "recommended=retire&amp;cluster=test&amp;pick=5",
    ] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
}

#[test]
fn what_calls_for_somebody_of_what_goes_is_told() {
    let mut queue = queue("", vec![]);
    assert!(!content(&queue, "").to_html().contains("retirement-news"));
    queue.retirements = RetirementNews { reappeared: 1, due: 2, in_use: 0 };
    let html = content(&queue, "/base").to_html();
    assert!(html.contains("href=\"/base/retirements?state=reappeared\""), "{html}");
    assert!(html.contains("2 due: to be removed") && !html.contains("cancelled"), "{html}");
}

#[test]
fn the_parts_of_the_queue_are_links_with_their_counts() {
    let html = html("state=decided", vec![]);
    for expected in ["To decide 14", "Decided 30", "href=\"/base/reviews\"", "All 44"] {
        assert!(html.replace("<!>", "").contains(expected), "{expected}: {html}");
    }
    let current = html.split("aria-current=\"page\"").nth(1).unwrap();
    assert!(current.split('<').next().unwrap().contains("Decided"), "{html}");
    assert!(html.contains("state=decided"), "the choice of a team keeps it: {html}");
}

#[test]
fn each_empty_queue_says_why() {
    assert!(html("", vec![]).contains("There is nothing to decide"));
    assert!(html("state=settled", vec![]).contains("No review is like this"));
    assert!(html("after=9", vec![]).contains("This page of the queue is empty"));
}

#[test]
fn what_is_decided_together_is_sent_with_what_it_was_like() {
    let other = ReviewRow {
        row: Row { material_hash: "77aa".into(), ..testing::row() },
        ..line(review(6))
    };
    let html = html("pick=5&pick=6&team=core", vec![line(review(5)), other, line(review(8))]);
    let form = html.split("value=\"confirm\"").next().unwrap();
    let values: Vec<_> = form
        .split("type=\"hidden\" name=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').nth(2))
        .collect();
    assert_eq!(values, ["5", "4f9d", "6", "77aa"], "{html}");
    assert_eq!(html.matches("action=\"/base/reviews/decide\"").count(), 3, "{html}");
    assert!(html.contains("name=\"back\" value=\"/reviews?team=core\""), "{html}");
    for key in ["c", "r", "n"] {
        assert!(html.contains(&format!("aria-keyshortcuts=\"{key}\"")), "{key}: {html}");
    }
}

#[test]
fn against_the_recommendation_a_reason_is_needed() {
    let recommendation = recommended(Advice::Retire);
    let retire = Review { recommendation, ..review(5) };
    let html = html("pick=5&pick=6", vec![line(retire), line(review(6))]);
    assert!(html.contains("1 of them: recommended is “Retire”"), "{html}");
    assert!(html.contains("1 of them: recommended is “Keep”"), "{html}");
    assert_eq!(html.matches("required").count(), 2, "{html}");
}

#[test]
fn what_was_ticked_and_is_gone_from_the_list_is_said() {
    assert!(html("pick=5&pick=9", vec![line(review(5))]).contains("1 of what you ticked"));
    assert!(html("pick=9", vec![line(review(5))]).contains("None of these can be decided"));
}

#[test]
fn a_next_page_keeps_the_part_of_the_queue() {
    let mut queue = queue("team=core&after=3", vec![line(review(5))]);
    queue.page.next = Some(ReviewId(5));
    let html = content(&queue, "/base").to_html();
    assert!(html.contains("href=\"/base/reviews?team=core&amp;after=5\""), "{html}");
    assert!(html.contains("name=\"after\" value=\"3\""), "{html}");
}

#[test]
fn what_was_just_decided_can_be_undone() {
    let mut queue = queue("done=4", vec![line(review(5))]);
    let last = decision(Kind::Retire);
    queue.done = Some(Done { review: ReviewId(4), last, sees_card: true });
    let html = content(&queue, "/base").to_html();
    assert!(html.contains("action=\"/base/reviews/4/undo\""), "{html}");
    assert!(html.contains("To be retired") && html.contains("Look at it again"), "{html}");
    let choice = Choice { proposed: Some("core".into()), ..Choice::new(Kind::NotMine, "") };
    let last = Decision { choice, ..decision(Kind::NotMine) };
    queue.done = Some(Done { review: ReviewId(4), last, sees_card: false });
    let given = content(&queue, "/base").to_html();
    assert!(given.contains("given to") && given.contains("/reviews/4/undo"), "{given}");
    assert!(!given.contains("Look at it again"), "its card is another team's: {given}");
}

#[test]
fn an_admin_is_told_that_it_is_on_behalf() {
    let mut queue = queue("", vec![line(review(5))]);
    queue.person = Arc::new(person(Some(Role::Admin), &[]));
    assert!(content(&queue, "").to_html().contains("on its behalf"));
    assert_eq!(ReviewView::waiting(Vec::new()).stages, Stage::WAITING);
}

#[test]
fn markup_in_every_field_is_text() {
    let evil = || EVIL.to_owned();
    let recommendation = Recommendation { reasons: vec![evil()], ..recommended(Advice::None) };
    let review = Review { assignee: evil(), recommendation, ..review(5) };
    let row = Row { cluster: evil(), namespace: evil(), name: evil(), ..testing::row() };
    let line = ReviewRow { row, campaign: evil(), ..line(review) };
    for query in ["", "pick=5", "campaign=3"] {
        let html = html(query, vec![line.clone()]);
        assert!(!html.contains("<script") && !html.contains('\u{202e}'), "{html}");
    }
}
