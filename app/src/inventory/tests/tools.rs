//! What is around the list: filters, presets, columns, exports.

use domain::inventory::{Choices, Column, Preset, View};
use leptos::prelude::*;

use super::super::reach::Reach;
use super::super::{chips, columns, exports, filters, presets, shorter};
use crate::testing::EVIL;

const ALL: &Reach = &Reach::Everything;

#[test]
fn markup_in_the_filters_is_text() {
    let view = View {
        search: EVIL.into(),
        cluster: Some(EVIL.into()),
        namespace: Some(EVIL.into()),
        class: Some(EVIL.into()),
        owner: Some(EVIL.into()),
        controller: Some(EVIL.into()),
        ..View::default()
    };
    let form = filters::form(&view, &Choices::default(), ALL, "").to_html();
    let chips = chips::chips(&view, ALL, "").unwrap().to_html();
    let links = presets::links(&view, ALL, 90, "").to_html() + &exports::links(&view, "").to_html();
    for html in [form, chips, links] {
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains("\"'>"), "{html}");
    }
}

#[test]
fn each_set_filter_can_be_taken_away_by_itself() {
    let html = |query: &str| {
        let view = View::parse(query).unwrap();
        chips::chips(&view, ALL, "/base").map(|chips| chips.to_html())
    };
    assert_eq!(html("sort=name&columns=owner"), None);
    let two = html("owner=-&unused=90&sort=traffic&columns=owner").unwrap();
    for expected in [
        "href=\"/base/ingresses?unused=90&amp;sort=traffic&amp;columns=owner\"",
        "href=\"/base/ingresses?owner=-&amp;sort=traffic&amp;columns=owner\"",
        "Remove the filter Owner: Orphans",
        "Remove the filter Unused for: 90 days",
    ] {
        assert!(two.contains(expected), "{expected}: {two}");
    }
    let all = "q=x&cluster=a&namespace=b&class=-&controller=-&owner=c&managed=helm&traffic=quiet&\
               unused=1&tls=valid&expires=2&new=3&reviewed=never&problem=any&show=removed";
    assert_eq!(html(all).unwrap().matches("Remove the filter").count(), 15);
}

#[test]
fn a_preset_says_when_it_is_the_list_that_is_shown() {
    let current = |query: &str| {
        let html = presets::links(&View::parse(query).unwrap(), ALL, 90, "").to_html();
        let before = html.split("aria-current=\"page\"").nth(1).map(str::to_owned);
        before.and_then(|rest| rest.split(['>', '<']).nth(1).map(str::to_owned))
    };
    assert_eq!(current("").as_deref(), Some("All"));
    for preset in Preset::ALL {
        let query = preset.view(90).query();
        assert_eq!(current(&query).as_deref(), Some(preset.label()));
        assert_eq!(current(&format!("{query}&columns=owner")).as_deref(), Some(preset.label()));
    }
    assert_eq!(current("q=x"), None);
}

#[test]
fn the_choice_of_columns_is_a_part_of_the_form() {
    let chooser = |query: &str| columns::chooser(&View::parse(query).unwrap(), "/base").to_html();
    let usual = chooser("");
    assert_eq!(usual.matches("form=\"filters\"").count(), Column::ALL.len() + 1, "{usual}");
    assert_eq!(usual.matches(" checked").count(), Column::DEFAULT.len(), "{usual}");
    assert!(!usual.contains("Usual columns"), "{usual}");
    let one = chooser("columns=tls&q=x");
    assert_eq!(one.matches(" checked").count(), 1, "{one}");
    assert!(one.contains("href=\"/base/ingresses?q=x\""), "{one}");
}

#[test]
fn more_filters_are_open_when_one_of_them_is_set() {
    let form = |query: &str| {
        filters::form(&View::parse(query).unwrap(), &Choices::default(), ALL, "").to_html()
    };
    assert!(!form("q=x&owner=-").contains("<details open class=\"more\""));
    let open = form("unused=90&new=3");
    assert!(open.contains("<details open class=\"more\""), "{open}");
    assert!(open.contains("More filters (2 set)") && open.contains("value=\"90\""), "{open}");
}

#[test]
fn the_list_is_exported_whole_whatever_page_is_shown() {
    let view = View::parse("owner=-&sort=name&after=%5B%22web%22%2C7%5D").unwrap();
    let html = exports::links(&view, "/base").to_html();
    assert!(html.contains("href=\"/base/export/inventory.csv?owner=-&amp;sort=name\""), "{html}");
    assert!(html.contains("href=\"/base/export/inventory.jsonl?owner=-&amp;sort=name\""), "{html}");
    let plain = exports::links(&View::default(), "").to_html();
    assert!(plain.contains("href=\"/export/inventory.csv\""), "{plain}");
}

#[test]
fn a_form_with_empty_fields_leads_to_the_address_without_them() {
    let check = |query: &str, expected: Option<&str>| {
        assert_eq!(shorter(query, "/base").as_deref(), expected, "{query}");
    };
    check("", None);
    check("q=shop&sort=-name", None);
    check("q=shop&cluster=&show=", Some("/base/ingresses?q=shop"));
    check("q=+&cluster=", Some("/base/ingresses"));
    check("q=&sort=pink", None);
    check("columns=owner", None);
    check("columns=owner&columns=tls", Some("/base/ingresses?columns=owner%2Ctls"));
}

#[test]
fn who_sees_a_part_chooses_among_their_teams_and_nothing_else() {
    let view = View::parse("owner=payments&unused=90&q=x").unwrap();
    let html = |teams: &[&str]| {
        let teams: Vec<String> = teams.iter().map(|team| (*team).to_owned()).collect();
        let choices = Choices { owners: teams.clone(), ..Choices::default() };
        let reach = Reach::Teams(teams);
        let form = filters::form(&view, &choices, &reach, "/base").to_html();
        let chips = chips::chips(&view, &reach, "/base").unwrap().to_html();
        form + &chips + &presets::links(&view, &reach, 90, "/base").to_html()
    };
    let two = html(&["payments", "core"]);
    for missing in [
        "name=\"cluster\"",
        "name=\"class\"",
        "name=\"controller\"",
        "Orphans",
        "All owners",
        "Remove the filter Owner",
    ] {
        assert!(!two.contains(missing), "{missing}: {two}");
    }
    for expected in [
        "<option value=\"core\"",
        "href=\"/base/ingresses?owner=payments&amp;unused=90\"",
        "href=\"/base/ingresses?owner=payments\"",
    ] {
        assert!(two.contains(expected), "{expected}: {two}");
    }
    let one = html(&["payments"]);
    assert!(one.contains("type=\"hidden\" name=\"owner\" value=\"payments\""), "{one}");
}
