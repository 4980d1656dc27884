//! What a card says, as HTML.

use std::sync::Arc;

use domain::campaign::{Campaign, Reasons};
use domain::detail::{Detail, Event, Happening, Proof, Removal};
use domain::inventory::Row;
use domain::owner::Guess;
use domain::recommendation::{Advice, Recommendation};
use domain::retirement::{Retirement, State};
use domain::review::{Choice, Decision, Kind, Review, ReviewState, ReviewView};
use domain::testing::route;
use domain::user::Role;
use domain::{CampaignId, Change, RetirementId, ReviewId};
use leptos::prelude::*;
use store::{DecidedIn, ReviewCard};

use super::super::asked::Asked;
use super::super::samples::{card, closed, decision, evil_comment, recommended, review};
use super::{Found, Way, content, head};
use crate::testing::{self, EVIL, now};

fn found(card: ReviewCard) -> Found {
    let person = testing::person(None, &["payments"]);
    Found {
        card,
        asked: Asked::read("team=payments").unwrap(),
        way: Way::of(ReviewId(5), &[ReviewId(4), ReviewId(5), ReviewId(6)]),
        visitor: testing::visitor(None, &["payments"]),
        person: Arc::new(person),
        teams: ["core", "payments", "web"].map(str::to_owned).to_vec(),
        done: None,
        now: now(),
        revision: 1,
    }
}

fn html_of(found: &Found) -> String {
    head(found, "/base").to_html() + &content(found, "/base").to_html()
}

fn html(card: ReviewCard) -> String {
    html_of(&found(card))
}

fn decided(kind: Kind) -> Review {
    Review { state: ReviewState::Decided(decision(kind)), ..review(5) }
}

#[test]
fn two_keys_decide_it() {
    let html = html(card(review(5)));
    for expected in [
        "action=\"/base/reviews/decide\"",
        "name=\"id\" value=\"5\"",
        "name=\"hash\" value=\"4f9d\"",
        "name=\"kind\" value=\"confirm\"",
        "name=\"back\" value=\"/reviews/5?team=payments&amp;next=1\"",
        "class=\"button primary wide\"",
        "data-step=\"next\"",
        "href=\"/base/reviews/6?team=payments\"",
        "href=\"/base/reviews/4?team=payments\"",
        "2 others in this part",
    ] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
    for key in ["c", "r", "n"] {
        assert_eq!(html.matches(&format!("aria-keyshortcuts=\"{key}\"")).count(), 1, "{html}");
    }
    assert!(!html.contains("style="), "{html}");
}

#[test]
fn each_form_has_a_key_and_each_field_a_name_of_its_own() {
    let html = html(card(decided(Kind::Confirm)));
    let values = |name: &str| -> Vec<String> {
        let mark = format!("{name}=\"");
        let parts = html.split(mark.as_str()).skip(1);
        parts.filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect()
    };
    assert_eq!(html.matches("name=\"key\"").count(), html.matches("method=\"post\"").count());
    let mut ids = values(" id");
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "{ids:?}");
    for id in values(" for") {
        assert!(ids.contains(&id), "{id}");
    }
}

#[test]
fn a_reason_is_asked_for_against_the_recommendation_or_always() {
    let recommendation = recommended(Advice::Retire);
    let against = html(card(Review { recommendation, ..review(5) }));
    assert!(against.contains("Confirm…") && against.contains("asks for a reason"), "{against}");
    assert!(!against.contains("button primary wide"), "{against}");
    let mut always = card(review(5));
    if let Campaign::Open(open) = &mut always.campaign {
        open.terms.reasons = Reasons::Always;
    }
    assert!(html(always).contains("Confirm…"));
}

#[test]
fn some_routes_can_be_retired_where_there_are_several() {
    assert!(!html(card(review(5))).contains("name=\"route\""));
    let mut several = card(review(5));
    several.detail.ingress.routes = vec![
        route("web.example.com", "/", "web", 80),
        route("web.example.com", "/", "other", 80),
        route("", "/api", "api", 80),
    ];
    let html = html(several);
    assert_eq!(html.matches("name=\"route\"").count(), 2, "each key once: {html}");
    assert!(html.contains("value=\"web.example.com /\""), "{html}");
    assert!(html.contains("any host/api"), "{html}");
}

