//! PromQL as Prometheus 3 has it. The expected values follow from its documentation; all but those
//! that say how version 2 differs were compared with what promtool 2.42 finds.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sandbox::prometheus::{Failure, Labels, Measure, Profile, Shape, Store, Target};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

/// `name{a="b",c="d"}` as labels.
fn labels(text: &str) -> Labels {
    let (name, pairs) = text.trim_end_matches('}').split_once('{').unwrap_or((text, ""));
    let pairs = pairs.split(',').filter_map(|pair| pair.split_once('='));
    let pairs: Vec<_> = pairs.map(|(name, value)| (name, value.trim_matches('"'))).collect();
    Labels::of(name, &pairs)
}

/// Series as promtool's tests write them: one sample a minute, `_` for none, `A+BxN` for N more.
fn load(lines: &[&str]) -> Store {
    let store = Store::new();
    for line in lines {
        let (series, samples) = line.split_once(' ').unwrap();
        let labels = labels(series);
        let values = samples.split(' ').flat_map(values);
        for (minute, value) in (0..).zip(values) {
            match value {
                Some(value) if value.is_nan() => store.end(&labels, at(minute * 60)),
                Some(value) => store.push(&labels, at(minute * 60), value),
                None => {}
            }
        }
    }
    store
}

/// One item of those; a NaN is the end of the series.
fn values(item: &str) -> Vec<Option<f64>> {
    let number = |text: &str| text.parse::<f64>().unwrap();
    match (item, item.split_once('x')) {
        ("_", _) => vec![None],
        ("stale", _) => vec![Some(f64::NAN)],
        (_, Some(("_", count))) => vec![None; count.parse().unwrap()],
        (_, Some((progress, count))) => {
            let (start, step) = progress.split_once('+').unwrap();
            let count: u32 = count.parse().unwrap();
            (0..=count).map(|nth| Some(number(start) + number(step) * f64::from(nth))).collect()
        }
        (value, None) => vec![Some(number(value))],
    }
}

/// Asks at a second, and compares labels and values.
fn check(store: &Store, second: i64, query: &str, expected: &[(&str, f64)]) {
    let mut found: Vec<(String, f64)> = store
        .ask(query, at(second))
        .unwrap_or_else(|why| panic!("{query}: {why}"))
        .into_iter()
        .map(|(labels, value)| (labels.to_string(), value))
        .collect();
    let mut expected: Vec<(String, f64)> =
        expected.iter().map(|(labels, value)| ((*labels).to_owned(), *value)).collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    expected.sort_by(|one, other| one.0.cmp(&other.0));
    let same = |(one, other): (&(String, f64), &(String, f64))| {
        let near = (one.1 - other.1).abs() <= 1e-9 * other.1.abs().max(1.0);
        one.0 == other.0 && (near || one.1 == other.1 || (one.1.is_nan() && other.1.is_nan()))
    };
    let all = found.len() == expected.len() && found.iter().zip(&expected).all(same);
    assert!(all, "{query} at {second}:\n found {found:?}\n  not  {expected:?}");
}

/// Asks at a second, and compares the sentence of the refusal.
fn refused(store: &Store, query: &str, expected: &str) {
    let why = store.ask(query, at(630)).unwrap_err();
    assert!(why.to_string().contains(expected), "{query}: {why}");
}

fn counters() -> Store {
    load(&[
        r#"c{i="steady"} 0+10x40"#,
        r#"c{i="reset"} 0 10 20 30 40 5 15 25 35 45 55"#,
        r#"c{i="new"} _x20 1 1 1 4"#,
        r#"c{i="steep"} _x20 1 31 61"#,
        r#"c{i="once"} _x20 7 7 7"#,
        r#"c{i="gone"} 1 2 3 stale"#,
    ])
}

