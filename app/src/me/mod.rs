//! Who I am here: by which account, with which role, why, and what follows from it. The way out is in
//! the head of the page, as everywhere.

#[cfg(test)]
mod tests;

use crate::components::Title;
use domain::rights::Right;
use domain::user::{Person, Role, User};
use jiff::Timestamp;
use leptos::prelude::*;

use crate::components::account::{because, groups, whom_to_ask};
use crate::components::text::{exact_moment, whole_value};
use crate::components::{Tone, badge, value};
use crate::context;
use crate::denied;
use crate::inventory::{address, owned_by};
use crate::sign_in::SignInPage;

/// `/me`.
#[component]
pub fn MePage() -> impl IntoView {
    let state = context::state();
    let visitor = context::visitor();
    context::not_cached();
    let Some(person) = visitor.person().filter(|_| visitor.may(Right::SignedIn)) else {
        return denied::page(&state, Some(Right::SignedIn));
    };
    let page = page(person, state.sign_in.as_deref(), state.clock.now(), &state.base);
    view! { <Title text="You"/> {page} }.into_any()
}

fn page(person: &Person, sign_in: Option<&SignInPage>, now: Timestamp, base: &str) -> AnyView {
    view! {
        <div class="page-head"><h1>{value(person.name())}</h1></div>
        {account(&person.user, sign_in, now)}
        {role(person, sign_in)}
        {teams(person, base)}
        {all_groups(&person.user, now)}
    }
    .into_any()
}

fn account(user: &User, sign_in: Option<&SignInPage>, now: Timestamp) -> AnyView {
    let label = sign_in.and_then(|ways| ways.label(&user.provider));
    let said = |text: Option<&str>| match text {
        Some(text) => value(text),
        None => view! { <span class="subdued">"not told by the provider"</span> }.into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="account">
            <h2 id="account">"Your account"</h2>
            <dl class="facts wide">
                {fact("Name", said(user.profile.name.as_deref()))}
                {fact("E-mail", said(user.profile.email.as_deref()))}
                {fact("Signed in with", value(label.unwrap_or(&user.provider)))}
                {fact("Signed in last", exact_moment(user.signed_in, now))}
                {fact("Subject", whole_value(&user.identity.subject))}
                {fact("Issuer", whole_value(&user.identity.issuer))}
            </dl>
            <p class="subdued">
                "Issuer and subject together are you: whoever has the same name or e-mail address is \
                 somebody else."
            </p>
        </section>
    }
    .into_any()
}

fn role(person: &Person, sign_in: Option<&SignInPage>) -> AnyView {
    let mark = match person.role {
        Some(role) => badge(Tone::Good, role.label()),
        None => badge(Tone::Plain, "No role"),
    };
    let rights: Vec<_> =
        rights(person).into_iter().map(|right| view! { <li>{right}</li> }).collect();
    let rights = match rights.is_empty() {
        true => nothing(sign_in),
        false => view! { <p>"You may:"</p> <ul class="rights">{rights}</ul> }.into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="role">
            <h2 id="role">"Your role"</h2>
            <p>{mark} " " {because(&person.because)}</p>
            {rights}
        </section>
    }
    .into_any()
}

/// What a role is for, the least first: each may also do what those before it may.
const ROLES: [(Role, &str); 3] = [
    (Role::Viewer, "see all ingresses, owners and clusters, and export the inventory"),
    (Role::Auditor, "see the audit, and export it"),
    (Role::Admin, "see who is signed in, end sessions, and disable accounts"),
];

fn rights(person: &Person) -> Vec<&'static str> {
    let given = |role: Role| person.role.is_some_and(|own| own >= role);
    let mut rights: Vec<_> =
        ROLES.into_iter().filter(|(role, _)| given(*role)).map(|(_, right)| right).collect();
    if rights.is_empty() && !person.teams.is_empty() {
        rights.push("see the ingresses that your teams own");
    }
    rights
}

fn nothing(sign_in: Option<&SignInPage>) -> AnyView {
    let contact = sign_in.and_then(|ways| ways.contact.as_deref());
    view! {
        <p>"There is nothing yet that you may see here. To get a role, ask " {whom_to_ask(contact)} "."</p>
    }
    .into_any()
}

fn teams(person: &Person, base: &str) -> AnyView {
    let team = |team: &String| {
        let to = address(&owned_by(team), base);
        view! { <li><a href=to>"Ingresses of " {value(team)}</a></li> }
    };
    let teams: Vec<_> = person.teams.iter().map(team).collect();
    let body = match teams.is_empty() {
        true => view! {
            <p class="subdued">"You are in no team: no configured team names one of your groups."</p>
        }
        .into_any(),
        false => view! { <ul class="entries">{teams}</ul> }.into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="teams"><h2 id="teams">"Your teams"</h2>{body}</section>
    }
    .into_any()
}

fn all_groups(user: &User, now: Timestamp) -> AnyView {
    view! {
        <section class="panel" aria-labelledby="groups">
            <h2 id="groups">"Your groups"</h2>
            {groups(&user.profile.groups)}
            <p class="subdued">
                "As the provider named them when you signed in, " {exact_moment(user.signed_in, now)}
                ". If they have changed since, sign out and in again."
            </p>
        </section>
    }
    .into_any()
}

fn fact(name: &'static str, text: AnyView) -> AnyView {
    view! { <div><dt>{name}</dt><dd>{text}</dd></div> }.into_any()
}
