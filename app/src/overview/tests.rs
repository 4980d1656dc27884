//! What the overview says, as HTML.

use domain::overview::{Figures, Overview, Snapshot};
use domain::tls::TlsState;
use domain::traffic::Verdict;
use jiff::civil::date;
use leptos::prelude::*;
use store::RetirementNews;

use super::{Found, results, trends};
use crate::testing::{EVIL, cluster, now};

fn figures(ingresses: i64) -> Figures {
    Figures { ingresses, stale: 1_200, orphans: 7, not_measurable: 9, ..Figures::default() }
}

fn found() -> Found {
    Found {
        overview: Overview {
            all: figures(50_000),
            clusters: vec![("prod".into(), figures(50_000))],
            controllers: vec![("k8s.io/ingress-nginx".into(), 49_000), (String::new(), 1_000)],
            verdicts: Verdict::ALL.map(|verdict| (verdict, 10_000)).to_vec(),
            tls: TlsState::ALL.map(|state| (state, 5_000)).to_vec(),
        },
        retirements: RetirementNews { reappeared: 1, due: 0, in_use: 2 },
        trends: Vec::new(),
        clusters: vec![cluster()],
        now: now(),
        revision: 1,
        look_back: 90,
    }
}

fn html(found: &Found) -> String {
    results(found, "/base").to_html()
}

#[test]
fn each_figure_is_large_and_leads_to_its_list() {
    let html = html(&found());
    for expected in [
        "href=\"/base/ingresses?unused=90&amp;sort=traffic\"",
        "href=\"/base/ingresses?owner=-\"",
        "href=\"/base/ingresses?cluster=prod&amp;owner=-\"",
        "href=\"/base/ingresses?traffic=quiet\"",
        "href=\"/base/ingresses?tls=name-mismatch\"",
        "href=\"/base/ingresses?controller=k8s.io%2Fingress-nginx\"",
        "href=\"/base/ingresses?controller=-\"",
        "<strong>1,200</strong>",
        "not used with success for 90 days",
        "href=\"/base/retirements?state=reappeared\"",
        "2 cancelled within 14 days",
    ] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
    assert!(!html.contains("style="), "{html}");
}

#[test]
fn every_verdict_and_state_is_explained_and_the_unknown_ones_have_no_colour() {
    let html = html(&found());
    for verdict in Verdict::ALL {
        assert!(html.contains(verdict.label()) && html.contains(verdict.explanation()));
    }
    for state in TlsState::ALL {
        assert!(html.contains(state.label()) && html.contains(state.explanation()));
    }
    let unknown = html.split("traffic=not-measurable\"").nth(1).unwrap();
    assert!(unknown.starts_with(" class=\"figure\">"), "{unknown}");
}

#[test]
fn markup_in_names_is_text() {
    let mut evil = found();
    evil.overview.clusters[0].0 = EVIL.into();
    evil.overview.controllers[0].0 = EVIL.into();
    let html = html(&evil);
    assert!(!html.contains("<script") && !html.contains('\u{202e}'), "{html}");
}

#[test]
fn an_empty_overview_says_why() {
    let empty = Found { overview: Overview::default(), ..found() };
    assert!(html(&empty).contains("The first list is not complete yet"));
    assert!(html(&Found { clusters: Vec::new(), ..empty }).contains("No cluster is configured"));
}

#[test]
fn trends_need_two_days() {
    let day = |day, stale| Snapshot { day, figures: Figures { stale, ..figures(10) } };
    let begins = trends::section(&[], now()).to_html();
    assert!(begins.contains("tomorrow: figures are kept once a day since 2026-11-23"), "{begins}");
    let one = [day(date(2026, 11, 22), 3)];
    assert!(trends::section(&one, now()).to_html().contains("since 2026-11-22"));
    let three =
        [day(date(2026, 8, 26), 12), day(date(2026, 8, 27), 9), day(date(2026, 11, 23), 1_034)];
    let html = trends::section(&three, now()).to_html();
    let words = "aria-label=\"Stale: 12 on 2026-08-26, 1,034 on 2026-11-23\"";
    assert!(html.contains(words), "{html}");
    assert!(html.contains("12 → 1,034 since 2026-08-26"), "{html}");
    assert_eq!(html.matches("<polyline").count(), 8, "{html}");
    assert_eq!(html.matches("<tr").count(), 1 + 3, "{html}");
}

#[test]
fn the_mark_is_of_the_figures_and_not_of_time() {
    let mark = |found: &Found| {
        let html = html(found);
        html.split("data-mark=\"").nth(1).map(|rest| rest[..16].to_owned())
    };
    let later = Found { now: jiff::Timestamp::MAX, ..found() };
    assert_eq!(mark(&found()), mark(&later));
    let mut other = found();
    other.overview.all.stale += 1;
    assert_ne!(mark(&found()), mark(&other));
}
