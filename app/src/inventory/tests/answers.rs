//! What the cells say that answer what people ask of an ingress.

use domain::attestation::Attestation;
use domain::inventory::{Row, TlsSummary};
use domain::managed::Managed;
use domain::problem::Checks;
use domain::tls::TlsState;
use domain::traffic::{Traffic, Verdict};
use jiff::SignedDuration;

use super::html;
use crate::testing::{self, now, row};

#[test]
fn every_verdict_and_state_is_a_word_and_the_unknown_ones_have_no_colour() {
    for verdict in Verdict::ALL {
        let html = html("columns=traffic", Row { traffic: testing::traffic(verdict), ..row() });
        assert!(html.contains(verdict.label()), "{verdict:?}: {html}");
    }
    for state in TlsState::ALL {
        let html = html("columns=tls", Row { tls: testing::tls(state), ..row() });
        assert!(html.contains(state.label()), "{state:?}: {html}");
    }
    let unknown = Row {
        owner: None,
        checks: Checks::default(),
        traffic: Traffic::default(),
        days: Vec::new(),
        tls: TlsSummary { expires_at: None, ..testing::tls(TlsState::Unknown) },
        managed: Managed::default(),
        ..row()
    };
    let html = html("columns=owner,traffic,tls,managed,changed", unknown);
    for class in ["good", "warning", "bad"] {
        assert!(!html.contains(&format!("badge {class}")), "{class}: {html}");
    }
}

#[test]
fn an_owner_says_how_it_is_known_and_what_is_odd_about_it() {
    let owner = |owner, checks| html("columns=owner", Row { owner, checks, ..row() });
    let known = owner(Some(testing::owner()), Checks::ALL);
    assert!(known.contains("payments") && known.contains("annotation a8r.io/owner"), "{known}");
    assert!(!known.contains("not a configured team"), "{known}");
    let odd = owner(Some(testing::owner_of("ann")), Checks::ALL);
    for words in ["not a configured team", "(ann; also named: ann by ann)"] {
        assert!(odd.contains(words), "{words}: {odd}");
    }
    assert!(owner(None, Checks::ALL).contains("Orphan"));
    let unclear = owner(None, Checks { services: false, ..Checks::ALL });
    assert!(!unclear.contains("Orphan") && unclear.contains("not checked: Services<"), "{unclear}");
    let unclear = owner(None, Checks { namespaces: false, ..Checks::ALL });
    assert!(unclear.contains("not checked: Namespaces<"), "{unclear}");
}

#[test]
fn traffic_says_when_it_was_and_why_nothing_can_be_said() {
    let traffic = |traffic, days| html("columns=traffic", Row { traffic, days, ..row() });
    let active = traffic(testing::traffic(Verdict::Active), vec![2; 90]);
    assert!(active.contains("3 days ago") && active.contains("180 requests"), "{active}");
    let errors = traffic(testing::traffic(Verdict::OnlyErrors), vec![2; 90]);
    assert!(errors.contains("2 days ago"), "{errors}");
    let why = "wildcard hosts are not counted";
    let unknown = Traffic { reason: why.into(), ..Traffic::default() };
    for days in [Vec::new(), vec![0; 90]] {
        let html = traffic(unknown.clone(), days);
        assert!(html.matches(why).count() >= 2, "as text and when one points at it: {html}");
    }
}

#[test]
fn a_certificate_says_until_when_and_who_tells_it() {
    let tls = |tls| html("columns=tls", Row { tls, ..row() });
    let valid = tls(testing::tls(TlsState::Expiring));
    assert!(valid.contains("expires in 12 days") && valid.contains("cert-manager"), "{valid}");
    let expires_at = Some(now() - SignedDuration::from_secs(3_600));
    let expired = tls(TlsSummary { expires_at, ..testing::tls(TlsState::Expired) });
    assert!(expired.contains("expired 1 hour ago"), "{expired}");
    let reason = "no Secret of that name".to_owned();
    let missing = TlsSummary { expires_at: None, reason, ..testing::tls(TlsState::SecretMissing) };
    assert!(tls(missing).contains("<bdi>no Secret of that name"));
    let disagreement = Some("the Secret says otherwise".to_owned());
    let doubtful = tls(TlsSummary { disagreement, ..testing::tls(TlsState::Valid) });
    assert!(doubtful.contains("(the Secret says otherwise)"), "{doubtful}");
}

#[test]
fn a_review_says_by_whom_and_until_when() {
    let cell = |attestation| html("columns=reviewed", Row { attestation, ..row() });
    assert!(cell(None).contains("badge\">Never reviewed"));
    let valid = cell(Some(testing::attestation()));
    assert!(valid.contains("badge good\">Reviewed") && valid.contains("Ann Example"), "{valid}");
    assert!(valid.contains("ends in 11 months"), "{valid}");
    let until = now() - SignedDuration::from_hours(24);
    let expired = cell(Some(Attestation { until, ..testing::attestation() }));
    assert!(expired.contains("Review expired") && expired.contains("ended 1 day ago"), "{expired}");
    let changed = cell(Some(Attestation { hash: "other".into(), ..testing::attestation() }));
    assert!(
        changed.contains("Changed since review") && changed.contains("1 month ago"),
        "{changed}"
    );
}
