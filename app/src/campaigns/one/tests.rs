//! What the page of a campaign says, as HTML.

use domain::campaign::{
    Campaign, Closed, Closing, ClusterRecord, Completeness, Draft, Open, Summary, Terms,
};
use domain::owner::Team;
use domain::recommendation::{Advice, Recommendation};
use domain::review::{Counts, Outcome, Review, ReviewState};
use domain::scope::Scope;
use domain::user::{Role, Visitor};
use domain::{CampaignId, IngressId, ReviewId};
use leptos::prelude::*;
use store::{CampaignView, Preview, Progress, ReviewPage, ReviewRow};

use super::super::preview::tests::preview;
use super::{Asked, Found, Part, results, waiting};
use crate::testing::{EVIL, cluster, now, row, visitor};

fn terms() -> Terms {
    let due = "2026-12-07T23:59:59Z".parse().unwrap();
    Terms::new("Autumn", Scope::parse("unused=90").unwrap(), due)
}

fn record(name: &str, left_out: Option<&str>) -> ClusterRecord {
    ClusterRecord {
        name: name.into(),
        uid: Some("uid-of-it".into()),
        resource_version: Some("4711".into()),
        data_as_of: Some(now()),
        ingresses: 2_000,
        in_scope: 1_234,
        left_out: left_out.map(str::to_owned),
    }
}

fn completeness() -> Completeness {
    let why = "left out by an admin; it was never read completely";
    Completeness { at: now(), clusters: vec![record("prod", None), record("test", Some(why))] }
}

fn line(state: ReviewState, team: &str) -> ReviewRow {
    let recommendation = Recommendation { advice: Advice::Retire, reasons: Vec::new() };
    let review = Review {
        id: ReviewId(21),
        campaign: CampaignId(7),
        ingress: IngressId(7),
        assignee: team.into(),
        state,
        material_hash: "4f9d".into(),
        recommendation,
    };
    ReviewRow { review, row: row(), campaign: "Autumn".into(), due: now(), last: None }
}

fn teams() -> Vec<Team> {
    let email = Some("pay@example.com".to_owned());
    let team = |name: &str| Team { name: name.into(), ..Team::default() };
    vec![Team { email, ..team("payments") }, team("core")]
}

fn found(campaign: Campaign, part: Part, visitor: Visitor) -> Found {
    let one = |assignee: &str, counts: Counts| {
        let outcomes = Summary { exceptions: 17, ..Summary::default() };
        let people = vec![(EVIL.to_owned(), 9), ("Ann Example".to_owned(), 6)];
        Progress { assignee: assignee.into(), counts, outcomes, people }
    };
    let busy = Counts { open: 3, not_mine: 2, confirmed: 15, gone: 4, ..Counts::default() };
    let busy = one("core", busy);
    let idle = one("payments", Counts { open: 50, ..Counts::default() });
    let not_begun = vec!["payments".into()];
    let view = CampaignView { campaign, progress: vec![busy, idle], not_begun };
    let asked = Asked::default();
    Found { view, part, asked, teams: teams(), visitor, now: now(), revision: 1 }
}

fn draft(preview: Preview, visitor: Visitor) -> Found {
    let campaign = Draft { id: CampaignId(7), terms: terms(), series: None };
    let part = Part::Draft { preview: Box::new(preview), statuses: vec![cluster()] };
    found(Campaign::Draft(campaign), part, visitor)
}

fn open(rows: Vec<ReviewRow>, visitor: Visitor) -> Found {
    let (opened_at, completeness) = (now(), completeness());
    let id = CampaignId(7);
    let campaign = Open { id, terms: terms(), series: None, opened_at, completeness };
    let counts = Counts { open: 55, confirmed: 15, ..Counts::default() };
    let page = ReviewPage { rows, next: Some(ReviewId(21)), counts };
    found(Campaign::Open(campaign), Part::Open { waiting: page }, visitor)
}

fn closed(rows: Vec<ReviewRow>, visitor: Visitor) -> Found {
    let campaign = Closed {
        id: CampaignId(7),
        terms: terms(),
        series: None,
        opened_at: now(),
        completeness: completeness(),
        closed_at: now(),
        by: Closing::Due,
        outcome: Summary { confirmed: 1_200, exceptions: 34, ..Summary::default() },
    };
    let counts = Counts { settled: rows.len() as u64, ..Counts::default() };
    let settled = ReviewPage { rows, next: Some(ReviewId(21)), counts };
    let part = Part::Closed { settled };
    found(Campaign::Closed(campaign), part, visitor)
}

fn admin() -> Visitor {
    visitor(Some(Role::Admin), &["platform"])
}

fn html(found: &Found) -> String {
    results(found, "/base").to_html()
}

fn check(found: &Found, expected: &[&str]) {
    let html = html(found);
    for expected in expected {
        assert!(html.contains(expected), "{expected}: {html}");
    }
    assert!(!html.contains("style="), "{html}");
}

#[test]
fn an_admin_opens_a_draft_and_leaves_clusters_out_by_name() {
    check(
        &draft(preview(), admin()),
        &[
            "formaction=\"/base/campaigns/7/open\"",
            "name=\"leave_out\" value=\"prod\"",
            "not read yet",
            "href=\"/base/campaigns/new?edit=7\"",
            "now that would be 1,234 ingresses",
            "List as exceptions",
        ],
    );
    let looking = html(&draft(preview(), visitor(Some(Role::Viewer), &[])));
    assert!(looking.contains("An admin opens it") && !looking.contains("<form"), "{looking}");
}

