//! What nobody decided until the end, and what the rule of the campaign made of it.

use domain::ReviewId;
use domain::campaign::{Campaign, Closed, Undecided};
use domain::review::{Outcome, Review, ReviewState, ReviewView, Stage};
use leptos::prelude::*;
use store::ReviewRow;

use super::super::preview::name;
use super::super::words::signed;
use super::undecided::{card, here};
use super::{Asked, Found};
use crate::components::value;
use crate::context::State;
use crate::error::Error;
use crate::format;
use crate::reviews::words;

/// So many are listed at once, or some more.
const MOST: usize = 50;
/// So many reviews are looked through at a time,
const AT_ONCE: usize = 200;
/// and so many times for one page.
const READS: usize = 25;

/// A part of the list.
#[derive(Debug, Default)]
pub struct Exceptions {
    /// The reviews that nobody decided.
    pub rows: Vec<ReviewRow>,
    /// From where on to look further, if there may be more.
    pub next: Option<ReviewId>,
}

/// Looks through what was settled, from where the address says.
pub async fn load(state: &State, closed: &Closed, asked: &Asked) -> Result<Exceptions, Error> {
    let all = usize::try_from(undecided(closed)).unwrap_or(usize::MAX);
    let mut found = Exceptions::default();
    if all == 0 {
        return Ok(found);
    }
    let mut view = ReviewView {
        campaign: Some(closed.id),
        assignees: asked.team.iter().cloned().collect(),
        stages: vec![Stage::Settled],
        after: asked.after,
    };
    for _ in 0..READS {
        let page = state.store.reviews(&view, AT_ONCE).await?;
        found.rows.extend(page.rows.into_iter().filter(|row| is_undecided(&row.review)));
        found.next = page.next.filter(|_| found.rows.len() < all);
        let Some(next) = found.next.filter(|_| found.rows.len() < MOST) else { break };
        view = view.after(next);
    }
    Ok(found)
}

/// How many nobody decided.
fn undecided(closed: &Closed) -> u64 {
    let outcome = closed.outcome;
    outcome.exceptions + outcome.escalated + outcome.retired_undecided
}

fn is_undecided(review: &Review) -> bool {
    matches!(
        review.state,
        ReviewState::Settled(Outcome::Exception | Outcome::Escalated | Outcome::RetiredUndecided)
    )
}

/// The list, with the rule that made it.
pub fn section(found: &Found, exceptions: &Exceptions, base: &str) -> AnyView {
    let Campaign::Closed(closed) = &found.view.campaign else { return ().into_any() };
    let count = signed(undecided(closed));
    let body = match (count, exceptions.rows.is_empty()) {
        (0, _) => view! { <p>"Everything was decided by somebody."</p> }.into_any(),
        (_, true) => {
            view! { <p>"There are no more among those that were looked through."</p> }.into_any()
        }
        (_, false) => {
            view! { <p>{rule(closed.terms.undecided)}</p> {table(found, exceptions, base)} }
                .into_any()
        }
    };
    view! {
        <section aria-labelledby="exceptions">
            <h2 id="exceptions">
                "Nobody decided " <span class="count">{format::number(count)}</span>
            </h2>
            {body}
            {pager(found, exceptions, base)}
        </section>
    }
    .into_any()
}

fn rule(rule: Undecided) -> &'static str {
    match rule {
        Undecided::Exception => "Nothing changed for these: a missing answer decides nothing.",
        Undecided::Escalate => "These were handed up to the admins. Nothing changed for them.",
        Undecided::Retire => {
            "By the rule of this campaign, what was recommended for it, and still was at the end, is \
             being retired. Nothing changed for the others: they were not recommended for it, are not \
             any more, changed since the opening, or nothing up to date was known of them."
        }
    }
}

fn table(found: &Found, exceptions: &Exceptions, base: &str) -> AnyView {
    let rows: Vec<_> = exceptions.rows.iter().map(|one| row(one, found, base)).collect();
    view! {
        <div class="table-region" role="region" aria-label="Reviews that nobody decided" tabindex="0">
            <table class="list" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Ingress"</th>
                        <th role="columnheader" scope="col">"Assigned to"</th>
                        <th role="columnheader" scope="col">"Recommended"</th>
                        <th role="columnheader" scope="col">"Outcome"</th>
                        <th role="columnheader" scope="col">"Review"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(one: &ReviewRow, found: &Found, base: &str) -> AnyView {
    let review = &one.review;
    view! {
        <tr role="row" id=format!("review-{}", review.id)>
            <th role="rowheader" scope="row" data-label="Ingress">{name(&one.row, base)}</th>
            <td role="cell" data-label="Assigned to">{value(&review.assignee)}</td>
            <td role="cell" data-label="Recommended">
                {words::advice(review.recommendation.advice)}
            </td>
            <td role="cell" data-label="Outcome">{words::state(&review.state)}</td>
            <td role="cell" data-label="Review">{card(one, found, base)}</td>
        </tr>
    }
    .into_any()
}

fn pager(found: &Found, exceptions: &Exceptions, base: &str) -> Option<AnyView> {
    let to = |after| format!("{}#exceptions", here(found, after, base));
    let first = found.asked.after.map(|_| to(None));
    let next = exceptions.next.map(|last| to(Some(last)));
    if first.is_none() && next.is_none() {
        return None;
    }
    let first = first.map(|to| view! { <a class="button" href=to>"First"</a> });
    let next = next.map(|to| view! { <a class="button" href=to rel="next">"Look further →"</a> });
    let label = "Pages of what nobody decided";
    Some(view! { <nav class="pager" aria-label=label>{first} {next}</nav> }.into_any())
}
