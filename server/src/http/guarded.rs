//! The router, which takes only what the table of rights has, and lets nobody through who has not
//! the right.

use axum::Router;
use axum::extract::{self, Request};
use axum::handler::Handler;
use axum::http::Uri;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use domain::rights::Right;
use domain::user::Visitor;
use url::Url;

use super::own::{self, Part};
use super::rights::{self, REST, Row, TABLE};
use super::{errors, refusal, visitor};
use crate::state::State;

/// A router whose every address is checked.
pub struct Guarded {
    router: Router<State>,
    state: State,
    pages: app::State,
    taken: Vec<&'static Row>,
}

/// What one address needs in order to let in or to refuse.
#[derive(Clone)]
pub struct Guard {
    pub state: State,
    pub pages: app::State,
    pub row: &'static Row,
}

enum Verdict {
    May,
    MayNot,
    /// They may something else in its place.
    Elsewhere(String),
}

impl Guarded {
    /// A router without addresses.
    pub fn new(state: &State, pages: &app::State) -> Self {
        let (state, pages) = (state.clone(), pages.clone());
        Self { router: Router::new(), state, pages, taken: Vec::new() }
    }

    /// Adds what is read.
    pub fn get<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, State>,
        T: 'static,
    {
        self.route("GET", path, get(handler))
    }

    /// Adds what forms are sent to.
    pub fn post<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, State>,
        T: 'static,
    {
        self.route("POST", path, post(handler))
    }

    /// Adds what answers one method. An address without a row ends the process.
    pub fn route(mut self, method: &str, path: &str, handler: MethodRouter<State>) -> Self {
        let row = rights::row(method, path);
        let guard = Guard { state: self.state.clone(), pages: self.pages.clone(), row };
        let checked = handler.route_layer(from_fn_with_state(guard, check));
        self.router = self.router.route(path, checked);
        self.taken.push(row);
        self
    }

    /// The router. A row without an address ends the process, for the table would promise too much.
    pub fn finish(self) -> Router<State> {
        let missing: Vec<_> = TABLE.iter().filter(|row| !self.taken.contains(row)).collect();
        assert!(missing.is_empty(), "nothing answers {missing:?}");
        self.router
    }
}

/// Lets a request through if the visitor has the right.
async fn check(
    extract::State(guard): extract::State<Guard>,
    mut request: Request,
    next: Next,
) -> Response {
    if !is_plain(request.uri().path()) {
        return errors::not_found().await;
    }
    let (visitor, uri) = (visitor::of(&request), request.uri().clone());
    request.extensions_mut().insert(guard.row.right);
    match verdict(&guard, &visitor, &uri).await {
        Ok(Verdict::May) => next.run(request).await,
        Ok(Verdict::Elsewhere(to)) => refusal::see_other(&to),
        Ok(Verdict::MayNot) => refusal::refuse(&guard, &visitor, request).await,
        Err(error) => {
            tracing::error!("cannot tell who may see this: {error}");
            errors::internal()
        }
    }
}

async fn verdict(guard: &Guard, visitor: &Visitor, uri: &Uri) -> Result<Verdict, store::Error> {
    let row = guard.row;
    // That there is no page is for those who are in: to others every page looks the same.
    let is_outside = matches!(visitor, Visitor::Anonymous) && guard.state.sign_in.is_some();
    if !visitor.may(row.right) || (row.path == REST && is_outside) {
        return Ok(Verdict::MayNot);
    }
    if has_all(visitor, row.right) {
        return Ok(Verdict::May);
    }
    Ok(match own::part(&guard.state, visitor, row, uri).await? {
        Part::Own => Verdict::May,
        Part::Others => Verdict::MayNot,
        Part::List(query) => {
            Verdict::Elsewhere(format!("{}{}?{query}", guard.state.base, row.path))
        }
    })
}

/// Whether a right is not for the own teams' part only.
fn has_all(visitor: &Visitor, right: Right) -> bool {
    match right {
        Right::ReadOwn => visitor.may(Right::ReadAll),
        Right::Review => visitor.may(Right::Administer),
        _ => true,
    }
}

/// Whether a path means what stands there. The router of the pages reads paths as browsers do, in
/// which `/ingresses/..\audit` and `/ingresses/%2e%2e/audit` are other pages than they seem.
fn is_plain(path: &str) -> bool {
    let read = Url::parse(&format!("http://localhost{path}"));
    read.is_ok_and(|url| url.path() == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_browsers_read_as_another_is_none() {
        let check = |path: &str, expected| assert_eq!(is_plain(path), expected, "{path}");
        for good in ["/", "/ingresses/7", "/a//b", "/a/", "/a%20b", "/assets/0a1b/app.js", "/a..b"]
        {
            check(good, true);
        }
        for bad in [
            "/ingresses/..\\audit",
            "/ingresses/../audit",
            "/ingresses/..",
            "/ingresses/%2e%2e",
            "/ingresses/%2E./audit",
            "/ingresses/.%2e/",
            "/./audit",
            "/\\audit",
            "/a\tb",
            "/é",
        ] {
            check(bad, false);
        }
    }
}
