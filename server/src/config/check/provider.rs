//! One OpenID provider.

use std::path::Path;

use url::Url;

use super::super::closest::closest;
use super::super::given::Source;
use super::super::keys::{ProviderKeys, Text};
use super::super::{GroupsFrom, Provider};
use super::Error;
use super::address::is_loopback;
use super::value::{maybe_path, maybe_text, text, texts, url, word};

/// What may be allowed. Those with a secret that both sides know (HS256) are not among them: whoever
/// has it, Routebook included, could make tokens.
const ALGORITHMS: [&str; 9] =
    ["RS256", "PS256", "ES256", "EdDSA", "RS384", "RS512", "PS384", "PS512", "ES384"];

/// What is allowed unless configured otherwise.
const DEFAULT_ALGORITHMS: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];

/// The name of the only provider, unless configured otherwise.
const DEFAULT_NAME: &str = "sso";

const DEFAULT_SCOPES: [&str; 3] = ["openid", "profile", "email"];

const PLACES: [(&str, GroupsFrom); 3] = [
    ("idToken", GroupsFrom::IdToken),
    ("userinfo", GroupsFrom::Userinfo),
    ("both", GroupsFrom::Both),
];

/// The word for where groups are looked for.
pub fn place_name(place: GroupsFrom) -> &'static str {
    PLACES.iter().find(|(_, each)| *each == place).map_or("both", |(name, _)| name)
}

/// One provider of `auth.oidc`.
pub fn provider(
    keys: ProviderKeys,
    source: &Source,
    home: Option<&Path>,
) -> Result<Provider, Error> {
    let name = keys.name.as_ref().map(|given| name(given, source)).transpose()?;
    let label = maybe_text("auth.oidc.label", keys.label.as_ref(), source)?;
    let issuer = issuer(&keys.issuer_url, source)?;
    let claim = maybe_text("auth.oidc.groupsClaim", keys.groups_claim.as_ref(), source)?;
    Ok(Provider {
        name: name.unwrap_or_else(|| DEFAULT_NAME.to_owned()),
        label: label.or_else(|| issuer.host_str().map(str::to_owned)).unwrap_or_default(),
        issuer,
        issuer_text: keys.issuer_url.value.trim().to_owned(),
        client_id: text("auth.oidc.clientId", &keys.client_id, source)?,
        scopes: scopes(keys.scopes.as_deref(), source)?,
        groups_claim: claim.unwrap_or_else(|| "groups".to_owned()),
        groups_from: groups_from(keys.groups_from.as_ref(), source)?,
        algorithms: algorithms(&keys, source)?,
        client_secret_file: maybe_path("clientSecretFile", keys.client_secret_file, source, home)?,
        ca_file: maybe_path("caFile", keys.ca_file, source, home)?,
    })
}

/// It stands in addresses, which are registered at the provider.
fn name(given: &Text, source: &Source) -> Result<String, Error> {
    let name = given.value.trim();
    let fits = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    if (1..=40).contains(&name.len()) && name.bytes().all(fits) {
        return Ok(name.to_owned());
    }
    let message = format!(
        "the name of a provider must be 1 to 40 lowercase letters, digits or hyphens, not {name:?}"
    );
    Err(source.refuse(given, message).hint("`label` is what people read"))
}

/// OpenID Connect Discovery 1.0, section 3: https, no query, no fragment. On this machine http will
/// do, for tests and the demo.
fn issuer(given: &Text, source: &Source) -> Result<Url, Error> {
    let issuer = url("auth.oidc.issuerUrl", given, source)?;
    let refuse = |why: &str| {
        let message = format!("`auth.oidc.issuerUrl` {why}");
        source.refuse(given, message).hint("example: https://id.example.com/realms/corp")
    };
    if issuer.scheme() != "https" && !is_loopback(&issuer) {
        return Err(refuse("must be an https address: by http anybody on the way could sign in"));
    }
    if issuer.query().is_some() || issuer.fragment().is_some() {
        return Err(refuse("must have neither a query nor a fragment"));
    }
    if !issuer.username().is_empty() || issuer.password().is_some() {
        return Err(refuse("must not hold credentials; use `clientId` and `clientSecretFile`"));
    }
    Ok(issuer)
}

/// `openid` is what makes it a sign-in (OpenID Connect Core 1.0, section 3.1.2.1).
fn scopes(given: Option<&[Text]>, source: &Source) -> Result<Vec<String>, Error> {
    let Some(given) = given else { return Ok(DEFAULT_SCOPES.map(str::to_owned).to_vec()) };
    let mut scopes = vec!["openid".to_owned()];
    for (scope, given) in texts("auth.oidc.scopes", given, source)?.into_iter().zip(given) {
        if !scope.bytes().all(|c| c.is_ascii_graphic() && c != b'"' && c != b'\\') {
            let message = format!("`auth.oidc.scopes`: {scope:?} is no scope; give one an item");
            return Err(source.refuse(given, message));
        }
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    Ok(scopes)
}

fn groups_from(given: Option<&Text>, source: &Source) -> Result<GroupsFrom, Error> {
    let Some(given) = given else { return Ok(GroupsFrom::Both) };
    word("auth.oidc.groupsFrom", &PLACES, &given.value, Some(&source.place(given)))
}

fn algorithms(keys: &ProviderKeys, source: &Source) -> Result<Vec<String>, Error> {
    let Some(given) = &keys.algorithms else {
        return Ok(DEFAULT_ALGORITHMS.map(str::to_owned).to_vec());
    };
    if given.value.is_empty() {
        let message = "`auth.oidc.algorithms` is empty, so that no token could be checked";
        return Err(source.refuse(given, message).hint("leave it out for the default"));
    }
    given.value.iter().map(|text| algorithm(text, source)).collect()
}

fn algorithm(given: &Text, source: &Source) -> Result<String, Error> {
    let name = given.value.trim();
    if ALGORITHMS.contains(&name) {
        return Ok(name.to_owned());
    }
    let meant = closest(name, ALGORITHMS).filter(|_| !name.starts_with("HS"));
    let meant = meant.map(|name| format!("; did you mean {name}?")).unwrap_or_default();
    let message = format!("`auth.oidc.algorithms`: {name:?} is not allowed{meant}");
    Err(source.refuse(given, message).hint(format!("allowed: {}", ALGORITHMS.join(", "))))
}
