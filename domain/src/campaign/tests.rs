use jiff::tz::TimeZone;

use super::*;
use crate::owner::{Owner, OwnerSource, Team};
use crate::review::Outcome;
use crate::scope::Scope;
use crate::sync::{ClusterStatus, Kind, KindStatus};
use crate::text::Unfit;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-03-01T12:00:00Z")
}

fn later() -> Timestamp {
    at("2026-03-15T12:00:00Z")
}

fn terms() -> Terms {
    Terms::new("Spring", Scope::default(), later())
}

fn draft() -> Draft {
    Draft { id: CampaignId(7), terms: terms(), series: None }
}

fn nothing() -> Completeness {
    Completeness { at: now(), clusters: Vec::new() }
}

fn open() -> Open {
    draft().open(nothing(), 1, now()).unwrap()
}

fn teams() -> [Team; 1] {
    [Team { name: "platform".into(), ..Team::default() }]
}

fn check_terms(change: impl FnOnce(&mut Terms), expected: Result<(), TermsError>) {
    let mut terms = terms();
    change(&mut terms);
    assert_eq!(terms.check(&teams(), now()), expected, "{terms:?}");
    let edited = draft().edit(terms.clone(), &teams(), now());
    assert_eq!(edited, expected.map(|()| Draft { terms, ..draft() }));
}

#[test]
fn terms_are_checked_before_they_are_kept() {
    let unfit = |unfit| Err(TermsError::Name(unfit));
    check_terms(|_| {}, Ok(()));
    check_terms(|terms| terms.name = "  ".into(), unfit(Unfit::Missing("name")));
    let long = Unfit::TooLong { what: "name", most: 200 };
    check_terms(|terms| terms.name = "x".repeat(201), unfit(long));
    check_terms(|terms| terms.name = "<b>x</b>".into(), Ok(()));
    check_terms(|terms| terms.due = now(), Err(TermsError::DuePast(now())));
    check_terms(|terms| terms.look_back_days = 0, Err(TermsError::LookBack(0)));
    check_terms(|terms| terms.look_back_days = 3_651, Err(TermsError::LookBack(3_651)));
    check_terms(|terms| terms.attest_months = 0, Err(TermsError::Months(0)));
    check_terms(|terms| terms.attest_months = 61, Err(TermsError::Months(61)));
    check_terms(|terms| terms.fallback = Some("platform".into()), Ok(()));
    let nobody = Err(TermsError::NoSuchTeam("left".into()));
    check_terms(|terms| terms.fallback = Some("left".into()), nobody);
    let error = TermsError::LookBack(0).to_string();
    assert_eq!(error, "the look-back may be 1 to 3650 days, not 0");
}

#[test]
fn terms_are_read_back_from_json() {
    let scope = Scope::parse("cluster=prod&unused=90").unwrap();
    let terms = Terms { scope, four_eyes: true, ..terms() };
    let json = serde_json::to_string(&terms).unwrap();
    assert!(json.contains("\"cluster=prod&unused=90\""), "{json}");
    assert_eq!(serde_json::from_str::<Terms>(&json).unwrap(), terms);
}

#[test]
fn a_draft_is_opened_over_something_before_it_is_due() {
    let one = draft().open(nothing(), 1, now()).unwrap();
    assert_eq!((one.id, one.opened_at, &one.terms), (CampaignId(7), now(), &terms()));
    assert_eq!(draft().open(nothing(), 0, now()), Err(CannotOpen::Nothing));
    assert_eq!(draft().open(nothing(), 1, later()), Err(CannotOpen::DuePast(later())));
}

#[test]
fn an_open_one_is_only_extended_to_a_later_moment() {
    let much_later = at("2026-04-01T00:00:00Z");
    assert_eq!(open().extend(much_later, now()).unwrap().terms.due, much_later);
    assert_eq!(open().extend(later(), now()), Err(CannotExtend::NotLater(later())));
    let past = at("2026-02-01T00:00:00Z");
    assert_eq!(open().extend(past, now()), Err(CannotExtend::DuePast(past)));
    // Overdue, but not closed yet.
    let overdue = at("2026-03-20T00:00:00Z");
    assert!(open().extend(much_later, overdue).is_ok());
    assert!(!open().is_due(later()) && open().is_due(overdue));
}

