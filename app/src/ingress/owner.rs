//! Whose an ingress is, and how that is known.

use domain::detail::Detail;
use domain::inventory::View;
use domain::owner::{Guess, Hint, Owner};
use jiff::Timestamp;
use leptos::prelude::*;

use super::claim::{self, Claims};
use super::summary::fact;
use crate::components::state;
use crate::components::text::sentence;
use crate::components::{Tone, badge, value};
use crate::context::link;
use crate::inventory::address;

/// The owner, or whose it may be, and what people say about that.
pub fn section(detail: &Detail, claims: &Claims, now: Timestamp, base: &str) -> AnyView {
    let body = match &detail.owner {
        Some(owner) => owned(owner, base),
        None => orphan(detail, base),
    };
    view! {
        <section aria-labelledby="owner">
            <h2 id="owner">"Owner"</h2>
            {body} {claim::parts(claims, detail, now, base)}
        </section>
    }
    .into_any()
}

fn owned(owner: &Owner, base: &str) -> AnyView {
    let to = address(&View { owner: Some(owner.name.clone()), ..View::default() }, base);
    let team = match owner.team {
        true => "a team of the configuration",
        false => "as written; the configuration has no team of this name",
    };
    let who = view! {
        <a href=to>{value(&owner.name)}</a> " " <span class="subdued">{team}</span>
    };
    let source = view! {
        {sentence(&owner.place)} " " <span class="subdued">{owner.source.explanation()}</span>
    };
    let confidence = view! { <span>{owner.source.confidence().label()}</span> };
    let written = (owner.value != owner.name).then(|| fact("Written there", value(&owner.value)));
    let note = owner.note.as_deref().map(|note| fact("Note", sentence(note)));
    view! {
        <dl class="facts wide">
            {fact("Who", who.into_any())}
            {fact("Known by", source.into_any())}
            {fact("Confidence", confidence.into_any())}
            {written} {note}
        </dl>
        {others(&owner.others)}
    }
    .into_any()
}

/// Who else is named: somebody has to say which of them is right.
fn others(others: &[Hint]) -> Option<AnyView> {
    let item = |hint: &Hint| {
        view! { <li>{value(&hint.name)} " by " {sentence(&hint.place)}</li> }
    };
    let items: Vec<_> = others.iter().map(item).collect();
    let list = view! {
        <div class="notice">
            <p>"Somebody else is named in other places, which count less:"</p>
            <ul>{items}</ul>
        </div>
    };
    (!others.is_empty()).then(|| list.into_any())
}

fn orphan(detail: &Detail, base: &str) -> AnyView {
    let unread = state::unread(detail.checks);
    let (mark, what) = match unread.is_empty() {
        true => (
            badge(Tone::Warning, "Orphan"),
            " Neither annotations, labels, Services, the namespace nor the configuration name an \
             owner. "
                .to_owned(),
        ),
        false => (
            badge(Tone::Plain, "None found"),
            format!(
                " No owner was found, but {} could not be read here: one of them may name an \
                 owner. ",
                unread.join(" and ")
            ),
        ),
    };
    let guess = detail.guess.as_ref().map(guess);
    view! {
        <p>{mark} {what} <a href=link(base, "/owners")>"How owners are found"</a></p>
        {guess}
    }
    .into_any()
}

fn guess(guess: &Guess) -> AnyView {
    view! {
        <p class="guess">
            "Perhaps " <strong>{value(&guess.owner)}</strong> ": " {sentence(&guess.reason)}
            ". This is a guess, and counts for nothing."
        </p>
    }
    .into_any()
}
