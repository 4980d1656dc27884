//! Only some routes of an ingress go.

use domain::retirement::{Stage, State};
use domain::review::Stage as ReviewStage;

use super::{only, retired, stage};
use crate::support::{Round, changed};

#[tokio::test]
async fn some_routes_are_proved_to_be_gone_by_the_manifest_and_flagged_when_they_are_back() {
    let round = Round::new().await;
    round.site.show(&[changed("web", "payments", &["/", "/old"])]).await;
    let id = retired(&round, "web", &[("route", "web.example.com /old")]).await;
    assert_eq!(only(&round, "web").await.routes, ["web.example.com /old"]);
    let page = round.owner.text(&format!("/retirements/{id}")).await;
    assert!(page.contains("kubectl patch"), "{page}");
    let kept = format!("/retirements/{id}/manifest.yaml");
    assert!(round.owner.text(&kept).await.contains("/old"));

    round.site.show(&[changed("web", "payments", &["/"])]).await;
    let State::Removed { proof, .. } = only(&round, "web").await.state else { panic!("not gone") };
    assert!(proof.contains("does not have the route any more"), "{proof}");
    assert!(round.owner.text(&kept).await.contains("/old"), "what went is kept");
    let review = round.review("web").await.review;
    assert_eq!(review.state.stage(true), ReviewStage::Decided, "that was what was decided");

    round.site.show(&[changed("web", "payments", &["/", "/old"])]).await;
    assert_eq!(stage(&round, "web").await, Stage::Reappeared);
}

#[tokio::test]
async fn all_routes_one_by_one_are_the_whole_ingress() {
    let round = Round::new().await;
    round.site.show(&[changed("web", "payments", &["/", "/old"])]).await;
    let all = [("route", "web.example.com /"), ("route", "web.example.com /old")];
    retired(&round, "web", &all).await;
    assert!(only(&round, "web").await.routes.is_empty());
}
