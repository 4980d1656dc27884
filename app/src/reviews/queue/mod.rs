//! `/reviews`: what is to be decided, campaign by campaign.

mod filters;
mod list;
#[cfg(test)]
mod tests;
mod together;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::components::{Title, value};
use domain::owner::Team;
use domain::review::{ReviewState, ReviewView};
use domain::user::Person;
use jiff::Timestamp;
use leptos::prelude::*;
use store::{RetirementNews, ReviewPage, ReviewRow};

pub use list::due;

use super::asked::Asked;
use super::card::done::{self, Done};
use super::{Missing, card_address, queue_address, reviewer};
use crate::context::{self, State};
use crate::format;
use crate::islands::{Keys, News};
use crate::mark;
use crate::retirements::news;

/// So many reviews stand on one page.
const ROWS: usize = 100;
/// What the keys do in the list.
const KEYS: &str = "j and k: to the next and the one before. Space: tick it. c: to the button that \
                    decides what is ticked.";
/// What they do where several are decided together.
const TOGETHER: &str = "c: to Confirm all. r: to Retire all. n: to Not mine.";

/// `/reviews`.
#[component]
pub fn ReviewsPage() -> impl IntoView {
    let state = context::state();
    let query = context::query();
    context::not_cached();
    let person = match reviewer(&state) {
        Ok(person) => person,
        Err(denied) => return denied,
    };
    let answer = Suspend::new(async move {
        match load(&state, &person, &query).await {
            Ok(Answer::Shorter(to)) => {
                context::redirect(&to);
                view! { <p><a href=to>"The reviews"</a></p> }.into_any()
            }
            Ok(Answer::Queue(queue)) => page(&queue, &state.base),
            Err(missing) => missing.page(&state.base),
        }
    });
    view! { {answer} }.into_any()
}

/// What the page answers.
enum Answer {
    /// The same queue under the address that says only what was chosen.
    Shorter(String),
    /// The queue.
    Queue(Box<Queue>),
}

/// What the page shows.
struct Queue {
    asked: Asked,
    /// What of it the visitor sees.
    view: ReviewView,
    page: ReviewPage,
    /// The teams that may be asked for.
    teams: Vec<String>,
    /// The clusters that may be asked for.
    clusters: Vec<String>,
    /// The configured teams.
    all_teams: Vec<String>,
    person: Arc<Person>,
    /// What was just decided.
    done: Option<Done>,
    /// What calls for somebody of what goes.
    retirements: RetirementNews,
    now: Timestamp,
    revision: u64,
}

async fn load(state: &State, person: &Arc<Person>, query: &str) -> Result<Answer, Missing> {
    let asked = Asked::read(query)?;
    if asked.has_empty {
        return Ok(Answer::Shorter(queue_address(&asked.view, &state.base)));
    }
    let (now, view) = (state.clock.now(), asked.of(person));
    let revision = *state.store.revision().borrow();
    let page = state.store.reviews(&view, ROWS).await?;
    let all_teams: Vec<_> = state.store.rules().owner.teams.iter().map(Team::as_owner).collect();
    // An admin may ask for any team, everybody else for their own.
    let teams = if person.is_admin() { all_teams.clone() } else { person.teams.clone() };
    let done = done::load(state, &asked, person).await?;
    let clusters = clusters(state, person, &page).await?;
    let all = if person.is_admin() { &[][..] } else { &person.teams };
    let retirements = state.store.retirement_news(all, now).await?;
    let person = Arc::clone(person);
    let queue = Queue {
        asked,
        view,
        page,
        teams,
        clusters,
        all_teams,
        person,
        done,
        retirements,
        now,
        revision,
    };
    Ok(Answer::Queue(Box::new(queue)))
}

/// All that are configured, for admins. Who sees only a part learns of no others.
async fn clusters(
    state: &State,
    person: &Person,
    page: &ReviewPage,
) -> Result<Vec<String>, Missing> {
    if person.is_admin() {
        let all = state.store.clusters().await?.into_iter().filter(|status| status.configured);
        return Ok(all.map(|status| status.name).collect());
    }
    let names: BTreeSet<&String> = page.rows.iter().map(|row| &row.row.cluster).collect();
    Ok(names.into_iter().cloned().collect())
}

fn page(queue: &Queue, base: &str) -> AnyView {
    let island_base = base.to_owned();
    let is_list = queue.asked.picked.is_empty();
    let count = is_list.then(|| {
        view! { <span id="count" class="count">{format!("— {}", waiting(queue))}</span> }
    });
    let (title, keys) = if is_list { ("Reviews", KEYS) } else { ("Decide together", TOGETHER) };
    let news = is_list.then(|| {
        view! {
            <News base=island_base revision=queue.revision what="This list".to_owned() always=false/>
        }
    });
    view! {
        <Title text=title/>
        <div class="page-head">
            <h1>{title} " " {count}</h1>
        </div>
        {news}
        <Keys words=keys.to_owned()/>
        {content(queue, base)}
    }
    .into_any()
}

/// Everything but the islands.
fn content(queue: &Queue, base: &str) -> AnyView {
    if !queue.asked.picked.is_empty() {
        return together::content(queue, base);
    }
    view! {
        {whose(queue)}
        {filters::stages(queue, base)}
        {filters::form(queue, base)}
        {filters::chips(queue, base)}
        <div id="results" tabindex="-1" data-mark=mark_of(queue)>
            {queue.done.as_ref().map(|done| done::notice(done, base))}
            {list::content(queue, base)}
            {news::notice(queue.retirements, base)}
        </div>
    }
    .into_any()
}

/// Whose reviews these are: somebody who sees a part should not take it for all.
fn whose(queue: &Queue) -> AnyView {
    let text = match &queue.person.teams[..] {
        _ if queue.person.is_admin() => {
            "As an admin you see the reviews of every team. What you decide for a team that is not \
             yours is marked as done on its behalf."
                .into_any()
        }
        [team] => view! {
            "What is assigned to your team " {value(team)} ". One of you decides for the team."
        }
        .into_any(),
        _ => "What is assigned to your teams. One of you decides for the team.".into_any(),
    };
    view! { <p class="subdued">{text}</p> }.into_any()
}

fn waiting(queue: &Queue) -> String {
    let waiting = i64::try_from(queue.page.counts.waiting()).unwrap_or(i64::MAX);
    format!("{} to decide", format::number(waiting))
}

/// Tells another queue from one that has only grown older.
fn mark_of(queue: &Queue) -> String {
    let rows: Vec<_> = queue.page.rows.iter().map(|row| &row.review).collect();
    mark::mark(&(rows, queue.page.counts, queue.page.next, queue.retirements))
}

/// Whether the visitor can still decide it: not what is over, nor what is gone.
fn can_decide(one: &ReviewRow, now: Timestamp) -> bool {
    let settled = matches!(one.review.state, ReviewState::Settled(_));
    !settled && one.row.removed_at.is_none() && one.due >= now
}
