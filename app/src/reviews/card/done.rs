//! What was just decided, told on the page that comes after, with the way to take it back.

use domain::review::Review;
use domain::user::Person;
use leptos::prelude::*;

use super::super::asked::Asked;
use super::super::{Missing, words};
use super::may_see;
use crate::components::forms;
use crate::context::{State, link};

/// The review that the address calls done, if the visitor may see it and it is.
pub async fn load(
    state: &State,
    asked: &Asked,
    person: &Person,
) -> Result<Option<Review>, Missing> {
    let Some(id) = asked.done else { return Ok(None) };
    let card = state.store.review(id, state.clock.now()).await?;
    let review = card.map(|card| card.review).filter(|review| may_see(review, person));
    Ok(review.filter(|review| review.state.last().is_some()))
}

/// What was decided, and how to undo it.
pub fn notice(review: &Review, base: &str) -> Option<AnyView> {
    let last = review.state.last()?;
    let card = format!("/reviews/{}", review.id);
    let (to, undo) = (link(base, &card), link(base, &format!("{card}/undo")));
    let label = format!("Undo the decision of review {}", review.id);
    let notice = view! {
        <div class="notice together">
            <p>
                "The review before: " {words::kind(last.choice.kind)} " "
                <a href=to>"Look at it again"</a>
            </p>
            <form method="post" action=undo>
                {forms::key()} {forms::hidden("back", card)}
                {forms::hidden("decision", last.id.to_string())}
                <button type="submit" class="button small" aria-label=label>"Undo"</button>
            </form>
        </div>
    };
    Some(notice.into_any())
}
