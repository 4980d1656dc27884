//! Who asks. What somebody may follows from their groups and from the configuration as they are now,
//! so it is found anew for each request.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use domain::user::{Person, User, Visitor};
use tower_sessions::{Session, session};

use super::{errors, guard, rights};
use crate::state;

/// Under these keys the session tells who it is of.
const USER: &str = "user";
const NUMBER: &str = "session";

/// Puts the visitor among the extensions.
pub async fn find(State(state): State<state::State>, mut request: Request, next: Next) -> Response {
    let session = request.extensions().get::<Session>().cloned();
    let is_foreign = guard::is_foreign(&request);
    let visitor = match visitor(&state, session).await {
        _ if is_foreign => Visitor::Anonymous,
        Ok(visitor) => visitor,
        Err(error) => {
            tracing::error!("cannot tell who asks: {error}");
            return errors::internal();
        }
    };
    if let Some(person) = visitor.person().filter(|_| is_asked_for(&request)) {
        state.store.used(person.session, state.clock.now()).await;
    }
    request.extensions_mut().insert(visitor);
    next.run(request).await
}

/// The visitor of a request; nobody, if nobody was found.
pub fn of(request: &Request) -> Visitor {
    request.extensions().get::<Visitor>().cloned().unwrap_or_default()
}

/// Whether somebody asks, and not a page that is open somewhere: else nobody would ever be idle who
/// leaves one open.
fn is_asked_for(request: &Request) -> bool {
    request.uri().path() != rights::EVENTS && !is_of_a_script(request.headers())
}

/// What scripts fetch has no destination (Fetch Metadata Request Headers, section 2.1).
fn is_of_a_script(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-dest").is_some_and(|what| what == "empty")
}

async fn visitor(
    state: &state::State,
    session: Option<Session>,
) -> Result<Visitor, session::Error> {
    let Some(sign_in) = &state.sign_in else { return Ok(Visitor::Local) };
    let Some(session) = session else { return Ok(Visitor::Anonymous) };
    let user: Option<User> = session.get(USER).await?;
    let number: Option<i64> = session.get(NUMBER).await?;
    let (Some(user), Some(number)) = (user, number) else { return Ok(Visitor::Anonymous) };
    let person = Person::new(user, number, sign_in.rules(), &state.teams);
    Ok(Visitor::Person(Arc::new(person)))
}
