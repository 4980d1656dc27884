//! What came of the reviews of a closed campaign: at first what nobody decided, and what the rule of the
//! campaign made of it.

use domain::campaign::{Closed, Undecided};
use domain::review::{Outcome, ReviewView};
use form_urlencoded::Serializer;
use leptos::prelude::*;
use store::{ReviewPage, ReviewRow};

use super::super::address;
use super::super::preview::name;
use super::super::words::signed;
use super::undecided::{card, filter, pager};
use super::{Asked, Found, ROWS};
use crate::components::value;
use crate::context::State;
use crate::error::Error;
use crate::format;
use crate::reviews::words;

/// What comes of what nobody decides.
const NOBODY: [Outcome; 3] = [Outcome::Exception, Outcome::Escalated, Outcome::RetiredUndecided];

/// The part that is asked for.
pub async fn load(state: &State, closed: &Closed, asked: &Asked) -> Result<ReviewPage, Error> {
    let view = ReviewView {
        campaign: Some(closed.id),
        assignees: asked.team.iter().cloned().collect(),
        outcomes: asked.outcome.map_or_else(|| NOBODY.to_vec(), |one| vec![one]),
        after: asked.after,
        ..ReviewView::default()
    };
    Ok(state.store.reviews(&view, ROWS).await?)
}

/// The address of the list with what this came of, of a team or of all.
pub fn address_of(found: &Found, team: Option<&str>, outcome: Outcome, base: &str) -> String {
    let mut query = Serializer::new(String::new());
    if let Some(team) = team {
        query.append_pair("team", team);
    }
    query.append_pair("outcome", outcome.as_str());
    format!("{}?{}#settled", address(found.id(), base), query.finish())
}

/// The list, with the rule that made it.
pub fn section(found: &Found, closed: &Closed, settled: &ReviewPage, base: &str) -> AnyView {
    let count = signed(settled.counts.total());
    let title = found.asked.outcome.map_or("Nobody decided", Outcome::label);
    let all = found.asked.outcome.map(|_| {
        let to = format!("{}#settled", address(found.id(), base));
        view! { <p><a href=to>"What nobody decided"</a></p> }
    });
    let is_rest = found.asked.team.is_some() || found.asked.outcome.is_some();
    let body = match (settled.rows.is_empty(), found.asked.after, is_rest) {
        (false, ..) => {
            let rule = found.asked.outcome.is_none().then(|| rule(closed.terms.undecided));
            view! { {rule.map(|text| view! { <p>{text}</p> })} {table(found, settled, base)} }
                .into_any()
        }
        (true, Some(_), _) => view! { <p>"This page of the list is empty."</p> }.into_any(),
        (true, None, true) => view! { <p>"There is none like this."</p> }.into_any(),
        (true, None, false) => view! { <p>"Everything was decided by somebody."</p> }.into_any(),
    };
    view! {
        <section aria-labelledby="settled">
            <h2 id="settled">{title} " " <span class="count">{format::number(count)}</span></h2>
            {all} {filter(found, "settled", base)}
            {body}
            {pager(found, ("settled", "Pages of what was settled"), settled.next, base)}
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

fn table(found: &Found, settled: &ReviewPage, base: &str) -> AnyView {
    let rows: Vec<_> = settled.rows.iter().map(|one| row(one, found, base)).collect();
    view! {
        <div class="table-region" role="region" aria-label="Settled reviews" tabindex="0">
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
