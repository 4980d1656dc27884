//! What the pages of retirements say, as HTML.

use domain::detail::Detail;
use domain::managed::{Managed, Manager};
use domain::retirement::{Retirement, RetirementView, Stage, State};
use domain::traffic::{Granularity, Traffic};
use domain::{IngressId, RetirementId, ReviewId};
use jiff::SignedDuration;
use leptos::prelude::*;
use store::{RetirementPage, RetirementRow};

use super::{list, one};
use crate::testing::{self, EVIL, detail, now};

fn retirement(state: State) -> Retirement {
    Retirement {
        id: RetirementId(4),
        ingress: IngressId(7),
        review: Some(ReviewId(5)),
        routes: Vec::new(),
        requested_at: now() - SignedDuration::from_hours(24 * 10),
        requested_by: "Ann Example".into(),
        wish: None,
        state,
        reason: "nobody uses it".into(),
    }
}

fn held() -> State {
    State::Held { until: now() + SignedDuration::from_hours(24 * 4) }
}

fn removed() -> State {
    State::Removed { at: now(), proof: "the watch told that it was deleted".into() }
}

fn states() -> [State; 5] {
    let cancelled = State::Cancelled { at: now(), why: "traffic came back".into() };
    [held(), State::Due { since: now() }, removed(), State::Reappeared { at: now() }, cancelled]
}

fn found(retirement: Retirement) -> one::Found {
    one::Found {
        retirement,
        detail: detail(),
        may_cancel: true,
        sees_review: true,
        sees_ingress: true,
        now: now(),
        revision: 1,
    }
}

fn card(state: State) -> String {
    one::content(&found(retirement(state)), "/base").to_html()
}

fn list_of(query: &str, retirements: Vec<Retirement>) -> String {
    let row = |retirement| RetirementRow { retirement, ingress: testing::row(), campaign: None };
    list_of_rows(query, retirements.into_iter().map(row).collect())
}

fn list_of_rows(query: &str, rows: Vec<RetirementRow>) -> String {
    let page = RetirementPage {
        rows,
        next: None,
        counts: Stage::ALL.map(|stage| (stage, 3)).to_vec(),
        took: Some(SignedDuration::from_hours(24 * 16)),
        due_this_week: 2,
        weekly_limit: 5,
    };
    let view = RetirementView::parse(query).unwrap();
    let found = list::Found { asked: view, page, sees_all: true, now: now(), revision: 1 };
    list::content(&found, "/base").to_html()
}

#[test]
fn every_state_is_a_word_with_its_meaning() {
    for state in states() {
        let stage = state.stage();
        let html = card(state.clone());
        assert!(html.contains(stage.label()), "{stage:?}: {html}");
        let begin = stage.explanation().split('\'').next().unwrap();
        assert!(html.contains(begin), "{stage:?}: {html}");
        let list = list_of("", vec![retirement(state)]);
        assert!(list.contains(stage.label()) && list.contains("/base/retirements/4\""), "{list}");
    }
}

#[test]
fn what_waits_says_until_when_and_what_is_gone_how_that_is_known() {
    let waits = card(held());
    assert!(waits.contains("in 4 days") && waits.contains("aria-current=\"step\""), "{waits}");
    assert!(waits.contains("once it is due, not before"), "{waits}");
    let over = State::Held { until: now() - SignedDuration::from_hours(24) };
    assert!(card(over).contains("or for its turn in the week"));
    let gone = card(removed());
    assert!(gone.contains("the watch told") && gone.contains("10 days"), "{gone}");
    assert!(!gone.contains("How to remove it"), "{gone}");
}

#[test]
fn the_steps_can_be_copied_and_are_those_for_what_manages_it() {
    let mut found = found(retirement(State::Due { since: now() }));
    found.detail =
        Detail { managed: Managed { by: Manager::Kubectl, ..Managed::default() }, ..detail() };
    let html = one::content(&found, "/base").to_html();
    assert!(html.contains("kubectl delete ingress web --namespace shop"), "{html}");
    assert!(html.contains("data-copy=\"steps\""), "{html}");
    assert!(card(State::Due { since: now() }).contains("Helm values"));
}

