//! One configured provider, and what is known of it: its description for an hour, its keys until a
//! token names one that is not among them.
//!
//! Nobody is contacted before somebody signs in. One request asks at a time; those who wait for it
//! get what it got, so that a provider that is down keeps nobody waiting twice.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use domain::Clock;
use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use openidconnect::{ClientSecret, JwsSigningAlgorithm as _, RedirectUrl};
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use super::discovery::{self, Known};
use super::failure::{Failure, quoted};
use super::outbound::{self, Outbound};
use crate::config;

/// A description is read anew when it is as old as this.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// Keys that are not known are looked for so often: anybody can send a token with such a one.
const KEYS_APART: SignedDuration = SignedDuration::from_mins(1);

/// A configured provider.
pub struct Provider {
    /// How it is configured.
    pub config: config::Provider,
    /// The way to it.
    pub outbound: Outbound,
    /// Where it sends people back to.
    pub redirect: RedirectUrl,
    /// How its tokens may be signed.
    pub algorithms: Vec<CoreJwsSigningAlgorithm>,
    clock: Clock,
    kept: RwLock<Option<Kept>>,
    turn: Mutex<Turn>,
}

/// What is known, since when.
#[derive(Clone)]
struct Kept {
    known: Arc<Known>,
    since: Timestamp,
}

/// What the last request to the provider came to.
#[derive(Default)]
struct Turn {
    failed: Option<(Instant, Failure)>,
    keys_asked: Option<Timestamp>,
}

impl Provider {
    /// A provider of which nothing is known yet. `external` is the address of Routebook.
    pub fn new(config: &config::Provider, external: &Url, clock: &Clock) -> Result<Self, String> {
        let external = external.as_str().trim_end_matches('/');
        let redirect = format!("{external}/auth/callback");
        Ok(Self {
            outbound: Outbound::new(&config.issuer, config.ca_file.as_deref())?,
            redirect: RedirectUrl::new(redirect).map_err(|error| error.to_string())?,
            algorithms: algorithms(&config.algorithms)?,
            config: config.clone(),
            clock: clock.clone(),
            kept: RwLock::default(),
            turn: Mutex::default(),
        })
    }

    /// What is known, however old it is.
    pub fn remembered(&self) -> Option<Arc<Known>> {
        self.kept().map(|kept| kept.known)
    }

    /// What the provider tells of itself. It is asked if that was not done in the last hour.
    pub async fn known(&self) -> Result<Arc<Known>, Failure> {
        let asked = Instant::now();
        if let Some(known) = self.fresh() {
            return Ok(known);
        }
        let mut turn = self.turn.lock().await;
        if let Some(known) = self.fresh() {
            return Ok(known);
        }
        if let Some((at, failure)) = &turn.failed
            && *at > asked
        {
            return Err(failure.clone());
        }
        let discovered = self.discover().await;
        self.remember(&mut turn, discovered)
    }

    /// The same with newer keys than those, in which a key is missing. Nothing newer is asked for
    /// within a minute after the last time.
    pub async fn with_newer_keys(&self, than: &Arc<Known>) -> Result<Arc<Known>, Failure> {
        let mut turn = self.turn.lock().await;
        let newest = self.remembered().unwrap_or_else(|| than.clone());
        let now = self.clock.now();
        let is_early = turn.keys_asked.is_some_and(|at| now.duration_since(at) < KEYS_APART);
        if !Arc::ptr_eq(&newest, than) || is_early {
            return Ok(newest);
        }
        turn.keys_asked = Some(now);
        let keys = self.keys(&than.keys_at).await?;
        let since = self.kept().map_or(now, |kept| kept.since);
        Ok(self.keep(Known { keys, ..Known::clone(than) }, since))
    }

    /// The secret that Routebook shares with the provider, read anew each time, so that it can be
    /// changed. None for a public client.
    pub async fn secret(&self) -> Result<Option<ClientSecret>, Failure> {
        let Some(file) = &self.config.client_secret_file else { return Ok(None) };
        let failed = |why: String| {
            Failure::Internal(format!("cannot read the secret in {}: {why}", file.display()))
        };
        let secret = tokio::fs::read_to_string(file).await;
        let secret = secret.map_err(|error| failed(error.to_string()))?;
        match secret.trim() {
            "" => Err(failed("it is empty".to_owned())),
            secret => Ok(Some(ClientSecret::new(secret.to_owned()))),
        }
    }

    async fn discover(&self) -> Result<Known, Failure> {
        let address = discovery::address(&self.config.issuer).map_err(Failure::ProviderAnswer)?;
        let document = self.outbound.get(&address, None).await.map_err(unusable)?;
        let known = discovery::read(&document, &self.config.issuer_text);
        let known = known.map_err(Failure::ProviderAnswer)?;
        let keys = self.keys(&known.keys_at).await?;
        Ok(Known { keys, ..known })
    }

    async fn keys(&self, address: &Url) -> Result<CoreJsonWebKeySet, Failure> {
        let set = self.outbound.get(address, None).await.map_err(unusable)?;
        discovery::keys(&set).map_err(Failure::ProviderAnswer)
    }

    fn fresh(&self) -> Option<Arc<Known>> {
        let now = self.clock.now();
        let kept = self.kept().filter(|kept| now.duration_since(kept.since) < FRESH);
        kept.map(|kept| kept.known)
    }

    fn kept(&self) -> Option<Kept> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(
        &self,
        turn: &mut Turn,
        discovered: Result<Known, Failure>,
    ) -> Result<Arc<Known>, Failure> {
        match discovered {
            Ok(known) => Ok(self.keep(known, self.clock.now())),
            Err(failure) => {
                turn.failed = Some((Instant::now(), failure.clone()));
                Err(failure)
            }
        }
    }

    fn keep(&self, known: Known, since: Timestamp) -> Arc<Known> {
        let known = Arc::new(known);
        let kept = Kept { known: known.clone(), since };
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        known
    }
}

fn unusable(error: outbound::Error) -> Failure {
    match error {
        outbound::Error::Unreachable(reason) => Failure::ProviderUnreachable(reason),
        other => Failure::ProviderAnswer(other.to_string()),
    }
}

/// What may be configured is checked before; a secret that both sides know is out of the question
/// here as well.
fn algorithms(names: &[String]) -> Result<Vec<CoreJwsSigningAlgorithm>, String> {
    let read = |name: &String| -> Result<CoreJwsSigningAlgorithm, String> {
        let algorithm: CoreJwsSigningAlgorithm =
            serde_json::from_value(Value::from(name.as_str())).map_err(quoted)?;
        match algorithm {
            CoreJwsSigningAlgorithm::None => Err("none is no signature".to_owned()),
            shared if shared.uses_shared_secret() => Err(format!("{name} needs a shared secret")),
            algorithm => Ok(algorithm),
        }
    };
    names.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_signatures_with_a_key_of_the_provider_are_allowed() {
        let names = |all: &[&str]| all.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let all = ["RS256", "PS256", "ES256", "EdDSA", "RS384", "RS512", "PS384", "PS512", "ES384"];
        assert_eq!(algorithms(&names(&all)).unwrap().len(), all.len());
        for bad in ["none", "HS256", "HS384", "HS512", "RS257", "rs256", ""] {
            assert!(algorithms(&names(&["RS256", bad])).is_err(), "{bad}");
        }
    }
}
