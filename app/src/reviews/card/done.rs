//! What was just decided, told on the page that comes after, with the way to take it back.

use domain::ReviewId;
use domain::review::Decision;
use domain::user::Person;
use leptos::prelude::*;

use super::super::asked::Asked;
use super::super::{Missing, words};
use super::may_see;
use crate::components::{forms, value};
use crate::context::{State, link};

/// What was just decided.
pub struct Done {
    pub review: ReviewId,
    pub last: Decision,
    /// Whether the visitor may open the card: what was given away is another team's.
    pub sees_card: bool,
}

/// The review that the address calls done, if it is, and the visitor may take that back.
pub async fn load(state: &State, asked: &Asked, person: &Person) -> Result<Option<Done>, Missing> {
    let Some(id) = asked.done else { return Ok(None) };
    let Some(card) = state.store.review(id, state.clock.now()).await? else { return Ok(None) };
    let (review, sees_card) = (&card.review, may_see(&card.review, person));
    let given = card
        .decisions
        .first()
        .filter(|last| review.is_given(last) && (person.is_of(&last.team) || person.is_admin()));
    let last = match given {
        Some(given) => Some(given),
        None => review.state.last().filter(|_| sees_card),
    };
    Ok(last.map(|last| Done { review: id, last: last.clone(), sees_card }))
}

/// What was decided, and how to undo it.
pub fn notice(done: &Done, base: &str) -> AnyView {
    let Done { review, last, sees_card } = done;
    let card = format!("/reviews/{review}");
    let (to, undo) = (link(base, &card), link(base, &format!("{card}/undo")));
    let label = format!("Undo the decision of review {review}");
    let given = last.choice.proposed.as_deref();
    let given = given.map(|team| view! { ", given to " {value(team)} " " });
    let look = sees_card.then(|| view! { <a href=to>"Look at it again"</a> });
    view! {
        <div class="notice together">
            <p>"The review before: " {words::kind(last.choice.kind)} {given} " " {look}</p>
            <form method="post" action=undo>
                {forms::key()} {forms::hidden("back", card)}
                {forms::hidden("decision", last.id.to_string())}
                <button type="submit" class="button small" aria-label=label>"Undo"</button>
            </form>
        </div>
    }
    .into_any()
}
