//! What can go wrong with a page, and the page that says so. Causes go to the log; a browser sees
//! a sentence and a way on.

use axum::http::StatusCode;
use domain::inventory::InvalidView;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::context::{self, link};
use crate::format;

/// Why a page cannot be shown.
#[derive(Debug)]
pub enum Error {
    /// The address does not lead anywhere.
    NotFound(&'static str),
    /// The address asks for a list that cannot be.
    View(InvalidView),
    /// The store does not answer.
    Store(store::Error),
}

impl From<InvalidView> for Error {
    fn from(error: InvalidView) -> Self {
        Self::View(error)
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
            Self::View(_) => StatusCode::BAD_REQUEST,
            Self::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "Not found",
            Self::View(_) => "This address is not a list",
            Self::Store(_) => "Routebook cannot read its database",
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::NotFound(what) => (*what).to_owned(),
            Self::View(error) => format!("The address says something else than a list: {error}."),
            Self::Store(_) => "Nothing is lost. Try again in a moment; if it stays like this, \
                               whoever runs Routebook finds the reason in its log."
                .to_owned(),
        }
    }
}

/// The page that says what is wrong, with its status.
pub fn page(error: &Error, base: &str) -> AnyView {
    if let Error::Store(cause) = error {
        tracing::error!(path = context::path(), "cannot make a page: {cause}");
    }
    context::set_status(error.status());
    let sentence = format::cut(&format::visible(&error.sentence()), 600).into_owned();
    let title = error.title();
    view! {
        <Title text=title/>
        <section class="error" aria-labelledby="error-title">
            <h1 id="error-title">{title}</h1>
            <p><bdi>{sentence}</bdi></p>
            <p><a class="button" href=link(base, "/ingresses")>"All ingresses"</a></p>
        </section>
    }
    .into_any()
}