#[test]
fn another_team_is_offered_and_the_best_guess_first() {
    let guess = Some(Guess { owner: "web".into(), reason: "7 of 8 do".into() });
    let mut card = card(review(5));
    card.detail = Detail { owner: None, guess, ..testing::detail() };
    let html = html(card);
    assert!(html.contains("value=\"web\" selected"), "{html}");
    assert!(!html.contains("value=\"payments\""), "{html}");
    // Once it is another team's, its card is not theirs: they go on to the next at once.
    assert!(html.contains("name=\"back\" value=\"/reviews/6?team=payments&amp;done=5\""), "{html}");
}

#[test]
fn what_was_decided_can_be_undone_while_the_campaign_is_open() {
    let undo = "action=\"/base/reviews/5/undo\"";
    assert!(!html(card(review(5))).contains(undo));
    let open = html(card(decided(Kind::Retire)));
    assert!(open.contains(undo) && open.contains("we still need it"), "{open}");
    let over = html(ReviewCard { campaign: closed(), ..card(decided(Kind::Retire)) });
    assert!(!over.contains(undo) && over.contains("The campaign is closed"), "{over}");
    assert!(!over.contains("/reviews/decide") && over.contains("/comment"), "{over}");
}

#[test]
fn of_one_that_is_gone_there_is_nothing_to_decide() {
    let mut gone = card(review(5));
    gone.detail.removed = Some(Removal { at: now(), proof: Proof::Replaced });
    let html = html(gone);
    assert!(
        html.contains("no longer in its cluster") && !html.contains("/reviews/decide"),
        "{html}"
    );
}

#[test]
fn between_the_due_date_and_the_closing_nothing_is_offered() {
    let mut found = found(card(decided(Kind::Retire)));
    found.now = "2026-12-01T00:00:01Z".parse().unwrap();
    let html = html_of(&found);
    assert!(html.contains("is about to be closed"), "{html}");
    assert!(!html.contains("/reviews/decide") && !html.contains("/undo"), "{html}");
}

#[test]
fn what_is_on_its_way_out_is_said_before_somebody_confirms_it() {
    let mut card = card(review(5));
    assert!(!html(card.clone()).contains("that is cancelled"));
    card.retirements = vec![Retirement {
        id: RetirementId(4),
        ingress: card.review.ingress,
        review: Some(ReviewId(2)),
        routes: Vec::new(),
        requested_at: now(),
        requested_by: EVIL.into(),
        wish: None,
        state: State::Due { since: now() },
        reason: String::new(),
    }];
    let html = html(card);
    assert!(html.contains("href=\"/base/retirements/4\""), "{html}");
    assert!(html.contains("If you confirm it, that is cancelled"), "{html}");
    assert!(!html.contains("<script"), "{html}");
}

