//! The way back from the provider, the same for all of them: which one it is, only what this browser
//! has begun says. That is used up by whatever comes back; then the answer is checked, the code
//! exchanged, and a session made. An answer of another provider has the wrong issuer, or a code that
//! the right one does not know.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::audit::{Action, Actor, Draft};
use domain::rights::Right;
use domain::user::{Identity, Person, User, Visitor};
use jiff::Timestamp;
use serde_json::json;
use store::{BegunSignIn, NewSession, SignedIn};
use tower_sessions::session::Id;

use super::answer::Answer;
use super::asker::Asker;
use super::begin::{again, too_slow};
use super::claims::{self, text};
use super::exchange::Told;
use super::failure::Failure;
use super::provider::Provider;
use super::secret::{Secret, hidden};
use super::{PATIENCE, SignIn, back, cookies, sessions};
use crate::http::errors;
use crate::state;

/// What this browser has begun.
struct Begun {
    secret: Secret,
    at: BegunSignIn,
}

/// Ends a sign-in: with a session, or with the reason why there is none.
pub async fn callback(
    State(state): State<state::State>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    asker: Asker,
) -> Response {
    let Some(sign_in) = &state.sign_in else { return errors::not_found().await };
    let begun = sign_in.begun(&headers).await;
    let (provider, way_back) = match &begun {
        Ok(Some(begun)) => (sign_in.provider(&begun.at.provider), begun.at.back.clone()),
        _ => (None, "/".to_owned()),
    };
    let query = query.unwrap_or_default();
    let mut answer = match sign_in.end(begun, provider, &query, &asker).await {
        Ok(user) => arrived(&state, user, &way_back),
        Err(failure) => {
            sign_in.failed(&failure, provider, &asker).await;
            again(&state.base, &failure, provider, &way_back)
        }
    };
    let cookie = cookies::removed(cookies::sign_in(sign_in.secure), sign_in.secure);
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

/// Leads to where somebody wanted to go, or to what they may see.
fn arrived(state: &state::State, user: User, way_back: &str) -> Response {
    let place = match (way_back, &state.sign_in) {
        ("/", Some(sign_in)) => {
            start(&Visitor::Person(Person::new(user, 0, &sign_in.rules, &state.teams).into()))
        }
        (other, _) => other,
    };
    let place = back::below(&state.base, place);
    (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response()
}

/// Who may see only what their team owns begins there. Who may see nothing learns why at the start.
fn start(visitor: &Visitor) -> &'static str {
    match visitor.may(Right::ReadOwn) && !visitor.may(Right::ReadAll) {
        true => "/ingresses",
        false => "/",
    }
}

impl SignIn {
    /// Takes out what this browser has begun, whatever becomes of it.
    async fn begun(&self, headers: &HeaderMap) -> Result<Option<Begun>, Failure> {
        let secret = cookies::read(headers, cookies::sign_in(self.secure)).and_then(Secret::parse);
        let Some(secret) = secret else { return Ok(None) };
        let taken = self.store.take_sign_in(&secret.row(), self.clock.now()).await?;
        Ok(taken.map(|at| Begun { secret, at }))
    }

    async fn end(
        &self,
        begun: Result<Option<Begun>, Failure>,
        provider: Option<&Provider>,
        query: &str,
        asker: &Asker,
    ) -> Result<User, Failure> {
        let Begun { secret, .. } = begun?.ok_or(Failure::TooLate)?;
        let provider = provider.ok_or(Failure::ProviderUnknown)?;
        let answer = Answer::read(query)?;
        answer.belongs_to(secret.state().secret())?;
        let _place = self.places.try_acquire().map_err(|_| Failure::Busy)?;
        let told = tokio::time::timeout(PATIENCE, self.told(provider, answer, &secret)).await;
        let (issuer, told) = told.unwrap_or_else(|_| Err(too_slow()))?;
        Box::pin(self.open(provider, issuer, told, asker)).await
    }

    /// Who has signed in, by this answer, and at which issuer.
    async fn told(
        &self,
        provider: &Provider,
        answer: Answer,
        secret: &Secret,
    ) -> Result<(String, Told), Failure> {
        let known = provider.known().await?;
        let code = answer.code(&known)?;
        let issuer = known.issuer.to_string();
        let told = provider.told(known, code, secret, self.clock.now()).await?;
        Ok((issuer, told))
    }

    /// Makes the session, in place of the one that this browser had.
    async fn open(
        &self,
        provider: &Provider,
        issuer: String,
        told: Told,
        asker: &Asker,
    ) -> Result<User, Failure> {
        let missing = || Failure::Internal("no layer keeps sessions".to_owned());
        let session = asker.session.as_ref().ok_or_else(missing)?;
        let (id, now) = (Id::default(), self.clock.now());
        let replaces = session.id().as_ref().map(sessions::hash);
        let new = self.new_session(provider, issuer, told, asker, &id, replaces);
        let draft = |user: &User| self.draft(provider, asker, user, now);
        match self.store.sign_in(&new, draft, now).await? {
            SignedIn::Disabled => Err(Failure::Disabled),
            SignedIn::Session { user, .. } => {
                let handed = sessions::hand_over(session, &id).await;
                handed.map_err(|error| Failure::Internal(error.to_string()))?;
                Ok(user)
            }
        }
    }

    fn new_session(
        &self,
        provider: &Provider,
        issuer: String,
        told: Told,
        asker: &Asker,
        id: &Id,
        replaces: Option<String>,
    ) -> NewSession {
        let Told { token, userinfo, groups } = told;
        let by: Vec<_> = [Some(&token), userinfo.as_ref()].into_iter().flatten().collect();
        NewSession {
            hash: sessions::hash(id),
            identity: Identity {
                issuer,
                subject: text(&token, "sub").unwrap_or_default().to_owned(),
            },
            profile: claims::profile(&by, groups),
            provider: provider.config.name.clone(),
            provider_session: text(&token, "sid").map(provider_session).unwrap_or_default(),
            address: asker.address.clone(),
            agent: asker.agent.clone(),
            ends: self.clock.now() + self.absolute,
            replaces,
        }
    }

    /// The audit entry: of a sign-in, or of somebody who is shut out.
    fn draft(&self, provider: &Provider, asker: &Asker, user: &User, now: Timestamp) -> Draft {
        let target = provider.config.name.clone();
        let Identity { issuer, subject } = &user.identity;
        if user.disabled.is_some() {
            let (code, reason) = (Failure::Disabled.code(), Failure::Disabled.to_string());
            let detail =
                json!({"code": code, "reason": reason, "issuer": issuer, "subject": subject});
            return asker.draft(now, Action::SignInFailed, target, detail);
        }
        let (role, _) = self.rules.role(&user.profile.groups);
        let role = role.map_or("none", |role| role.as_str());
        let detail = json!({"role": role, "groups": user.profile.groups.len()});
        asker.draft_of(Actor::from(user), now, Action::SignIn, target, detail)
    }
}

/// What the store knows of the provider's own session.
pub fn provider_session(sid: &str) -> String {
    hidden("sid", sid)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::testing::person;
    use domain::user::Role;

    use super::*;

    #[test]
    fn everybody_begins_where_they_may_see_something() {
        let check = |role: Option<Role>, teams: &[&str], expected: &str| {
            let teams = teams.iter().map(|&team| team.to_owned()).collect();
            let visitor = Visitor::Person(Arc::new(Person { role, teams, ..person("ada") }));
            assert_eq!(start(&visitor), expected, "{visitor:?}");
        };
        check(None, &[], "/");
        check(None, &["payments"], "/ingresses");
        check(Some(Role::Viewer), &[], "/");
        check(Some(Role::Admin), &["payments"], "/");
    }
}
