//! Who somebody is, and whom to ask: parts of every page about signing in.

use domain::user::{Because, Person};
use leptos::prelude::*;

use super::text::sentence;
use super::value;
use crate::context::link;
use crate::format;

/// So many groups are shown at once; a large organisation gives a person hundreds.
const GROUPS: usize = 40;
/// Longer names of teams are cut where there is little room.
const LONGEST: usize = 40;

/// Ends the session of this browser.
pub fn sign_out(base: &str, label: &'static str) -> AnyView {
    view! {
        <form method="post" action=link(base, "/auth/sign-out")>
            <button type="submit" class="button">{label}</button>
        </form>
    }
    .into_any()
}

/// The role, or else the team, in a word or two.
pub fn standing(person: &Person) -> String {
    if let Some(role) = person.role {
        return role.label().to_owned();
    }
    match person.teams.as_slice() {
        [] => "no role".to_owned(),
        [team] => format::short(team, LONGEST),
        [team, more @ ..] => {
            let more = i64::try_from(more.len()).unwrap_or(i64::MAX);
            let more = format::counted(more, "more team", "more teams");
            format!("{} and {more}", format::short(team, LONGEST))
        }
    }
}

/// Why somebody has their role, or none.
pub fn because(because: &Because) -> AnyView {
    match because {
        Because::Group(group) => {
            view! { <span>"Your group " {value(group)} " gives it."</span> }.into_any()
        }
        Because::Default => view! { <span>"Everybody who signs in here has it."</span> }.into_any(),
        Because::NoGroup => view! { <span>"None of your groups gives a role."</span> }.into_any(),
    }
}

/// Whom to ask, as the configuration says it.
pub fn whom_to_ask(contact: Option<&str>) -> AnyView {
    let Some(contact) = contact else {
        return view! { <span>"whoever runs Routebook"</span> }.into_any();
    };
    match address(contact) {
        Some(to) => view! { <a href=to>{value(contact)}</a> }.into_any(),
        None => sentence(contact),
    }
}

/// A page or an e-mail address can be opened; a name or a channel is only said.
fn address(contact: &str) -> Option<String> {
    if !contact.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'<>\\`".contains(&byte)) {
        return None;
    }
    if contact.starts_with("https://") {
        return Some(contact.to_owned());
    }
    let (name, host) = contact.split_once('@')?;
    let plain = |part: &str| !part.is_empty() && !part.contains(['@', ':', '/', '?', '&', '%']);
    (plain(name) && plain(host) && host.contains('.')).then(|| format!("mailto:{contact}"))
}

/// The groups that the provider named, the many beyond the first folded away.
pub fn groups(groups: &[String]) -> AnyView {
    if groups.is_empty() {
        return view! { <p class="subdued">"The provider named no groups of yours."</p> }
            .into_any();
    }
    let (first, rest) = groups.split_at(groups.len().min(GROUPS));
    let rest = (!rest.is_empty()).then(|| {
        let more = i64::try_from(rest.len()).unwrap_or(i64::MAX);
        let summary = format::counted(more, "more group", "more groups");
        view! { <details><summary>{summary}</summary>{names(rest)}</details> }
    });
    view! { {names(first)} {rest} }.into_any()
}

/// Names side by side.
pub fn names(names: &[String]) -> AnyView {
    let items: Vec<_> = names.iter().map(|name| view! { <li>{value(name)}</li> }).collect();
    view! { <ul class="names">{items}</ul> }.into_any()
}

#[cfg(test)]
mod tests {
    use domain::user::Role;

    use super::*;
    use crate::testing::{EVIL, person};

    #[test]
    fn a_person_stands_for_their_role_or_else_for_their_team() {
        let check = |role: Option<Role>, teams: &[&str], expected: &str| {
            assert_eq!(standing(&person(role, teams)), expected);
        };
        check(Some(Role::Viewer), &["payments"], Role::Viewer.label());
        check(None, &["payments"], "payments");
        check(None, &["payments", "core", "web"], "payments and 2 more teams");
        check(None, &[], "no role");
    }

    #[test]
    fn only_a_page_or_an_address_to_write_to_is_a_link() {
        let check = |contact: &str, expected: Option<&str>| {
            assert_eq!(address(contact).as_deref(), expected, "{contact}");
        };
        check("https://help.example.com/routebook", Some("https://help.example.com/routebook"));
        check("platform@example.com", Some("mailto:platform@example.com"));
        for text in ["#platform on chat", "javascript:alert(1)", "a@b", "@example.com", "a@b.c?x=y"]
        {
            check(text, None);
        }
        assert!(whom_to_ask(None).to_html().contains("whoever runs Routebook"));
    }

    #[test]
    fn a_hundred_groups_are_folded_away_and_none_is_said() {
        let many: Vec<_> = (0..100).map(|number| format!("group-{number}")).collect();
        let html = groups(&many).to_html();
        assert!(html.contains("60 more groups") && html.contains("group-99"), "{html}");
        assert!(!groups(&many[..40]).to_html().contains("<details"));
        assert!(groups(&[]).to_html().contains("named no groups"));
        let html = groups(&[EVIL.to_owned()]).to_html() + &whom_to_ask(Some(EVIL)).to_html();
        assert!(!html.contains("<script") && !html.contains('\u{202e}'), "{html}");
    }
}
