//! `/reviews/{id}`: one review, with what is recommended and why, the evidence for it, and the forms to
//! decide.

mod decide;
pub mod done;
mod known;
mod past;
#[cfg(test)]
mod tests;
mod way;

use std::sync::Arc;

use crate::components::Title;
use domain::ReviewId;
use domain::owner::Team;
use domain::review::{Review, Stage};
use domain::rights::Right;
use domain::user::{Person, Visitor};
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use store::ReviewCard;

use self::done::Done;
pub use self::past::decided_in;
use self::way::Way;
use super::asked::Asked;
use super::queue::due;
use super::{Missing, card_address, queue_address, reviewer, words};
use crate::components::value;
use crate::context::{self, State, link};
use crate::error::Error;
use crate::format;
use crate::ingress::summary;
use crate::islands::{Keys, News};
use crate::mark;

/// What the keys do on a card.
const KEYS: &str = "c: to Confirm, Enter sends it. r: to Retire. n: to Not mine. j and k: the next review \
                    and the one before.";

/// `/reviews/{id}`.
#[component]
pub fn ReviewPage() -> impl IntoView {
    let state = context::state();
    let visitor = context::visitor();
    let id = use_params_map().with_untracked(|params| params.get("id"));
    let query = context::query();
    context::not_cached();
    let person = match reviewer(&state) {
        Ok(person) => person,
        Err(denied) => return denied,
    };
    let answer = Suspend::new(async move {
        match load(&state, &visitor, person, id.as_deref(), &query).await {
            Ok(Answer::Elsewhere(to)) => {
                context::redirect(&to);
                view! { <p><a href=to>"The review"</a></p> }.into_any()
            }
            Ok(Answer::Card(found)) => page(&found, &state.base),
            Err(missing) => missing.page(&state.base),
        }
    });
    view! { {answer} }.into_any()
}

/// What the page answers.
enum Answer {
    /// To this one while it is to be decided, else to the next one.
    Elsewhere(String),
    /// The card.
    Card(Box<Found>),
}

/// What the page shows.
struct Found {
    card: ReviewCard,
    asked: Asked,
    /// The reviews around it.
    way: Way,
    person: Arc<Person>,
    /// Which owners' ingresses the visitor may see.
    visitor: Visitor,
    /// The configured teams.
    teams: Vec<String>,
    /// What was just decided.
    done: Option<Done>,
    now: Timestamp,
    revision: u64,
}

async fn load(
    state: &State,
    visitor: &Visitor,
    person: Arc<Person>,
    id: Option<&str>,
    query: &str,
) -> Result<Answer, Missing> {
    let asked = Asked::read(query)?;
    // Which numbers there are is nothing for those who see only a part.
    let unknown = || match person.is_admin() {
        true => Missing::Page(Error::NotFound("Routebook knows no review under this number.")),
        false => Missing::NotYours,
    };
    let id: ReviewId = id.and_then(|text| text.parse().ok()).ok_or_else(unknown)?;
    let now = state.clock.now();
    let revision = *state.store.revision().borrow();
    let card = state.store.review(id, now).await?.ok_or_else(unknown)?;
    let is_theirs = may_see(&card.review, &person);
    let way = Way::around(state, id, &asked.of(&person)).await?;
    if asked.goes_on {
        // What is still to be decided has its own address: the news would follow this one elsewhere.
        let to = match is_theirs && is_waiting(&card) {
            true => card_address(id, &asked.view, &state.base),
            false => way.on(id, &asked.view, &state.base),
        };
        return Ok(Answer::Elsewhere(to));
    }
    if !is_theirs {
        return Err(Missing::NotYours);
    }
    let teams = state.store.rules().owner.teams.iter().map(Team::as_owner).collect();
    let done = done::load(state, &asked, &person).await?;
    let visitor = visitor.clone();
    let found = Found { card, asked, way, person, visitor, teams, done, now, revision };
    Ok(Answer::Card(Box::new(found)))
}

/// Members see what is assigned to their teams, admins everything.
fn may_see(review: &Review, person: &Person) -> bool {
    person.is_admin() || person.is_of(&review.assignee)
}

fn is_waiting(card: &ReviewCard) -> bool {
    Stage::WAITING.contains(&card.review.state.stage(card.detail.removed.is_none()))
}

fn page(found: &Found, base: &str) -> AnyView {
    let object = &found.card.detail.ingress.object;
    let name = format!("Review of {}/{}", object.namespace, object.name);
    let title = format::short(&name, 200);
    let island_base = base.to_owned();
    view! {
        <Title text=title/>
        {head(found, base)}
        <News base=island_base revision=found.revision what="This review".to_owned() always=false/>
        <Keys words=KEYS.to_owned()/>
        {content(found, base)}
    }
    .into_any()
}

/// Where this is, what it is about, and the ways on.
fn head(found: &Found, base: &str) -> AnyView {
    let Found { card, now, .. } = found;
    let (object, terms) = (&card.detail.ingress.object, card.campaign.terms());
    let queue = queue_address(&found.asked.view.from_start(), base);
    view! {
        <nav class="trail" aria-label="Where this is">
            <a href=queue>"Reviews"</a> " / " {value(&terms.name)} " / " {value(&card.detail.cluster)}
        </nav>
        <div class="page-head">
            <h1>{value(&object.namespace)} "/" {value(&object.name)}</h1>
            <p>
                {words::standing(&card.review, card.detail.removed.is_none())} " "
                <span class="subdued">
                    {due(terms.due, *now)} ", assigned to " {value(&card.review.assignee)}
                </span>
            </p>
        </div>
        {found.way.links(&found.asked.view, base)}
    }
    .into_any()
}

/// Everything but the islands and the head.
fn content(found: &Found, base: &str) -> AnyView {
    let Found { card, now, .. } = found;
    view! {
        <div id="results" tabindex="-1" data-mark=mark_of(card)>
            {found.done.as_ref().map(|done| done::notice(done, base))}
            {summary::removed(&card.detail, *now, base)}
            <div class="review-card">
                {known::recommended(card, *now)}
                {decide::section(found, base)}
                <div class="known">
                    {known::changes(card, *now)}
                    {known::facts(found, base)}
                    {known::evidence(&card.detail, *now)}
                    {known::same_host(found, base)}
                    {past::decisions(&card.decisions, *now)}
                    {past::earlier(found, base)}
                    {past::comments(found, base)}
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// Tells a changed review from one that has only grown older, or whose ingress was used.
fn mark_of(card: &ReviewCard) -> String {
    let hash = &card.detail.material_hash;
    let gone = card.detail.removed.is_some();
    let said = (&card.decisions, card.comments.len());
    mark::mark(&(&card.review, hash, gone, said, &card.retirements))
}

/// The card of a review, without the base path, for forms to come back to.
fn here(found: &Found) -> String {
    card_address(found.card.review.id, &found.asked.view, "")
}

/// The same; once it is decided, it leads on to the next.
fn onward(found: &Found) -> String {
    let here = here(found);
    let sign = if here.contains('?') { '&' } else { '?' };
    format!("{here}{sign}next=1")
}

/// The address for a form of this review.
fn act(found: &Found, what: &str, base: &str) -> String {
    link(base, &format!("/reviews/{}/{what}", found.card.review.id))
}

/// Whether the visitor may open the page of an ingress of this owner.
fn may_open(found: &Found, owner: Option<&str>) -> bool {
    found.visitor.may(Right::ReadOwn) && found.visitor.owns(owner)
}
