//! What is not decided yet, with the way to give a review to another team.

use domain::ReviewId;
use domain::owner::Team;
use form_urlencoded::Serializer;
use leptos::prelude::*;
use store::{ReviewPage, ReviewRow};
use uuid::Uuid;

use super::super::address;
use super::super::preview::name;
use super::super::words::signed;
use super::{Asked, Found};
use crate::components::forms;
use crate::components::value;
use crate::context::link;
use crate::format;
use crate::reviews::words;

/// The id of the form that the buttons of the rows belong to.
const FORM: &str = "reassign";

/// The list.
pub fn section(found: &Found, waiting: &ReviewPage, base: &str) -> AnyView {
    let count = format::number(signed(waiting.counts.undecided()));
    let body = match (waiting.rows.is_empty(), found.asked.after) {
        (false, _) => list(found, waiting, base),
        (true, Some(_)) => view! { <p>"This page of the list is empty now."</p> }.into_any(),
        (true, None) => view! { <p>"Everything here is decided."</p> }.into_any(),
    };
    view! {
        <section aria-labelledby="undecided">
            <h2 id="undecided">"Not decided yet " <span class="count">{count}</span></h2>
            {filter(found, "undecided", base)}
            {body}
            {pager(found, ("undecided", "Pages of what is not decided"), waiting.next, base)}
        </section>
    }
    .into_any()
}

/// The choice of a team, where there are several.
pub fn filter(found: &Found, list: &str, base: &str) -> Option<AnyView> {
    let teams: Vec<_> = found.view.progress.iter().map(|one| one.assignee.clone()).collect();
    let chosen = found.asked.team.as_deref();
    let choice = forms::names("of-team".into(), "team", "Assigned to", "All teams", &teams, chosen);
    let outcome = found.asked.outcome;
    let outcome = outcome.map(|one| forms::hidden("outcome", one.as_str().to_owned()));
    let to = format!("{}#{list}", address(found.id(), base));
    let form = view! {
        <form method="get" action=to class="filters" role="search">
            {outcome} {choice}
            <div class="field actions">
                <button type="submit" class="button">"Apply"</button>
            </div>
        </form>
    };
    (teams.len() > 1).then(|| form.into_any())
}

fn list(found: &Found, waiting: &ReviewPage, base: &str) -> AnyView {
    // Nobody makes themselves reviewer.
    let is_other = |team: &String| found.visitor.person().is_none_or(|person| !person.is_of(team));
    let teams: Vec<_> = found.teams.iter().map(Team::as_owner).filter(is_other).collect();
    let may_give = found.may_lead() && !teams.is_empty();
    let rows: Vec<_> = waiting.rows.iter().map(|one| row(one, found, may_give, base)).collect();
    let give = may_give.then(|| give(found, &teams, base));
    let last = may_give.then(|| {
        view! { <th role="columnheader" scope="col">"Give away"</th> }
    });
    view! {
        {give}
        <div class="table-region" role="region" aria-label="Reviews not decided yet" tabindex="0">
            <table class="list" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Ingress"</th>
                        <th role="columnheader" scope="col">"Assigned to"</th>
                        <th role="columnheader" scope="col">"Recommended"</th>
                        <th role="columnheader" scope="col">"State"</th>
                        <th role="columnheader" scope="col">"Review"</th>
                        {last}
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Team and reason for all rows; the button of a row says which review is meant. It is not folded away:
/// a browser does not say what is missing in fields that nobody sees.
fn give(found: &Found, teams: &[String], base: &str) -> AnyView {
    let back = format!("{}#undecided", here(found, found.asked.after, ""));
    let none = "Choose a team";
    view! {
        <form id=FORM method="post" action=address(found.id(), base) class="filters give">
            {forms::hidden("back", back)}
            {forms::names("reassign-team".into(), "team", "Give to", none, teams, None)}
            {forms::reason("reassign-reason".into(), true)}
            <p class="subdued">"Then press the button of each review that this team should get."</p>
        </form>
    }
    .into_any()
}

fn row(one: &ReviewRow, found: &Found, may_give: bool, base: &str) -> AnyView {
    let ReviewRow { review, row, .. } = one;
    let last = may_give.then(|| {
        view! { <td role="cell" data-label="Give away">{button(one, base)}</td> }
    });
    view! {
        <tr role="row" id=format!("review-{}", review.id)>
            <th role="rowheader" scope="row" data-label="Ingress">
                {name(row, base)}
            </th>
            <td role="cell" data-label="Assigned to">{value(&review.assignee)}</td>
            <td role="cell" data-label="Recommended">
                {words::advice(review.recommendation.advice)}
            </td>
            <td role="cell" data-label="State">{words::state(&review.state)}</td>
            <td role="cell" data-label="Review">{card(one, found, base)}</td>
            {last}
        </tr>
    }
    .into_any()
}

/// The way to the review, for those who may see it.
pub fn card(one: &ReviewRow, found: &Found, base: &str) -> AnyView {
    let id = one.review.id;
    if !found.may_review(&one.review.assignee) {
        return view! { <span>{id.to_string()}</span> }.into_any();
    }
    let to = link(base, &format!("/reviews/{id}"));
    let label = format!("Review {id}");
    view! { <a href=to aria-label=label>{id.to_string()}</a> }.into_any()
}

fn button(one: &ReviewRow, base: &str) -> AnyView {
    let to = link(base, &format!("/reviews/{}/reassign", one.review.id));
    let said = format::short(&format!("{}/{}", one.row.namespace, one.row.name), 100);
    view! {
        <button
            type="submit"
            class="button small"
            form=FORM
            formmethod="post"
            formaction=to
            name="key"
            value=Uuid::new_v4().to_string()
            aria-label=format!("Give it: the review of {said}, to the chosen team")
        >
            "Give it"
        </button>
    }
    .into_any()
}

/// This list from a place on, without the base path if that is empty.
pub fn here(found: &Found, after: Option<ReviewId>, base: &str) -> String {
    let Asked { team, outcome, .. } = &found.asked;
    let mut query = Serializer::new(String::new());
    if let Some(team) = team {
        query.append_pair("team", team);
    }
    if let Some(outcome) = outcome {
        query.append_pair("outcome", outcome.as_str());
    }
    if let Some(after) = after {
        query.append_pair("after", &after.to_string());
    }
    match query.finish() {
        query if query.is_empty() => address(found.id(), base),
        query => format!("{}?{query}", address(found.id(), base)),
    }
}

/// The ways to the first and the next page of a list of this page, if there are any.
pub fn pager(
    found: &Found,
    (list, label): (&'static str, &'static str),
    next: Option<ReviewId>,
    base: &str,
) -> Option<AnyView> {
    let to = |after| format!("{}#{list}", here(found, after, base));
    let first = found.asked.after.map(|_| to(None));
    let next = next.map(|last| to(Some(last)));
    if first.is_none() && next.is_none() {
        return None;
    }
    let first = first.map(|to| view! { <a class="button" href=to>"First"</a> });
    let next = next.map(|to| view! { <a class="button" href=to rel="next">"Next →"</a> });
    Some(view! { <nav class="pager" aria-label=label>{first} {next}</nav> }.into_any())
}