#[test]
fn the_kept_manifest_can_be_downloaded_in_every_state() {
    for state in states() {
        let html = card(state);
        assert!(html.contains("href=\"/base/retirements/4/manifest.yaml\""), "{html}");
    }
}

#[test]
fn only_what_is_not_over_can_be_cancelled_and_only_by_who_may() {
    let form = "action=\"/base/retirements/4/cancel\"";
    for state in states() {
        let may = !matches!(state.stage(), Stage::Removed | Stage::Cancelled);
        assert_eq!(card(state).contains(form), may);
    }
    let mut found = found(retirement(held()));
    found.may_cancel = false;
    assert!(!one::content(&found, "/base").to_html().contains(form));
}

#[test]
fn who_may_not_open_the_review_or_the_ingress_is_not_led_there() {
    let all = card(held());
    assert!(all.contains("/base/reviews/5\"") && all.contains("/base/ingresses/7\""), "{all}");
    let mut found = found(retirement(held()));
    (found.sees_review, found.sees_ingress) = (false, false);
    let html = one::content(&found, "/base").to_html();
    assert!(!html.contains("/base/reviews/5") && !html.contains("/base/ingresses/7"), "{html}");
}

#[test]
fn a_part_of_the_routes_is_listed() {
    let routes = vec!["web.example.com /old".to_owned()];
    let html = one::content(&found(Retirement { routes, ..retirement(held()) }), "").to_html();
    assert!(html.contains("only 1 route") && html.contains("web.example.com /old"), "{html}");
}

#[test]
fn some_routes_say_whether_the_traffic_of_others_cancels_them() {
    let says = |granularity, state| {
        let routes = vec!["web.example.com /old".to_owned()];
        let mut found = found(Retirement { routes, ..retirement(state) });
        found.detail.traffic.granularity = Some(granularity);
        one::content(&found, "").to_html().contains("any successful request to the ingress")
    };
    assert!(says(Granularity::Ingress, held()) && says(Granularity::Service, held()));
    assert!(!says(Granularity::Route, held()));
    assert!(!says(Granularity::Ingress, removed()), "nothing cancels it any more");
    assert!(!card(held()).contains("any successful request"), "the whole ingress goes");
}

#[test]
fn what_nothing_measures_is_not_said_to_be_unused() {
    for state in [held(), State::Due { since: now() }] {
        let explanation = state.stage().explanation();
        let mut found = found(retirement(state.clone()));
        found.detail.traffic = Traffic::default();
        let html = one::content(&found, "").to_html();
        assert!(html.contains("Nothing measures its traffic, so its use is not known"), "{html}");
        assert!(!html.contains(explanation), "{html}");
        let mut ingress = testing::row();
        ingress.traffic = Traffic::default();
        let row = RetirementRow { retirement: retirement(state.clone()), ingress, campaign: None };
        assert!(list_of_rows("", vec![row]).contains("nothing measures it"), "{state:?}");
        assert!(!list_of("", vec![retirement(state)]).contains("nothing measures it"));
    }
}

#[test]
fn the_list_counts_by_state_and_says_how_retirements_go() {
    let html = list_of("state=due", vec![retirement(held())]).replace("<!>", "");
    for expected in ["2 of at most 5", "16 days", "All 15", "Due 3", "state=removed"] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
    assert!(!html.contains("style="), "{html}");
}

#[test]
fn each_empty_list_says_why() {
    assert!(list_of("", vec![]).contains("Nothing is being retired"));
    assert!(list_of("state=due", vec![]).contains("No retirement is like this"));
}

#[test]
fn markup_in_every_field_is_text() {
    let evil = || EVIL.to_owned();
    let cancelled = State::Cancelled { at: now(), why: evil() };
    let removed = State::Removed { at: now(), proof: evil() };
    for state in [cancelled, removed, held()] {
        let retirement = Retirement {
            routes: vec![evil()],
            requested_by: evil(),
            reason: evil(),
            ..retirement(state)
        };
        let mut found = found(retirement.clone());
        found.detail.managed = Managed { name: Some(evil()), how: evil(), ..testing::managed() };
        found.detail.owner = Some(testing::owner_of(EVIL));
        let html = one::content(&found, "").to_html() + &list_of("", vec![retirement]);
        assert!(!html.contains("<script") && !html.contains('\u{202e}'), "{html}");
    }
}