#[test]
fn what_cannot_be_opened_says_why_and_offers_no_button() {
    let empty = html(&draft(Preview::default(), admin()));
    assert!(empty.contains("nothing to review") && !empty.contains("formaction"), "{empty}");
    let late = Found { now: "2027-01-01T00:00:00Z".parse().unwrap(), ..draft(preview(), admin()) };
    let late = html(&late);
    assert!(late.contains("due date is over") && !late.contains("formaction"), "{late}");
}

#[test]
fn an_open_campaign_says_how_far_each_team_is_and_who_has_not_begun() {
    check(
        &open(vec![line(ReviewState::Open, "payments")], admin()),
        &[
            "15 of 70 decided",
            "15 of 20 decided",
            ", 4 gone",
            "Ann Example</bdi> <!>6",
            "team=core&amp;state=not-mine\"",
            "team=core&amp;state=gone\"",
            "Has not begun",
            "mailto:pay@example.com",
            "href=\"/base/reviews?campaign=7&amp;team=payments&amp;state=open\"",
            "href=\"/base/reviews/21\"",
            "href=\"/base/campaigns/7?after=21#undecided\"",
            "formaction=\"/base/campaigns/7/extend\"",
            "formaction=\"/base/campaigns/7/close\"",
            "55 reviews are not decided",
            "href=\"/base/export/campaigns/7.zip\"",
            "href=\"/base/audit?target=campaign+7\"",
        ],
    );
}

#[test]
fn a_review_is_given_to_another_team_with_a_reason() {
    let rows = vec![line(ReviewState::Open, "payments")];
    check(
        &open(rows.clone(), admin()),
        &[
            "formaction=\"/base/reviews/21/reassign\"",
            "form=\"reassign\"",
            "name=\"back\" value=\"/campaigns/7#undecided\"",
            "name=\"key\"",
            "shop/web, to the chosen team",
        ],
    );
    // Nobody makes themselves reviewer.
    let own = html(&open(rows.clone(), visitor(Some(Role::Admin), &["core"])));
    let form = own.split("id=\"reassign-team\"").nth(1).unwrap();
    let form = &form[..form.find("</select>").unwrap()];
    assert!(form.contains("payments") && !form.contains("core"), "{form}");
    let looking = html(&open(rows, visitor(Some(Role::Viewer), &[])));
    assert!(!looking.contains("formaction") && !looking.contains("/base/reviews"), "{looking}");
    assert!(!looking.contains("/export/"), "{looking}");
}

#[test]
fn a_member_finds_the_own_reviews_only() {
    let html = html(&open(vec![], visitor(Some(Role::Viewer), &["core"])));
    assert!(html.contains("team=core") && !html.contains("team=payments&amp;"), "{html}");
}

#[test]
fn the_record_proves_from_what_it_was_taken() {
    check(
        &open(vec![], admin()),
        &[
            "1,234 ingresses were put under review",
            "1 cluster was left out.",
            "4711",
            "uid-of-it",
            "2026-11-23 12:00:00 UTC",
            "it was never read completely",
        ],
    );
}

#[test]
fn a_closed_campaign_lists_what_nobody_decided() {
    let undecided = line(ReviewState::Settled(Outcome::Exception), "payments");
    let found = closed(vec![undecided], admin());
    check(
        &found,
        &[
            "<strong>1,200</strong>",
            "<strong>34</strong>",
            "figure warning",
            "a missing answer decides nothing",
            Outcome::Exception.label(),
            "href=\"/base/campaigns/7?after=21#settled\"",
            "href=\"/base/campaigns/7?outcome=confirmed#settled\"",
            "href=\"/base/campaigns/7?team=core&amp;outcome=exception#settled\"",
            "href=\"/base/export/campaigns/7.csv\"",
        ],
    );
    let html = html(&found);
    assert!(!html.contains("method=\"post\"") && !html.contains("Has not begun"), "{html}");
}

#[test]
fn the_list_of_an_outcome_says_which_it_is() {
    let mut found = closed(vec![line(ReviewState::Settled(Outcome::Gone), "core")], admin());
    found.asked = Asked { outcome: Some(Outcome::Gone), ..Asked::default() };
    let html = html(&found);
    let list = html.split("id=\"settled\"").nth(1).unwrap();
    assert!(list.starts_with(">Gone by itself") && list.contains("What nobody decided"), "{list}");
    assert!(list.contains("type=\"hidden\" name=\"outcome\" value=\"gone\""), "{list}");
    assert!(!list.contains("a missing answer decides nothing"), "{list}");
}

#[test]
fn where_everything_is_decided_it_says_so() {
    let mut done = closed(vec![], admin());
    let summary = Summary { confirmed: 3, ..Summary::default() };
    if let Campaign::Closed(closed) = &mut done.view.campaign {
        closed.outcome = summary;
    }
    assert!(html(&done).contains("Everything was decided by somebody"));
    assert!(html(&open(vec![], admin())).contains("Everything here is decided"));
}

#[test]
fn the_queue_is_of_the_campaign_and_of_the_team_that_is_asked_for() {
    let after = Some(ReviewId(9));
    let asked = Asked { team: Some("core".into()), after, ..Asked::default() };
    let query = waiting(CampaignId(7), &asked).query();
    assert_eq!(query, "campaign=7&team=core&state=open&state=reopened&state=not-mine&after=9");
}

#[test]
fn markup_in_names_is_text() {
    let evil = || EVIL.to_owned();
    let mut found = open(vec![line(ReviewState::Open, EVIL)], admin());
    found.view.progress[1].assignee = evil();
    found.view.not_begun = vec![evil()];
    let team = Team { name: evil(), email: Some(evil()), chat: Some(evil()), ..Team::default() };
    found.teams.push(team);
    let html = html(&found);
    assert!(!html.contains("<script"), "{html}");
    let table = html.split("<table").nth(1).unwrap();
    assert!(!table.split("</table>").next().unwrap().contains('\u{202e}'), "{table}");
}