#[test]
fn what_closed_it_and_what_came_of_it_is_kept() {
    let outcomes = [Outcome::Confirmed, Outcome::Gone, Outcome::Confirmed, Outcome::Exception];
    let closed = open().close(Closing::Due, later(), &outcomes);
    assert_eq!((closed.by, closed.closed_at), (Closing::Due, later()));
    assert_eq!((closed.outcome.total(), closed.outcome.confirmed), (4, 2));
    let counts = Outcome::ALL.map(|outcome| closed.outcome.count(outcome));
    assert_eq!(counts, [2, 0, 1, 0, 0, 1]);
}

#[test]
fn each_act_needs_its_state() {
    let closed = || Campaign::Closed(open().close(Closing::ByHand, now(), &[]));
    let (draft, open) = (Campaign::Draft(draft()), Campaign::Open(open()));
    assert_eq!((draft.state(), open.state()), (CampaignState::Draft, CampaignState::Open));
    assert_eq!(closed().opened_at(), Some(now()));
    let error = closed().into_open().unwrap_err().to_string();
    assert!(error.contains("this campaign is closed"), "{error}");
    assert!(open.clone().into_open().is_ok() && draft.clone().into_draft().is_ok());
    assert!(open.into_draft().is_err() && draft.into_open().is_err());
    assert!(closed().into_draft().is_err());
}

fn cluster(name: &str, data_as_of: Option<&str>) -> ClusterStatus {
    let mut sync = KindStatus::new(Kind::Ingress);
    sync.data_as_of = data_as_of.map(at);
    sync.resource_version = Some("4711".into());
    ClusterStatus {
        name: name.into(),
        uid: Some(format!("uid-{name}")),
        server: None,
        version: None,
        error: None,
        configured: true,
        kinds: vec![sync],
    }
}

const FRESH: Option<&str> = Some("2026-03-01T11:59:30Z");
const STALE: Option<&str> = Some("2026-03-01T11:00:00Z");

fn record(
    statuses: &[ClusterStatus],
    scope: &str,
    left_out: &[&str],
) -> Result<Vec<(String, Option<String>)>, CannotOpen> {
    let scope = Scope::parse(scope).unwrap();
    let left_out: Vec<String> = left_out.iter().map(|name| (*name).to_owned()).collect();
    let record = completeness(statuses, &scope, &left_out, |_| (10, 3), now())?;
    let reasons = record.clusters.into_iter().map(|one| (one.name, one.left_out));
    Ok(reasons.collect())
}

fn stale(names: &[&str]) -> CannotOpen {
    CannotOpen::Stale { clusters: names.iter().map(|name| (*name).to_owned()).collect() }
}

#[test]
fn a_cluster_that_is_not_up_to_date_prevents_opening_unless_it_is_left_out_by_name() {
    let unreachable = ClusterStatus { error: Some("no route".into()), ..cluster("c", FRESH) };
    let statuses = [cluster("d", None), cluster("b", STALE), cluster("a", FRESH), unreachable];
    assert_eq!(record(&statuses, "", &[]), Err(stale(&["b", "c", "d"])));
    assert_eq!(record(&statuses, "", &["b", "d"]), Err(stale(&["c"])));
    assert_eq!(record(&statuses, "cluster=a", &[]), Ok(vec![("a".into(), None)]));
    let all = record(&statuses, "", &["b", "c", "d"]).unwrap();
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c", "d"], "what is left out is still there to see");
    let why = |place: usize| all[place].1.clone().unwrap_or_default();
    assert_eq!(all[0].1, None);
    assert!(why(1).contains("left out by an admin; what is known of it is of 2026-03-01T11"));
    assert!(why(2).contains("no route") && why(3).contains("never read"));
    let by_choice = record(&statuses, "cluster=a", &["a"]).unwrap();
    assert!(by_choice[0].1.as_ref().is_some_and(|why| why.contains("although")));
}

