//! Series: campaigns that come again, on days that not every month has.

use domain::SeriesId;
use domain::series::Series;

use crate::support::{Browser, Setup, Site, act, done, owned, refused};

const QUARTERLY: [(&str, &str); 8] = [
    ("name", "Stale routes"),
    ("owner", "payments"),
    ("every", "months"),
    ("n", "1"),
    ("day", "31"),
    ("zone", "Europe/Berlin"),
    ("starts", "2026-03-01"),
    ("duration_days", "7"),
];

async fn site() -> (Site, Browser) {
    let site = Site::with_sign_in(Setup::default()).await;
    let admin = site.sign_in("admin").await;
    site.show(&[owned("web", "payments")]).await;
    (site, admin)
}

async fn only(site: &Site) -> Series {
    let mut all = site.store.series().await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[tokio::test]
async fn a_series_opens_by_itself_on_the_last_day_of_each_month() {
    let (site, admin) = site().await;
    let form = act(&QUARTERLY);
    done(admin.submit("/series", &form).await).await;
    done(admin.submit("/series", &form).await).await;
    let series = only(&site).await;
    let days = series.days(series.next.unwrap(), 3);
    let days: Vec<_> = days.iter().map(ToString::to_string).collect();
    assert_eq!(days, ["2026-03-31", "2026-04-30", "2026-05-31"]);

    // Clocks were put on two days before: nine in the morning is at seven, UTC.
    site.pass_until("2026-03-31T06:59:59Z");
    site.fresh(&["prod"]).await;
    assert!(site.store.open_due_series(site.hands.now()).await.unwrap().is_empty());
    site.pass_until("2026-03-31T07:00:00Z");
    let opened = site.store.open_due_series(site.hands.now()).await.unwrap();
    assert_eq!((opened.len(), opened[0].series), (1, series.id));
    let id = *opened[0].opened.as_ref().unwrap();
    let view = site.store.campaign(id).await.unwrap().unwrap();
    let terms = view.campaign.terms();
    assert_eq!(terms.name, "Stale routes, 2026-03-31");
    assert_eq!(terms.due.to_string(), "2026-04-07T21:59:59Z");
    assert_eq!(site.reviews(id).await.len(), 1);
    assert_eq!(only(&site).await.next.unwrap().to_string(), "2026-04-30");
    assert!(site.store.open_due_series(site.hands.now()).await.unwrap().is_empty(), "once");
}

#[tokio::test]
async fn a_series_waits_for_every_cluster_and_says_why() {
    let (site, admin) = site().await;
    done(admin.submit("/series", &act(&QUARTERLY)).await).await;
    site.pass_until("2026-03-31T08:00:00Z");
    let opened = site.store.open_due_series(site.hands.now()).await.unwrap();
    assert!(opened[0].opened.is_err(), "{opened:?}");
    let waiting = only(&site).await.waiting.unwrap();
    assert!(waiting.contains("prod") && waiting.contains("not up to date"), "{waiting}");
    let admin = site.sign_in("admin").await;
    let page = admin.text("/campaigns").await;
    assert!(page.contains("not up to date"), "{page}");
    site.fresh(&["prod"]).await;
    let opened = site.store.open_due_series(site.hands.now()).await.unwrap();
    assert!(opened[0].opened.is_ok(), "{opened:?}");
    assert_eq!(only(&site).await.waiting, None);
}

#[tokio::test]
async fn a_series_can_be_changed_for_all_or_for_the_next_and_be_ended() {
    let (site, admin) = site().await;
    done(admin.submit("/series", &act(&QUARTERLY)).await).await;
    let id = only(&site).await.id;
    let edit = format!("/series/{id}/edit");
    refused(admin.submit(&edit, &act(&QUARTERLY)).await, 422, "all campaigns that follow").await;
    let more = [&QUARTERLY[..], &[("which", "next"), ("four_eyes", "on")]].concat();
    done(admin.submit(&edit, &act(&more)).await).await;
    let series = only(&site).await;
    assert!(series.once.is_some_and(|terms| terms.four_eyes) && !series.template.four_eyes);
    let all = [&QUARTERLY[..], &[("which", "all"), ("four_eyes", "on")]].concat();
    done(admin.submit(&edit, &act(&all)).await).await;
    assert!(only(&site).await.template.four_eyes);
    done(admin.submit(&format!("/series/{id}/end"), &act(&[])).await).await;
    assert_eq!(only(&site).await.next, None);
    refused(admin.submit(&edit, &act(&all)).await, 409, "This series is over").await;
    let unknown = format!("/series/{}/end", SeriesId(99));
    refused(admin.submit(&unknown, &act(&[])).await, 404, "no such series").await;
}

#[tokio::test]
async fn a_series_that_cannot_be_says_why() {
    let (site, admin) = site().await;
    for (field, value, words) in [
        ("day", "32", "days from 1 to 31"),
        ("n", "0", "1 to 60 weeks"),
        ("every", "moons", "does not say how often"),
        ("zone", "Mars/Olympus", "time zone"),
        ("starts", "2026-02-29", "is no day"),
        ("duration_days", "0", "1 to 366 days"),
        ("fallback", "nobody", "no team"),
    ] {
        let fields = [&[(field, value)][..], &QUARTERLY].concat();
        refused(admin.submit("/series", &act(&fields)).await, 422, words).await;
    }
    assert!(site.store.series().await.unwrap().is_empty());
}
