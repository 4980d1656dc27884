//! What can go wrong with a page, and the page that says so. Causes go to the log; a browser sees
//! a sentence and a way on.

use crate::components::Title;
use axum::http::StatusCode;
use domain::audit::InvalidAuditView;
use domain::inventory::InvalidView;
use domain::rights::Right;
use leptos::prelude::*;

use crate::context::{self, link};
use crate::{denied, format, places};

/// Why a page cannot be shown.
#[derive(Debug)]
pub enum Error {
    /// The address does not lead anywhere.
    NotFound(&'static str),
    /// The address asks for a list that cannot be.
    View(InvalidView),
    /// The address asks for audit entries that cannot be.
    AuditView(InvalidAuditView),
    /// It is of another team, or there is none: who may not see it does not learn which.
    NotYours,
    /// The store does not answer.
    Store(store::Error),
}

impl From<InvalidView> for Error {
    fn from(error: InvalidView) -> Self {
        Self::View(error)
    }
}

impl From<InvalidAuditView> for Error {
    fn from(error: InvalidAuditView) -> Self {
        Self::AuditView(error)
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

impl Error {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::View(_) | Self::AuditView(_) => StatusCode::BAD_REQUEST,
            Self::NotYours => StatusCode::FORBIDDEN,
            Self::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "Not found",
            Self::View(_) | Self::AuditView(_) => "This address is not a list",
            Self::NotYours => "This is not open to you",
            Self::Store(_) => "Routebook cannot read its database",
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::NotFound(what) => (*what).to_owned(),
            Self::View(error) => format!("The address says something else than a list: {error}."),
            Self::AuditView(error) => {
                format!("The address says something else than audit entries: {error}.")
            }
            Self::NotYours => "It is of another team, or there is none.".to_owned(),
            Self::Store(_) => "Nothing is lost. Try again in a moment; if it stays like this, \
                               whoever runs Routebook finds the reason in its log."
                .to_owned(),
        }
    }
}

/// The page that says what is wrong, with its status.
pub fn page(error: &Error, base: &str) -> AnyView {
    if matches!(error, Error::NotYours) {
        return denied::page(&context::state(), Some(Right::ReadOwn));
    }
    if let Error::Store(cause) = error {
        tracing::error!(path = context::path(), "cannot make a page: {cause}");
    }
    context::set_status(error.status());
    let sentence = format::short(&error.sentence(), 600);
    let title = error.title();
    view! {
        <Title text=title/>
        <section class="error" aria-labelledby="error-title">
            <h1 id="error-title">{title}</h1>
            <p><bdi>{sentence}</bdi></p>
            <p>{way_on(error, base)}</p>
        </section>
    }
    .into_any()
}

/// A place that is open to whoever reads this.
fn way_on(error: &Error, base: &str) -> AnyView {
    let visitor = context::visitor();
    let (to, label) = match error {
        Error::AuditView(_) => ("/audit", "All audit entries"),
        _ if visitor.may(Right::ReadAll) => ("/ingresses", "All ingresses"),
        _ if visitor.may(Right::ReadOwn) => ("/ingresses", "Ingresses of your team"),
        _ => (places::home(&visitor), "Go on"),
    };
    view! { <a class="button" href=link(base, to)>{label}</a> }.into_any()
}
