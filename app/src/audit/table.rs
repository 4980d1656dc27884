//! The entries, the newest first.

use domain::audit::{Action, Actor, Entry};
use leptos::prelude::*;

use super::details;
use crate::components::text::{self, sentence};
use crate::components::{Tone, badge, value};
use crate::format;

/// The table.
pub fn table(entries: &[Entry]) -> AnyView {
    let rows: Vec<_> = entries.iter().map(row).collect();
    view! {
        <div class="table-region" role="region" aria-label="Table of the audit entries" tabindex="0">
            <table class="list audit" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col" class="number">"Entry"</th>
                        <th role="columnheader" scope="col">"When (UTC)"</th>
                        <th role="columnheader" scope="col">"Who"</th>
                        <th role="columnheader" scope="col">"What"</th>
                        <th role="columnheader" scope="col">"To what"</th>
                        <th role="columnheader" scope="col">"From where"</th>
                        <th role="columnheader" scope="col">"Details"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(entry: &Entry) -> AnyView {
    let number = i64::try_from(entry.sequence).unwrap_or(i64::MAX);
    let when = text::time(entry.at, entry.at.strftime("%Y-%m-%d %H:%M:%S").to_string());
    view! {
        <tr role="row" id=format!("entry-{number}")>
            <th role="rowheader" scope="row" data-label="Entry" class="number">
                {format::number(number)}
            </th>
            <td role="cell" data-label="When (UTC)" class="when">{when}</td>
            <td role="cell" data-label="Who">{who(&entry.actor)}</td>
            <td role="cell" data-label="What">{what(&entry.action)}</td>
            <td role="cell" data-label="To what">{or_none(&entry.target, "nothing named")}</td>
            <td role="cell" data-label="From where">{or_none(&entry.address, "not known")}</td>
            <td role="cell" data-label="Details">{details::of(entry, number)}</td>
        </tr>
    }
    .into_any()
}

/// Names are what the provider said then. Two people may have the same one, but not the same subject.
fn who(actor: &Actor) -> AnyView {
    let nobody = |text: &'static str| view! { <span>{text}</span> }.into_any();
    match actor {
        Actor::System => nobody("Routebook"),
        Actor::Anonymous => nobody("Somebody not signed in"),
        Actor::Local => nobody("Somebody on this machine"),
        Actor::Person { subject, name, .. } => person(name, subject),
        Actor::Other { kind, subject, name, .. } => {
            view! { <div class="stack"><span>{value(kind)}</span> {person(name, subject)}</div> }
                .into_any()
        }
    }
}

fn person(name: &str, subject: &str) -> AnyView {
    let below = (name != subject).then(|| view! { <span class="subdued">{value(subject)}</span> });
    view! { <span class="two-lines"><span>{value(name)}</span> {below}</span> }.into_any()
}

/// What a newer version recorded has only its code.
fn what(action: &str) -> AnyView {
    let mark = match Action::parse(action) {
        Some(action @ (Action::SignInFailed | Action::RightDenied)) => {
            badge(Tone::Warning, action.label())
        }
        Some(action) => badge(Tone::Plain, action.label()),
        None => value(action),
    };
    view! { <span>{mark}</span> }.into_any()
}

fn or_none(text: &str, none: &'static str) -> AnyView {
    match text {
        "" => view! { <span class="subdued">{none}</span> }.into_any(),
        text => sentence(text),
    }
}
