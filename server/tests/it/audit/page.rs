//! The page of the audit entries.

use super::record;
use crate::support::{Setup, Site};

#[tokio::test]
async fn the_page_shows_who_did_what_and_from_where() {
    let site = Site::with_sign_in(Setup::default()).await;
    let viewer = site.sign_in("viewer").await;
    viewer.status("/sessions").await;
    viewer.submit("/auth/sign-out", "").await;
    let page = site.sign_in("auditor").await.text("/audit").await;
    for part in ["The viewer", viewer.address(), "Signed out", "Right denied", "/sessions"] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
}

#[tokio::test]
async fn the_pages_lead_through_all_entries_and_back() {
    let site = Site::with_sign_in(Setup::default()).await;
    record(&site, 249).await;
    let auditor = site.sign_in("auditor").await;
    let mut path = "/audit".to_owned();
    let mut seen = Vec::new();
    for _ in 0..3 {
        let page = auditor.text(&path).await;
        seen.extend((0..249).filter(|number| page.contains(&format!("mark-{number} "))));
        let Some(older) = link(&page, "next") else { break };
        path = older;
    }
    let all: Vec<usize> = (0..249).collect();
    seen.sort_unstable();
    assert_eq!(seen, all, "each on one page");
    let page = auditor.text(&path).await;
    let newer = link(&page, "prev").expect("a way back");
    assert!(auditor.text(&newer).await.contains("mark-100 "));
}

/// Where a link of this relation leads.
fn link(page: &str, relation: &str) -> Option<String> {
    let mut tags = page.split("<a ").skip(1).filter_map(|tag| tag.split('>').next());
    let tag = tags.find(|tag| tag.contains(&format!("rel=\"{relation}\"")))?;
    let place = tag.split("href=\"").nth(1)?.split('"').next()?;
    Some(place.replace("&amp;", "&"))
}

#[tokio::test]
async fn the_filters_find_what_they_say() {
    let site = Site::with_sign_in(Setup::default()).await;
    site.sign_in("viewer").await.status("/audit").await;
    let auditor = site.sign_in("auditor").await;
    let denied = auditor.text("/audit?action=right.denied").await;
    assert!(denied.contains("The viewer"), "{denied}");
    let none = auditor.text("/audit?action=right.denied&person=subject-of-admin").await;
    assert!(none.contains("Nothing matches"), "{none}");
    let later = auditor.text("/audit?from=2026-03-03").await;
    assert!(later.contains("Nothing matches"), "{later}");
    for query in ["colour=red", "action=everything", "from=yesterday", "before=x"] {
        let answer = auditor.open(&format!("/audit?{query}")).await;
        assert!(answer.status().is_client_error(), "{query}: {}", answer.status());
    }
}

#[tokio::test]
async fn nothing_that_somebody_wrote_is_markup() {
    let site = Site::with_sign_in(Setup::default()).await;
    let mut draft = super::draft(3);
    draft.target = "<script>alert(1)</script>".to_owned();
    draft.detail = serde_json::json!({"<img src=x onerror=alert(2)>": "\"><script>alert(3)"});
    site.store.record(draft).await.unwrap();
    let page = site.sign_in("auditor").await.text("/audit").await;
    assert!(page.contains("&lt;script"), "{page}");
    for part in ["<script>alert", "<img src=x"] {
        assert!(!page.contains(part), "{part} is in\n{page}");
    }
}
