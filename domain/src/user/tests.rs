use super::*;
use crate::testing::user;

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|&text| text.to_owned()).collect()
}

fn rules(default: Option<Role>) -> RoleRules {
    RoleRules {
        admin: texts(&["platform-admins"]),
        auditor: texts(&["auditors", "security"]),
        viewer: texts(&["engineering", "auditors"]),
        default,
    }
}

fn check(groups: &[&str], default: Option<Role>, role: Option<Role>, because: Because) {
    assert_eq!(rules(default).role(&texts(groups)), (role, because), "{groups:?}");
}

#[test]
fn the_highest_role_of_the_groups_counts_and_names_its_group() {
    let group = |name: &str| Because::Group(name.to_owned());
    check(&["engineering"], None, Some(Role::Viewer), group("engineering"));
    check(&["engineering", "security"], None, Some(Role::Auditor), group("security"));
    check(&["auditors"], None, Some(Role::Auditor), group("auditors"));
    let many = ["auditors", "engineering", "platform-admins"];
    check(&many, None, Some(Role::Admin), group("platform-admins"));
}

#[test]
fn the_default_counts_where_no_group_gives_as_much() {
    let viewer = Some(Role::Viewer);
    check(&[], None, None, Because::NoGroup);
    check(&["other"], None, None, Because::NoGroup);
    check(&["other"], viewer, viewer, Because::Default);
    check(&["engineering"], viewer, viewer, Because::Group("engineering".into()));
    check(&["security"], viewer, Some(Role::Auditor), Because::Group("security".into()));
    check(&["engineering"], Some(Role::Auditor), Some(Role::Auditor), Because::Default);
}

#[test]
fn groups_are_compared_letter_by_letter() {
    for other in ["Platform-Admins", "platform-admins ", "platform", "", "admin"] {
        check(&[other], None, None, Because::NoGroup);
    }
}

#[test]
fn roles_are_in_order_and_read_back() {
    assert!(Role::Viewer < Role::Auditor && Role::Auditor < Role::Admin);
    for role in Role::ALL {
        assert_eq!(Role::parse(role.as_str()), Some(role));
        assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
    }
    assert_eq!(Role::parse("none"), None);
}

#[test]
fn somebody_is_called_by_name_else_address_else_subject() {
    let named = |name: Option<&str>, email: Option<&str>| {
        let mut user = user("u-1");
        user.profile.name = name.map(str::to_owned);
        user.profile.email = email.map(str::to_owned);
        user.name().to_owned()
    };
    assert_eq!(named(Some("Ada"), Some("ada@example.com")), "Ada");
    assert_eq!(named(None, Some("ada@example.com")), "ada@example.com");
    assert_eq!(named(Some(" "), None), "u-1");
}

#[test]
fn who_is_in_a_group_of_a_team_is_of_the_team() {
    let team = |name: &str, groups: &[&str]| Team {
        name: name.into(),
        groups: texts(groups),
        ..Team::default()
    };
    let long = "x".repeat(120);
    let teams = [
        team("shop", &["team-shop"]),
        team("pay", &["team-pay", "finance"]),
        team("no group", &[]),
        team(&long, &["finance"]),
    ];
    let mut member = user("u-1");
    member.profile.groups = texts(&["finance", "Team-Shop"]);
    let person = Person::new(member, 7, &rules(None), &teams);
    assert_eq!(person.teams, ["pay".to_owned(), "x".repeat(99) + "…"], "as owners are cut");
    assert_eq!((person.role, person.because, person.session), (None, Because::NoGroup, 7));
}
