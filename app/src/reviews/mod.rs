//! What reviewers have to decide: the queue, and a card for each review with all that is known and the
//! forms to decide. Everything works by links and forms; the keys only move the focus.
//!
//! Who sees what: members of a team what is assigned to it, admins everything. Whether an act may be
//! done is for the domain to say; what may not be done anyway is not offered.

mod asked;
mod card;
mod queue;
#[cfg(test)]
mod samples;
pub mod words;

use std::sync::Arc;

use crate::components::Title;
use axum::http::StatusCode;
use domain::ReviewId;
use domain::inventory::InvalidView;
use domain::review::ReviewView;
use domain::rights::Right;
use domain::user::{Person, Visitor};
use leptos::prelude::*;

use crate::context::{self, State, link};
use crate::denied;
use crate::error;

pub use card::{ReviewPage, decided_in};
pub use queue::ReviewsPage;

/// Why there is nothing to show.
#[derive(Debug)]
enum Missing {
    /// It is another team's, or there is none: who may not see it does not learn which.
    NotYours,
    /// Something of every page.
    Page(error::Error),
}

impl From<store::Error> for Missing {
    fn from(error: store::Error) -> Self {
        Self::Page(error.into())
    }
}

impl From<InvalidView> for Missing {
    fn from(error: InvalidView) -> Self {
        Self::Page(error.into())
    }
}

impl Missing {
    fn page(&self, base: &str) -> AnyView {
        match self {
            Self::NotYours => not_yours(base),
            Self::Page(error) => error::page(error, base),
        }
    }
}

fn not_yours(base: &str) -> AnyView {
    context::set_status(StatusCode::FORBIDDEN);
    view! {
        <Title text="Not your review"/>
        <section class="error" aria-labelledby="error-title">
            <h1 id="error-title">"Not your review"</h1>
            <p>
                "It is not assigned to one of your teams, or there is none. Perhaps it was given to \
                 another team since."
            </p>
            <p><a class="button" href=link(base, "/reviews")>"Your reviews"</a></p>
        </section>
    }
    .into_any()
}

/// Somebody who may review, or the page that says that they may not.
fn reviewer(state: &State) -> Result<Arc<Person>, AnyView> {
    match context::visitor() {
        visitor if !visitor.may(Right::Review) => Err(denied::page(state, Some(Right::Review))),
        Visitor::Person(person) => Ok(person),
        Visitor::Anonymous | Visitor::Local => Err(denied::page(state, Some(Right::Review))),
    }
}

/// The address of the queue.
pub fn queue_address(view: &ReviewView, base: &str) -> String {
    with_query(link(base, "/reviews"), &view.query())
}

/// The address of a card, which keeps what of the queue was looked at.
fn card_address(id: ReviewId, view: &ReviewView, base: &str) -> String {
    with_query(link(base, &format!("/reviews/{id}")), &view.from_start().query())
}

fn with_query(path: String, query: &str) -> String {
    if query.is_empty() { path } else { format!("{path}?{query}") }
}
