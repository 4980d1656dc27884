//! Who asks, from where, and with what: for the session and for audit entries.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use domain::audit::{Action, Actor, Draft};
use domain::user::Visitor;
use jiff::Timestamp;
use serde_json::Value;
use tower_sessions::Session;

use super::failure::clean;
use crate::http::ClientAddress;

/// Enough to tell a telephone from a laptop.
const LONGEST_AGENT: usize = 200;

/// Who asks.
pub struct Asker {
    /// As whom they are known.
    pub visitor: Visitor,
    /// From which address; empty if that is not known.
    pub address: String,
    /// What their browser calls itself.
    pub agent: String,
    /// What keeps their session; there is one wherever sign-in is set up.
    pub session: Option<Session>,
}

impl<S: Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let address = parts.extensions.get::<ClientAddress>();
        let agent = parts.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
        Ok(Self {
            visitor: parts.extensions.get::<Visitor>().cloned().unwrap_or_default(),
            address: address.map(|address| address.0.to_string()).unwrap_or_default(),
            agent: clean(agent.unwrap_or_default(), LONGEST_AGENT),
            session: parts.extensions.get::<Session>().cloned(),
        })
    }
}

impl Asker {
    /// An entry for what they did.
    pub fn draft(&self, at: Timestamp, action: Action, target: String, detail: Value) -> Draft {
        self.draft_of(Actor::from(&self.visitor), at, action, target, detail)
    }

    /// An entry for what somebody did whose request this is.
    pub fn draft_of(
        &self,
        actor: Actor,
        at: Timestamp,
        action: Action,
        target: String,
        detail: Value,
    ) -> Draft {
        Draft { at, actor, action, target, detail, address: self.address.clone() }
    }
}
