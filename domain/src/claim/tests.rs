use super::*;
use crate::testing::person;
use crate::user::Role;

fn somebody(role: Option<Role>, teams: &[&str]) -> Person {
    let teams = teams.iter().map(|team| (*team).to_owned()).collect();
    Person { role, teams, ..person("ada") }
}

fn member(teams: &[&str]) -> Person {
    somebody(None, teams)
}

fn admin(teams: &[&str]) -> Person {
    somebody(Some(Role::Admin), teams)
}

type Answer = Result<ClaimState, CannotClaim>;

/// Who acts, on an ingress of this owner that these teams review.
struct Case {
    visitor: Person,
    owner: Option<&'static str>,
    under_review: Vec<String>,
}

fn case(visitor: Person, owner: Option<&'static str>, under_review: &[&str]) -> Case {
    let under_review = under_review.iter().map(|team| (*team).to_owned()).collect();
    Case { visitor, owner, under_review }
}

impl Case {
    fn with<T>(&self, act: impl FnOnce(&Standing<'_>) -> T) -> T {
        let teams =
            ["shop", "pay", "search"].map(|name| Team { name: name.into(), ..Team::default() });
        act(&Standing {
            owner: self.owner,
            under_review: &self.under_review,
            teams: &teams,
            visitor: &self.visitor,
            now: Timestamp::UNIX_EPOCH,
        })
    }

    fn claims(&self, team: &str) -> Answer {
        self.with(|standing| claim(IngressId(1), team, "we run it", standing))
            .map(|claim| claim.state)
    }

    fn answers(&self) -> [Answer; 3] {
        let proposal = || proposal(ClaimState::Proposed);
        let acts = self.with(|standing| {
            [
                proposal().accept(standing),
                proposal().refuse("no", standing),
                proposal().withdraw(standing),
            ]
        });
        acts.map(|act| act.map(|claim| claim.state))
    }
}

/// That it is of team `pay`.
fn proposal(state: ClaimState) -> OwnerClaim {
    OwnerClaim {
        id: ClaimId(1),
        ingress: IngressId(1),
        owner: "pay".into(),
        state,
        by: "Bob".into(),
        reason: "it is ours".into(),
        at: Timestamp::UNIX_EPOCH,
    }
}

const ACCEPTED: Answer = Ok(ClaimState::Accepted);
const PROPOSED: Answer = Ok(ClaimState::Proposed);
const REFUSED: Answer = Ok(ClaimState::Refused);
const WITHDRAWN: Answer = Ok(ClaimState::Withdrawn);
const NOT_YOURS: Answer = Err(CannotClaim::NotYours);
const UNDER_REVIEW: Answer = Err(CannotClaim::UnderReview);

#[test]
fn an_orphan_that_a_member_takes_on_is_theirs_at_once() {
    assert_eq!(case(member(&["shop"]), None, &[]).claims("shop"), ACCEPTED);
    assert_eq!(case(member(&["shop"]), None, &[]).claims(" shop "), ACCEPTED);
    assert_eq!(case(member(&["shop"]), None, &[]).claims("pay"), PROPOSED);
    assert_eq!(case(admin(&[]), None, &[]).claims("pay"), PROPOSED);
}

#[test]
fn what_somebody_owns_is_only_proposed() {
    assert_eq!(case(member(&["pay"]), Some("shop"), &[]).claims("pay"), PROPOSED);
    assert_eq!(case(member(&["pay"]), Some("ann@example.com"), &[]).claims("pay"), PROPOSED);
    let own = case(member(&["shop"]), Some("shop"), &[]).claims("shop");
    assert_eq!(own, Err(CannotClaim::AlreadyOwner));
    let unknown = case(member(&["shop"]), None, &[]).claims("Shop");
    assert_eq!(unknown, Err(CannotClaim::NoSuchTeam("Shop".into())));
}

#[test]
fn nobody_changes_the_owner_of_what_they_review() {
    assert_eq!(case(member(&["shop"]), None, &["shop"]).claims("shop"), UNDER_REVIEW);
    assert_eq!(case(member(&["shop", "pay"]), Some("shop"), &["shop"]).claims("pay"), UNDER_REVIEW);
    assert_eq!(case(admin(&["shop"]), None, &["pay", "shop"]).claims("shop"), UNDER_REVIEW);
    assert_eq!(case(member(&["pay"]), Some("shop"), &["shop"]).claims("pay"), PROPOSED);
    let accept = |visitor| case(visitor, Some("shop"), &["shop"]).answers()[0].clone();
    assert_eq!(accept(member(&["shop"])), UNDER_REVIEW);
    assert_eq!(accept(admin(&["shop"])), UNDER_REVIEW);
    assert_eq!(accept(admin(&[])), ACCEPTED);
    let set = case(admin(&["shop"]), None, &["shop"]).with(|one| set(Some("pay"), "it is", one));
    assert_eq!(set, Err(CannotClaim::UnderReview));
}

#[test]
fn the_present_owner_or_an_admin_answers_and_the_team_itself_for_an_orphan() {
    let check = |visitor: Person, owner: Option<&'static str>, expected: [Answer; 3]| {
        assert_eq!(case(visitor, owner, &[]).answers(), expected, "{owner:?}");
    };
    let shop = Some("shop");
    check(member(&["shop"]), shop, [ACCEPTED, REFUSED, NOT_YOURS]);
    check(member(&["pay"]), shop, [NOT_YOURS, NOT_YOURS, WITHDRAWN]);
    check(member(&["search"]), shop, [NOT_YOURS, NOT_YOURS, NOT_YOURS]);
    check(admin(&[]), shop, [ACCEPTED, REFUSED, WITHDRAWN]);
    check(member(&["pay"]), None, [ACCEPTED, REFUSED, WITHDRAWN]);
    check(member(&["shop"]), None, [NOT_YOURS, NOT_YOURS, NOT_YOURS]);
    check(member(&["pay"]), Some("ann@example.com"), [NOT_YOURS, NOT_YOURS, WITHDRAWN]);
}

