//! What somebody is told who may not. Whoever is not signed in is sent to the sign-in; whoever is,
//! learns why that is not enough.

use axum::extract::Request;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use domain::user::Visitor;
use url::form_urlencoded::Serializer;

use super::guarded::Guard;
use super::problem::Problem;
use super::rights::{Kind, REST};
use super::{denials, errors, pages};

/// Answers to somebody who has not the right.
pub async fn refuse(guard: &Guard, visitor: &Visitor, request: Request) -> Response {
    let kind = kind(guard, request.uri().path());
    if let Visitor::Anonymous = visitor {
        return unknown(kind, &guard.state.base, request.uri());
    }
    let recorded = denials::record(&guard.state, visitor, guard.row.right, &request);
    recorded.await;
    match kind {
        Kind::Page => pages::denied(&guard.pages, request).await,
        Kind::Program => {
            let detail =
                "your role does not allow this; /me says which groups and which role you have";
            Problem::new(StatusCode::FORBIDDEN, detail).into_response()
        }
        Kind::Form | Kind::File => {
            let sentence = "Your role does not allow this. Nothing was changed. The page about you \
                            says which groups and which role you have, and whom to ask.";
            errors::page(StatusCode::FORBIDDEN, "Not allowed", sentence)
        }
    }
}

/// Where there is nothing, programs expect what they would be told where there is something.
fn kind(guard: &Guard, path: &str) -> Kind {
    let is_for_programs = path.starts_with("/api/") || path.starts_with("/export/");
    match guard.row.path {
        REST if is_for_programs => Kind::Program,
        _ => guard.row.kind,
    }
}

fn unknown(kind: Kind, base: &str, uri: &Uri) -> Response {
    match kind {
        Kind::Page => see_other(&format!("{base}/auth/sign-in?{}", back(uri))),
        Kind::Program => {
            let detail = "sign in first: open /auth/sign-in in a browser";
            Problem::new(StatusCode::UNAUTHORIZED, detail).into_response()
        }
        Kind::Form | Kind::File => {
            let sentence = "You are not signed in, or not any more. Sign in, and try again.";
            errors::page(StatusCode::UNAUTHORIZED, "Sign in first", sentence)
        }
    }
}

fn back(uri: &Uri) -> String {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    Serializer::new(String::new()).append_pair("back", path).finish()
}

/// Leads to another address of ours.
pub fn see_other(to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_not_signed_in_comes_back_to_where_they_were() {
        let check = |base: &str, from: &str, to: &str| {
            let answer = unknown(Kind::Page, base, &from.parse().unwrap());
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{from}");
            assert_eq!(answer.headers()[header::LOCATION], to, "{from}");
        };
        check("", "/", "/auth/sign-in?back=%2F");
        check(
            "",
            "/ingresses?q=a%20b&owner=x",
            "/auth/sign-in?back=%2Fingresses%3Fq%3Da%2520b%26owner%3Dx",
        );
        check("/routebook", "/status", "/routebook/auth/sign-in?back=%2Fstatus");
    }

    #[test]
    fn programs_and_forms_are_not_sent_elsewhere() {
        for kind in [Kind::Program, Kind::Form, Kind::File] {
            let answer = unknown(kind, "", &"/api/v1/clusters".parse().unwrap());
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{kind:?}");
            assert!(!answer.headers().contains_key(header::LOCATION), "{kind:?}");
        }
    }
}
