//! One row for each person, with their sessions in it.

use domain::user::User;
use jiff::Timestamp;
use leptos::prelude::*;
use store::{SessionRow, UserWithSessions};

use super::{Found, agent};
use crate::components::account::names;
use crate::components::text::{self, moment};
use crate::components::{Tone, badge, value};
use crate::context::link;
use crate::format;

/// Names in labels are cut.
const LONGEST: usize = 60;
/// What is said when one points at something is not endless.
const LONGEST_TITLE: usize = 300;

/// The table.
pub fn table(found: &Found, base: &str) -> AnyView {
    let rows: Vec<_> = found.people.iter().map(|one| row(one, found, base)).collect();
    view! {
        <div class="table-region" role="region" aria-label="Table of the people" tabindex="0">
            <table class="list people" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Person"</th>
                        <th role="columnheader" scope="col">"Account"</th>
                        <th role="columnheader" scope="col">"Groups"</th>
                        <th role="columnheader" scope="col">"Signed in last"</th>
                        <th role="columnheader" scope="col">"Sessions"</th>
                        <th role="columnheader" scope="col">"Access"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(one: &UserWithSessions, found: &Found, base: &str) -> AnyView {
    let UserWithSessions { user, sessions } = one;
    let last = view! {
        <span class="two-lines">
            <span>{moment(user.signed_in, found.now)}</span>
            <span class="subdued">"first " {moment(user.first_seen, found.now)}</span>
        </span>
    };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="Person">{person(user, found)}</th>
            <td role="cell" data-label="Account">{account(user)}</td>
            <td role="cell" data-label="Groups">{groups(user)}</td>
            <td role="cell" data-label="Signed in last">{last}</td>
            <td role="cell" data-label="Sessions">{self::sessions(user, sessions, found, base)}</td>
            <td role="cell" data-label="Access">{access(user, found, base)}</td>
        </tr>
    }
    .into_any()
}

fn person(user: &User, found: &Found) -> AnyView {
    let you = is_own(user, found).then(|| view! { " " {badge(Tone::Plain, "you")} });
    let email = user.profile.email.as_deref().filter(|email| *email != user.name());
    let email = email.map(|email| view! { <span class="subdued">{value(email)}</span> });
    view! { <span class="two-lines"><span>{value(user.name())} {you}</span> {email}</span> }
        .into_any()
}

fn is_own(user: &User, found: &Found) -> bool {
    found.own.is_some_and(|own| own.user == user.id)
}

fn account(user: &User) -> AnyView {
    let identity = &user.identity;
    let issuer = format::short(&identity.issuer, 200);
    view! {
        <span class="two-lines">
            <span title=issuer>{value(&user.provider)}</span>
            <span class="subdued">{value(&identity.subject)}</span>
        </span>
    }
    .into_any()
}

fn groups(user: &User) -> AnyView {
    let groups = &user.profile.groups;
    let count = i64::try_from(groups.len()).unwrap_or(i64::MAX);
    if count == 0 {
        return view! { <span class="subdued">"none"</span> }.into_any();
    }
    let of = format!(" of {}", said(user));
    view! {
        <details>
            <summary>
                {format::counted(count, "group", "groups")}
                <span class="visually-hidden">{of}</span>
            </summary>
            {names(groups)}
        </details>
    }
    .into_any()
}

fn sessions(user: &User, sessions: &[SessionRow], found: &Found, base: &str) -> AnyView {
    if sessions.is_empty() {
        return view! { <span class="subdued">"none"</span> }.into_any();
    }
    let items: Vec<_> = sessions.iter().map(|session| item(session, user, found, base)).collect();
    view! { <ul class="sessions">{items}</ul> }.into_any()
}

fn item(session: &SessionRow, user: &User, found: &Found, base: &str) -> AnyView {
    let own = found.own.is_some_and(|own| own.session == session.id);
    let own = own.then(|| view! { " " {badge(Tone::Plain, "this one")} });
    let (address, agent) = (known(&session.address), agent(&session.agent));
    let label = format!(
        "End the session of {} from {}",
        said(user),
        format::short(&session.address, LONGEST)
    );
    view! {
        <li>
            <span class="two-lines">
                <span>{address} " " {own}</span>
                <span class="subdued">{agent}</span>
                <span class="subdued">{times(session, found.now)}</span>
            </span>
            {form(base, &format!("/sessions/{}/end", session.id), "End", label)}
        </li>
    }
    .into_any()
}

/// The browser in short, with all that it says of itself when one points at it.
fn agent(text: &str) -> AnyView {
    let Some(short) = agent::short(text) else { return known(text) };
    view! { <span title=format::short(text, LONGEST_TITLE)>{short}</span> }.into_any()
}

fn known(text: &str) -> AnyView {
    match text {
        "" => view! { <span class="subdued">"not known"</span> }.into_any(),
        text => value(text),
    }
}

fn times(session: &SessionRow, now: Timestamp) -> AnyView {
    let begun = text::time(session.created, format!("begun {}", format::ago(session.created, now)));
    let seen = text::time(session.seen, format!("used {}", format::ago(session.seen, now)));
    let ends = text::time(session.ends, format!("ends {}", format::until(session.ends, now)));
    view! { {begun} ", " {seen} ", " {ends} }.into_any()
}

/// Nobody shuts themselves out: there might be nobody left to let them in.
fn access(user: &User, found: &Found, base: &str) -> AnyView {
    if let Some(since) = user.disabled {
        let label = format!("Enable {}", said(user));
        return view! {
            <div class="stack">
                <span>{badge(Tone::Warning, "disabled")} " " {moment(since, found.now)}</span>
                {form(base, &format!("/users/{}/enable", user.id), "Enable", label)}
            </div>
        }
        .into_any();
    }
    if is_own(user, found) {
        return view! { <span class="subdued">"You cannot disable yourself."</span> }.into_any();
    }
    let label = format!("Disable {}", said(user));
    form(base, &format!("/users/{}/disable", user.id), "Disable", label)
}

fn form(base: &str, path: &str, word: &'static str, label: String) -> AnyView {
    view! {
        <form method="post" action=link(base, path)>
            <button type="submit" class="button small" aria-label=label>{word}</button>
        </form>
    }
    .into_any()
}

/// The name, for a label.
fn said(user: &User) -> String {
    format::short(user.name(), LONGEST)
}