#[test]
fn increase_is_stretched_to_the_range_but_never_below_zero() {
    let store = counters();
    // Ten samples of nine steps, half a minute missing at each end.
    check(&store, 1830, r#"increase(c{i="steady"}[10m])"#, &[(r#"{i="steady"}"#, 100.0)]);
    check(&store, 1830, r#"rate(c{i="steady"}[10m])"#, &[(r#"{i="steady"}"#, 100.0 / 600.0)]);
    check(&store, 1830, r#"delta(c{i="steady"}[10m])"#, &[(r#"{i="steady"}"#, 100.0)]);
    check(&store, 1830, r#"irate(c{i="steady"}[10m])"#, &[(r#"{i="steady"}"#, 10.0 / 60.0)]);
    // 45 more in the end, and the 40 that the reset took, over 540 of 600 seconds.
    check(&store, 630, r#"increase(c{i="reset"}[10m])"#, &[(r#"{i="reset"}"#, 85.0 / 0.9)]);
    check(&store, 630, r#"resets(c{i="reset"}[10m])"#, &[(r#"{i="reset"}"#, 1.0)]);
    check(&store, 630, r#"changes(c{i="reset"}[10m])"#, &[(r#"{i="reset"}"#, 9.0)]);
    // A series that begins within the range is stretched by half a step at its beginning, or to
    // where it was zero if that is nearer. (Version 2.42 stretched the first one to zero: 4.5.)
    check(&store, 1410, r#"increase(c{i="new"}[10m])"#, &[(r#"{i="new"}"#, 4.0)]);
    check(&store, 1350, r#"increase(c{i="steep"}[10m])"#, &[(r#"{i="steep"}"#, 76.0)]);
}

#[test]
fn increase_does_not_see_how_a_series_began() {
    let store = counters();
    check(&store, 1350, r#"increase(c{i="once"}[10m])"#, &[(r#"{i="once"}"#, 0.0)]);
    check(&store, 1230, r#"increase(c{i="once"}[10m])"#, &[]);
    check(&store, 1230, r#"max_over_time(c{i="once"}[10m])"#, &[(r#"{i="once"}"#, 7.0)]);
    // What Routebook asks in its place: new series count with all that they have.
    let query =
        "sum by (i) ((c unless max_over_time(c[10m] offset 10m)) or (increase(c[10m]) > 0))";
    let steady = (r#"{i="steady"}"#, 100.0);
    check(
        &store,
        1350,
        query,
        &[steady, (r#"{i="once"}"#, 7.0), (r#"{i="new"}"#, 1.0), (r#"{i="steep"}"#, 61.0)],
    );
    check(
        &store,
        1410,
        query,
        &[steady, (r#"{i="once"}"#, 7.0), (r#"{i="new"}"#, 4.0), (r#"{i="steep"}"#, 61.0)],
    );
    check(&store, 2310, query, &[steady]);
}

#[test]
fn functions_over_time_look_at_every_sample_of_the_range() {
    let store = counters();
    let reset = |value| [(r#"{i="reset"}"#, value)];
    check(&store, 630, r#"max_over_time(c{i="reset"}[10m])"#, &reset(55.0));
    check(&store, 630, r#"min_over_time(c{i="reset"}[10m])"#, &reset(5.0));
    check(&store, 630, r#"avg_over_time(c{i="reset"}[10m])"#, &reset(28.0));
    check(&store, 630, r#"sum_over_time(c{i="reset"}[10m])"#, &reset(280.0));
    check(&store, 630, r#"count_over_time(c{i="reset"}[10m])"#, &reset(10.0));
    check(&store, 630, r#"present_over_time(c{i="reset"}[10m])"#, &reset(1.0));
    let named = [(r#"{__name__="c", i="reset"}"#, 55.0)];
    check(&store, 630, r#"last_over_time(c{i="reset"}[10m])"#, &named);
    check(&store, 630, r#"max_over_time(c{i="reset"}[5m] offset 5m)"#, &reset(40.0));
    check(&store, 630, r#"max_over_time(c{i="reset"}[2m:1m])"#, &reset(55.0));
    check(&store, 630, r#"sum_over_time((c{i="reset"} * 2)[2m:1m])"#, &reset(200.0));
}

#[test]
fn a_range_leaves_out_its_left_end() {
    // Since Prometheus 3; version 2 counted eleven.
    let store = counters();
    check(&store, 600, r#"count_over_time(c{i="reset"}[10m])"#, &[(r#"{i="reset"}"#, 10.0)]);
    let store = load(&["old 1"]);
    check(&store, 299, "old", &[(r#"{__name__="old"}"#, 1.0)]);
    check(&store, 300, "old", &[]);
}

#[test]
fn a_sample_counts_for_five_minutes_and_until_the_series_ends() {
    let store = load(&["old 1", "other 1 2 3 stale", "gap 1 _x3 5"]);
    check(&store, 299, "old", &[(r#"{__name__="old"}"#, 1.0)]);
    check(&store, 301, "old", &[]);
    check(&store, 150, "other", &[(r#"{__name__="other"}"#, 3.0)]);
    check(&store, 181, "other", &[]);
    check(&store, 181, "count_over_time(other[5m])", &[("{}", 3.0)]);
    check(&store, 200, "gap", &[(r#"{__name__="gap"}"#, 1.0)]);
    check(&store, 270, "timestamp(gap)", &[("{}", 240.0)]);
    check(&store, 270, "timestamp(gap + 0)", &[("{}", 270.0)]);
    check(&store, 450, "old @ 10 + other offset 5m", &[("{}", 4.0)]);
}

fn fleet() -> Store {
    load(&[
        r#"up{job="a",instance="1"} 1+0x20"#,
        r#"up{job="a",instance="2"} 0+0x20"#,
        r#"up{job="b",instance="3"} 1+0x20"#,
        r#"owner{job="a",team="red"} 1+0x20"#,
        r#"owner{job="c",team="blue"} 1+0x20"#,
        r#"one{x="1"} 3+0x20"#,
        r#"two{x="1",y="2"} 4+0x20"#,
        r#"requests{job="a",code="200"} 6+0x20"#,
        r#"requests{job="a",code="500"} 2+0x20"#,
        r#"requests{job="b",code="200"} 10+0x20"#,
    ])
}

#[test]
fn matchers_are_anchored_and_see_missing_labels_as_empty() {
    let store = fleet();
    let count = |selector: &str, expected: f64| {
        check(&store, 630, &format!("count({selector})"), &[("{}", expected)]);
    };
    count(r#"up{job="a"}"#, 2.0);
    count(r#"up{job!="a"}"#, 1.0);
    count(r#"up{job=~"a|b"}"#, 3.0);
    count(r#"up{instance!~"1|2"}"#, 1.0);
    count(r#"{__name__=~"up|owner"}"#, 5.0);
    count(r#"{__name__="up",instance=~".+"}"#, 3.0);
    count(r#"{job="a",team=""}"#, 4.0);
    check(&store, 630, r#"up{job=~"."} unless up{job=~".+"}"#, &[]);
    check(&store, 630, r#"requests{code=~"20"}"#, &[]);
}

#[test]
fn elements_are_matched_one_to_one_or_many_to_one() {
    let store = fleet();
    check(&store, 630, "two - ignoring (y) one", &[(r#"{x="1"}"#, 1.0)]);
    check(&store, 630, "two - on (x) one", &[(r#"{x="1"}"#, 1.0)]);
    check(&store, 630, "two - one", &[]);
    check(&store, 630, "two > on (x) one", &[(r#"{x="1"}"#, 4.0)]);
    check(
        &store,
        630,
        "up * on (job) group_left (team) owner",
        &[
            (r#"{instance="1", job="a", team="red"}"#, 1.0),
            (r#"{instance="2", job="a", team="red"}"#, 0.0),
        ],
    );
    check(
        &store,
        630,
        "owner - on (job) group_right () up",
        &[(r#"{instance="1", job="a"}"#, 0.0), (r#"{instance="2", job="a"}"#, 1.0)],
    );
    check(
        &store,
        630,
        r#"requests / ignoring (code) group_left () sum without (code) (requests)"#,
        &[
            (r#"{code="200", job="a"}"#, 0.75),
            (r#"{code="500", job="a"}"#, 0.25),
            (r#"{code="200", job="b"}"#, 1.0),
        ],
    );
    refused(&store, "owner * on (job) up", "many-to-many matching not allowed");
    refused(&store, "up * on (job) owner", "many-to-one matching must be explicit");
    refused(
        &store,
        "requests + on (job) requests",
        "found duplicate series for the match group {job=\"a\"}",
    );
    let twins = load(&[r#"a{x="1"} 1+0x20"#, r#"b{x="1"} 1+0x20"#]);
    refused(&twins, r#"-{x="1"}"#, "vector cannot contain metrics with the same labelset");
}

#[test]
fn comparisons_filter_unless_they_are_asked_for_a_bool() {
    let store = fleet();
    check(
        &store,
        630,
        "up > 0",
        &[
            (r#"{__name__="up", instance="1", job="a"}"#, 1.0),
            (r#"{__name__="up", instance="3", job="b"}"#, 1.0),
        ],
    );
    check(
        &store,
        630,
        "up == bool 1",
        &[
            (r#"{instance="1", job="a"}"#, 1.0),
            (r#"{instance="2", job="a"}"#, 0.0),
            (r#"{instance="3", job="b"}"#, 1.0),
        ],
    );
    check(
        &store,
        630,
        "5 < requests",
        &[
            (r#"{__name__="requests", code="200", job="a"}"#, 6.0),
            (r#"{__name__="requests", code="200", job="b"}"#, 10.0),
        ],
    );
    check(&store, 630, "1 <= bool 2", &[("{}", 1.0)]);
    check(&store, 630, "10 - one", &[(r#"{x="1"}"#, 7.0)]);
}

#[test]
fn sets_are_compared_by_labels_without_names() {
    let store = fleet();
    let a = [
        (r#"{__name__="up", instance="1", job="a"}"#, 1.0),
        (r#"{__name__="up", instance="2", job="a"}"#, 0.0),
    ];
    let b = (r#"{__name__="up", instance="3", job="b"}"#, 1.0);
    check(&store, 630, "up and on (job) owner", &a);
    check(&store, 630, "up unless on (job) owner", &[b]);
    check(&store, 630, "up unless on () owner", &[]);
    check(
        &store,
        630,
        r#"up{job="b"} or on (job) owner"#,
        &[
            b,
            (r#"{__name__="owner", job="a", team="red"}"#, 1.0),
            (r#"{__name__="owner", job="c", team="blue"}"#, 1.0),
        ],
    );
    check(&store, 630, "one and ignoring (y) two", &[(r#"{__name__="one", x="1"}"#, 3.0)]);
    check(
        &store,
        630,
        "one or two",
        &[(r#"{__name__="one", x="1"}"#, 3.0), (r#"{__name__="two", x="1", y="2"}"#, 4.0)],
    );
    // `and` and `unless` bind closer than `or`.
    check(
        &store,
        630,
        r#"one or up and on (job) owner{job="c"}"#,
        &[(r#"{__name__="one", x="1"}"#, 3.0)],
    );
    // What Routebook asks of a controller's health.
    let query = "avg(up and on (job) group by (job) (max_over_time(requests[10m])))";
    check(&store, 630, query, &[("{}", 2.0 / 3.0)]);
}

#[test]
fn aggregations_group_by_or_without_labels() {
    let store = fleet();
    let by_job = |a, b| [(r#"{job="a"}"#, a), (r#"{job="b"}"#, b)];
    check(&store, 630, "sum by (job) (requests)", &by_job(8.0, 10.0));
    check(&store, 630, "sum without (code) (requests)", &by_job(8.0, 10.0));
    check(&store, 630, "min by (job) (requests)", &by_job(2.0, 10.0));
    check(&store, 630, "max by (job) (requests)", &by_job(6.0, 10.0));
    check(&store, 630, "avg by (job) (requests)", &by_job(4.0, 10.0));
    check(&store, 630, "count by (job) (requests)", &by_job(2.0, 1.0));
    check(&store, 630, "group by (job) (requests)", &by_job(1.0, 1.0));
    check(&store, 630, "sum(requests)", &[("{}", 18.0)]);
    check(&store, 630, "sum(nothing)", &[]);
    check(&store, 630, "count by (team) (up)", &[("{}", 3.0)]);
}

#[test]
fn operators_have_their_precedence() {
    let store = Store::new();
    let number = |query: &str, expected| check(&store, 630, query, &[("{}", expected)]);
    number("2 + 3 * 4", 14.0);
    number("2 ^ 3 ^ 2", 512.0);
    number("-2 ^ 2", -4.0);
    number("10 % 4 * 2", 4.0);
    number("-7 % 4", -3.0);
    number("1 - 2 - 3", -4.0);
    number("1 + 1 == bool 2", 1.0);
    number("(2 + 3) * 4", 20.0);
    number("1 / 0", f64::INFINITY);
    number("0 / 0", f64::NAN);
    number("time()", 630.0);
    number("vector(1) + 2", 3.0);
}

#[test]
fn other_functions_do_what_they_are_documented_to_do() {
    let store = fleet();
    check(&store, 630, "absent(nothing)", &[("{}", 1.0)]);
    check(&store, 630, r#"absent(nothing{a="b",c=~"d",e="f",e="g"})"#, &[(r#"{a="b"}"#, 1.0)]);
    check(&store, 630, "absent(up)", &[]);
    check(&store, 630, r#"absent_over_time(nothing{a="b"}[5m])"#, &[(r#"{a="b"}"#, 1.0)]);
    check(&store, 630, "scalar(one)", &[("{}", 3.0)]);
    check(&store, 630, "scalar(up)", &[("{}", f64::NAN)]);
    check(&store, 630, "abs(one - 5)", &[(r#"{x="1"}"#, 2.0)]);
    check(&store, 630, "floor(one / 2) + ceil(one / 2)", &[(r#"{x="1"}"#, 3.0)]);
    check(
        &store,
        630,
        r#"label_replace(one, "z", "$1-new", "x", "(.)")"#,
        &[(r#"{__name__="one", x="1", z="1-new"}"#, 3.0)],
    );
    check(
        &store,
        630,
        r#"label_replace(two, "y", "", "x", ".*")"#,
        &[(r#"{__name__="two", x="1"}"#, 4.0)],
    );
    let sorted = store.ask("sort_desc(requests)", at(630)).unwrap();
    assert_eq!(sorted.iter().map(|(_, value)| *value).collect::<Vec<_>>(), [10.0, 6.0, 2.0]);
}

#[test]
fn what_cannot_be_parsed_is_bad_data() {
    let store = Store::new();
    for query in ["", "up{", "sum by job (up)", "up[5m", "rate(up)", "up + on (job", "{}", "1 == 2"]
    {
        let why = store.ask(query, at(630)).unwrap_err();
        assert!(matches!(why, Failure::BadData(_)), "{query}: {why}");
        assert!(why.to_string().starts_with("invalid parameter \"query\": "), "{why}");
    }
    let why = store.ask("quantile(0.9, up)", at(630)).unwrap_err();
    assert!(matches!(why, Failure::Execution(_)), "{why}");
}

/// Ten thousand computed series of three months, with a restart each week.
fn ten_thousand(now: Timestamp) -> Store {
    let hours = |hours: i64| jiff::SignedDuration::from_hours(hours);
    let start = now - hours(24 * 90);
    let restarted = (1..12).fold(Target::new(start, Duration::from_secs(60)), |target, week| {
        target.restarted(start + hours(24 * 7 * week))
    });
    let target = Arc::new(restarted);
    let store = Store::new();
    let up = [("job", "nginx"), ("instance", "1")];
    store.shape(&Labels::of("up", &up), Shape::up(&target));
    for number in 0..10_000_u64 {
        let (namespace, name) = (format!("team-{}", number % 200), format!("web-{number}"));
        let labels = [
            ("job", "nginx"),
            ("instance", "1"),
            ("namespace", namespace.as_str()),
            ("ingress", name.as_str()),
            ("status", "200"),
        ];
        let profile = Profile::weekly(500.0).seeded(number + 1);
        let shape = Shape::new(&target, Measure::Counter, profile);
        store.shape(&Labels::of("requests", &labels), shape);
    }
    store
}

#[test]
fn ten_thousand_series_of_three_months_are_quickly_asked() {
    let now = at(1_800_000_000);
    let store = ten_thousand(now);
    let sum = "sum by (namespace, ingress) ((requests unless max_over_time(requests[1d] offset 1h)) \
               or (increase(requests[1h]) > 0))";
    let up = "avg(up and on (job) group by (job) (max_over_time(requests[1d])))";
    let months = "sum by (namespace) (increase(requests[90d]))";
    for (query, most) in [(sum, 10_000), (up, 1), (months, 200)] {
        let start = Instant::now();
        let found = store.ask(query, now).unwrap();
        println!("{query}: {} in {:?}", found.len(), start.elapsed());
        assert!((1..=most).contains(&found.len()), "{}", found.len());
        // Generous, so that a slow machine passes; sample by sample it would take minutes.
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}
