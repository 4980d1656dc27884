use super::*;
use crate::review::{Choice, Kind};
use crate::text::Unfit;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Midnight of a day of January 2026.
fn january(day: i64) -> Timestamp {
    at("2026-01-01T00:00:00Z") + SignedDuration::from_hours(24 * (day - 1))
}

fn requested(routes: &[&str]) -> Retirement {
    let routes = routes.iter().map(|route| (*route).to_owned()).collect();
    let choice = Choice { routes, ..Choice::new(Kind::Retire, "nobody needs it") };
    let policy = Policy::default();
    Retirement::request(IngressId(1), Some(ReviewId(2)), &choice, "Ada", &policy, january(1))
}

fn in_state(state: State) -> Retirement {
    Retirement { state, ..requested(&[]) }
}

fn held() -> State {
    State::Held { until: january(15) }
}

fn due() -> State {
    State::Due { since: january(15) }
}

fn removed() -> State {
    State::Removed { at: january(20), proof: "delete event".into() }
}

fn cancelled() -> State {
    State::Cancelled { at: january(20), why: "needed".into() }
}

fn reappeared() -> State {
    State::Reappeared { at: january(25) }
}

fn all() -> [State; 5] {
    [held(), due(), removed(), cancelled(), reappeared()]
}

/// What becomes of each state, in the order of [`all`].
fn check(act: impl Fn(Retirement) -> Retirement, expected: [Stage; 5]) {
    let stages = all().map(|state| act(in_state(state)).state.stage());
    assert_eq!(stages, expected);
}

use Stage::{Cancelled, Due, Held, Reappeared, Removed};

#[test]
fn a_request_is_on_hold_as_long_as_the_policy_or_the_wish_says() {
    assert_eq!(requested(&[]).state, held());
    let hold = |days, wish: Option<&str>| {
        let policy = Policy { hold_days: days, ..Policy::default() };
        policy.hold(january(1), wish.map(|day| day.parse().unwrap())).to_string()
    };
    assert_eq!(hold(14, Some("2026-01-03")), "2026-01-15T00:00:00Z", "a wish does not shorten it");
    assert_eq!(hold(14, Some("2026-02-28")), "2026-02-28T00:00:00Z");
    assert_eq!(hold(0, None), "2026-01-01T00:00:00Z");
}

#[test]
fn successful_traffic_after_the_request_cancels_what_is_not_removed() {
    let seen = |day| move |one: Retirement| one.traffic(Some(january(day)), january(30));
    check(seen(16), [Cancelled, Cancelled, Removed, Cancelled, Reappeared]);
    check(seen(1), [Held, Due, Removed, Cancelled, Reappeared]);
    check(|one| one.traffic(None, january(30)), [Held, Due, Removed, Cancelled, Reappeared]);
    let State::Cancelled { at, why } = seen(16)(in_state(held())).state else { panic!("it stays") };
    assert_eq!(at, january(30));
    assert!(why.contains("2026-01-16"), "{why}");
}

#[test]
fn what_was_long_enough_on_hold_becomes_due_if_the_week_lets_it() {
    let tick = |day, may| move |one: Retirement| one.tick(january(day), may);
    check(tick(15, true), [Due, Due, Removed, Cancelled, Reappeared]);
    check(tick(15, false), [Held, Due, Removed, Cancelled, Reappeared]);
    check(tick(14, true), [Held, Due, Removed, Cancelled, Reappeared]);
    assert_eq!(tick(20, true)(in_state(held())).state, State::Due { since: january(20) });
}

#[test]
fn its_traffic_is_read_when_all_that_measures_it_was_read_up_to_the_end_of_the_hold() {
    let checks = [
        (held(), None, true),
        (held(), Some(Timestamp::UNIX_EPOCH), false),
        (held(), Some(january(14)), false),
        (held(), Some(january(15)), true),
        (held(), Some(january(16)), true),
        (due(), Some(january(14)), true),
        (removed(), Some(january(14)), true),
        (cancelled(), Some(january(14)), true),
        (reappeared(), Some(january(14)), true),
    ];
    for (state, read_until, expected) in checks {
        let one = in_state(state);
        assert_eq!(one.is_read(read_until), expected, "{:?}, {read_until:?}", one.state);
    }
}

