use super::*;
use crate::audit::Actor;
use crate::campaign::Undecided;
use crate::change::Change;
use crate::recommendation::Advice;
use crate::testing::person;
use crate::user::Role;

mod stands;

const ROUTES: [&str; 3] = ["a.example.com /", "a.example.com /old", "b.example.com /"];

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

fn somebody(subject: &str, role: Option<Role>, teams: &[&str]) -> Person {
    Person { role, teams: texts(teams), ..person(subject) }
}

/// A review of team `shop`, and an act of its member Ada.
struct Case {
    review: Review,
    visitor: Person,
    open: bool,
    present: bool,
    hashes: (&'static str, &'static str),
    reasons: Reasons,
    four_eyes: &'static [&'static str],
}

fn review(advice: Advice) -> Review {
    Review {
        id: ReviewId(1),
        campaign: CampaignId(1),
        ingress: IngressId(1),
        assignee: "shop".into(),
        state: ReviewState::Open,
        material_hash: "h1".into(),
        recommendation: Recommendation { advice, reasons: Vec::new() },
    }
}

fn case() -> Case {
    Case {
        review: review(Advice::None),
        visitor: somebody("ada", None, &["shop"]),
        open: true,
        present: true,
        hashes: ("h1", "h1"),
        reasons: Reasons::AgainstRecommendation,
        four_eyes: &[],
    }
}

