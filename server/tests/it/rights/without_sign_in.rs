//! Without sign-in Routebook serves this machine only, and whoever reaches it reads.

use crate::support::{Site, manifest};

#[tokio::test]
async fn whoever_reaches_it_reads_everything_about_ingresses() {
    let site = Site::start().await;
    site.fill(&[manifest("web", "nginx")]).await;
    for path in [
        "/",
        "/ingresses",
        "/owners",
        "/status",
        "/campaigns",
        "/campaigns/new",
        "/retirements",
        "/api/v1/ingresses",
    ] {
        site.text(path).await;
    }
    let page = site.text("/ingresses").await;
    assert!(page.contains("web.example.com") && page.contains("No sign-in is set up"), "{page}");
    assert!(!page.contains("href=\"/auth/sign-in\""), "{page}");
}

#[tokio::test]
async fn whoever_reaches_it_sees_neither_people_nor_the_audit_trail() {
    let site = Site::start().await;
    for path in ["/audit", "/sessions", "/me", "/export/audit.csv", "/export/audit.jsonl"] {
        let answer = site.get(path).send().await.unwrap();
        assert_eq!(answer.status(), 403, "{path}");
    }
    for path in ["/auth/sign-out", "/sessions/1/end", "/users/1/disable", "/users/1/enable"] {
        let answer = site.post(path, "").header("sec-fetch-site", "same-origin").send().await;
        assert_eq!(answer.unwrap().status(), 403, "{path}");
    }
}

#[tokio::test]
async fn nobody_decides_anything_without_being_known() {
    let site = Site::start().await;
    site.fill(&[manifest("web", "nginx")]).await;
    let of_reviews = ["/campaigns", "/series", "/reviews", "/retirements", "/ingresses", "/claims"];
    let is_of_reviews = |path: &str| of_reviews.iter().any(|start| path.starts_with(start));
    let rows = server::rights().iter().filter(|row| row.method == "POST");
    let rows: Vec<_> = rows.filter(|row| is_of_reviews(row.path)).collect();
    assert_eq!(rows.len(), 18);
    for row in rows {
        let path = row.path.replace("{id}", "1");
        let form = "key=k&id=1&hash=h&kind=confirm&name=n&due=2030-01-01&reason=r&team=t";
        let request = site.post(&path, form).header("sec-fetch-site", "same-origin");
        assert_eq!(request.send().await.unwrap().status(), 403, "{path}");
    }
    for path in ["/reviews", "/reviews/1", "/export/campaigns/1.csv"] {
        assert_eq!(site.get(path).send().await.unwrap().status(), 403, "{path}");
    }
    assert!(site.store.campaigns().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_taken_away_is_recorded() {
    let site = Site::start().await;
    site.text("/export/inventory.csv").await;
    let entries = site.audit().await;
    assert_eq!(entries.len(), 1);
    assert_eq!(
        (entries[0].action.as_str(), entries[0].actor.kind()),
        ("export.inventory", "local")
    );
    assert_eq!(entries[0].address, "127.0.0.1");
}
