//! How a site is configured, and who can sign in to it.

use std::path::Path;
use std::sync::Arc;

use sandbox::openid::{Account, Algorithm, GroupsIn, Options, Provider};
use sandbox::tls::Authority;
use serde_json::{Map, Value, json};
use server::config::Environment;

use super::Hands;

/// The client's secret at the providers.
pub const SECRET: &str = "a secret of the client, which nobody else knows";

/// The names of the providers, in their order.
pub const PROVIDERS: [&str; 2] = ["corp", "lab"];

/// How a site is configured. Changes to the default say what a test is about.
#[derive(Clone)]
pub struct Setup {
    /// `externalUrl`.
    pub external_url: String,
    /// `trustedProxies`.
    pub trusted_proxies: Value,
    /// `teams`.
    pub teams: Value,
    /// `auth` without its providers.
    pub sign_in: Value,
    /// Keys of each provider that are not the usual ones.
    pub provider: Value,
    /// How many of [`PROVIDERS`] there are; without any nobody has to sign in.
    pub providers: usize,
    /// Who has an account at each of them.
    pub accounts: Vec<Account>,
    /// How their tokens are signed.
    pub algorithm: Algorithm,
    /// Where they tell the groups.
    pub groups_in: GroupsIn,
    /// Whose certificate they have; plain HTTP without one.
    pub tls: Option<Arc<Authority>>,
    /// When it begins.
    pub begin: &'static str,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            external_url: "http://localhost:8080".to_owned(),
            trusted_proxies: json!(["127.0.0.0/8"]),
            teams: json!([
                {"name": "payments", "groups": ["team-payments"]},
                {"name": "search", "groups": ["team-search"]},
            ]),
            sign_in: json!({
                "roles": [
                    {"group": "platform-admins", "role": "admin"},
                    {"group": "auditors", "role": "auditor"},
                    {"group": "engineering", "role": "viewer"},
                ],
                "contact": "#platform on chat",
            }),
            provider: json!({}),
            providers: 1,
            accounts: accounts(),
            algorithm: Algorithm::Es256,
            groups_in: GroupsIn::Both,
            tls: None,
            begin: "2026-03-02T09:00:00Z",
        }
    }
}

impl Setup {
    /// Without sign-in, long ago.
    pub fn open() -> Self {
        Self {
            external_url: "https://routes.example.com".to_owned(),
            trusted_proxies: json!([]),
            teams: json!([]),
            providers: 0,
            begin: "1970-01-01T00:00:00Z",
            ..Self::default()
        }
    }

    /// The same with other keys of `auth`.
    pub fn signing_in(mut self, keys: Value) -> Self {
        merge(&mut self.sign_in, keys);
        self
    }

    /// Starts one of its providers.
    pub async fn start_provider(&self, hands: &Hands) -> Provider {
        let hands = hands.clone();
        let mut options = Options::new(Arc::new(move || hands.now()));
        options.client_secret = SECRET.to_owned();
        options.accounts = self.accounts.clone();
        options.algorithm = self.algorithm;
        options.groups_in = self.groups_in;
        options.tls = self.tls.clone();
        Provider::start(options).await.unwrap()
    }

    /// The configuration of a site in a folder, with these issuers.
    pub fn environment(&self, folder: &Path, issuers: &[String]) -> Environment {
        let file = |name: &str| folder.join(name).display().to_string();
        let mut environment = Environment::new();
        let mut set = |name: &str, value: String| environment.insert(name.to_owned(), value);
        set("ROUTEBOOK_DATABASE", file("routebook.db"));
        set("ROUTEBOOK_LISTEN", "127.0.0.1:0".to_owned());
        set("ROUTEBOOK_METRICS_LISTEN", "127.0.0.1:0".to_owned());
        set("ROUTEBOOK_EXTERNAL_URL", self.external_url.clone());
        set("ROUTEBOOK_TEAMS", self.teams.to_string());
        set("ROUTEBOOK_TRUSTED_PROXIES", self.trusted_proxies.to_string());
        if !issuers.is_empty() {
            std::fs::write(folder.join("secret"), format!("{SECRET}\n")).unwrap();
            let providers = issuers.iter().zip(PROVIDERS);
            let providers =
                providers.map(|(issuer, name)| self.keys(name, issuer, &file("secret")));
            let mut auth = self.sign_in.clone();
            auth["oidc"] = providers.collect();
            set("ROUTEBOOK_AUTH", auth.to_string());
        }
        environment
    }

    fn keys(&self, name: &str, issuer: &str, secret: &str) -> Value {
        let mut keys = json!({
            "name": name,
            "label": name,
            "issuerUrl": issuer,
            "clientId": "routebook",
            "clientSecretFile": secret,
        });
        merge(&mut keys, self.provider.clone());
        keys
    }
}

fn merge(value: &mut Value, others: Value) {
    let Value::Object(others) = others else { panic!("{others} is no object") };
    value.as_object_mut().unwrap().extend(others);
}

/// Somebody whose groups the provider tells like this; `null` for not at all.
pub fn account(key: &str, groups: Value) -> Account {
    let mut claims = Map::new();
    claims.insert("email".to_owned(), json!(format!("{key}@example.com")));
    if !groups.is_null() {
        claims.insert("groups".to_owned(), groups);
    }
    Account {
        key: key.to_owned(),
        subject: subject(key),
        name: format!("The {key}"),
        explanation: String::new(),
        claims,
    }
}

/// What the provider calls an account.
pub fn subject(key: &str) -> String {
    format!("subject-of-{key}")
}

/// One account for each part that somebody can play.
fn accounts() -> Vec<Account> {
    vec![
        account("nobody", json!([])),
        account("viewer", json!(["engineering"])),
        account("other-owner", json!(["team-search"])),
        account("owner", json!(["team-payments"])),
        account("auditor", json!(["auditors"])),
        account("admin", json!(["platform-admins"])),
    ]
}