#[test]
fn a_change_after_the_decision_and_since_the_last_review_is_shown() {
    let change = Change {
        what: "class".into(),
        before: Some("nginx".into()),
        after: Some("traefik".into()),
        material: true,
    };
    let last = decision(Kind::Confirm);
    let reopened = ReviewState::Reopened { last, changes: vec![change.clone()] };
    let mut card = card(Review { state: reopened, ..review(5) });
    card.attestation = Some(testing::attestation());
    card.changes = vec![change.clone()];
    card.detail.history = vec![Event { at: now(), what: Happening::Changed(vec![change]) }];
    let html = html(card);
    for words in ["decided again", "Last confirmed by", "Since then", "traefik", "last change"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(
        super::known::changes(&super::super::samples::card(review(5)), now())
            .to_html()
            .contains("Nobody confirmed it")
    );
}

#[test]
fn an_admin_acts_on_behalf_and_gives_it_to_other_teams_but_not_to_their_own() {
    let mut found = found(card(review(5)));
    found.person = Arc::new(testing::person(Some(Role::Admin), &["web"]));
    let html = html_of(&found);
    assert!(html.contains("on its behalf"), "{html}");
    let form = html.split("/base/reviews/5/reassign\"").nth(1).unwrap();
    let form = form.split("</form>").next().unwrap();
    assert!(form.contains("value=\"core\"") && !form.contains("value=\"web\""), "{form}");
    assert!(!html_of(&self::found(card(review(5)))).contains("/reassign"));
}

#[test]
fn of_other_teams_only_the_number_is_said() {
    let other = Row { owner: Some(testing::owner_of("others")), ..testing::row() };
    let same_host = vec![testing::row(), other];
    let html = html(ReviewCard { same_host, ..card(review(5)) });
    assert!(html.contains("1 more, not listed here") && !html.contains("others</bdi>"), "{html}");
    assert!(self::html(card(review(5))).contains("No other ingress has one of its hosts"));
}

#[test]
fn all_decisions_stay_and_say_which_counts() {
    let first = Decision { undone: true, ..decision(Kind::Retire) };
    let second = Decision { superseded: true, on_behalf: true, ..decision(Kind::NotMine) };
    let third = Decision { recommendation: Advice::Retire, ..decision(Kind::Confirm) };
    let html = html(ReviewCard { decisions: vec![third, second, first], ..card(review(5)) });
    for words in ["undone", "replaced by a later one", "on behalf", "against the recommendation"] {
        assert!(html.contains(words), "{words}: {html}");
    }
}

#[test]
fn after_the_last_comes_the_first_that_is_open_and_then_the_queue() {
    let ids = [ReviewId(4), ReviewId(5), ReviewId(6)];
    let view = ReviewView::default();
    let on = |id, ids: &[ReviewId]| Way::of(id, ids).on(id, &view, "");
    assert_eq!(on(ReviewId(5), &ids), "/reviews/6?done=5");
    assert_eq!(on(ReviewId(6), &ids), "/reviews/4?done=6");
    assert_eq!(on(ReviewId(5), &[ReviewId(5)]), "/reviews?done=5");
    assert_eq!(Way::of(ReviewId(5), &[]).on(ReviewId(5), &view, ""), "/reviews?done=5");
}

#[test]
fn markup_in_every_field_is_text() {
    let evil = || EVIL.to_owned();
    let choice = Choice {
        kind: Kind::Retire,
        routes: vec![evil()],
        wish: None,
        proposed: Some(evil()),
        reason: evil(),
    };
    let decision = Decision { choice, ..decision(Kind::Retire) };
    let recommendation = Recommendation { reasons: vec![evil()], ..recommended(Advice::None) };
    let state = ReviewState::Decided(decision);
    let mut card = card(Review { state, assignee: evil(), recommendation, ..review(5) });
    card.detail.cluster = evil();
    card.detail.owner = Some(testing::owner_of(EVIL));
    card.detail.ingress.routes = vec![route(EVIL, EVIL, EVIL, 80); 2];
    card.same_host = vec![Row { name: evil(), ..testing::row() }];
    card.comments = vec![evil_comment()];
    let html = html(card);
    assert!(!html.contains("<script") && !html.contains("</textarea><script"), "{html}");
    assert!(!html.contains('\u{202e}'), "{html}");
}

#[test]
fn what_was_decided_in_other_campaigns_leads_there_who_may_see_them() {
    assert!(!html(card(review(5))).contains("other campaigns"));
    let earlier = DecidedIn {
        review: ReviewId(2),
        campaign: CampaignId(1),
        name: format!("Autumn {EVIL}"),
        decision: decision(Kind::Confirm),
    };
    let mut found = found(ReviewCard { earlier: vec![earlier], ..card(review(5)) });
    let member = html_of(&found);
    assert!(member.contains("Decided in other campaigns") && member.contains("Autumn"), "{member}");
    assert!(!member.contains("/campaigns/1") && !member.contains("<script"), "{member}");
    found.visitor = testing::visitor(Some(Role::Viewer), &["payments"]);
    let viewer = html_of(&found);
    assert!(viewer.contains("href=\"/base/campaigns/1\""), "{viewer}");
}
