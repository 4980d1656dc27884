use jiff::civil::Weekday;

use super::*;
use crate::scope::Scope;

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn series(every: &str, zone: &str, starts: &str) -> Series {
    Series {
        id: SeriesId(1),
        name: "Quarterly".into(),
        template: Terms::new("of the series", Scope::default(), Timestamp::UNIX_EPOCH),
        every: every.parse().unwrap(),
        zone: zone.into(),
        duration_days: 14,
        starts: date(starts),
        ends_after: None,
        opened: 0,
        next: None,
        waiting: None,
        once: None,
    }
}

fn check(every: &str, starts: &str, from: &str, expected: &[&str]) {
    let days = series(every, "UTC", starts).days(date(from), expected.len());
    let days: Vec<String> = days.iter().map(Date::to_string).collect();
    assert_eq!(days, expected, "{every} from {starts}");
}

#[test]
fn weeks_are_counted_from_the_first_such_day() {
    // The first of January 2026 is a Thursday.
    check("weeks/1/monday", "2026-01-01", "2026-01-01", &["2026-01-05", "2026-01-12"]);
    check("weeks/1/thursday", "2026-01-01", "2026-01-01", &["2026-01-01", "2026-01-08"]);
    check("weeks/2/monday", "2026-01-01", "2026-01-06", &["2026-01-19", "2026-02-02"]);
    check("weeks/60/sunday", "2026-01-01", "2026-01-05", &["2027-02-28", "2028-04-23"]);
    check("weeks/1/monday", "2026-01-01", "2025-01-01", &["2026-01-05"]);
    check("weeks/1/monday", "2020-01-01", "2039-12-27", &["2040-01-02"]);
}

#[test]
fn a_day_that_a_month_does_not_have_is_its_last() {
    check(
        "months/1/31",
        "2026-01-01",
        "2026-01-01",
        &["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"],
    );
    check("months/1/29", "2028-01-30", "2028-01-30", &["2028-02-29", "2028-03-29"]);
    check("months/12/29", "2026-02-01", "2026-02-01", &["2026-02-28", "2027-02-28", "2028-02-29"]);
    check("months/3/31", "2026-08-01", "2026-08-01", &["2026-08-31", "2026-11-30", "2027-02-28"]);
    check("months/1/1", "2026-01-02", "2026-01-02", &["2026-02-01", "2026-03-01"]);
    check("months/3/15", "2026-01-20", "2026-01-20", &["2026-04-15", "2026-07-15"]);
}

fn check_times(zone: &str, day: &str, expected: &str) {
    let series = series("weeks/1/sunday", zone, day);
    assert_eq!(series.dates(date(day), 1), [at(expected)], "{zone} {day}");
}

#[test]
fn nine_in_the_morning_is_local_before_and_after_the_nights_on_which_clocks_change() {
    check_times("UTC", "2026-03-29", "2026-03-29T09:00:00Z");
    check_times("Europe/Berlin", "2026-03-22", "2026-03-22T08:00:00Z");
    check_times("Europe/Berlin", "2026-03-29", "2026-03-29T07:00:00Z");
    check_times("Europe/Berlin", "2026-10-25", "2026-10-25T08:00:00Z");
    check_times("America/New_York", "2026-03-08", "2026-03-08T13:00:00Z");
    check_times("America/New_York", "2026-11-01", "2026-11-01T14:00:00Z");
    check_times("Asia/Kolkata", "2026-03-29", "2026-03-29T03:30:00Z");
    check_times("Pacific/Kiritimati", "2026-03-29", "2026-03-28T19:00:00Z");
}

#[test]
fn a_day_ends_a_second_before_the_next_even_where_it_is_shorter_or_longer() {
    let check = |zone: &str, day: &str, expected: &str| {
        let zone = TimeZone::get(zone).unwrap();
        assert_eq!(end_of_day(date(day), &zone), Some(at(expected)), "{day}");
    };
    check("UTC", "2026-01-31", "2026-01-31T23:59:59Z");
    check("Europe/Berlin", "2026-03-28", "2026-03-28T22:59:59Z");
    check("Europe/Berlin", "2026-03-29", "2026-03-29T21:59:59Z");
    check("Europe/Berlin", "2026-10-25", "2026-10-25T22:59:59Z");
    // There the sixth begins at one: midnight is left out, and the fifth ends at its end.
    check("America/Santiago", "2026-09-05", "2026-09-06T03:59:59Z");
    assert_eq!(end_of_day(Date::MAX, &TimeZone::UTC), None);
}