#[test]
fn a_claim_is_answered_once() {
    let admin = case(admin(&[]), Some("shop"), &[]);
    for state in [ClaimState::Accepted, ClaimState::Refused, ClaimState::Withdrawn] {
        let accepted = admin.with(|standing| proposal(state).accept(standing));
        assert_eq!(accepted, Err(CannotClaim::Answered));
        let refused = admin.with(|standing| proposal(state).refuse("no", standing));
        assert_eq!(refused, Err(CannotClaim::Answered));
    }
}

#[test]
fn an_admin_sets_an_owner_or_takes_that_back() {
    let set = |visitor, team: Option<&str>| {
        case(visitor, Some("shop"), &[]).with(|standing| set(team, "they moved", standing))
    };
    assert_eq!(set(admin(&[]), Some("pay")), Ok(Some("pay".to_owned())));
    assert_eq!(set(admin(&[]), Some(" ")), Ok(None));
    assert_eq!(set(admin(&[]), None), Ok(None));
    assert_eq!(set(admin(&[]), Some("x")), Err(CannotClaim::NoSuchTeam("x".into())));
    assert_eq!(set(member(&["shop"]), Some("pay")), Err(CannotClaim::NotYours));
}

#[test]
fn each_act_has_its_reason() {
    let owner = case(admin(&[]), Some("shop"), &[]);
    let long = "x".repeat(100_000);
    for (reason, missing) in [(" ", true), (long.as_str(), false)] {
        let check = |error: Option<CannotClaim>| {
            let Some(CannotClaim::Reason(unfit)) = error else { panic!("{error:?}") };
            assert_eq!(matches!(unfit, Unfit::Missing(_)), missing, "{unfit:?}");
        };
        check(owner.with(|one| claim(IngressId(1), "pay", reason, one)).err());
        check(owner.with(|one| set(None, reason, one)).err());
        check(owner.with(|one| proposal(ClaimState::Proposed).refuse(reason, one)).err());
    }
}

#[test]
fn codes_are_read_back() {
    for state in ClaimState::ALL {
        assert_eq!(ClaimState::parse(state.as_str()), Some(state));
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
    }
}
