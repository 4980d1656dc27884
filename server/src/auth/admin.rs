//! What an admin does with people: ends a session, shuts somebody out, lets them in again. Who may
//! is checked before any of this is reached.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::audit::{Action, Draft};
use domain::user::User;
use serde_json::json;

use super::SignIn;
use super::asker::Asker;
use crate::http::errors;
use crate::state;

/// Ends somebody's session.
pub async fn end_session(
    State(state): State<state::State>,
    Path(id): Path<String>,
    asker: Asker,
) -> Response {
    let (Some(sign_in), Ok(id)) = (&state.sign_in, id.parse::<i64>()) else {
        return errors::not_found().await;
    };
    let ended = async {
        let Some(user) = sign_in.of_session(id).await? else { return Ok(false) };
        let draft = sign_in.about(&asker, Action::SessionEnded, &user, Some(id));
        sign_in.store.end_session(id, draft).await
    };
    back_to_list(&state, ended.await)
}

/// Shuts somebody out: their sessions end, and they begin no other.
pub async fn disable(
    State(state): State<state::State>,
    Path(id): Path<String>,
    asker: Asker,
) -> Response {
    let (Some(sign_in), Ok(id)) = (&state.sign_in, id.parse::<i64>()) else {
        return errors::not_found().await;
    };
    if asker.visitor.person().is_some_and(|person| person.user.id == id) {
        let sentence = "You cannot disable yourself: nobody might be left to let you in again. Ask \
                        another admin.";
        return errors::page(StatusCode::BAD_REQUEST, "Not yourself", sentence);
    }
    let disabled = async {
        let Some(user) = sign_in.user(id).await? else { return Ok(false) };
        let draft = sign_in.about(&asker, Action::UserDisabled, &user, None);
        sign_in.store.disable_user(id, draft, sign_in.clock.now()).await
    };
    back_to_list(&state, disabled.await)
}

/// Lets somebody in again.
pub async fn enable(
    State(state): State<state::State>,
    Path(id): Path<String>,
    asker: Asker,
) -> Response {
    let (Some(sign_in), Ok(id)) = (&state.sign_in, id.parse::<i64>()) else {
        return errors::not_found().await;
    };
    let enabled = async {
        let Some(user) = sign_in.user(id).await? else { return Ok(false) };
        let draft = sign_in.about(&asker, Action::UserEnabled, &user, None);
        sign_in.store.enable_user(id, draft).await
    };
    back_to_list(&state, enabled.await)
}

/// The list shows what is now, also if somebody else was faster.
fn back_to_list(state: &state::State, done: Result<bool, store::Error>) -> Response {
    match done {
        Ok(_) => {
            let place = format!("{}/sessions", state.base);
            (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response()
        }
        Err(error) => {
            tracing::error!("what an admin wanted could not be done: {error}");
            errors::internal()
        }
    }
}

impl SignIn {
    async fn user(&self, id: i64) -> Result<Option<User>, store::Error> {
        let people = self.store.people(Some(id.saturating_sub(1)), self.clock.now()).await?;
        Ok(people.into_iter().map(|person| person.user).find(|user| user.id == id))
    }

    /// Whose session it is. The entry must say it: the session is gone then.
    async fn of_session(&self, id: i64) -> Result<Option<User>, store::Error> {
        let mut after = None;
        loop {
            let people = self.store.people(after, self.clock.now()).await?;
            let Some(last) = people.last().map(|person| person.user.id) else { return Ok(None) };
            let mut people = people.into_iter();
            let found = people.find(|person| person.sessions.iter().any(|one| one.id == id));
            if let Some(person) = found {
                return Ok(Some(person.user));
            }
            after = Some(last);
        }
    }

    fn about(&self, asker: &Asker, action: Action, user: &User, session: Option<i64>) -> Draft {
        let mut detail = json!({
            "user": user.id,
            "issuer": user.identity.issuer,
            "subject": user.identity.subject,
        });
        if let Some(session) = session {
            detail["session"] = session.into();
        }
        asker.draft(self.clock.now(), action, user.name().to_owned(), detail)
    }
}
