//! What members of a team see who have no role: their own.

use super::{filled, number, site};
use crate::support::{Setup, location, parameter};

#[tokio::test]
async fn a_member_sees_what_the_own_team_owns() {
    let site = site().await;
    let owner = site.sign_in("owner").await;
    let list = owner.open("/ingresses").await;
    assert_eq!(location(&list), "/ingresses?owner=payments");
    let page = owner.text("/ingresses?owner=payments").await;
    assert!(page.contains("web.example.com"), "{page}");
    for other in ["finder.example.com", "orphan.example.com"] {
        assert!(!page.contains(other), "{other} is in\n{page}");
    }
    let admin = site.sign_in("admin").await;
    let web = number(&admin, "web").await;
    let page = owner.text(&format!("/ingresses/{web}")).await;
    assert!(page.contains("web.example.com"), "{page}");
}

#[tokio::test]
async fn no_query_shows_a_member_what_others_own() {
    let site = site().await;
    let owner = site.sign_in("owner").await;
    for query in [
        "",
        "owner=",
        "owner=search",
        "owner=-",
        "owner=payments&owner=search",
        "owner=search&owner=payments",
        "owner=payments&owner=",
        "owner=payments&owner=-",
        "owner=payments%00search",
        "owner=Payments",
        "owner=%20search",
        "Owner=search",
        "owner[]=search&owner=payments",
        "q=finder",
        "owner=payments&q=finder",
        "owner=payments&show=removed",
        "owner=payments&show=all",
        "owner=payments;owner=search",
        "owner=payments&colour=red",
        "owner=payments&after=nonsense",
        "owner=payments&columns=owner,namespace,controller",
    ] {
        let mut path = format!("/ingresses?{query}");
        for _ in 0..2 {
            let answer = owner.open(&path).await;
            let (status, place) = (answer.status(), location(&answer));
            let text = answer.text().await.unwrap();
            assert!(!status.is_server_error(), "{query}: {status}");
            for other in ["finder.example.com", "orphan.example.com", "uid-finder"] {
                assert!(!text.contains(other), "{query}: {text}");
            }
            if status != 303 {
                break;
            }
            assert_eq!(parameter(&place, "owner"), "payments", "{query}: {place}");
            path = place;
        }
    }
}

#[tokio::test]
async fn a_member_does_not_learn_which_numbers_there_are() {
    let site = site().await;
    let admin = site.sign_in("admin").await;
    let owner = site.sign_in("owner").await;
    let (finder, orphan) = (number(&admin, "finder").await, number(&admin, "orphan").await);
    for id in [finder.as_str(), orphan.as_str(), "999999", "0", "-1", "x", "9223372036854775808"] {
        let answer = owner.open(&format!("/ingresses/{id}")).await;
        assert_eq!(answer.status(), 403, "{id}");
        let text = answer.text().await.unwrap();
        assert!(!text.contains(".example.com"), "{id}: {text}");
    }
}

#[tokio::test]
async fn a_member_is_shown_no_way_that_leads_nowhere() {
    let site = site().await;
    let page = site.sign_in("owner").await.text("/ingresses?owner=payments").await;
    for path in ["/owners", "/status", "/audit", "/sessions", "/export/inventory.csv"] {
        assert!(!page.contains(&format!("href=\"{path}")), "{path} is in\n{page}");
    }
    let page = site.sign_in("viewer").await.text("/ingresses").await;
    assert!(page.contains("href=\"/status\"") && page.contains("/export/inventory.csv"), "{page}");
    assert!(!page.contains("href=\"/audit\"") && !page.contains("href=\"/sessions\""), "{page}");
    let page = site.sign_in("auditor").await.text("/ingresses").await;
    assert!(page.contains("href=\"/audit\"") && !page.contains("href=\"/sessions\""), "{page}");
    let page = site.sign_in("admin").await.text("/ingresses").await;
    assert!(page.contains("href=\"/audit\"") && page.contains("href=\"/sessions\""), "{page}");
}

#[tokio::test]
async fn a_member_of_a_team_with_an_odd_name_is_led_to_its_list() {
    let teams = serde_json::json!([{"name": "pay & \"go\"", "groups": ["team-payments"]}]);
    let site = filled(Setup { teams, ..Setup::default() }).await;
    let owner = site.sign_in("owner").await;
    let place = location(&owner.open("/ingresses").await);
    assert_eq!(parameter(&place, "owner"), "pay & \"go\"");
    owner.text(&place).await;
}
