//! The reviews, one table for each campaign. What is ticked is looked at together on a page of its own,
//! because a decision has to say what each review was like when it was made.

use domain::review::{Review, ReviewState, ReviewView, Stage};
use jiff::Timestamp;
use leptos::prelude::*;
use store::ReviewRow;

use super::super::words;
use super::{Queue, can_decide, card_address, filters, queue_address};
use crate::components::text::{moment, sentence, time};
use crate::components::{forms, value};
use crate::context::link;
use crate::format;
use crate::inventory::{answers, cells};
use crate::mark;

/// The id of the form that the ticks belong to.
const FORM: &str = "together";

/// All of the page, or why there is nothing.
pub fn content(queue: &Queue, base: &str) -> AnyView {
    let rows = &queue.page.rows;
    if rows.is_empty() {
        return empty(queue, base);
    }
    let groups = rows.chunk_by(|one, other| one.review.campaign == other.review.campaign);
    let groups: Vec<_> = groups.map(|group| self::group(group, queue, base)).collect();
    view! { {together(queue, base)} {groups} {pager(queue, base)} }.into_any()
}

/// The button for what is ticked. The address keeps the part of the queue.
fn together(queue: &Queue, base: &str) -> Option<AnyView> {
    let view = &queue.asked.view;
    let campaign = view.campaign.map(|id| forms::hidden("campaign", id.to_string()));
    let teams: Vec<_> =
        view.assignees.iter().map(|team| forms::hidden("team", team.clone())).collect();
    let stage = |stage: &Stage| forms::hidden("state", stage.as_str().to_owned());
    let stages: Vec<_> = view.stages.iter().map(stage).collect();
    let after = view.after.map(|id| forms::hidden("after", id.to_string()));
    let rest = filters::rest(view);
    let form = view! {
        <form id=FORM method="get" action=link(base, "/reviews") class="together">
            {campaign} {teams} {stages} {after} {rest}
            <button type="submit" class="button" aria-keyshortcuts="c">
                "Decide what is ticked together…"
            </button>
            <a href=all(queue, base)>"All on this page together…"</a>
        </form>
    };
    queue.page.rows.iter().any(|row| can_decide(row, queue.now)).then(|| form.into_any())
}

/// The address of all on this page, to be decided together.
fn all(queue: &Queue, base: &str) -> String {
    let rows = queue.page.rows.iter().filter(|row| can_decide(row, queue.now));
    let picks: Vec<_> = rows.map(|row| format!("pick={}", row.review.id)).collect();
    let mut query = queue.asked.view.query();
    if !query.is_empty() {
        query.push('&');
    }
    format!("{}?{query}{}", link(base, "/reviews"), picks.join("&"))
}

fn group(rows: &[ReviewRow], queue: &Queue, base: &str) -> AnyView {
    let Some(first) = rows.first() else { return ().into_any() };
    let id = format!("campaign-{}", first.review.campaign);
    let only =
        ReviewView { campaign: Some(first.review.campaign), ..queue.asked.view.from_start() };
    let only = (queue.asked.view.campaign.is_none()).then(|| {
        let label = format!("Only this one: {}", format::short(&first.campaign, 60));
        view! { <a href=queue_address(&only, base) aria-label=label>"Only this one"</a> }
    });
    let items: Vec<_> = rows.iter().map(|one| row(one, queue, base)).collect();
    let labelled_by = id.clone();
    view! {
        <section aria-labelledby=labelled_by>
            <div class="queue-head">
                <h2 id=id>{value(&first.campaign)}</h2>
                <span class="subdued">{due(first.due, queue.now)}</span>
                {only}
            </div>
            {table(items, &first.campaign, has_teams(queue))}
        </section>
    }
    .into_any()
}

/// Until when, in words.
pub fn due(at: Timestamp, now: Timestamp) -> AnyView {
    let verb = if at > now { "due" } else { "was due" };
    time(at, format!("{verb} {} ({})", format::until(at, now), format::date(at)))
}