#[test]
fn a_cluster_that_is_no_longer_configured_is_left_out_unless_the_scope_names_it() {
    let old = ClusterStatus { configured: false, ..cluster("old", STALE) };
    let statuses = [cluster("a", FRESH), old];
    let all = record(&statuses, "", &[]).unwrap();
    assert!(all[1].1.as_ref().is_some_and(|why| why.contains("no longer in the configuration")));
    assert_eq!(record(&statuses, "cluster=old", &[]), Err(stale(&["old"])));
    let unknown = CannotOpen::NoSuchCluster { clusters: vec!["x".into()] };
    assert_eq!(record(&statuses, "cluster=a&cluster=x", &[]), Err(unknown));
}

#[test]
fn the_record_says_from_which_state_the_population_was_taken() {
    let statuses = [cluster("a", FRESH), cluster("b", STALE)];
    let counts = |name: &str| if name == "a" { (10, 3) } else { (20, 7) };
    let record =
        completeness(&statuses, &Scope::default(), &["b".to_owned()], counts, now()).unwrap();
    let a = &record.clusters[0];
    assert_eq!((a.uid.as_deref(), a.resource_version.as_deref()), (Some("uid-a"), Some("4711")));
    assert_eq!((a.ingresses, a.in_scope, a.data_as_of), (10, 3, FRESH.map(at)));
    assert_eq!(record.taken().collect::<Vec<_>>(), ["a"]);
    assert_eq!((record.population(), record.at), (3, now()));
}

#[test]
fn a_team_reviews_what_it_owns_and_the_fallback_the_rest() {
    let owner = |name: &str, team| Owner {
        name: name.into(),
        team,
        value: name.into(),
        source: OwnerSource::Label,
        place: "label team".into(),
        note: None,
        others: Vec::new(),
    };
    let (shop, ann) = (owner("shop", true), owner("ann@example.com", false));
    assert_eq!(reviewer(Some(&shop), Some("platform")), Some("shop"));
    assert_eq!(reviewer(Some(&ann), Some("platform")), Some("platform"));
    assert_eq!(reviewer(None, Some("platform")), Some("platform"));
    assert_eq!((reviewer(Some(&ann), None), reviewer(None, None)), (None, None));
    let owners = ["-", "a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
    let error = CannotOpen::NoReviewer { owners }.to_string();
    assert!(error.contains("nobody (orphans), a, b, c, d and 1 more"), "{error}");
}

#[test]
fn each_template_is_ready_to_be_opened() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let check = |template: &Template, query: &str, name: &str| {
        let terms = template.terms(now(), &zone);
        assert_eq!(terms.scope.query(), query);
        assert_eq!(terms.name, format!("{name}, March 2026"));
        assert_eq!(terms.due, at("2026-03-15T22:59:59Z"));
        assert_eq!(terms.check(&[], now()), Ok(()));
        assert_eq!(
            Template::parse(template.code(), "").map(|one| one.code()),
            Some(template.code())
        );
    };
    check(&Template::StaleRoutes, "unused=90&older=30", "Stale routes");
    check(&Template::Orphans, "owner=-&older=30", "Orphans");
    check(&Template::ExpiringCertificates, "expires=30", "Expiring certificates");
    check(&Template::EverythingPublic, "older=30", "Everything public");
    let off = |controller: &str| Template::parse("off-controller", controller).unwrap();
    let query = "controller=k8s.io%2Fingress-nginx";
    check(&off("k8s.io/ingress-nginx"), query, "Off ingress-nginx");
    check(&off(" "), "controller=-", "Off a retired controller");
    assert_eq!(Template::parse("all", ""), None);
}

#[test]
fn codes_are_read_back() {
    for rule in Undecided::ALL {
        assert_eq!(Undecided::parse(rule.as_str()), Some(rule));
        assert_eq!(serde_json::to_value(rule).unwrap(), rule.as_str());
    }
    for rule in Reasons::ALL {
        assert_eq!(Reasons::parse(rule.as_str()), Some(rule));
        assert_eq!(serde_json::to_value(rule).unwrap(), rule.as_str());
    }
    for closing in [Closing::ByHand, Closing::Due] {
        assert_eq!(Closing::parse(closing.as_str()), Some(closing));
    }
    for state in CampaignState::ALL {
        assert_eq!(CampaignState::parse(state.as_str()), Some(state));
    }
    let usual = (Undecided::Exception, Reasons::AgainstRecommendation);
    assert_eq!((Undecided::default(), Reasons::default()), usual);
}
