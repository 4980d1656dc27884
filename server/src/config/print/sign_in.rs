//! How people sign in.

use std::path::Path;

use domain::user::{Role, RoleRules};
use serde::Serialize;

use super::super::check::place_name;
use super::super::{Provider, SignIn};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthKeys<'a> {
    oidc: OidcKeys<'a>,
    roles: Vec<RoleKeys<'a>>,
    default_role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<&'a str>,
    session: SessionKeys,
}

/// One provider is not in a list.
#[derive(Serialize)]
#[serde(untagged)]
enum OidcKeys<'a> {
    One(ProviderKeys<'a>),
    Several(Vec<ProviderKeys<'a>>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProviderKeys<'a> {
    name: &'a str,
    label: &'a str,
    issuer_url: &'a str,
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_file: Option<String>,
    scopes: &'a [String],
    groups_claim: &'a str,
    groups_from: &'static str,
    algorithms: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    ca_file: Option<String>,
}

#[derive(Serialize)]
struct RoleKeys<'a> {
    group: &'a str,
    role: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionKeys {
    idle_minutes: i64,
    absolute_hours: i64,
}

impl<'a> AuthKeys<'a> {
    pub fn of(sign_in: &'a SignIn) -> Self {
        Self {
            oidc: OidcKeys::of(&sign_in.providers),
            roles: roles(&sign_in.roles),
            default_role: sign_in.roles.default.map_or("none", Role::as_str),
            contact: sign_in.contact.as_deref(),
            session: SessionKeys {
                idle_minutes: sign_in.idle.as_mins(),
                absolute_hours: sign_in.absolute.as_hours(),
            },
        }
    }
}

impl<'a> OidcKeys<'a> {
    fn of(providers: &'a [Provider]) -> Self {
        match providers {
            [one] => Self::One(ProviderKeys::of(one)),
            several => Self::Several(several.iter().map(ProviderKeys::of).collect()),
        }
    }
}

impl<'a> ProviderKeys<'a> {
    fn of(provider: &'a Provider) -> Self {
        Self {
            name: &provider.name,
            label: &provider.label,
            issuer_url: &provider.issuer_text,
            client_id: &provider.client_id,
            client_secret_file: provider.client_secret_file.as_deref().map(shown),
            scopes: &provider.scopes,
            groups_claim: &provider.groups_claim,
            groups_from: place_name(provider.groups_from),
            algorithms: &provider.algorithms,
            ca_file: provider.ca_file.as_deref().map(shown),
        }
    }
}

fn roles(rules: &RoleRules) -> Vec<RoleKeys<'_>> {
    let all = [
        (Role::Admin, &rules.admin),
        (Role::Auditor, &rules.auditor),
        (Role::Viewer, &rules.viewer),
    ];
    let keys = all.map(|(role, groups)| {
        groups.iter().map(move |group| RoleKeys { group, role: role.as_str() })
    });
    keys.into_iter().flatten().collect()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
