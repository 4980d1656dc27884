//! What the list of campaigns says, as HTML.

use domain::campaign::{Campaign, Closed, Closing, Completeness, Draft, Open, Summary, Terms};
use domain::review::Counts;
use domain::scope::Scope;
use domain::series::Series;
use domain::{CampaignId, SeriesId};
use leptos::prelude::*;
use store::CampaignRow;

use super::{Found, results};
use crate::testing::{EVIL, now};

fn terms(name: &str) -> Terms {
    let due = "2026-12-07T23:59:59Z".parse().unwrap();
    Terms::new(name, Scope::parse("cluster=prod&unused=90").unwrap(), due)
}

fn completeness() -> Completeness {
    Completeness { at: now(), clusters: Vec::new() }
}

fn draft() -> Campaign {
    Campaign::Draft(Draft { id: CampaignId(7), terms: terms("Spring"), series: None })
}

fn open(name: &str) -> Campaign {
    Campaign::Open(Open {
        id: CampaignId(8),
        terms: terms(name),
        series: Some(SeriesId(3)),
        opened_at: now(),
        completeness: completeness(),
    })
}

fn closed() -> Campaign {
    Campaign::Closed(Closed {
        id: CampaignId(9),
        terms: terms("Summer"),
        series: None,
        opened_at: now(),
        completeness: completeness(),
        closed_at: now(),
        by: Closing::ByHand,
        outcome: Summary { confirmed: 1_200, exceptions: 34, ..Summary::default() },
    })
}

fn row(campaign: Campaign) -> CampaignRow {
    let counts = Counts { open: 50, confirmed: 140, retired: 10, ..Counts::default() };
    CampaignRow { campaign, counts }
}

fn series(name: &str) -> Series {
    Series {
        id: SeriesId(3),
        name: name.into(),
        template: terms(name),
        every: "months/3/31".parse().unwrap(),
        zone: "UTC".into(),
        duration_days: 14,
        starts: "2026-01-01".parse().unwrap(),
        ends_after: Some(6),
        opened: 2,
        next: Some("2027-01-31".parse().unwrap()),
        waiting: None,
        once: None,
    }
}

fn found(campaigns: Vec<Campaign>, series: Vec<Series>) -> Found {
    let campaigns = campaigns.into_iter().map(row).collect();
    Found { campaigns, series, may_lead: true, now: now(), revision: 1 }
}

fn html(found: &Found) -> String {
    results(found, "/base").to_html()
}

#[test]
fn each_campaign_leads_to_its_page_and_says_how_far_it_is() {
    let html = html(&found(vec![open("Autumn"), draft(), closed()], vec![series("Quarterly")]));
    for expected in [
        "href=\"/base/campaigns/7\"",
        "href=\"/base/campaigns/8\"",
        "href=\"/base/campaigns/9\"",
        "due in 14 days (2026-12-07)",
        "150 of 200 decided",
        "75 %",
        "of a series",
        "1,234 ingresses",
        "Confirmed: 1,200, Exception: nobody decided: 34",
    ] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
    assert!(!html.contains("style="), "{html}");
}

#[test]
fn a_series_says_when_the_next_campaigns_come() {
    let html = html(&found(vec![], vec![series("Quarterly")]));
    for expected in [
        "Every 3 months on day 31",
        "at 9:00 in ",
        "2 of 6 were opened",
        "2027-01-31 (in 2 months)",
        "then 2027-04-30, 2027-07-31",
        "formaction=\"/base/series/3/end\"",
        "href=\"/base/campaigns/new?series=3\"",
        "name=\"key\"",
        "No campaign is open.",
    ] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
}

#[test]
fn a_series_that_waits_says_why_and_one_that_is_over_is_not_changed() {
    let why = Some("what is known of prod is not up to date".to_owned());
    let waiting = html(&found(vec![], vec![Series { waiting: why, ..series("Quarterly") }]));
    assert!(waiting.contains("What is known of prod is not up to date."), "{waiting}");
    let over = html(&found(vec![], vec![Series { next: None, ..series("Quarterly") }]));
    assert!(over.contains("no campaign follows") && !over.contains("<form"), "{over}");
    let looking = found(vec![], vec![series("Quarterly")]);
    assert!(!html(&Found { may_lead: false, ..looking }).contains("<form"));
}

#[test]
fn where_there_is_nothing_it_says_how_to_begin() {
    let empty = found(vec![], vec![]);
    assert!(html(&empty).contains("template=stale-routes"));
    let looking = html(&Found { may_lead: false, ..empty });
    assert!(looking.contains("no campaign yet") && !looking.contains("href"), "{looking}");
}

#[test]
fn markup_in_names_is_text() {
    let waiting = Some(EVIL.to_owned());
    let evil = Series { zone: EVIL.into(), waiting, ..series(EVIL) };
    let html = html(&found(vec![open(EVIL)], vec![evil]));
    assert!(!html.contains("<script") && !html.contains('\u{202e}'), "{html}");
}
