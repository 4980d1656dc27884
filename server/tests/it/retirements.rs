//! Retirements from outside: on hold, due, removed with a proof, there again; and called off.

mod called_off;
mod routes;

use domain::RetirementId;
use domain::retirement::{Retirement, Stage, State};
use serde_json::{Value, json};

use crate::support::{Round, changed, done, owned};

/// The retirements of an ingress, the latest first.
async fn of(round: &Round, name: &str) -> Vec<Retirement> {
    let row = round.review(name).await;
    round.site.store.retirements_of(row.row.id).await.unwrap()
}

/// The only retirement of an ingress.
async fn only(round: &Round, name: &str) -> Retirement {
    let mut all = of(round, name).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

async fn stage(round: &Round, name: &str) -> Stage {
    only(round, name).await.state.stage()
}

/// Decides that it goes, and answers the number of its retirement.
async fn retired(round: &Round, name: &str, more: &[(&str, &str)]) -> RetirementId {
    done(round.decide(&round.owner, name, "retire", more).await).await;
    only(round, name).await.id
}

/// What is done every ten minutes.
async fn tick(round: &Round) -> store::Tick {
    round.site.fresh(&["prod"]).await;
    round.site.store.tick_retirements(round.site.hands.now()).await.unwrap()
}

#[tokio::test]
async fn a_member_sees_and_is_told_of_what_is_their_teams() {
    let round = Round::new().await;
    retired(&round, "web", &[("reason", "the shop moved")]).await;
    done(round.decide(&round.other, "finder", "retire", &[("reason", "unused")]).await).await;
    let list = round.owner.text("/retirements").await;
    assert!(list.contains("web.example.com") && list.contains("your teams decided"), "{list}");
    assert!(!list.contains("finder.example.com"), "{list}");
    assert!(!round.owner.text("/reviews").await.contains("due: to be removed"));
    assert_eq!(round.owner.status("/retirements?team=search").await, 403);
    assert_eq!(round.owner.status("/retirements?team=payments").await, 200);
    round.site.pass_days(15);
    tick(&round).await;
    let owner = round.site.sign_in("owner").await;
    let told = owner.text("/reviews").await;
    assert!(told.contains("1 due: to be removed"), "{told}");
    let all = round.site.sign_in("admin").await.text("/").await;
    assert!(all.contains("2 due: to be removed"), "{all}");
    round.site.delete(&owned("web", "payments")).await;
    let mut again = owned("web", "payments");
    again["metadata"]["uid"] = json!("uid-web-again");
    round.site.show(&[again]).await;
    let told = owner.text("/reviews").await;
    assert!(told.contains("1 there again"), "{told}");
}

#[tokio::test]
async fn what_is_to_go_is_held_becomes_due_and_is_proved_by_the_watch() {
    let round = Round::new().await;
    let id = retired(&round, "web", &[("reason", "the shop moved")]).await;
    let State::Held { until } = only(&round, "web").await.state else { panic!("not held") };
    assert_eq!(until.to_string(), "2026-03-16T09:00:00Z", "fourteen days");
    round.site.pass_days(13);
    assert_eq!(tick(&round).await.due, 0);
    round.site.pass_days(1);
    assert_eq!(tick(&round).await.due, 1);
    assert_eq!(stage(&round, "web").await, Stage::Due);
    let admin = round.site.sign_in("admin").await;
    let page = admin.text(&format!("/retirements/{id}")).await;
    assert!(page.contains("kubectl") && page.contains("the shop moved"), "{page}");
    round.site.pass_days(1);
    round.site.delete(&owned("web", "payments")).await;
    let removed = only(&round, "web").await;
    let State::Removed { proof, .. } = &removed.state else { panic!("{removed:?}") };
    assert!(proof.contains("deletion"), "{proof}");
    assert_eq!(removed.took().unwrap().as_hours(), 15 * 24);
    let actions = round.site.actions().await;
    let actions: Vec<_> = actions.iter().filter(|one| one.starts_with("retirement.")).collect();
    assert_eq!(actions, ["retirement.requested", "retirement.due", "retirement.proved"]);
    let page = round.site.sign_in("admin").await.text("/retirements").await;
    assert!(page.contains("web") && page.contains("15 days"), "the time it took: {page}");
}

#[tokio::test]
async fn what_was_removed_and_is_there_again_is_flagged() {
    let round = Round::new().await;
    let id = retired(&round, "web", &[]).await;
    round.site.delete(&owned("web", "payments")).await;
    assert_eq!(stage(&round, "web").await, Stage::Removed, "also while it was on hold");
    let mut again = owned("web", "payments");
    again["metadata"]["uid"] = json!("uid-web-again");
    round.site.show(&[again.clone()]).await;
    assert_eq!(stage(&round, "web").await, Stage::Reappeared);
    assert_eq!(round.site.count("retirement.reappeared").await, 1);
    for browser in [&round.owner, &round.admin] {
        let page = browser.text(&format!("/retirements/{id}")).await;
        assert!(page.contains("Reappeared"), "{page}");
    }
    round.site.delete(&again).await;
    assert_eq!(stage(&round, "web").await, Stage::Removed, "and gone again");
}

#[tokio::test]
async fn a_wish_that_is_later_than_the_hold_extends_it() {
    let round = Round::new().await;
    retired(&round, "web", &[("wish", "2026-04-30")]).await;
    round.site.pass_until("2026-04-29T23:59:00Z");
    assert_eq!(tick(&round).await.due, 0);
    round.site.pass_until("2026-04-30T00:00:00Z");
    assert_eq!(tick(&round).await.due, 1);
}

#[tokio::test]
async fn the_manifest_that_was_kept_can_be_applied_again() {
    let round = Round::new().await;
    let id = retired(&round, "web", &[]).await;
    round.site.delete(&owned("web", "payments")).await;
    for browser in [&round.owner, &round.admin] {
        let answer = browser.open(&format!("/retirements/{id}/manifest.yaml")).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "application/yaml; charset=utf-8");
        let yaml = answer.text().await.unwrap();
        for part in ["kind: Ingress", "name: web", "namespace: shop", "web.example.com"] {
            assert!(yaml.contains(part), "{part}: {yaml}");
        }
        assert!(!yaml.contains("uid") && !yaml.contains("resourceVersion"), "{yaml}");
    }
    let path = format!("/retirements/{id}/manifest.yaml");
    assert_eq!(round.other.status(&path).await, 403, "it is another team's");
    assert_eq!(round.admin.status("/retirements/99/manifest.yaml").await, 404);
}

