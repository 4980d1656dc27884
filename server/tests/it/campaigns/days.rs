//! Days: those that are over, those of clocks that are changed, and those that are rare.

use domain::campaign::{CampaignState, Closing};

use super::{closed, state};
use crate::support::{Round, Setup, Site, act, owned, refused};

#[tokio::test]
async fn a_due_date_in_the_past_is_refused() {
    let round = Round::new().await;
    for day in ["2026-03-01", "1970-01-01", "0001-01-01"] {
        let fields = [("name", "Late"), ("due", day)];
        let answer = round.admin.submit("/campaigns", &act(&fields)).await;
        refused(answer, 422, "choose a later day").await;
        refused(round.lead("extend", &[("due", day)]).await, 422, "choose a later day").await;
    }
    refused(round.lead("extend", &[("due", "2026-03-10")]).await, 422, "choose a later day").await;
    refused(round.lead("extend", &[]).await, 422, "the day until which").await;
    assert_eq!(round.site.store.campaigns().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_draft_that_is_opened_too_late_stays_a_draft() {
    let site = Site::with_sign_in(Setup::default()).await;
    let admin = site.sign_in("admin").await;
    site.show(&[owned("web", "payments")]).await;
    let id = site.draft_campaign(&admin, &[]).await;
    site.pass_days(15);
    site.fresh(&["prod"]).await;
    let admin = site.sign_in("admin").await;
    let answer = admin.submit(&format!("/campaigns/{id}/open"), &act(&[])).await;
    refused(answer, 409, "which is over; change the due date").await;
    assert_eq!(state(&site, id).await, CampaignState::Draft);
}

#[tokio::test]
async fn a_day_ends_at_midnight_of_the_reviewers_also_when_clocks_are_changed() {
    let site = Site::with_sign_in(Setup::default()).await;
    let admin = site.sign_in("admin").await;
    for (day, zone, due) in [
        ("2026-03-28", "Europe/Berlin", "2026-03-28T22:59:59Z"),
        ("2026-03-29", "Europe/Berlin", "2026-03-29T21:59:59Z"),
        ("2026-10-25", "Europe/Berlin", "2026-10-25T22:59:59Z"),
        ("2026-12-31", "Pacific/Kiritimati", "2026-12-31T09:59:59Z"),
        ("2028-02-29", "UTC", "2028-02-29T23:59:59Z"),
        // There is no midnight in the night after: clocks go from 23:59:59 to 01:00.
        ("2026-04-23", "Africa/Cairo", "2026-04-23T21:59:59Z"),
    ] {
        let id = site.draft_campaign(&admin, &[("due", day), ("zone", zone)]).await;
        let view = site.store.campaign(id).await.unwrap().unwrap();
        assert_eq!(view.campaign.terms().due.to_string(), due, "{day} {zone}");
    }
    for (day, zone, words) in [
        ("2027-02-29", "UTC", "is no day"),
        ("2026-04-31", "UTC", "is no day"),
        ("2026-04-30", "Mars/Olympus", "no time zone"),
        ("9999-12-31", "UTC", "choose an earlier one"),
    ] {
        let fields = [("name", "Never"), ("due", day), ("zone", zone)];
        refused(admin.submit("/campaigns", &act(&fields)).await, 422, words).await;
    }
}

#[tokio::test]
async fn a_campaign_closes_by_itself_when_it_is_due_and_not_before() {
    let round = Round::with(Setup::default(), &[("zone", "Europe/Berlin")]).await;
    let (site, id) = (&round.site, round.id);
    let row = round.review("web").await;
    site.pass_until("2026-03-16T22:59:59Z");
    assert!(site.store.close_due_campaigns(site.hands.now()).await.unwrap().is_empty());
    site.pass_until("2026-03-16T23:00:00Z");
    assert_eq!(site.store.close_due_campaigns(site.hands.now()).await.unwrap(), [id]);
    assert_eq!(closed(site, id).await.by, Closing::Due);
    let owner = site.sign_in("owner").await;
    let late = crate::support::decision(&row, "confirm", &[]);
    refused(owner.submit("/reviews/decide", &late).await, 409, "The campaign is closed").await;
    let entries = site.audit().await;
    let entry = entries.iter().find(|entry| entry.action == "campaign.closed").unwrap();
    assert_eq!(entry.actor.kind(), "system");
}
