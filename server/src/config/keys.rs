//! What may be written, key by key. Nothing is checked here but which keys there are and of which
//! kind their values are; each value remembers where it stands.

use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

/// A text and its place.
pub type Text = Spanned<String>;

/// The whole file.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Keys {
    pub external_url: Option<Text>,
    pub listen: Option<Text>,
    pub metrics_listen: Option<Text>,
    pub trusted_proxies: Option<Vec<Text>>,
    pub auth: Option<AuthKeys>,
    pub database: Option<Text>,
    pub clusters: Option<Vec<ClusterKeys>>,
    pub owners: Option<OwnersKeys>,
    pub teams: Option<Vec<TeamKeys>>,
    pub traffic: Option<TrafficKeys>,
    pub tls: Option<TlsKeys>,
    pub retirement: Option<RetirementKeys>,
    pub log: Option<LogKeys>,
}

/// `auth`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthKeys {
    pub oidc: Spanned<OidcKeys>,
    pub roles: Option<Vec<RoleKeys>>,
    pub default_role: Option<Text>,
    pub contact: Option<Text>,
    pub session: Option<SessionKeys>,
}

/// `auth.oidc`: one provider, or a list of them.
pub enum OidcKeys {
    One(Box<ProviderKeys>),
    Several(Vec<ProviderKeys>),
}

/// One provider of `auth.oidc`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProviderKeys {
    pub name: Option<Text>,
    pub label: Option<Text>,
    pub issuer_url: Text,
    pub client_id: Text,
    pub client_secret_file: Option<Text>,
    pub scopes: Option<Vec<Text>>,
    pub groups_claim: Option<Text>,
    pub groups_from: Option<Text>,
    pub algorithms: Option<Spanned<Vec<Text>>>,
    pub ca_file: Option<Text>,
}

/// One of `auth.roles`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleKeys {
    pub group: Text,
    pub role: Text,
}

/// `auth.session`
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionKeys {
    pub idle_minutes: Option<Spanned<i64>>,
    pub absolute_hours: Option<Spanned<i64>>,
}

/// One of `clusters`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClusterKeys {
    pub name: Text,
    pub kubeconfig: Option<Text>,
    pub context: Option<Text>,
    pub in_cluster: Option<Spanned<bool>>,
    pub traffic: Option<Vec<SourceKeys>>,
    pub tls: Option<ClusterTlsKeys>,
}

/// One of `clusters[].traffic`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SourceKeys {
    pub preset: Text,
    pub prometheus: PrometheusKeys,
    pub matchers: Option<Text>,
    pub up: Option<Text>,
    pub query: Option<Spanned<QueryKeys>>,
    pub controllers: Option<Vec<Text>>,
}

/// `clusters[].traffic[].prometheus`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PrometheusKeys {
    pub url: Text,
    pub bearer_token_file: Option<Text>,
    pub tenant: Option<Text>,
    pub ca_file: Option<Text>,
}

/// `clusters[].traffic[].query`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QueryKeys {
    pub any: Text,
    pub success: Option<Text>,
    pub granularity: Option<Text>,
}

/// `clusters[].tls`
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClusterTlsKeys {
    pub cert_manager: Option<bool>,
    pub metrics: Option<bool>,
    pub handshake: Option<HandshakeKeys>,
    pub secrets: Option<SecretsKeys>,
}

/// `clusters[].tls.handshake`: `false`, `true`, or how.
pub enum HandshakeKeys {
    Off,
    On(Box<HowKeys>),
}

/// How handshakes are made.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HowKeys {
    pub allow: Option<Vec<Text>>,
    pub proxy: Option<Text>,
    pub every_seconds: Option<Spanned<i64>>,
    pub per_second: Option<Spanned<i64>>,
}

/// `clusters[].tls.secrets`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretsKeys {
    pub namespaces: Option<Vec<Text>>,
}

/// `owners`
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnersKeys {
    pub steps: Option<Vec<Text>>,
    pub annotations: Option<Vec<Text>>,
    pub labels: Option<Vec<Text>>,
    pub namespace_keys: Option<Vec<Text>>,
    pub fallback: Option<Vec<FallbackKeys>>,
}

/// One of `owners.fallback`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FallbackKeys {
    pub cluster: Option<Text>,
    pub class: Option<Text>,
    pub owner: Text,
}

/// One of `teams`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TeamKeys {
    pub name: Text,
    #[serde(rename = "match")]
    pub matches: Option<Vec<Text>>,
    pub groups: Option<Vec<Text>>,
    pub email: Option<Text>,
    pub chat: Option<Text>,
}

/// `traffic`
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrafficKeys {
    pub look_back_days: Option<Spanned<i64>>,
    pub least_covered_percent: Option<Spanned<i64>>,
    pub every_seconds: Option<Spanned<i64>>,
}

/// `tls`
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TlsKeys {
    pub expiring_days: Option<Spanned<i64>>,
}

/// `retirement`
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RetirementKeys {
    pub hold_days: Option<Spanned<i64>>,
    pub weekly_percent: Option<Spanned<i64>>,
    pub weekly_least: Option<Spanned<i64>>,
}

/// `log`
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogKeys {
    pub format: Option<Text>,
    pub level: Option<Text>,
}

/// serde's untagged enums would read the mapping into a buffer first, and lose where things stand.
impl<'de> Deserialize<'de> for HandshakeKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(HandshakeVisitor)
    }
}

struct HandshakeVisitor;

impl<'de> Visitor<'de> for HandshakeVisitor {
    type Value = HandshakeKeys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("false, true, or a mapping (lines of key: value)")
    }

    fn visit_bool<E>(self, on: bool) -> Result<HandshakeKeys, E> {
        Ok(if on { HandshakeKeys::On(Box::default()) } else { HandshakeKeys::Off })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<HandshakeKeys, A::Error> {
        HowKeys::deserialize(MapAccessDeserializer::new(map))
            .map(|how| HandshakeKeys::On(Box::new(how)))
    }
}

/// In the same way.
impl<'de> Deserialize<'de> for OidcKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OidcVisitor)
    }
}

struct OidcVisitor;

impl<'de> Visitor<'de> for OidcVisitor {
    type Value = OidcKeys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping (lines of key: value), or a list of such mappings")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OidcKeys, A::Error> {
        ProviderKeys::deserialize(MapAccessDeserializer::new(map))
            .map(|keys| OidcKeys::One(Box::new(keys)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<OidcKeys, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(OidcKeys::Several)
    }
}
