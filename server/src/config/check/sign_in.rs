//! How people sign in, and which of their groups has which role.

use std::collections::BTreeMap;
use std::path::Path;

use domain::user::{Role, RoleRules};
use jiff::SignedDuration;

use super::super::SignIn;
use super::super::given::{Source, Written};
use super::super::keys::{ProviderKeys, RolesKeys, SessionKeys, SignInKeys, Text};
use super::Error;
use super::provider::provider;
use super::value::{maybe_text, number, texts, word};

/// A working day.
const IDLE_MINUTES: i64 = 480;
/// The store forgets sessions that were not used for 31 days.
const LONGEST_IDLE_MINUTES: i64 = 31 * 24 * 60;

/// A week.
const ABSOLUTE_HOURS: i64 = 168;
const LONGEST_HOURS: i64 = 90 * 24;

/// Whom to ask is a line on a page.
const LONGEST_CONTACT: usize = 200;

/// Nothing higher, or everybody in the organisation could see who signed in and from where.
const DEFAULT_ROLES: [(&str, Option<Role>); 2] = [("none", None), ("viewer", Some(Role::Viewer))];

/// How people sign in, if they do.
pub fn sign_in(
    given: Option<Written<SignInKeys>>,
    home: Option<&Path>,
) -> Result<Option<SignIn>, Error> {
    let Some(Written { keys, source }) = given else { return Ok(None) };
    refuse_none(&keys, &source)?;
    refuse_duplicates(&keys.providers.value, &source)?;
    let roles = roles(keys.roles.as_ref(), keys.default_role.as_ref(), &source)?;
    let contact = contact(keys.contact.as_ref(), &source)?;
    let (idle, absolute) = session(&keys.session.unwrap_or_default(), &source)?;
    let providers = keys.providers.value.into_iter().map(|keys| provider(keys, &source, home));
    let providers = providers.collect::<Result<_, _>>()?;
    Ok(Some(SignIn { providers, roles, contact, idle, absolute }))
}

fn refuse_none(keys: &SignInKeys, source: &Source) -> Result<(), Error> {
    if keys.providers.value.is_empty() {
        let message = "`signIn.providers` is empty, so that nobody could sign in";
        let way = "name a provider, or leave `signIn` out";
        return Err(source.refuse(&keys.providers, message).hint(way));
    }
    Ok(())
}

/// A name leads to one provider, and an issuer has one name: else one person would be two.
fn refuse_duplicates(providers: &[ProviderKeys], source: &Source) -> Result<(), Error> {
    let mut seen: BTreeMap<String, &Text> = BTreeMap::new();
    for keys in providers {
        let issuer = keys.issuer.value.trim().trim_end_matches('/').to_lowercase();
        let name = keys.name.value.trim();
        let said =
            [(format!("named {name:?}"), &keys.name), (format!("at {issuer:?}"), &keys.issuer)];
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

fn roles(
    given: Option<&RolesKeys>,
    default: Option<&Text>,
    source: &Source,
) -> Result<RoleRules, Error> {
    let list = |key: &str, given: Option<&Vec<Text>>| {
        texts(key, given.map(Vec::as_slice).unwrap_or_default(), source)
    };
    Ok(RoleRules {
        admin: list("signIn.roles.admin", given.and_then(|roles| roles.admin.as_ref()))?,
        auditor: list("signIn.roles.auditor", given.and_then(|roles| roles.auditor.as_ref()))?,
        viewer: list("signIn.roles.viewer", given.and_then(|roles| roles.viewer.as_ref()))?,
        default: match default {
            None => None,
            Some(text) => {
                let place = source.place(text);
                word("signIn.defaultRole", &DEFAULT_ROLES, &text.value, Some(&place))?
            }
        },
    })
}

fn contact(given: Option<&Text>, source: &Source) -> Result<Option<String>, Error> {
    let contact = maybe_text("signIn.contact", given, source)?;
    let too_long = |text: &String| text.chars().count() > LONGEST_CONTACT;
    if let (Some(given), true) = (given, contact.as_ref().is_some_and(too_long)) {
        let message = format!("`signIn.contact` may have {LONGEST_CONTACT} characters");
        return Err(source.refuse(given, message));
    }
    Ok(contact)
}

fn session(keys: &SessionKeys, source: &Source) -> Result<(SignedDuration, SignedDuration), Error> {
    let idle = number(
        "signIn.session.idleMinutes",
        keys.idle_minutes.as_ref(),
        source,
        1..=LONGEST_IDLE_MINUTES,
        IDLE_MINUTES,
    )?;
    let absolute = number(
        "signIn.session.absoluteHours",
        keys.absolute_hours.as_ref(),
        source,
        1..=LONGEST_HOURS,
        ABSOLUTE_HOURS,
    )?;
    Ok((SignedDuration::from_mins(idle), SignedDuration::from_hours(absolute)))
}