impl Case {
    fn with<T>(self, act: impl FnOnce(Review, &Setting<'_>) -> T) -> T {
        let teams = ["shop", "pay"].map(|name| Team { name: name.into(), ..Team::default() });
        let setting = Setting {
            campaign_open: self.open,
            present: self.present,
            current_hash: self.hashes.0,
            shown_hash: self.hashes.1,
            routes: &texts(&ROUTES),
            teams: &teams,
            reasons: self.reasons,
            four_eyes: &texts(self.four_eyes),
            visitor: &self.visitor,
            now: "2026-03-01T12:00:00Z".parse().unwrap(),
        };
        act(self.review, &setting)
    }

    fn decides(self, choice: Choice) -> Result<Next, Refused> {
        self.with(|review, setting| review.decide(choice, setting))
    }

    fn decided(self, choice: Choice) -> Decision {
        self.decides(choice).unwrap().decision.unwrap()
    }
}

fn choice(kind: Kind) -> Choice {
    Choice::new(kind, "")
}

fn confirm() -> Choice {
    choice(Kind::Confirm)
}

fn to_team(team: &str) -> Choice {
    Choice { proposed: Some(team.to_owned()), ..choice(Kind::NotMine) }
}

fn some_routes(routes: &[&str]) -> Choice {
    Choice { routes: texts(routes), ..choice(Kind::Retire) }
}

/// The review after this was decided by Ada.
fn after(choice: Choice) -> Review {
    case().decides(choice).unwrap().review
}

fn refused(case: Case, choice: Choice) -> Refused {
    case.decides(choice).unwrap_err()
}

#[test]
fn a_decision_says_who_decided_what_when_and_of_what() {
    let next = case().decides(Choice::new(Kind::Confirm, "  we need it ")).unwrap();
    let decision = next.decision.unwrap();
    assert_eq!(decision.choice, Choice::new(Kind::Confirm, "we need it"));
    assert_eq!(decision.by, Actor::from(&person("ada").user));
    assert_eq!((decision.material_hash.as_str(), decision.on_behalf), ("h1", false));
    assert_eq!(decision.at.to_string(), "2026-03-01T12:00:00Z");
    assert!(decision.counts() && next.reassigned.is_none());
    assert_eq!(next.review.state, ReviewState::Decided(decision));
}

#[test]
fn the_last_decision_counts() {
    let review = after(choice(Kind::Retire));
    let next = Case { review, ..case() }.decides(confirm()).unwrap();
    assert_eq!(next.review.settle(Undecided::Exception, AS_IT_WAS).1, Outcome::Confirmed);
}

#[test]
fn only_members_of_the_team_decide_or_admins_on_its_behalf() {
    let by = |role, teams: &[&str]| Case { visitor: somebody("bob", role, teams), ..case() };
    for teams in [&["pay"][..], &["Shop"], &[]] {
        assert_eq!(refused(by(None, teams), confirm()), Refused::NotYours);
        assert_eq!(refused(by(Some(Role::Auditor), teams), confirm()), Refused::NotYours);
        let undone = by(None, teams).with(Review::undo);
        assert_eq!(undone, Err(Refused::NotYours));
    }
    assert!(by(Some(Role::Admin), &[]).decided(confirm()).on_behalf);
    assert!(!by(Some(Role::Admin), &["shop"]).decided(confirm()).on_behalf);
    assert!(!by(None, &["pay", "shop"]).decided(confirm()).on_behalf);
    let stranger = somebody("bob", None, &["pay"]);
    assert_eq!(review(Advice::None).may_comment(&stranger), Err(Refused::NotYours));
}

#[test]
fn nothing_is_decided_of_what_is_closed_gone_or_other_than_shown() {
    let closed = Case { open: false, ..case() };
    assert_eq!(refused(closed, confirm()), Refused::Closed);
    let settled = Review { state: ReviewState::Settled(Outcome::Gone), ..review(Advice::None) };
    assert_eq!(refused(Case { review: settled, ..case() }, confirm()), Refused::Closed);
    assert_eq!(refused(Case { present: false, ..case() }, confirm()), Refused::Gone);
    assert_eq!(refused(Case { hashes: ("h2", "h1"), ..case() }, confirm()), Refused::Changed);
    let decision = Case { hashes: ("h2", "h2"), ..case() }.decided(confirm());
    assert_eq!(decision.material_hash, "h2", "what was shown counts, not what was frozen");
}

fn check_reason(reasons: Reasons, advice: Advice, kind: Kind, is_needed: bool) {
    let case = |reason: &str| {
        let case = Case { reasons, review: review(advice), ..case() };
        case.decides(Choice::new(kind, reason)).err()
    };
    let expected = is_needed.then_some(Refused::ReasonMissing);
    assert_eq!(case(" \n"), expected, "{reasons:?} {advice:?} {kind:?}");
    assert_eq!(case("because"), None);
}

#[test]
fn a_reason_is_needed_against_the_recommendation_or_always() {
    let usual = Reasons::AgainstRecommendation;
    check_reason(usual, Advice::Retire, Kind::Confirm, true);
    check_reason(usual, Advice::Keep, Kind::Retire, true);
    check_reason(usual, Advice::Keep, Kind::Confirm, false);
    check_reason(usual, Advice::Retire, Kind::Retire, false);
    check_reason(usual, Advice::Retire, Kind::NotMine, false);
    for kind in Kind::ALL {
        check_reason(usual, Advice::None, kind, false);
        check_reason(Reasons::Always, Advice::None, kind, true);
    }
}

#[test]
fn a_reason_is_text_and_not_too_long() {
    let long = Choice::new(Kind::Confirm, &"x".repeat(100_000));
    assert_eq!(refused(case(), long), Refused::TooLong);
    let markup = "<script>alert(1)</script>";
    assert_eq!(case().decided(Choice::new(Kind::Confirm, markup)).choice.reason, markup);
    let words = Refused::TooLong.to_string();
    assert_eq!(words, "the text is longer than 4000 characters; shorten it and send it again");
}

#[test]
fn some_routes_may_go_and_the_others_stay() {
    let kept = |routes: &[&str]| case().decided(some_routes(routes)).choice.routes;
    assert_eq!(kept(&[ROUTES[2], ROUTES[1], ROUTES[2]]), texts(&ROUTES[1..]));
    assert!(kept(&ROUTES).is_empty() && kept(&[]).is_empty(), "all of them is no choice of routes");
    let unknown = Refused::UnknownRoute("c.example.com /".into());
    assert_eq!(refused(case(), some_routes(&["c.example.com /"])), unknown);
    let confirmed = Choice { kind: Kind::Confirm, ..some_routes(&[ROUTES[0]]) };
    assert_eq!(case().decided(confirmed).choice, confirm(), "only to retire are there routes");
}

#[test]
fn a_wish_is_for_today_or_later() {
    let wish = |day: &str| Choice { wish: day.parse().ok(), ..choice(Kind::Retire) };
    assert_eq!(refused(case(), wish("2026-02-28")), Refused::WishPast);
    for day in ["2026-03-01", "2028-02-29"] {
        assert_eq!(case().decided(wish(day)).choice, wish(day));
    }
}

#[test]
fn not_mine_gives_it_to_the_other_team_for_which_it_is_open() {
    let next = case().decides(to_team(" pay ")).unwrap();
    assert_eq!(next.review.assignee, "pay");
    assert_eq!((&next.review.state, next.reassigned.as_deref()), (&ReviewState::Open, Some("pay")));
    assert_eq!(next.decision.unwrap().choice, to_team("pay"), "what was said is kept");
    let again = Case { review: next.review, ..case() };
    assert_eq!(refused(again, confirm()), Refused::NotYours);
}

#[test]
fn not_mine_without_a_team_stays_where_it_is() {
    let review = after(to_team(" "));
    assert_eq!((review.assignee.as_str(), review.state.stage(true)), ("shop", Stage::NotMine));
    assert_eq!(review.settle(Undecided::Exception, AS_IT_WAS).1, Outcome::Exception);
}

#[test]
fn not_mine_names_another_team_that_there_is() {
    assert_eq!(refused(case(), to_team("shop")), Refused::SameTeam);
    assert_eq!(refused(case(), to_team("left")), Refused::NoSuchTeam("left".into()));
    assert_eq!(refused(case(), to_team("Pay")), Refused::NoSuchTeam("Pay".into()));
}

#[test]
fn nobody_makes_themselves_reviewer() {
    let admin = |teams: &[&str]| somebody("root", Some(Role::Admin), teams);
    let to_self = Case { visitor: admin(&["pay"]), ..case() };
    assert_eq!(refused(to_self, to_team("pay")), Refused::Yourself);
    let both = Case { visitor: somebody("ada", None, &["shop", "pay"]), ..case() };
    assert!(both.decides(to_team("pay")).is_ok(), "who reviews it anyway may");
    let reassign = |visitor, team: &str, reason: &str| {
        let case = Case { visitor, ..case() };
        case.with(|review, setting| review.reassign(team, reason, setting))
    };
    assert_eq!(reassign(admin(&["pay"]), "pay", "moved"), Err(Refused::Yourself));
    let member = somebody("ada", None, &["shop"]);
    assert_eq!(reassign(member, "pay", "moved"), Err(Refused::NotYours));
    assert_eq!(reassign(admin(&[]), "pay", " "), Err(Refused::ReasonMissing));
    assert_eq!(reassign(admin(&[]), "shop", "moved"), Err(Refused::SameTeam));
    let next = reassign(admin(&[]), "pay", "moved").unwrap();
    assert_eq!((next.review.assignee.as_str(), next.reassigned.as_deref()), ("pay", Some("pay")));
}

#[test]
fn reassigning_keeps_what_was_decided_but_not_that_it_is_not_theirs() {
    let stage = |review| {
        let visitor = somebody("root", Some(Role::Admin), &[]);
        let case = Case { visitor, review, ..case() };
        let next = case.with(|review, setting| review.reassign("pay", "moved", setting));
        next.unwrap().review.state.stage(true)
    };
    assert_eq!(stage(review(Advice::None)), Stage::Open);
    assert_eq!(stage(after(confirm())), Stage::Decided);
    assert_eq!(stage(after(choice(Kind::NotMine))), Stage::Open);
}

fn check_eyes(changers: &'static [&'static str], kind: Kind, is_refused: bool) {
    let mut visitor = somebody("u-1", None, &["shop"]);
    visitor.user.profile.name = Some("Ada Lovelace".into());
    visitor.user.profile.email = Some("ada@example.com".into());
    let case = Case { visitor, four_eyes: changers, ..case() };
    let expected = is_refused.then_some(Refused::FourEyes);
    assert_eq!(case.decides(choice(kind)).err(), expected, "{changers:?} {kind:?}");
}