#[test]
fn only_the_watch_proves_that_it_is_gone() {
    let gone = |one: Retirement| one.gone("a complete list did not have it", january(30));
    check(gone, [Removed, Removed, Removed, Cancelled, Removed]);
    assert_eq!(gone(in_state(removed())).state, removed(), "the first proof stays");
    let one = gone(in_state(due()));
    assert_eq!(one.took(), Some(SignedDuration::from_hours(24 * 29)));
    assert_eq!(in_state(due()).took(), None);
}

#[test]
fn what_was_removed_may_reappear_and_go_again() {
    let back = |one: Retirement| one.back(january(30));
    check(back, [Held, Due, Reappeared, Cancelled, Reappeared]);
    let again = back(in_state(removed())).gone("delete event", january(31));
    assert_eq!(again.state.stage(), Removed);
    assert_eq!(back(in_state(reappeared())).state, reappeared(), "the first sight stays");
}

#[test]
fn some_routes_are_gone_when_the_manifest_has_none_of_them() {
    let present =
        |keys: &[&str]| -> Vec<String> { keys.iter().map(|key| (*key).to_owned()).collect() };
    let partial = requested(&["a /x", "a /y"]);
    let seen = |one: &Retirement, keys: &[&str]| one.clone().routes(&present(keys), january(3));
    assert_eq!(seen(&partial, &["a /", "a /y"]).state, held(), "one is left");
    let gone = seen(&partial, &["a /"]);
    assert!(matches!(&gone.state, State::Removed { proof, .. } if proof.contains("2 routes")));
    assert_eq!(seen(&gone, &["a /"]), gone);
    let back = seen(&gone, &["a /", "a /x"]);
    assert_eq!(back.state, State::Reappeared { at: january(3) });
    assert_eq!(seen(&back, &["a /"]).state.stage(), Removed);
    let whole = requested(&[]);
    assert_eq!(seen(&whole, &[]), whole, "an ingress without routes is still there");
    let kept = Retirement { state: cancelled(), ..partial };
    assert_eq!(seen(&kept, &[]), kept);
}

#[test]
fn somebody_who_needs_it_cancels_it_with_a_reason() {
    for state in [held(), due(), reappeared()] {
        let one = in_state(state).cancel("Bob", " the audit needs it ", january(5)).unwrap();
        let why = "by Bob: the audit needs it".to_owned();
        assert_eq!(one.state, State::Cancelled { at: january(5), why });
    }
    let refused = |state, reason: &str| in_state(state).cancel("Bob", reason, january(5)).err();
    assert_eq!(refused(removed(), "x"), Some(CannotCancel::Removed));
    assert_eq!(refused(cancelled(), "x"), Some(CannotCancel::Already));
    let missing = CannotCancel::Reason(Unfit::Missing("reason"));
    assert_eq!(refused(held(), " "), Some(missing));
    let long = refused(held(), &"x".repeat(100_000));
    assert!(matches!(long, Some(CannotCancel::Reason(Unfit::TooLong { .. }))));
}

#[test]
fn a_decision_that_is_taken_back_takes_the_retirement_back() {
    let withdraw = |one: Retirement| one.withdraw("the decision was taken back", january(2));
    check(withdraw, [Cancelled, Cancelled, Removed, Cancelled, Reappeared]);
}

#[test]
fn a_week_has_a_limit() {
    let checks = [(0, 5), (1, 5), (50, 5), (59, 5), (60, 6), (1000, 100), (50_000, 5_000)];
    for (present, expected) in checks {
        assert_eq!(weekly_limit(present), expected, "{present}");
    }
    let policy = Policy { weekly_percent: 1, weekly_least: 0, ..Policy::default() };
    assert_eq!((policy.weekly_limit(99), policy.weekly_limit(100)), (0, 1));
}

#[test]
fn codes_are_read_back_and_the_url_is_the_view() {
    for stage in Stage::ALL {
        assert_eq!(Stage::parse(stage.as_str()), Some(stage));
        assert_eq!(serde_json::to_value(stage).unwrap(), stage.as_str());
    }
    for query in ["", "state=due", "state=held&after=7"] {
        assert_eq!(RetirementView::parse(query).unwrap().query(), query);
    }
    for (query, part) in [("state=gone", "reappeared, due"), ("x=1", "\"x\""), ("after=x", "page")]
    {
        let error = RetirementView::parse(query).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}
