//! What the form says, as HTML.

use domain::inventory::Choices;
use domain::{CampaignId, SeriesId};
use leptos::prelude::*;

use super::super::preview::tests::preview;
use super::fields::Fields;
use super::{Found, What, content, days, trouble, usual};
use crate::testing::{EVIL, now};
use domain::campaign::Template;

fn found(query: &str) -> Found {
    let fields = Fields::read(query).over(usual(None, now()));
    let choices = Choices {
        clusters: vec!["prod".into(), "test".into()],
        classes: vec!["nginx".into()],
        owners: vec!["payments".into(), "ann".into()],
        controllers: vec!["k8s.io/ingress-nginx".into()],
    };
    Found {
        what: What::New,
        trouble: trouble(&fields, What::New, &[], now()),
        days: days(&fields, now()),
        fields,
        choices,
        teams: vec!["payments".into(), "core".into()],
        preview: Ok(preview()),
        may_keep: true,
        now: now(),
    }
}

fn html(found: &Found) -> String {
    content(found, "/base").to_html()
}

#[test]
fn one_form_looks_and_keeps_without_a_script() {
    let html = html(&found(
        "name=Q4&cluster=prod&owner=-&unused=90&four_eyes=on&label=a%3Db&due=2026-12-31",
    ));
    for expected in [
        "method=\"get\" action=\"/base/campaigns/new#preview\"",
        "formaction=\"/base/campaigns\"",
        "formaction=\"/base/series\"",
        "value=\"Q4\"",
        "value=\"prod\" checked",
        "<option value=\"-\" selected",
        "value=\"a=b\"",
        "id=\"label-2\"",
        "<strong>1,234</strong>",
    ] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
    assert!(!html.contains("style=") && !html.contains("would not be taken"), "{html}");
    // The first button is that of the Enter key.
    let form = html.split("class=\"composed\"").nth(1).unwrap();
    let first = form.split("<button").nth(1).unwrap();
    assert!(first.contains("Preview") && !first.contains("formaction"), "{first}");
}

#[test]
fn an_id_is_on_the_page_only_once() {
    let html = html(&found("name=Q4&label=a%3Db&every=weeks"));
    let mut ids: Vec<_> = html.split(" id=\"").skip(1).map(|rest| rest.split('"').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "{ids:?}");
    for label in html.split(" for=\"").skip(1).map(|rest| rest.split('"').next()) {
        assert!(ids.contains(&label), "{label:?}");
    }
}

#[test]
fn a_template_fills_the_form_and_whoever_has_sent_nothing_has_done_nothing_wrong() {
    let blank = found("");
    assert_eq!((blank.fields.one("due"), blank.fields.one("name")), ("2026-12-07", ""));
    assert!(blank.trouble.is_none() && html(&blank).contains("template=stale-routes"));
    let fields = usual(Some(&Template::StaleRoutes), now());
    assert_eq!((fields.one("unused"), fields.one("older")), ("90", "30"));
    assert!(fields.one("name").starts_with("Stale routes"));
    let off = Template::parse("off-controller", "k8s.io/ingress-nginx");
    assert_eq!(usual(off.as_ref(), now()).one("controller"), "k8s.io/ingress-nginx");
}

#[test]
fn what_would_be_refused_is_said_before() {
    let check = |query: &str, part: &str| {
        let html = html(&found(query));
        assert!(html.contains("would not be taken") && html.contains(part), "{query}: {html}");
    };
    check("name=&due=2026-12-07", "The name is missing");
    check("name=Q4", "Name the day");
    check("name=Q4&due=2026-11-01", "which is over");
    check("name=Q4&due=2026-12-07&fallback=nobody", "no team");
    check("name=Q4&every=months&day=40", "31");
    let broken = Found { preview: Err("unused=0 is not known".into()), ..found("name=&unused=0") };
    assert_eq!(html(&broken).matches("notice bad").count(), 1);
}

#[test]
fn a_series_shows_its_next_days() {
    let html = html(&found("name=Q&every=months&n=3&day=31&starts=2026-11-01"));
    assert!(html.contains("it would open on 2026-11-30, 2027-02-28, 2027-05-31"), "{html}");
}

#[test]
fn a_draft_and_a_series_are_changed_where_they_are() {
    let of = |what| Found { what, ..found("name=Q4&due=2026-12-07&which=next") };
    let draft = html(&of(What::Draft(CampaignId(7))));
    assert!(draft.contains("formaction=\"/base/campaigns/7/edit\""), "{draft}");
    assert!(draft.contains("name=\"edit\" value=\"7\""), "{draft}");
    assert!(!draft.contains("Repeat it") && !draft.contains("Begin with a template"), "{draft}");
    let series = html(&of(What::Series(SeriesId(3))));
    assert!(series.contains("formaction=\"/base/series/3/edit\""), "{series}");
    assert!(series.contains("name=\"which\" value=\"next\" checked"), "{series}");
    assert!(!series.contains("id=\"due\""), "{series}");
}

#[test]
fn who_may_only_look_is_offered_no_more() {
    let html = html(&Found { may_keep: false, ..found("name=Q4&due=2026-12-07") });
    assert!(!html.contains("formaction") && html.contains("An admin makes one"), "{html}");
    assert!(html.contains("Preview"), "{html}");
}

#[test]
fn markup_in_every_field_is_text() {
    let query = "name=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&q=%22%3E%3Cscript%3E&cluster=%3Cscript%3E\
                 &owner=%3Cscript%3E&due=%3Cscript%3E&fallback=%3Cscript%3E&label=%3Cscript%3E\
                 &namespace=%3Cscript%3E&every=%3Cscript%3E";
    let evil = || EVIL.to_owned();
    let choices = Choices {
        clusters: vec![evil()],
        classes: vec![evil()],
        owners: vec![evil()],
        controllers: vec![evil()],
    };
    let html = html(&Found { choices, teams: vec![evil()], ..found(query) });
    assert!(!html.contains("<script") && !html.contains("style="), "{html}");
}