#[test]
fn who_changed_it_last_is_not_the_only_one_who_confirms_it() {
    let hers: [&[&str]; 4] =
        [&["u-1"], &["Ada@example.com "], &["ada lovelace"], &["cert-manager", "u-1", ""]];
    for changers in hers {
        check_eyes(changers, Kind::Confirm, true);
        check_eyes(changers, Kind::Retire, false);
        check_eyes(changers, Kind::NotMine, false);
    }
    let others: [&[&str]; 4] = [&[], &[""], &["bob"], &["ada", "cert-manager"]];
    for other in others {
        check_eyes(other, Kind::Confirm, false);
    }
    // Bob confirmed it, so Ada may too.
    let bob = Case { visitor: somebody("bob", None, &["shop"]), ..case() };
    let confirmed = bob.decides(confirm()).unwrap().review;
    let eyes = || Case { four_eyes: &["ada"], ..case() };
    assert!(Case { review: confirmed.clone(), ..eyes() }.decides(confirm()).is_ok());
    let other = Case { review: confirmed, hashes: ("h2", "h2"), ..eyes() };
    assert_eq!(refused(other, confirm()), Refused::FourEyes, "Bob confirmed something else");
    let own = Case { review: after(confirm()), ..eyes() };
    assert_eq!(refused(own, confirm()), Refused::FourEyes);
}

