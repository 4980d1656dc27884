//! Series: set up, changed and ended by admins, and opened when their day has come.

use domain::SeriesId;
use domain::assess::Rules;
use domain::campaign::{CampaignState, Terms};
use domain::owner::{self, Team};
use domain::series::Series;
use jiff::Timestamp;
use store::{Act, OpenedSeries, Store};

use crate::acting::{act, admin, entries, fresh, member, owned, recorded, shelf, status, terms};
use crate::support::{Shelf, now, verified};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Every Wednesday; [`now`] is a Tuesday evening.
fn weekly() -> Series {
    Series {
        id: SeriesId(0),
        name: "Weekly".into(),
        template: terms("cluster=prod"),
        every: "weeks/1/wednesday".parse().unwrap(),
        zone: "Europe/Berlin".into(),
        duration_days: 7,
        starts: "2023-11-14".parse().unwrap(),
        ends_after: None,
        opened: 0,
        next: None,
        waiting: None,
        once: None,
    }
}

const FIRST: &str = "2023-11-15T08:00:00Z";

async fn scene(series: Series) -> (Shelf, SeriesId) {
    let shelf = shelf().await;
    shelf.put("prod", &[owned("a", "shop"), owned("b", "cart")]).await;
    let id = shelf.store.create_series(&act(&admin()), series, now()).await.unwrap();
    (shelf, id)
}

async fn one(store: &Store, id: SeriesId) -> Series {
    store.one_series(id).await.unwrap().unwrap()
}

fn day(series: &Series) -> String {
    series.next.map(|day| day.to_string()).unwrap_or_default()
}

/// What opens at a moment at which the clusters are up to date.
async fn opening(store: &Store, at: Timestamp) -> Vec<OpenedSeries> {
    fresh(store, at);
    store.open_due_series(at).await.unwrap()
}

#[tokio::test]
async fn a_series_opens_its_campaign_by_itself_when_its_day_has_come() {
    let (shelf, id) = scene(weekly()).await;
    let store = &shelf.store;
    assert_eq!(day(&one(store, id).await), "2023-11-15");
    assert!(opening(store, at("2023-11-15T07:59:59Z")).await.is_empty());
    let opened = opening(store, at(FIRST)).await;
    let [OpenedSeries { series, opened: Ok(campaign) }] = opened[..] else { panic!("{opened:?}") };
    assert_eq!(series, id);
    let view = store.campaign(campaign).await.unwrap().unwrap();
    let terms = view.campaign.terms();
    assert_eq!(view.campaign.state(), CampaignState::Open);
    assert_eq!((terms.name.as_str(), view.campaign.series()), ("Weekly, 2023-11-15", Some(id)));
    assert_eq!(terms.due, at("2023-11-22T22:59:59Z"), "the end of the last day in Berlin");
    assert_eq!(view.counts().total(), 2);
    assert!(opening(store, at(FIRST)).await.is_empty(), "once");
    let series = one(store, id).await;
    assert_eq!((series.opened, day(&series).as_str()), (1, "2023-11-22"));
    for action in ["series.created", "campaign.created", "campaign.opened"] {
        assert_eq!(recorded(store, action).await, 1, "{action}");
    }
    assert_eq!(entries(store).await[0].actor.kind(), "system");
    verified(store, &[]).await.unwrap();
}

#[tokio::test]
async fn it_waits_as_long_as_a_cluster_is_not_up_to_date_and_says_so() {
    let (shelf, id) = scene(weekly()).await;
    let store = &shelf.store;
    let waits = store.open_due_series(at(FIRST)).await.unwrap();
    let [OpenedSeries { opened: Err(why), .. }] = &waits[..] else { panic!("{waits:?}") };
    assert!(why.contains("prod") && why.contains("opens by itself"), "{why}");
    assert_eq!(one(store, id).await.waiting.as_ref(), Some(why));
    let revision = store.revision();
    assert_eq!(store.open_due_series(at(FIRST)).await.unwrap(), waits);
    assert!(!revision.has_changed().unwrap(), "what is said already is not written again");
    assert!(store.campaigns().await.unwrap().is_empty(), "nothing half done");
    let opened = opening(store, at("2023-11-15T12:00:00Z")).await;
    assert!(opened[0].opened.is_ok(), "{opened:?}");
    let series = one(store, id).await;
    assert_eq!((series.waiting.clone(), day(&series).as_str()), (None, "2023-11-22"));
}

#[tokio::test]
async fn it_waits_as_long_as_its_fallback_is_no_team_and_says_so() {
    let (shelf, id) = scene(weekly()).await;
    let store = &shelf.store;
    let all = store.rules().owner.teams.clone();
    let configure = async |teams: Vec<Team>| {
        let owner = owner::Rules { teams, ..owner::Rules::default() };
        store.set_rules(Rules { owner, ..Rules::default() }, now()).await.unwrap();
    };
    let others = all.iter().filter(|team| team.name != "platform");
    configure(others.cloned().collect()).await;
    let waits = opening(store, at(FIRST)).await;
    let [OpenedSeries { opened: Err(why), .. }] = &waits[..] else { panic!("{waits:?}") };
    assert!(why.contains("platform"), "{why}");
    assert_eq!(one(store, id).await.waiting.as_ref(), Some(why));
    assert!(store.campaigns().await.unwrap().is_empty(), "nothing half done");
    configure(all).await;
    let opened = opening(store, at("2023-11-15T12:00:00Z")).await;
    assert!(opened[0].opened.is_ok(), "{opened:?}");
    assert_eq!(one(store, id).await.waiting, None);
}

