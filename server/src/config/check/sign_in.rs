//! How people sign in, and which of their groups has which role.

use std::collections::BTreeMap;
use std::path::Path;

use domain::user::{Role, RoleRules};
use jiff::SignedDuration;
use serde_saphyr::Spanned;

use super::super::given::{Source, Written};
use super::super::keys::{AuthKeys, OidcKeys, ProviderKeys, RoleKeys, SessionKeys, Text};
use super::super::{Provider, SignIn};
use super::Error;
use super::provider::provider;
use super::value::{maybe_text, number, text, word};

/// A working day.
const IDLE_MINUTES: i64 = 480;
/// That a session was used is known to the minute: a shorter limit would end it under somebody's hands.
const SHORTEST_IDLE_MINUTES: i64 = 5;
/// The store forgets sessions that were not used for 31 days.
const LONGEST_IDLE_MINUTES: i64 = 31 * 24 * 60;

/// A week.
const ABSOLUTE_HOURS: i64 = 168;
const LONGEST_HOURS: i64 = 90 * 24;

/// Whom to ask is a line on a page.
const LONGEST_CONTACT: usize = 200;

const ROLES: [(&str, Role); 3] =
    [("admin", Role::Admin), ("auditor", Role::Auditor), ("viewer", Role::Viewer)];

/// Nothing higher, or everybody in the organisation could see who signed in and from where.
const DEFAULT_ROLES: [(&str, Option<Role>); 2] = [("none", None), ("viewer", Some(Role::Viewer))];

/// How people sign in, if they do.
pub fn sign_in(
    given: Option<Written<AuthKeys>>,
    home: Option<&Path>,
) -> Result<Option<SignIn>, Error> {
    let Some(Written { keys, source }) = given else { return Ok(None) };
    let roles = roles(&keys.roles.unwrap_or_default(), keys.default_role.as_ref(), &source)?;
    let contact = contact(keys.contact.as_ref(), &source)?;
    let (idle, absolute) = session(&keys.session.unwrap_or_default(), &source)?;
    let providers = providers(keys.oidc, &source, home)?;
    Ok(Some(SignIn { providers, roles, contact, idle, absolute }))
}

fn providers(
    given: Spanned<OidcKeys>,
    source: &Source,
    home: Option<&Path>,
) -> Result<Vec<Provider>, Error> {
    if matches!(&given.value, OidcKeys::Several(all) if all.is_empty()) {
        let message = "`auth.oidc` is empty, so that nobody could sign in";
        return Err(source.refuse(&given, message).hint("name a provider, or leave `auth` out"));
    }
    let all = match given.value {
        OidcKeys::One(keys) => vec![*keys],
        OidcKeys::Several(all) => all,
    };
    refuse_nameless(&all, source)?;
    refuse_duplicates(&all, source)?;
    all.into_iter().map(|keys| provider(keys, source, home)).collect()
}

/// Only one alone may go without a name.
fn refuse_nameless(providers: &[ProviderKeys], source: &Source) -> Result<(), Error> {
    let nameless = providers.iter().find(|keys| keys.name.is_none());
    match nameless.filter(|_| providers.len() > 1) {
        Some(keys) => {
            let message = "where `auth.oidc` has several providers, each needs a `name`";
            let way = "it stands in addresses, such as /auth/sign-in/NAME";
            Err(source.refuse(&keys.issuer_url, message).hint(way))
        }
        None => Ok(()),
    }
}

/// A name leads to one provider, and an issuer has one name: else one person would be two.
fn refuse_duplicates(providers: &[ProviderKeys], source: &Source) -> Result<(), Error> {
    let mut seen: BTreeMap<String, &Text> = BTreeMap::new();
    for keys in providers {
        let issuer = keys.issuer_url.value.trim().trim_end_matches('/').to_lowercase();
        let named = keys.name.as_ref();
        let named = named.map(|name| (format!("named {:?}", name.value.trim()), name));
        let said = named.into_iter().chain([(format!("at {issuer:?}"), &keys.issuer_url)]);
        for (what, given) in said {
            let message = format!("two providers are {what}");
            if let Some(first) = seen.insert(what, given) {
                let way = format!("the first is at {}", source.place(first));
                return Err(source.refuse(given, message).hint(way));
            }
        }
    }
    Ok(())
}

fn roles(given: &[RoleKeys], default: Option<&Text>, source: &Source) -> Result<RoleRules, Error> {
    let mut rules = RoleRules { default: default_role(default, source)?, ..RoleRules::default() };
    let mut seen: BTreeMap<(&str, String), &Text> = BTreeMap::new();
    for keys in given {
        let group = text("auth.roles[].group", &keys.group, source)?;
        let place = source.place(&keys.role);
        let role = word("auth.roles[].role", &ROLES, &keys.role.value, Some(&place))?;
        let name = role.as_str();
        if let Some(first) = seen.insert((name, group.clone()), &keys.group) {
            let message = format!("`auth.roles` gives the group {group:?} the role {name} twice");
            let way = format!("the first is at {}", source.place(first));
            return Err(source.refuse(&keys.group, message).hint(way));
        }
        let groups = match role {
            Role::Admin => &mut rules.admin,
            Role::Auditor => &mut rules.auditor,
            Role::Viewer => &mut rules.viewer,
        };
        groups.push(group);
    }
    Ok(rules)
}

fn default_role(given: Option<&Text>, source: &Source) -> Result<Option<Role>, Error> {
    let Some(given) = given else { return Ok(None) };
    word("auth.defaultRole", &DEFAULT_ROLES, &given.value, Some(&source.place(given)))
}

fn contact(given: Option<&Text>, source: &Source) -> Result<Option<String>, Error> {
    let contact = maybe_text("auth.contact", given, source)?;
    let too_long = |text: &String| text.chars().count() > LONGEST_CONTACT;
    if let (Some(given), true) = (given, contact.as_ref().is_some_and(too_long)) {
        let message = format!("`auth.contact` may have {LONGEST_CONTACT} characters");
        return Err(source.refuse(given, message));
    }
    Ok(contact)
}

fn session(keys: &SessionKeys, source: &Source) -> Result<(SignedDuration, SignedDuration), Error> {
    let idle = number(
        "auth.session.idleMinutes",
        keys.idle_minutes.as_ref(),
        source,
        SHORTEST_IDLE_MINUTES..=LONGEST_IDLE_MINUTES,
        IDLE_MINUTES,
    )?;
    let absolute = number(
        "auth.session.absoluteHours",
        keys.absolute_hours.as_ref(),
        source,
        1..=LONGEST_HOURS,
        ABSOLUTE_HOURS,
    )?;
    Ok((SignedDuration::from_mins(idle), SignedDuration::from_hours(absolute)))
}