#[test]
fn a_decision_is_taken_back_while_the_campaign_is_open() {
    let undo = |case: Case| case.with(Review::undo);
    let next = undo(Case { review: after(confirm()), ..case() }).unwrap();
    assert_eq!(next.review.state, ReviewState::Open);
    let decision = next.decision.unwrap();
    assert!(decision.undone && !decision.counts());
    assert_eq!(undo(case()), Err(Refused::NothingToUndo));
    let closed = Case { review: after(confirm()), open: false, ..case() };
    assert_eq!(undo(closed), Err(Refused::Closed));
}

fn change(what: &str) -> Change {
    Change { what: what.into(), before: None, after: None, material: true }
}

#[test]
fn a_material_change_opens_what_was_decided_again() {
    for kind in Kind::ALL {
        let review = after(choice(kind)).changed("h2", vec![change("class")]);
        assert_eq!(review.material_hash, "h2");
        let review = review.changed("h3", vec![change("route")]);
        let ReviewState::Reopened { last, changes } = review.state else { panic!("{kind:?}") };
        assert_eq!((last.choice.kind, changes.len()), (kind, 2));
    }
    let same = after(confirm());
    assert_eq!(same.clone().changed("h1", vec![change("class")]), same);
    let open = review(Advice::None);
    assert_eq!(open.clone().changed("h2", vec![change("class")]), open);
    let settled = Review { state: ReviewState::Settled(Outcome::Gone), ..open };
    assert_eq!(settled.clone().changed("h2", Vec::new()), settled);
    let flood = (0..1_000).map(|_| change("route")).collect();
    let ReviewState::Reopened { changes, .. } = same.changed("h2", flood).state else { panic!() };
    assert_eq!(changes.len(), 100);
}

#[test]
fn what_changed_is_decided_again_or_taken_back() {
    let reopened = || after(confirm()).changed("h2", vec![change("class")]);
    let decided = Case { review: reopened(), hashes: ("h2", "h2"), ..case() };
    assert_eq!(decided.decided(confirm()).material_hash, "h2");
    let undone = Case { review: reopened(), ..case() }.with(Review::undo).unwrap();
    assert_eq!(undone.review.state, ReviewState::Open);
}

