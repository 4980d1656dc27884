//! What a provider tells of somebody, made fit to be kept: groups, name, e-mail address. Of what it
//! says nothing is believed to have a form.

use domain::user::Profile;
use serde_json::Value;

use super::failure::{Failure, clean};
use super::jws::Claims;

/// So many groups are read.
const MOST_GROUPS: usize = 1_000;

/// So long may a group's name be.
const LONGEST_GROUP: usize = 200;

/// So long may a person's name be.
const LONGEST_NAME: usize = 200;

/// RFC 5321, section 4.5.3.1.3.
const LONGEST_EMAIL: usize = 254;

/// The groups in a claim, sorted, each once. `None` if there is no such claim, so that somebody else
/// can be asked. The claim is named, or is found by a path such as `realm_access/roles`.
pub fn groups(claims: &Claims, path: &str) -> Result<Option<Vec<String>>, Failure> {
    let Some(value) = find(claims, path) else { return Ok(None) };
    let parts = match value {
        Value::Array(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut groups: Vec<String> = parts.iter().filter_map(group).collect();
    let ignored = parts.len() - groups.len();
    if ignored > 0 {
        tracing::warn!(
            claim = path,
            ignored,
            "some of the claim with the groups is no group's name"
        );
    }
    groups.sort_unstable();
    groups.dedup();
    if groups.len() > MOST_GROUPS {
        return Err(Failure::TooManyGroups(groups.len()));
    }
    Ok(Some(groups))
}

fn group(value: &Value) -> Option<String> {
    let name = value.as_str()?;
    let fits = !name.is_empty()
        && name.chars().count() <= LONGEST_GROUP
        && !name.chars().any(char::is_control);
    fits.then(|| name.to_owned())
}

/// By the whole name first: names may have a `/` in them, as `https://example.com/groups` has.
fn find<'a>(claims: &'a Claims, path: &str) -> Option<&'a Value> {
    let below = || {
        let mut names = path.split('/');
        let first = claims.get(names.next()?)?;
        names.try_fold(first, |value, name| value.get(name))
    };
    claims.get(path).or_else(below).filter(|value| !value.is_null())
}

/// Name and e-mail address, each from the first that tells it.
pub fn profile(told: &[&Claims], groups: Vec<String>) -> Profile {
    let first = |of: fn(&Claims) -> Option<String>| told.iter().find_map(|claims| of(claims));
    Profile { name: first(name), email: first(email), groups }
}

fn name(claims: &Claims) -> Option<String> {
    let names = ["name", "preferred_username"].into_iter().filter_map(|name| claims.get(name));
    let names = names.filter_map(Value::as_str);
    let mut names = names.map(|name| clean(name.trim(), LONGEST_NAME));
    names.find(|name| !name.is_empty())
}

/// It is shown, and nothing follows from it: what has the form of none is left out.
fn email(claims: &Claims) -> Option<String> {
    let told = claims.get("email").filter(|told| !told.is_null())?;
    let email = told.as_str().filter(|text| is_email(text));
    if email.is_none() {
        tracing::warn!(claim = "email", "the claim with the e-mail address has none in it");
    }
    email.map(str::to_owned)
}

fn is_email(text: &str) -> bool {
    let Some((mailbox, host)) = text.split_once('@') else { return false };
    let is_one = !mailbox.is_empty() && !host.is_empty() && !host.contains('@');
    let is_plain = text.chars().all(|c| !c.is_control() && !c.is_whitespace());
    is_one && is_plain && text.len() <= LONGEST_EMAIL
}

