//! Where reviews stand, and how one that was given away comes back.

use super::*;

/// Given to team `pay` by Ada, and that decision.
fn given() -> (Review, Decision) {
    let next = case().decides(to_team("pay")).unwrap();
    (next.review, next.decision.unwrap())
}

fn take_back(case: Case, last: Decision) -> Result<Next, Refused> {
    case.with(|review, setting| review.take_back(last, setting))
}

#[test]
fn what_was_given_away_is_taken_back_by_the_team_that_gave_it() {
    let (review, last) = given();
    assert_eq!(last.team, "shop");
    let next = take_back(Case { review: review.clone(), ..case() }, last.clone()).unwrap();
    assert_eq!((next.review.assignee.as_str(), &next.review.state), ("shop", &ReviewState::Open));
    assert!(next.decision.unwrap().undone);
    let by = |role, teams: &[&str]| {
        let visitor = somebody("bob", role, teams);
        take_back(Case { review: review.clone(), visitor, ..case() }, last.clone())
    };
    assert!(by(None, &["shop"]).is_ok() && by(Some(Role::Admin), &[]).is_ok());
    assert_eq!(by(None, &["pay"]), Err(Refused::NotYours), "it is theirs to decide, not to return");
}

#[test]
fn what_was_decided_since_or_given_on_is_not_taken_back() {
    let (review, last) = given();
    let of_pay = || Case { visitor: somebody("bob", None, &["pay"]), ..case() };
    let decided = Case { review: review.clone(), ..of_pay() }.decides(confirm()).unwrap().review;
    let refused = |review, last| take_back(Case { review, ..case() }, last).unwrap_err();
    assert_eq!(refused(decided, last.clone()), Refused::NothingToUndo);
    let on = Review { assignee: "other".into(), ..review.clone() };
    assert_eq!(refused(on, last.clone()), Refused::NothingToUndo);
    let again = Decision { undone: true, ..last.clone() };
    assert_eq!(refused(review.clone(), again), Refused::NothingToUndo);
    let closed = take_back(Case { review, open: false, ..case() }, last);
    assert_eq!(closed, Err(Refused::Closed));
}

#[test]
fn a_review_stands_in_one_stage() {
    let settled = review(Advice::None).settle(Undecided::Exception, AS_IT_WAS).0;
    let reopened = after(confirm()).changed("h2", Vec::new());
    let cases = [
        (review(Advice::None), Stage::Open, Stage::Gone),
        (reopened, Stage::Reopened, Stage::Gone),
        (after(choice(Kind::NotMine)), Stage::NotMine, Stage::Gone),
        (after(confirm()), Stage::Decided, Stage::Decided),
        (after(choice(Kind::Retire)), Stage::Decided, Stage::Decided),
        (settled, Stage::Settled, Stage::Settled),
    ];
    for (review, present, absent) in cases {
        assert_eq!((review.state.stage(true), review.state.stage(false)), (present, absent));
    }
}

#[test]
fn what_is_not_theirs_is_not_decided() {
    let one = Counts {
        open: 1,
        gone: 2,
        confirmed: 4,
        retired: 8,
        not_mine: 16,
        reopened: 32,
        settled: 64,
    };
    assert_eq!((one.total(), one.waiting()), (127, 33));
    assert_eq!((one.undecided(), one.decided()), (49, 12));
    assert_eq!((one.and(one).total(), one.and(Counts::default())), (254, one));
}
