//! How far each team is, and which has not begun.

use domain::owner::Team;
use domain::review::{Outcome, ReviewView, Stage};
use leptos::prelude::*;
use store::Progress;

use super::super::figures::decided;
use super::super::words::signed;
use super::settled::address_of;
use super::{Found, Part};
use crate::components::account::whom_to_ask;
use crate::components::parts::linked;
use crate::components::value;
use crate::format;
use crate::reviews::queue_address;

/// So many people of a team are named.
const PEOPLE: usize = 10;

/// One row for each team.
pub fn table(found: &Found, base: &str) -> AnyView {
    let is_open = matches!(found.part, Part::Open { .. });
    let rows: Vec<_> = found.view.progress.iter().map(|one| row(one, found, base)).collect();
    let heads: Vec<_> = heads(is_open).into_iter().map(head).collect();
    let how_far = if is_open { "How far" } else { "Reviews" };
    view! {
        <div class="table-region" role="region" aria-label="Progress by team" tabindex="0">
            <table class="list progress" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Team"</th>
                        <th role="columnheader" scope="col">{how_far}</th>
                        {heads}
                        <th role="columnheader" scope="col">"Decided by"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Where reviews stand, or, once it is closed, what came of them.
fn heads(is_open: bool) -> [&'static str; 6] {
    match is_open {
        true => {
            ["Not decided", "Changed since", "Confirmed", "To be retired", "Not theirs", "Gone"]
        }
        false => Outcome::ALL.map(short),
    }
}

/// What came of it in the head of a column, where there is little room.
fn short(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Confirmed | Outcome::Retired => outcome.label(),
        Outcome::Exception => "Exceptions",
        Outcome::Escalated => "Escalated",
        Outcome::RetiredUndecided => "Retired by rule",
        Outcome::Gone => "Gone",
    }
}

fn head(label: &'static str) -> AnyView {
    view! { <th role="columnheader" scope="col" class="number">{label}</th> }.into_any()
}

fn row(one: &Progress, found: &Found, base: &str) -> AnyView {
    let is_open = matches!(found.part, Part::Open { .. });
    let how_far = match is_open {
        true => decided(one.counts),
        false => format::number(signed(one.counts.total())).into_any(),
    };
    let cells = if is_open { cells(one, found, base) } else { outcomes(one, found, base) };
    let label = if is_open { "How far" } else { "Reviews" };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="Team">{value(&one.assignee)}</th>
            <td role="cell" data-label=label>{how_far}</td>
            {cells}
            <td role="cell" data-label="Decided by">{people(one)}</td>
        </tr>
    }
    .into_any()
}

/// Who has decided how much, the most first.
fn people(one: &Progress) -> Option<AnyView> {
    let person = |(name, count): &(String, u64)| {
        view! { <li>{value(name)} " " {format::number(signed(*count))}</li> }
    };
    let items: Vec<_> = one.people.iter().take(PEOPLE).map(person).collect();
    let more = one.people.len().saturating_sub(PEOPLE);
    let more = (more > 0).then(|| {
        let more = i64::try_from(more).unwrap_or(i64::MAX);
        view! { <li>"and " {format::counted(more, "other", "others")}</li> }
    });
    let list = view! { <ul class="plain">{items} {more}</ul> };
    (!one.people.is_empty()).then(|| list.into_any())
}

fn cells(one: &Progress, found: &Found, base: &str) -> Vec<AnyView> {
    let (team, counts) = (&one.assignee, one.counts);
    let to = |stage: Stage| queue_address(&of_team(found, team, vec![stage]), base);
    let counts = [
        (counts.open, Some(to(Stage::Open))),
        (counts.reopened, Some(to(Stage::Reopened))),
        (counts.confirmed, None),
        (counts.retired, None),
        (counts.not_mine, Some(to(Stage::NotMine))),
        (counts.gone, Some(to(Stage::Gone))),
    ];
    let said = format::short(team, 60);
    let cell = |((count, to), label): ((u64, Option<String>), &'static str)| {
        let to = to.filter(|_| found.may_review(team));
        cell(label, signed(count), to, &said)
    };
    counts.into_iter().zip(heads(true)).map(cell).collect()
}

fn outcomes(one: &Progress, found: &Found, base: &str) -> Vec<AnyView> {
    let team = &one.assignee;
    let said = format::short(team, 60);
    let cell = |outcome: Outcome| {
        let count = one.outcomes.count(outcome);
        let to = (count > 0).then(|| address_of(found, Some(team), outcome, base));
        cell(short(outcome), signed(count), to, &said)
    };
    Outcome::ALL.into_iter().map(cell).collect()
}

/// The queue is open to the team and to admins only.
fn cell(label: &'static str, count: i64, to: Option<String>, team: &str) -> AnyView {
    let number = match to {
        Some(to) => linked(count, to, &format!("{label}, {team}")),
        None => format::number(count).into_any(),
    };
    view! { <td role="cell" data-label=label class="number">{number}</td> }.into_any()
}

fn of_team(found: &Found, team: &str, stages: Vec<Stage>) -> ReviewView {
    let assignees = vec![team.to_owned()];
    ReviewView { campaign: Some(found.id()), assignees, stages, ..ReviewView::default() }
}

/// The teams that have decided nothing, with the way to reach them.
pub fn not_begun(found: &Found, base: &str) -> Option<AnyView> {
    let idle = &found.view.not_begun;
    let items: Vec<_> = idle.iter().map(|team| idle_team(team, found, base)).collect();
    let count = format::number(i64::try_from(idle.len()).unwrap_or(i64::MAX));
    let section = view! {
        <section aria-labelledby="not-begun">
            <h2 id="not-begun">"Has not begun " <span class="count">{count}</span></h2>
            <ul class="entries">{items}</ul>
        </section>
    };
    (!idle.is_empty()).then(|| section.into_any())
}

fn idle_team(name: &str, found: &Found, base: &str) -> AnyView {
    let progress = found.view.progress.iter().find(|one| one.assignee == name);
    let total = progress.map_or(0, |one| one.counts.total());
    let reviews = format::counted(signed(total), "review", "reviews");
    let team = found.teams.iter().find(|team| team.as_owner() == name);
    let contacts: Vec<_> = team.map(contacts).unwrap_or_default();
    let to = queue_address(&of_team(found, name, Vec::new()), base);
    let said = format!("Their reviews: {}", format::short(name, 60));
    let queue = found.may_review(name).then(|| {
        view! { " · " <a href=to aria-label=said>"Their reviews"</a> }
    });
    view! { <li>{value(name)} ": " {reviews} {contacts} {queue}</li> }.into_any()
}

/// Its e-mail and chat addresses, as the configuration has them.
fn contacts(team: &Team) -> Vec<AnyView> {
    let all = [team.email.as_deref(), team.chat.as_deref()].into_iter().flatten();
    all.map(|contact| view! { " · " {whom_to_ask(Some(contact))} }.into_any()).collect()
}