#[test]
fn a_campaign_is_due_at_the_end_of_its_last_day_and_called_by_its_day() {
    let series =
        Series { duration_days: 30, ..series("months/1/31", "Europe/Berlin", "2028-01-01") };
    let terms = series.terms(date("2028-01-31")).unwrap();
    assert_eq!(terms.name, "Quarterly, 2028-01-31");
    assert_eq!(terms.due, at("2028-03-01T22:59:59Z"), "a leap day is within");
    let long = Series { name: "x".repeat(200), ..series };
    assert_eq!(long.terms(date("2028-01-31")).unwrap().name.chars().count(), 200);
}

#[test]
fn the_next_day_is_the_first_that_has_not_begun_and_missed_ones_are_not_made_up() {
    let series = series("weeks/1/monday", "UTC", "2026-01-01");
    let next = |series: &Series, now: &str| series.clone().scheduled(at(now)).next;
    assert_eq!(next(&series, "2025-06-01T00:00:00Z"), Some(date("2026-01-05")));
    assert_eq!(next(&series, "2026-01-05T08:59:59Z"), Some(date("2026-01-05")));
    assert_eq!(next(&series, "2026-01-05T09:00:00Z"), Some(date("2026-01-12")));
    let due = series.scheduled(at("2026-01-01T00:00:00Z"));
    assert!(!due.is_due(at("2026-01-05T08:59:59Z")) && due.is_due(at("2026-01-05T09:00:00Z")));
    let late = due.after_opening(at("2026-01-27T10:00:00Z"));
    assert_eq!((late.opened, late.next), (1, Some(date("2026-02-02"))));
}

#[test]
fn a_series_ends_after_so_many_or_by_hand() {
    let start = at("2026-01-01T00:00:00Z");
    let two = Series { ends_after: Some(2), ..series("months/1/31", "UTC", "2026-01-01") };
    assert_eq!(two.days(two.starts, 9), [date("2026-01-31"), date("2026-02-28")]);
    let one = two.scheduled(start).after_opening(at("2026-01-31T09:00:00Z"));
    assert_eq!(one.next, Some(date("2026-02-28")));
    let over = one.after_opening(at("2026-02-28T09:00:00Z"));
    assert!(over.is_over() && !over.is_due(at("2027-01-01T00:00:00Z")));
    let ended = series("weeks/1/monday", "UTC", "2026-01-01").scheduled(start).end();
    assert!(ended.is_over() && ended.scheduled(start).is_over());
}

#[test]
fn it_waits_with_a_reason_and_what_differs_once_differs_once() {
    let start = at("2026-01-01T00:00:00Z");
    let series = series("weeks/1/monday", "UTC", "2026-01-01").scheduled(start);
    let once = Terms { four_eyes: true, ..series.template.clone() };
    let series = Series { once: Some(once), ..series }.wait("prod is not up to date");
    assert_eq!(series.waiting.as_deref(), Some("prod is not up to date"));
    assert!(series.terms(date("2026-01-05")).unwrap().four_eyes);
    let after = series.after_opening(at("2026-01-05T10:00:00Z"));
    assert_eq!((after.waiting.clone(), after.once.clone()), (None, None));
    assert!(!after.terms(date("2026-01-12")).unwrap().four_eyes);
}

#[test]
fn what_cannot_be_says_why() {
    let good = || series("weeks/1/monday", "Europe/Berlin", "2026-01-01");
    let check = |series: Series, word: &str| {
        let error = series.check(&[]).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    };
    assert_eq!(good().check(&[]), Ok(()));
    check(Series { name: " ".into(), ..good() }, "name is missing");
    check(Series { zone: "Mars/Olympus".into(), ..good() }, "Europe/Berlin");
    check(Series { zone: "../etc/passwd".into(), ..good() }, "not a time zone");
    check(Series { duration_days: 0, ..good() }, "1 to 366");
    check(Series { ends_after: Some(0), ..good() }, "over already");
    check(Series { every: Every::Weeks { n: 0, on: Weekday::Monday }, ..good() }, "1 to 60");
    check(Series { every: Every::Months { n: 1, day: 32 }, ..good() }, "1 to 31");
    let template = Terms { fallback: Some("nobody".into()), ..good().template };
    check(Series { template, ..good() }, "no team");
}

#[test]
fn how_often_is_read_back() {
    for text in ["weeks/1/monday", "weeks/60/sunday", "months/1/1", "months/12/31"] {
        let every: Every = text.parse().unwrap();
        assert_eq!(every.to_string(), text);
        let json = serde_json::to_value(every).unwrap();
        assert_eq!(json, text);
        assert_eq!(serde_json::from_value::<Every>(json).unwrap(), every);
    }
    for text in ["", "weeks", "weeks/1/Monday", "weeks/0/monday", "months/1/0", "days/1/1"] {
        assert!(text.parse::<Every>().is_err(), "{text}");
    }
    assert_eq!("weeks/2/friday".parse::<Every>().unwrap().label(), "every 2 weeks on friday");
}
