//! How people sign in.

use std::path::Path;

use domain::user::{Role, RoleRules};
use serde::Serialize;

use super::super::check::place_name;
use super::super::{Provider, SignIn};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignInKeys<'a> {
    providers: Vec<ProviderKeys<'a>>,
    roles: RolesKeys<'a>,
    default_role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<&'a str>,
    session: SessionKeys,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProviderKeys<'a> {
    name: &'a str,
    label: &'a str,
    issuer: &'a str,
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
struct RolesKeys<'a> {
    admin: &'a [String],
    auditor: &'a [String],
    viewer: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionKeys {
    idle_minutes: i64,
    absolute_hours: i64,
}

impl<'a> SignInKeys<'a> {
    pub fn of(sign_in: &'a SignIn) -> Self {
        Self {
            providers: sign_in.providers.iter().map(ProviderKeys::of).collect(),
            roles: RolesKeys::of(&sign_in.roles),
            default_role: sign_in.roles.default.map_or("none", Role::as_str),
            contact: sign_in.contact.as_deref(),
            session: SessionKeys {
                idle_minutes: sign_in.idle.as_mins(),
                absolute_hours: sign_in.absolute.as_hours(),
            },
        }
    }
}

impl<'a> ProviderKeys<'a> {
    fn of(provider: &'a Provider) -> Self {
        Self {
            name: &provider.name,
            label: &provider.label,
            issuer: &provider.issuer_text,
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

impl<'a> RolesKeys<'a> {
    fn of(rules: &'a RoleRules) -> Self {
        Self { admin: &rules.admin, auditor: &rules.auditor, viewer: &rules.viewer }
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