#[tokio::test]
async fn a_campaign_that_would_be_over_is_left_out() {
    let (shelf, id) = scene(weekly()).await;
    let store = &shelf.store;
    let late = opening(store, at("2023-11-23T00:00:00Z")).await;
    assert!(matches!(&late[..], [OpenedSeries { opened: Err(_), .. }]), "{late:?}");
    let series = one(store, id).await;
    assert_eq!((series.opened, day(&series).as_str()), (0, "2023-11-29"));
    assert_eq!(recorded(store, "series.changed").await, 1);
    assert!(store.campaigns().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_series_is_over_after_so_many_or_when_an_admin_ends_it() {
    let (shelf, id) = scene(Series { ends_after: Some(1), ..weekly() }).await;
    let store = &shelf.store;
    assert_eq!(opening(store, at(FIRST)).await.len(), 1);
    assert!(one(store, id).await.is_over());
    assert!(opening(store, at("2024-11-15T08:00:00Z")).await.is_empty());
    let admin = admin();
    let other = store.create_series(&act(&admin), weekly(), now()).await.unwrap();
    let end = act(&admin);
    store.end_series(&end, other, now()).await.unwrap();
    store.end_series(&end, other, now()).await.unwrap();
    assert!(one(store, other).await.is_over());
    assert_eq!(recorded(store, "series.ended").await, 1);
    assert_eq!(status(store.end_series(&act(&admin), other, now()).await), 409);
    let edited = store.edit_series(&act(&admin), other, weekly(), true, now()).await;
    assert_eq!(status(edited), 409);
    assert_eq!(store.series().await.unwrap().len(), 2, "it stays in the list");
}

fn four_eyes(series: Series) -> Series {
    let template = Terms { four_eyes: true, ..series.template };
    Series { template, ..series }
}

#[tokio::test]
async fn the_next_one_or_all_that_follow_are_changed() {
    let (shelf, id) = scene(weekly()).await;
    let store = &shelf.store;
    let admin = admin();
    store.edit_series(&act(&admin), id, four_eyes(weekly()), false, now()).await.unwrap();
    let changed = one(store, id).await;
    assert!(!changed.template.four_eyes && changed.once.as_ref().unwrap().four_eyes);
    let opened = opening(store, at(FIRST)).await;
    let view = store.campaign(*opened[0].opened.as_ref().unwrap()).await.unwrap().unwrap();
    assert!(view.campaign.terms().four_eyes);
    assert_eq!(one(store, id).await.once, None, "only the next one");
    let monthly = Series { every: "months/1/31".parse().unwrap(), ..four_eyes(weekly()) };
    store.edit_series(&act(&admin), id, monthly, true, at(FIRST)).await.unwrap();
    let changed = one(store, id).await;
    assert!(changed.template.four_eyes);
    assert_eq!((changed.opened, day(&changed).as_str()), (1, "2023-11-30"), "November has 30 days");
}

#[tokio::test]
async fn one_that_waits_is_not_lost_when_something_else_is_changed() {
    let (shelf, id) = scene(weekly()).await;
    let store = &shelf.store;
    store.open_due_series(at(FIRST)).await.unwrap();
    let renamed = Series { name: "Renamed".into(), ..weekly() };
    store.edit_series(&act(&admin()), id, renamed, true, at(FIRST)).await.unwrap();
    assert_eq!(day(&one(store, id).await), "2023-11-15");
    assert!(opening(store, at("2023-11-15T09:00:00Z")).await[0].opened.is_ok());
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_the_same_submit_is_done_once() {
    let shelf = shelf().await;
    let store = &shelf.store;
    let create =
        async |act: &Act, series: Series| status(store.create_series(act, series, now()).await);
    assert_eq!(create(&act(&member("ada", &["shop"])), weekly()).await, 403);
    let admin = admin();
    let bad = [
        Series { name: " ".into(), ..weekly() },
        Series { name: "x".repeat(201), ..weekly() },
        Series { zone: "Mars/Olympus".into(), ..weekly() },
        Series { duration_days: 0, ..weekly() },
        Series { ends_after: Some(0), ..weekly() },
    ];
    for series in bad {
        assert_eq!(create(&act(&admin), series.clone()).await, 422, "{series:?}");
    }
    assert!(store.series().await.unwrap().is_empty());
    let first = act(&admin);
    let made = store.create_series(&first, weekly(), now()).await.unwrap();
    let again = store.create_series(&first, weekly(), now()).await.unwrap();
    assert_eq!((again, store.series().await.unwrap().len()), (made, 1));
    let unknown = store.edit_series(&act(&admin), SeriesId(99), weekly(), true, now()).await;
    assert_eq!(status(unknown), 404);
    assert!(store.one_series(SeriesId(99)).await.unwrap().is_none());
}
