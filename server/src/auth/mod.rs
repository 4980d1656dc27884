//! Sign-in with the organisation's own provider, by OpenID Connect: the code flow with PKCE.
//!
//! A browser that goes to the provider keeps one secret, from which state, nonce and verifier follow
//! (`secret`); the store knows only its hash, and that once. What comes back is checked step by step
//! (`callback`), and every failure has a code, is logged, is an audit entry, and ends on the page
//! where one signs in (`failure`). No token is kept, and nothing that would let anybody in.
//!
//! Who somebody is, is issuer and subject. What they may follows from their groups, at each request,
//! in `domain`; nothing of it is here.

mod admin;
mod allowance;
mod answer;
mod asker;
pub mod back;
mod back_channel;
mod begin;
mod callback;
mod claims;
mod cookies;
mod discovery;
mod exchange;
mod failure;
mod jws;
mod logout_token;
mod outbound;
mod provider;
mod secret;
mod sessions;
mod sign_out;
#[cfg(test)]
mod testing;
mod token;

use std::time::Duration;

use domain::Clock;
use domain::audit::Action;
use domain::user::RoleRules;
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::Store;
use tokio::sync::Semaphore;
use tower_sessions::SessionManagerLayer;
use tower_sessions::cookie::SameSite;
use url::Url;

use crate::config;
use allowance::Allowance;
use failure::Failure;
use provider::Provider;
use sessions::Sessions;

pub use admin::{disable, enable, end_session};
pub use asker::Asker;
pub use back_channel::back_channel;
pub use begin::{begin, not_chosen};
pub use callback::callback;
pub use sign_out::sign_out;

/// So many people may be signing in at the same moment. Each may wait for the provider.
const AT_ONCE: usize = 100;

/// So long one step may take in all, a little less than a request may.
const PATIENCE: Duration = Duration::from_secs(25);

/// How people sign in.
pub struct SignIn {
    providers: Vec<Provider>,
    rules: RoleRules,
    contact: Option<String>,
    idle: SignedDuration,
    absolute: SignedDuration,
    /// The address of Routebook, which does not end with `/`.
    external: String,
    /// Cookies are for https only.
    secure: bool,
    places: Semaphore,
    /// How many failures of strangers are recorded.
    allowance: Allowance,
    store: Store,
    clock: Clock,
}

impl SignIn {
    /// As it is configured. Nobody is contacted: a provider that is down keeps Routebook from nothing.
    pub fn new(
        config: &config::SignIn,
        external_url: &Url,
        store: Store,
        clock: Clock,
    ) -> Result<Self, String> {
        let provider = |one: &config::Provider| {
            Provider::new(one, external_url, &clock)
                .map_err(|error| format!("the provider {}: {error}", one.name))
        };
        Ok(Self {
            providers: config.providers.iter().map(provider).collect::<Result<_, _>>()?,
            rules: config.roles.clone(),
            contact: config.contact.clone(),
            idle: config.idle,
            absolute: config.absolute,
            external: external_url.as_str().trim_end_matches('/').to_owned(),
            secure: external_url.scheme() == "https",
            places: Semaphore::new(AT_ONCE),
            allowance: Allowance::default(),
            store,
            clock,
        })
    }

    /// What finds the session of a request, and keeps its cookie.
    pub fn layer(&self) -> SessionManagerLayer<Sessions> {
        let sessions = Sessions::new(self.store.clone(), self.clock.clone(), self.idle);
        SessionManagerLayer::new(sessions)
            .with_name(cookies::session(self.secure))
            .with_secure(self.secure)
            .with_same_site(SameSite::Lax)
            .with_http_only(true)
            .with_path("/")
    }

    /// The providers, in their order.
    pub fn providers(&self) -> impl Iterator<Item = &config::Provider> {
        self.providers.iter().map(|provider| &provider.config)
    }

    /// Whom to ask for a role.
    pub fn contact(&self) -> Option<&str> {
        self.contact.as_deref()
    }

    /// Which groups have which role.
    pub fn rules(&self) -> &RoleRules {
        &self.rules
    }

    /// Where people sign out of a provider itself, if it is known by now and the provider has such
    /// an address. No id token goes there, because none is kept (OpenID Connect RP-Initiated Logout
    /// 1.0, section 2: `client_id` takes its place).
    pub fn end_session_url(&self, provider: &str) -> Option<Url> {
        let provider = self.provider(provider)?;
        let mut url = provider.remembered()?.end_session.clone()?;
        url.query_pairs_mut()
            .append_pair("client_id", provider.client_id())
            .append_pair("post_logout_redirect_uri", &format!("{}/auth/signed-out", self.external));
        Some(url)
    }

    fn provider(&self, name: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.config.name == name)
    }

    /// Logs that a sign-in came to nothing, and records it, unless the store has done that or too
    /// many were recorded.
    async fn failed(&self, failure: &Failure, provider: Option<&Provider>, asker: &Asker) {
        let (code, name) = (failure.code(), provider.map_or("", |one| one.config.name.as_str()));
        tracing::warn!(code, provider = name, "a sign-in failed: {failure}");
        let Some(detail) = self.detail(failure) else { return };
        let now = self.clock.now();
        let draft = asker.draft(now, Action::SignInFailed, name.to_owned(), detail);
        if let Err(error) = self.store.record(draft).await {
            tracing::error!("a failed sign-in could not be recorded: {error}");
        }
    }

    /// What the entry says; `None` if there is none.
    fn detail(&self, failure: &Failure) -> Option<Value> {
        if *failure == Failure::Disabled {
            return None;
        }
        let left_out = if failure.takes_an_account() { 0 } else { self.allowance.one_more()? };
        let mut detail = json!({"code": failure.code(), "reason": failure.to_string()});
        if left_out > 0 {
            detail["left out before"] = left_out.into();
        }
        Some(detail)
    }
}
