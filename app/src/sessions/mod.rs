//! Who has signed in, from where they are signed in now, and how to end that.

mod agent;
mod table;
#[cfg(test)]
mod tests;

use crate::components::Title;
use domain::rights::Right;
use domain::user::Person;
use jiff::Timestamp;
use leptos::prelude::*;
use store::UserWithSessions;

use crate::context::{self, State, link};
use crate::denied;
use crate::error::{self, Error};

/// So many people the store gives at a time.
const PAGE: usize = 100;

/// `/sessions`.
#[component]
pub fn SessionsPage() -> impl IntoView {
    let state = context::state();
    let visitor = context::visitor();
    // What is no number is before the first.
    let after = context::parameter("after").and_then(|text| text.parse().ok());
    context::not_cached();
    if !visitor.may(Right::Administer) {
        return denied::page(&state, Some(Right::Administer));
    }
    let answer = Suspend::new(async move {
        let own = visitor.person().map(Own::of);
        match load(&state, own, after).await {
            Ok(found) => page(&found, &state.base),
            Err(error) => error::page(&error, &state.base),
        }
    });
    view! { {answer} }.into_any()
}

/// The visitor's own user and session, by their numbers.
#[derive(Debug, Clone, Copy)]
struct Own {
    user: i64,
    session: i64,
}

impl Own {
    fn of(person: &Person) -> Self {
        Self { user: person.user.id, session: person.session }
    }
}

/// What the page shows.
struct Found {
    people: Vec<UserWithSessions>,
    own: Option<Own>,
    /// The page begins after the user of this number.
    after: Option<i64>,
    now: Timestamp,
}

async fn load(state: &State, own: Option<Own>, after: Option<i64>) -> Result<Found, Error> {
    let now = state.clock.now();
    let people = state.store.people(after, now).await?;
    Ok(Found { people, own, after, now })
}

fn page(found: &Found, base: &str) -> AnyView {
    view! {
        <Title text="Sessions"/>
        {content(found, base)}
    }
    .into_any()
}

fn content(found: &Found, base: &str) -> AnyView {
    let body = match found.people.is_empty() {
        true => nobody(found, base),
        false => table::table(found, base),
    };
    view! {
        <div class="page-head"><h1>"Sessions"</h1></div>
        <p class="subdued">
            "Everybody who has signed in, the first one first. Who has a session ended is out at once, \
             and may sign in again. Who is disabled is out, and stays out until enabled again. Both \
             are recorded in the audit."
        </p>
        <div id="results" tabindex="-1">{body} {pager(found, base)}</div>
    }
    .into_any()
}

fn nobody(found: &Found, base: &str) -> AnyView {
    if found.after.is_none() {
        return view! { <section class="empty"><h2>"Nobody has signed in yet"</h2></section> }
            .into_any();
    }
    view! {
        <section class="empty">
            <h2>"There is nobody further"</h2>
            <p><a class="button" href=link(base, "/sessions")>"To the first page"</a></p>
        </section>
    }
    .into_any()
}

fn pager(found: &Found, base: &str) -> Option<AnyView> {
    let is_full = found.people.len() >= PAGE;
    let last = found.people.last().filter(|_| is_full).map(|last| last.user.id);
    let next = last.map(|last| {
        let to = link(base, &format!("/sessions?after={last}"));
        view! { <a class="button" href=to rel="next">"Next →"</a> }
    });
    let first = found.after.map(|_| {
        view! { <a class="button" href=link(base, "/sessions")>"First"</a> }
    });
    if next.is_none() && first.is_none() {
        return None;
    }
    Some(view! { <nav class="pager" aria-label="Pages">{first} {next}</nav> }.into_any())
}