fn table(rows: Vec<AnyView>, campaign: &str, has_teams: bool) -> AnyView {
    let team = has_teams.then(|| view! { <th role="columnheader" scope="col">"Team"</th> });
    let label = format!("Reviews of {}", format::short(campaign, 100));
    view! {
        <div class="table-region" role="region" aria-label=label tabindex="0">
            <table class="list queue" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Tick"</th>
                        <th role="columnheader" scope="col">"Ingress"</th>
                        <th role="columnheader" scope="col">"Hosts"</th>
                        <th role="columnheader" scope="col">"Last traffic"</th>
                        <th role="columnheader" scope="col">"TLS"</th>
                        <th role="columnheader" scope="col">"Recommended"</th>
                        {team}
                        <th role="columnheader" scope="col">"State"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(one: &ReviewRow, queue: &Queue, base: &str) -> AnyView {
    let ReviewRow { review, row, .. } = one;
    let now = queue.now;
    let id = format!("review-{}", review.id);
    let team = has_teams(queue).then(|| {
        view! { <td role="cell" data-label="Team">{value(&review.assignee)}</td> }
    });
    view! {
        <tr role="row" id=id data-mark=mark::mark(review)>
            <td role="cell" data-label="Tick">{tick(one, now)}</td>
            <th role="rowheader" scope="row" data-label="Ingress">{name(one, queue, base)}</th>
            <td role="cell" data-label="Hosts">{cells::hosts(row)}</td>
            <td role="cell" data-label="Last traffic">{answers::traffic(row, now)}</td>
            <td role="cell" data-label="TLS">{answers::tls(row, now)}</td>
            <td role="cell" data-label="Recommended" class="advice">{recommended(review)}</td>
            {team}
            <td role="cell" data-label="State">{state(one, now)}</td>
        </tr>
    }
    .into_any()
}

/// Whether the team of a review is not clear anyway.
fn has_teams(queue: &Queue) -> bool {
    queue.person.is_admin() || queue.teams.len() > 1
}

fn tick(one: &ReviewRow, now: Timestamp) -> AnyView {
    let review = &one.review;
    if !can_decide(one, now) {
        let why = if one.row.removed_at.is_some() { "gone" } else { "closed" };
        return view! { <span class="subdued">{why}</span> }.into_any();
    }
    let label = format!("Tick {}", said(one));
    view! {
        <span class="tick">
            <input
                type="checkbox"
                name="pick"
                form=FORM
                value=review.id.to_string()
                aria-label=label
                data-step="item"
            />
        </span>
    }
    .into_any()
}

/// What the ingress is called, for a label.
fn said(one: &ReviewRow) -> String {
    format::short(&format!("{}/{} in {}", one.row.namespace, one.row.name, one.row.cluster), 120)
}

fn name(one: &ReviewRow, queue: &Queue, base: &str) -> AnyView {
    let to = card_address(one.review.id, &queue.asked.view, base);
    let row = &one.row;
    let gone = row.removed_at.map(|at| {
        view! { <span class="subdued">"gone " {moment(at, queue.now)}</span> }
    });
    view! {
        <span class="two-lines">
            <span><a href=to>{value(&row.name)}</a></span>
            <span class="subdued">{value(&row.cluster)} " / " {value(&row.namespace)}</span>
            {gone}
        </span>
    }
    .into_any()
}

/// The recommendation with its weightiest reason; the card has all of them.
fn recommended(review: &Review) -> AnyView {
    let recommendation = &review.recommendation;
    let reason = recommendation.reasons.first().map(|reason| {
        view! { <span class="subdued">{sentence(reason)}</span> }
    });
    view! {
        <span class="two-lines"><span>{words::advice(recommendation.advice)}</span> {reason}</span>
    }
    .into_any()
}

fn state(one: &ReviewRow, now: Timestamp) -> AnyView {
    let (review, present) = (&one.review, one.row.removed_at.is_none());
    let below = match &review.state {
        ReviewState::Open | ReviewState::Settled(_) => None,
        ReviewState::Decided(last) => {
            Some(view! { "by " {words::by(last)} ", " {moment(last.at, now)} }.into_any())
        }
        ReviewState::Reopened { changes, last } => {
            let count = i64::try_from(changes.len()).unwrap_or(i64::MAX);
            let count = format::counted(count, "change", "changes");
            let text = format!("{count} since it was {}", last.choice.kind.past().to_lowercase());
            Some(view! { <span>{text}</span> }.into_any())
        }
    };
    let below = below.map(|text| view! { <span class="subdued">{text}</span> });
    view! { <span class="two-lines"><span>{words::standing(review, present)}</span> {below}</span> }
        .into_any()
}

/// Why there is nothing, and where to look.
fn empty(queue: &Queue, base: &str) -> AnyView {
    let asked = &queue.asked.view;
    let everything = ReviewView { stages: Stage::ALL.to_vec(), ..ReviewView::default() };
    let (title, text, to, label) = if asked.after.is_some() {
        let first = queue_address(&asked.from_start(), base);
        ("This page of the queue is empty now", "", first, "To the first page")
    } else if *asked == ReviewView::default() {
        let text = "When a campaign is opened over ingresses that you review, they appear here.";
        ("There is nothing to decide", text, queue_address(&everything, base), "All reviews")
    } else {
        let first = queue_address(&ReviewView::default(), base);
        ("No review is like this", "", first, "What is to be decided")
    };
    let text = (!text.is_empty()).then(|| view! { <p>{text}</p> });
    view! {
        <section class="empty">
            <h2>{title}</h2>
            {text}
            <p><a class="button" href=to>{label}</a></p>
        </section>
    }
    .into_any()
}

fn pager(queue: &Queue, base: &str) -> Option<AnyView> {
    let view = &queue.asked.view;
    let first = view.after.map(|_| queue_address(&view.from_start(), base));
    let next = queue.page.next.map(|id| queue_address(&view.after(id), base));
    if first.is_none() && next.is_none() {
        return None;
    }
    let first = first.map(|to| view! { <a class="button" href=to>"First"</a> });
    let next = next.map(|to| view! { <a class="button" href=to rel="next">"Next →"</a> });
    Some(view! { <nav class="pager" aria-label="Pages">{first} {next}</nav> }.into_any())
}