/// A claim that is a text, and not an empty one.
pub fn text<'a>(claims: &'a Claims, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: Value) -> Claims {
        let Value::Object(claims) = value else { panic!("claims are an object") };
        claims
    }

    fn check(value: Value, path: &str, expected: Option<&[&str]>) {
        let claims = claims(value);
        let owned = |all: &[&str]| all.iter().map(|&name| name.to_owned()).collect();
        let expected: Option<Vec<String>> = expected.map(owned);
        assert_eq!(groups(&claims, path), Ok(expected), "{claims:?} {path}");
    }

    #[test]
    fn groups_are_a_text_or_a_list_of_texts() {
        check(json!({"groups": ["b", "a", "b"]}), "groups", Some(&["a", "b"]));
        check(json!({"groups": "admins, all"}), "groups", Some(&["admins, all"]));
        check(json!({"groups": []}), "groups", Some(&[]));
        check(json!({"groups": ["/a/b", "Ä"]}), "groups", Some(&["/a/b", "Ä"]));
        check(json!({"groups": null}), "groups", None);
        check(json!({"Groups": ["a"]}), "groups", None);
        check(json!({}), "groups", None);
    }

    #[test]
    fn what_is_no_group_is_left_out_and_the_rest_is_read() {
        check(json!({"groups": {"admin": true}}), "groups", Some(&[]));
        check(json!({"groups": 7}), "groups", Some(&[]));
        check(json!({"groups": true}), "groups", Some(&[]));
        check(json!({"groups": ["a", 7, {"name": "b"}, ["c"], null, ""]}), "groups", Some(&["a"]));
        check(json!({"groups": ["a\u{0}", "a\nb", "c"]}), "groups", Some(&["c"]));
        let (fits, longer) = ("ü".repeat(200), "ü".repeat(201));
        check(json!({"groups": [fits, longer]}), "groups", Some(&[fits.as_str()]));
    }

    #[test]
    fn groups_are_found_inside_other_claims() {
        let value = || json!({"realm_access": {"roles": ["a"]}, "https://x.example/groups": ["b"]});
        check(value(), "realm_access/roles", Some(&["a"]));
        check(value(), "https://x.example/groups", Some(&["b"]));
        check(value(), "realm_access", Some(&[]));
        check(value(), "realm_access/roles/0", None);
        check(value(), "realm_access/", None);
        check(value(), "", None);
    }

    #[test]
    fn thousands_of_groups_are_refused() {
        let names = |count: usize| {
            let names: Vec<String> = (0..count).map(|number| format!("g{number}")).collect();
            json!({"groups": names})
        };
        assert_eq!(groups(&claims(names(1_000)), "groups").unwrap().unwrap().len(), 1_000);
        for count in [1_001, 10_000] {
            let failure = groups(&claims(names(count)), "groups").unwrap_err();
            assert_eq!(failure, Failure::TooManyGroups(count));
        }
        let same = json!({"groups": vec!["a"; 10_000]});
        assert_eq!(groups(&claims(same), "groups").unwrap().unwrap(), ["a"]);
    }

    #[test]
    fn a_name_is_one_short_line() {
        let check = |value: Value, expected: Option<&str>| {
            assert_eq!(name(&claims(value)).as_deref(), expected);
        };
        check(json!({"name": "Ada Lovelace"}), Some("Ada Lovelace"));
        check(json!({"name": " A\u{7}d\r\na "}), Some("Ada"));
        check(json!({"name": "", "preferred_username": "ada"}), Some("ada"));
        check(json!({"name": 7, "preferred_username": "ada"}), Some("ada"));
        check(json!({"name": "a".repeat(300)}), Some("a".repeat(200).as_str()));
        check(json!({"name": ["a"]}), None);
        check(json!({}), None);
    }

    #[test]
    fn what_is_no_email_address_is_left_out() {
        let check = |value: Value, is_one: bool| {
            let claims = claims(json!({"email": value}));
            assert_eq!(email(&claims).is_some(), is_one, "{claims:?}");
        };
        check(json!("ada@example.com"), true);
        check(json!("ada+b@example.com"), true);
        for bad in ["", "ada", "@", "ada@", "@example.com", "a@b@c", "a@@c", "a b@c", "a\n@c"] {
            check(json!(bad), false);
        }
        check(json!(format!("{}@c", "a".repeat(252))), true);
        check(json!(format!("{}@c", "a".repeat(253))), false);
        check(json!(["ada@example.com"]), false);
    }

    #[test]
    fn what_the_id_token_does_not_tell_userinfo_may() {
        let token = claims(json!({"sub": "1", "email": "a@b@c"}));
        let userinfo = claims(json!({"sub": "1", "name": "Ada", "email": "ada@example.com"}));
        let profile = profile(&[&token, &userinfo], vec!["a".into()]);
        assert_eq!(profile.name.as_deref(), Some("Ada"));
        assert_eq!(profile.email.as_deref(), Some("ada@example.com"));
        assert_eq!(profile.groups, ["a"]);
    }
}
