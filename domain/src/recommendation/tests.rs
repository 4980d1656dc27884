use super::*;

/// Midday of a day without daylight saving, long after the epoch.
fn now() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

fn ago(days: i64) -> Option<Timestamp> {
    Some(now() - SignedDuration::from_hours(24 * days))
}

fn quiet() -> Facts<'static> {
    Facts {
        verdict: Verdict::Quiet,
        verdict_reason: "no request in the last 90 days",
        last_any: ago(120),
        last_success: ago(120),
        tells_success: true,
        silence_counts: true,
        observed_since: ago(200),
        covered_percent: Some(100),
        gaps: &[],
        tls: TlsState::Valid,
        tls_expires: ago(-60),
        problems: &[],
        created_at: ago(400),
        changed_at: None,
        look_back_days: 90,
        controller_known: true,
    }
}

fn check(facts: &Facts<'_>, advice: Advice, word: &str) {
    let got = recommend(facts, now());
    assert_eq!(got.advice, advice, "{got:?} of {facts:?}");
    assert!(got.reasons[0].contains(word), "{got:?} lacks {word}");
}

#[test]
fn silence_that_was_observed_recommends_retiring() {
    check(&quiet(), Advice::Retire, "2026-02-01");
    let never = Facts { last_any: None, last_success: None, ..quiet() };
    check(&Facts { verdict: Verdict::NeverSeen, ..never }, Advice::Retire, "ever seen");
    let errors = Facts { verdict: Verdict::OnlyErrors, last_any: ago(1), ..quiet() };
    check(&errors, Advice::Retire, "none was answered with success");
    check(&Facts { last_success: None, ..errors }, Advice::Retire, "none was answered");
    check(
        &Facts { tells_success: false, last_success: None, ..quiet() },
        Advice::Retire,
        "the last",
    );
    // Just enough.
    check(&Facts { observed_since: ago(72), ..quiet() }, Advice::Retire, "");
    check(&Facts { covered_percent: Some(80), ..quiet() }, Advice::Retire, "");
    check(&Facts { created_at: ago(90), changed_at: ago(90), ..quiet() }, Advice::Retire, "");
}

#[test]
fn use_recommends_keeping_whatever_else_is_wrong() {
    let used =
        Facts { verdict: Verdict::Active, last_any: ago(1), last_success: ago(1), ..quiet() };
    check(&used, Advice::Keep, "2026-05-31");
    check(&Facts { last_success: ago(90), ..used }, Advice::Keep, "within 90 days");
    let blunt = Facts { tells_success: false, last_success: None, ..used };
    check(&blunt, Advice::Keep, "does not tell");
    // Evidence needs no coverage, and stays while the source is down.
    let down = Facts { silence_counts: false, observed_since: None, covered_percent: None, ..used };
    check(&down, Advice::Keep, "success");
    check(&Facts { created_at: ago(2), ..used }, Advice::Keep, "success");
    let expired = Facts { tls: TlsState::Expired, tls_expires: ago(3), ..used };
    check(&expired, Advice::Keep, "success");
    // The campaign's look-back counts, not the inventory's.
    check(&Facts { look_back_days: 180, ..quiet() }, Advice::Keep, "within 180 days");
}

#[test]
fn missing_data_never_recommends_retiring() {
    let unmeasured = Facts {
        verdict: Verdict::NotMeasurable,
        verdict_reason: "no source measures nginx.org",
        last_any: None,
        last_success: None,
        ..quiet()
    };
    check(&unmeasured, Advice::None, "no source measures nginx.org");
    check(&Facts { verdict_reason: "", ..unmeasured }, Advice::None, "nothing measures it");
    check(&Facts { silence_counts: false, ..quiet() }, Advice::None, "cannot be told");
    check(&Facts { observed_since: None, ..quiet() }, Advice::None, "only 0 %");
    check(&Facts { covered_percent: None, ..quiet() }, Advice::None, "only 0 %");
    check(&Facts { covered_percent: Some(79), ..quiet() }, Advice::None, "only 79 %");
    check(&Facts { observed_since: ago(70), ..quiet() }, Advice::None, "only 77 %");
    check(&Facts { created_at: None, ..quiet() }, Advice::None, "how old");
    check(&Facts { created_at: ago(89), ..quiet() }, Advice::None, "too young");
    check(&Facts { changed_at: ago(10), ..quiet() }, Advice::None, "changed on 2026-05-22");
    let errors = Facts { verdict: Verdict::OnlyErrors, last_any: ago(1), ..quiet() };
    check(&Facts { silence_counts: false, ..errors }, Advice::None, "cannot be told");
    // All that is wrong is no reason to retire what nobody measures.
    let missing = [Problem::ServiceMissing { service: "web".into() }];
    let broken = Facts { problems: &missing, tls: TlsState::Expired, ..unmeasured };
    check(&broken, Advice::None, "cannot be told");
}

#[test]
fn days_on_which_nobody_looked_are_not_covered() {
    let day = now().as_second() / 86_400;
    let gaps = [(day - 30, day - 11)];
    check(&Facts { gaps: &gaps, ..quiet() }, Advice::None, "only 77 %");
    let small = [(day - 30, day - 14)];
    check(&Facts { gaps: &small, ..quiet() }, Advice::Retire, "");
    let before = [(day - 190, day - 100)];
    check(&Facts { gaps: &before, ..quiet() }, Advice::Retire, "");
    let endless = [(0, i64::MAX - 1)];
    check(&Facts { gaps: &endless, ..quiet() }, Advice::None, "only 0 %");
}

#[test]
fn what_is_wrong_is_said_besides() {
    let missing = [Problem::ServiceMissing { service: "web".into() }];
    let facts = Facts {
        problems: &missing,
        tls: TlsState::Expired,
        tls_expires: ago(3),
        controller_known: false,
        ..quiet()
    };
    let got = recommend(&facts, now());
    let besides = [
        "its certificate expired on 2026-05-29",
        "problems: Service missing",
        "the controller behind its class is not known",
    ];
    assert_eq!(got.reasons[1..], besides);
}

#[test]
fn codes_are_read_back() {
    for advice in Advice::ALL {
        assert_eq!(Advice::parse(advice.as_str()), Some(advice));
        assert_eq!(serde_json::to_value(advice).unwrap(), advice.as_str());
    }
    assert_eq!(Advice::parse("delete"), None);
}