/// So that no mistake takes everything at once.
#[tokio::test]
async fn only_so_many_become_due_in_a_week() {
    let round = Round::new().await;
    let names: Vec<String> = (0..8).map(|number| format!("old{number}")).collect();
    let manifests: Vec<Value> = names.iter().map(|name| owned(name, "payments")).collect();
    round.site.show(&manifests).await;
    let id = round.site.open_campaign(&round.admin, &[("q", "old")]).await;
    for row in round.site.reviews(id).await {
        let form = crate::support::decision(&row, "retire", &[]);
        done(round.owner.submit("/reviews/decide", &form).await).await;
    }
    round.site.pass_days(14);
    let first = tick(&round).await;
    assert_eq!((first.due, first.waiting), (5, 3));
    round.site.pass_days(6);
    assert_eq!(tick(&round).await.due, 0);
    round.site.pass_days(1);
    assert_eq!(tick(&round).await.due, 3);
    let page = round.site.sign_in("admin").await.text("/retirements?state=due").await;
    assert!(page.contains("old0") && page.contains("old7"), "{page}");
}

#[tokio::test]
async fn a_change_that_is_no_removal_proves_nothing() {
    let round = Round::new().await;
    retired(&round, "web", &[]).await;
    round.site.show(&[changed("web", "payments", &["/other"])]).await;
    let retirement = only(&round, "web").await;
    assert!(!matches!(retirement.state, State::Removed { .. }), "{retirement:?}");
    assert_eq!(round.site.count("retirement.proved").await, 0);
}
