//! What people say here about whose an ingress is: claims and their answers, the form to claim it for a
//! team, and the form by which an admin sets the owner.

use std::sync::Arc;

use domain::claim::ClaimState;
use domain::detail::Detail;
use domain::user::Person;
use jiff::Timestamp;
use leptos::prelude::*;
use store::ClaimRow;

use crate::components::text::moment;
use crate::components::{Tone, badge, forms, value};
use crate::context::link;
use crate::reviews::words::written;

/// Who looks at it, and what they may name.
#[derive(Debug, Default)]
pub struct Claims {
    /// Who looks, if somebody is signed in who may say anything.
    pub person: Option<Arc<Person>>,
    /// The configured teams.
    pub teams: Vec<String>,
    /// What was claimed of this ingress, the latest first.
    pub claims: Vec<ClaimRow>,
}

/// All of it. One that is gone has nobody to look after it.
pub fn parts(claims: &Claims, detail: &Detail, now: Timestamp, base: &str) -> Option<AnyView> {
    let back = format!("/ingresses/{}", detail.id);
    let person = claims.person.as_deref().filter(|_| detail.removed.is_none());
    let items = claims.claims.iter().map(|one| {
        let said = said(one, now);
        view! { <li>{said} {answers(one, person, &back, base)}</li> }
    });
    let items: Vec<_> = items.collect();
    let claim = person.and_then(|person| claim(person, claims, detail, base));
    let set = person.filter(|person| person.is_admin()).map(|_| set(claims, detail, base));
    if items.is_empty() && claim.is_none() && set.is_none() {
        return None;
    }
    let list = (!items.is_empty()).then(|| view! { <ul class="entries">{items}</ul> });
    Some(view! { {list} <div class="acts">{claim} {set}</div> }.into_any())
}

/// What somebody claimed, and what was answered.
pub fn said(one: &ClaimRow, now: Timestamp) -> AnyView {
    let claim = &one.claim;
    let tone = if claim.state == ClaimState::Proposed { Tone::Warning } else { Tone::Plain };
    let answer = one.answer.as_ref().map(|answer| {
        let reason = written(&answer.reason);
        view! {
            <p class="said-by">"Answered by " {value(&answer.by)} ", " {moment(answer.at, now)}</p>
            {reason}
        }
    });
    view! {
        <p>
            {badge(tone, claim.state.label())} " " {value(&claim.by)} " said that it is of "
            <strong>{value(&claim.owner)}</strong> ", " {moment(claim.at, now)}
        </p>
        {written(&claim.reason)}
        {answer}
    }
    .into_any()
}

/// The forms for a claim that waits. The team that owns the ingress, of an orphan the team that is named,
/// or an admin answers it; the team for which it was said takes it back.
pub fn answers(one: &ClaimRow, person: Option<&Person>, back: &str, base: &str) -> Option<AnyView> {
    let claim = &one.claim;
    let owner = one.owner.as_deref().unwrap_or(&claim.owner);
    let person = person.filter(|_| claim.state == ClaimState::Proposed)?;
    let answers = person.is_admin() || person.is_of(owner);
    let answer = answers.then(|| answer(one, back, base));
    let is_theirs = person.is_admin() || person.is_of(&claim.owner);
    let withdraw = is_theirs.then(|| withdraw(one, back, base));
    (answers || is_theirs).then(|| view! { {answer} {withdraw} }.into_any())
}

fn withdraw(one: &ClaimRow, back: &str, base: &str) -> AnyView {
    let action = link(base, &format!("/claims/{}/withdraw", one.claim.id));
    view! {
        <form method="post" action=action>
            {forms::key()} {forms::hidden("back", back.to_owned())}
            <button type="submit" class="button small">"Take the claim back"</button>
        </form>
    }
    .into_any()
}

fn answer(one: &ClaimRow, back: &str, base: &str) -> AnyView {
    let form = |what: &'static str| link(base, &format!("/claims/{}/{what}", one.claim.id));
    let id = one.claim.id;
    let (accept_id, refuse_id) = (format!("accept-{id}"), format!("refuse-{id}"));
    view! {
        <details class="folded">
            <summary>"Accept it"</summary>
            <form method="post" action=form("accept") class="act">
                {forms::key()} {forms::hidden("back", back.to_owned())}
                {forms::reason(accept_id, false)}
                <button type="submit" class="button primary">"It is theirs"</button>
            </form>
        </details>
        <details class="folded">
            <summary>"Refuse it"</summary>
            <form method="post" action=form("refuse") class="act">
                {forms::key()} {forms::hidden("back", back.to_owned())}
                {forms::reason(refuse_id, true)}
                <button type="submit" class="button">"It is not theirs"</button>
            </form>
        </details>
    }
    .into_any()
}

/// Members claim for their own teams. Of an orphan they take it on at once, else the owner is asked.
fn claim(person: &Person, claims: &Claims, detail: &Detail, base: &str) -> Option<AnyView> {
    let owner = detail.owner.as_ref().map(|owner| owner.name.as_str());
    let is_other = |team: &&String| Some(team.as_str()) != owner && claims.teams.contains(team);
    let own: Vec<String> = person.teams.iter().filter(is_other).cloned().collect();
    if own.is_empty() {
        return None;
    }
    let (label, note) = match owner {
        None => ("This is ours", "Nobody owns it, so it is your team's at once."),
        Some(_) => ("This is ours", "Who owns it now, or an admin, has to accept that."),
    };
    let back = format!("/ingresses/{}", detail.id);
    let action = link(base, &format!("{back}/claim"));
    let only = own.first().filter(|_| own.len() == 1).map(String::as_str);
    let chosen = guessed(detail, &own).or(only);
    let form = view! {
        <details class="folded">
            <summary>{label}</summary>
            <form method="post" action=action class="act">
                {forms::key()} {forms::hidden("back", back)}
                <p class="subdued">{note}</p>
                {forms::names("claim-team".into(), "team", "Your team", "Choose a team", &own, chosen)}
                {forms::reason("claim-reason".into(), true)}
                <button type="submit" class="button primary">"It is ours"</button>
            </form>
        </details>
    };
    Some(form.into_any())
}

/// The best guess, if it can be chosen.
fn guessed<'a>(detail: &'a Detail, teams: &[String]) -> Option<&'a str> {
    let guess = detail.guess.as_ref().map(|guess| guess.owner.as_str());
    guess.filter(|guess| teams.iter().any(|team| team == guess))
}

/// An admin sets the owner whatever else is written, or takes that back.
fn set(claims: &Claims, detail: &Detail, base: &str) -> AnyView {
    let back = format!("/ingresses/{}", detail.id);
    let action = link(base, &format!("{back}/owner"));
    let chosen = detail.owner_set.as_deref().filter(|set| !set.is_empty());
    let chosen = chosen.or_else(|| guessed(detail, &claims.teams));
    let none = "Nobody here: as it is found elsewhere";
    let names = forms::names("owner-team".into(), "team", "Owner", none, &claims.teams, chosen);
    view! {
        <details class="folded">
            <summary>"Set the owner"</summary>
            <form method="post" action=action class="act">
                {forms::key()} {forms::hidden("back", back)}
                <p class="subdued">"What is set here comes before everything that is written elsewhere."</p>
                {names}
                {forms::reason("owner-reason".into(), true)}
                <button type="submit" class="button primary">"Set the owner"</button>
            </form>
        </details>
    }
    .into_any()
}