const AS_IT_WAS: AtClosing = AtClosing { present: true, still_recommended: true };

fn check_outcome(review: Review, rule: Undecided, present: bool, expected: Outcome) {
    let text = format!("{review:?} {rule:?} {present}");
    let at = AtClosing { present, ..AS_IT_WAS };
    let (settled, outcome) = review.settle(rule, at);
    assert_eq!(outcome, expected, "{text}");
    assert_eq!(settled.state, ReviewState::Settled(expected));
    for other in Undecided::ALL {
        assert_eq!(
            settled.clone().settle(other, AtClosing { present: !present, ..at }),
            (settled.clone(), expected)
        );
    }
}

#[test]
fn each_review_gets_just_one_outcome() {
    use Outcome::{Confirmed, Escalated, Exception, Gone, Retired, RetiredUndecided};
    for rule in Undecided::ALL {
        check_outcome(after(confirm()), rule, true, Confirmed);
        check_outcome(after(confirm()), rule, false, Gone);
        check_outcome(after(choice(Kind::Retire)), rule, true, Retired);
        check_outcome(after(choice(Kind::Retire)), rule, false, Retired);
        check_outcome(review(Advice::Retire), rule, false, Gone);
    }
    let reopened = || {
        let review =
            Review { recommendation: review(Advice::Retire).recommendation, ..after(confirm()) };
        review.changed("h2", vec![change("class")])
    };
    for state in [|| review(Advice::None), || after(choice(Kind::NotMine))] {
        check_outcome(state(), Undecided::Exception, true, Exception);
        check_outcome(state(), Undecided::Escalate, true, Escalated);
        check_outcome(state(), Undecided::Retire, true, Exception);
    }
    check_outcome(reopened(), Undecided::Exception, true, Exception);
    check_outcome(reopened(), Undecided::Escalate, true, Escalated);
    check_outcome(reopened(), Undecided::Retire, true, Exception);
    check_outcome(review(Advice::Keep), Undecided::Retire, true, Exception);
    check_outcome(review(Advice::Retire), Undecided::Retire, true, RetiredUndecided);
    check_outcome(review(Advice::Retire), Undecided::Exception, true, Exception);
    let not_any_more = AtClosing { still_recommended: false, ..AS_IT_WAS };
    let settled = review(Advice::Retire).settle(Undecided::Retire, not_any_more);
    assert_eq!(settled.1, Exception);
}

#[test]
fn codes_are_read_back() {
    for kind in Kind::ALL {
        assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
    for outcome in Outcome::ALL {
        assert_eq!(Outcome::parse(outcome.as_str()), Some(outcome));
        assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.as_str());
    }
    for stage in Stage::ALL {
        assert_eq!(Stage::parse(stage.as_str()), Some(stage));
    }
}

#[test]
fn the_url_of_the_queue_is_its_view() {
    let check = |query: &str, expected: &str| {
        assert_eq!(ReviewView::parse(query).unwrap().query(), expected, "{query}");
    };
    check("", "");
    check("campaign=&team=&state=", "");
    check("state=reopened&state=open&state=open", "state=open&state=reopened");
    check(
        "cluster=edge&recommended=none&outcome=gone&outcome=exception",
        "outcome=exception&outcome=gone&recommended=none&cluster=edge",
    );
    check("after=9&team=shop&team=pay&campaign=7", "campaign=7&team=pay&team=shop&after=9");
    for (query, part) in [
        ("state=done", "open, reopened"),
        ("outcome=lost", "gone"),
        ("x=1", "\"x\""),
        ("campaign=-1", "number"),
    ] {
        let error = ReviewView::parse(query).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    let view = ReviewView::waiting(texts(&["shop"]));
    assert_eq!(view.after(ReviewId(3)).query(), "team=shop&state=open&state=reopened&after=3");
    assert_eq!(view.after(ReviewId(3)).from_start(), view);
}
