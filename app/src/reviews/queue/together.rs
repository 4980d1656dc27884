//! What was ticked, to be decided in the same way and for the same reason. The list stands here once
//! more, so that everybody sees what they decide; each form says what each of them was like.

use domain::recommendation::Advice;
use domain::review::{Choice, Kind};
use leptos::prelude::*;
use store::ReviewRow;

use super::super::words;
use super::{Queue, can_decide, card_address, queue_address};
use crate::components::text::{moment, sentence};
use crate::components::{forms, state, value};
use crate::context::link;
use crate::format;

/// The chosen ones and the forms.
pub fn content(queue: &Queue, base: &str) -> AnyView {
    let picked = &queue.asked.picked;
    let is_picked =
        |row: &&ReviewRow| picked.contains(&row.review.id) && can_decide(row, queue.now);
    let rows: Vec<_> = queue.page.rows.iter().filter(is_picked).collect();
    if rows.is_empty() {
        return nothing(queue, base);
    }
    let missing = picked.len().saturating_sub(rows.len());
    let missing = (missing > 0).then(|| {
        let count = format::number(whole(missing));
        let text = format!("{count} of what you ticked cannot be decided here any more.");
        view! { <p class="notice">{text}</p> }
    });
    view! {
        <p><a href=queue_address(&queue.asked.view, base)>"Back to the list"</a></p>
        {missing}
        {chosen(&rows, queue, base)}
        {decide(&rows, queue, base)}
    }
    .into_any()
}

fn nothing(queue: &Queue, base: &str) -> AnyView {
    view! {
        <section class="empty">
            <h2>"None of these can be decided here any more"</h2>
            <p>"Somebody decided them meanwhile, or they were given to another team."</p>
            <p><a class="button" href=queue_address(&queue.asked.view, base)>"Back to the list"</a></p>
        </section>
    }
    .into_any()
}

fn chosen(rows: &[&ReviewRow], queue: &Queue, base: &str) -> AnyView {
    let items: Vec<_> = rows.iter().map(|row| item(row, queue, base)).collect();
    let count = format::number(whole(rows.len()));
    view! {
        <section aria-labelledby="chosen">
            <h2 id="chosen">"Ticked " <span class="count">{count}</span></h2>
            <ul class="entries">{items}</ul>
        </section>
    }
    .into_any()
}

fn item(one: &ReviewRow, queue: &Queue, base: &str) -> AnyView {
    let row = &one.row;
    let to = card_address(one.review.id, &queue.asked.view, base);
    let last = row.traffic.last_success.map(|at| view! { ", " {moment(at, queue.now)} });
    let recommendation = &one.review.recommendation;
    let reason = recommendation.reasons.first().map(|reason| view! { " " {sentence(reason)} });
    view! {
        <li>
            <a href=to>{value(&row.namespace)} "/" {value(&row.name)}</a> " in " {value(&row.cluster)} " "
            {state::verdict(row.traffic.verdict)} {last}
            <p class="subdued">{words::advice(recommendation.advice)} {reason}</p>
        </li>
    }
    .into_any()
}

fn decide(rows: &[&ReviewRow], queue: &Queue, base: &str) -> AnyView {
    view! {
        <section class="decide" aria-labelledby="decide">
            <h2 id="decide">"Decide all of them"</h2>
            <p class="subdued">
                "All or none: if one of them cannot be decided like this, nothing is saved, and you are \
                 told which."
            </p>
            <div class="acts">
                {confirm(rows, queue, base)} {retire(rows, queue, base)} {not_mine(rows, queue, base)}
            </div>
        </section>
    }
    .into_any()
}

/// What every decision sends along: each review with what it was like when this was drawn.
fn about(rows: &[&ReviewRow], queue: &Queue, kind: Kind) -> AnyView {
    let pair = |row: &&ReviewRow| {
        view! {
            {forms::hidden("id", row.review.id.to_string())}
            {forms::hidden("hash", row.row.material_hash.clone())}
        }
    };
    let pairs: Vec<_> = rows.iter().map(pair).collect();
    view! {
        {pairs}
        {forms::hidden("kind", kind.as_str().to_owned())}
        {forms::hidden("back", queue_address(&queue.asked.view, ""))}
        {forms::key()}
    }
    .into_any()
}

/// How many of them are recommended to be decided otherwise, in words.
fn against(rows: &[&ReviewRow], kind: Kind) -> Option<AnyView> {
    let is_against =
        |row: &&&ReviewRow| Choice::new(kind, "").is_against(row.review.recommendation.advice);
    let count = rows.iter().filter(is_against).count();
    let advice = if kind == Kind::Confirm { Advice::Retire } else { Advice::Keep };
    let text =
        format!("{} of them: recommended is “{}”.", format::number(whole(count)), advice.label());
    (count > 0).then(|| view! { <p class="notice">{text}</p> }.into_any())
}

fn reason(id: &str, rows: &[&ReviewRow], kind: Kind) -> AnyView {
    match against(rows, kind) {
        Some(note) => view! { {note} {forms::reason(id.to_owned(), true)} }.into_any(),
        None => {
            let label = "Reason (may be left out, unless the campaign asks for one)";
            forms::text_area(id.to_owned(), "reason", label.to_owned(), false)
        }
    }
}

fn confirm(rows: &[&ReviewRow], queue: &Queue, base: &str) -> AnyView {
    let fields = reason("confirm-reason", rows, Kind::Confirm);
    let about = about(rows, queue, Kind::Confirm);
    forms::folded(
        ("Confirm all…", "c"),
        link(base, "/reviews/decide"),
        about,
        fields,
        "Confirm all",
    )
}

fn retire(rows: &[&ReviewRow], queue: &Queue, base: &str) -> AnyView {
    let fields = view! {
        <p class="subdued">"Each goes whole, and is on hold first."</p>
        {reason("retire-reason", rows, Kind::Retire)}
        <div class="field">
            <label for="wish">"Not before the day (may be left out)"</label>
            <input id="wish" name="wish" type="date" min=format::date(queue.now)/>
        </div>
    };
    let about = about(rows, queue, Kind::Retire);
    let action = link(base, "/reviews/decide");
    forms::folded(("Retire all…", "r"), action, about, fields.into_any(), "Retire all")
}

fn not_mine(rows: &[&ReviewRow], queue: &Queue, base: &str) -> AnyView {
    let none = "I do not know whose they are";
    let fields = view! {
        {forms::names("proposed".into(), "proposed", "Whose they are", none, &queue.all_teams, None)}
        {reason("not-mine-reason", rows, Kind::NotMine)}
    };
    let about = about(rows, queue, Kind::NotMine);
    let action = link(base, "/reviews/decide");
    forms::folded(("Not mine…", "n"), action, about, fields.into_any(), "None is mine")
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
