//! The cells that answer what people ask of an ingress: whose it is, when it was last used, whether
//! its certificates are all right, what manages it, and when it changed.

use domain::inventory::{Row, TlsSummary};
use domain::managed::Manager;
use domain::owner::{Hint, Owner};
use domain::tls::TlsState;
use domain::traffic::{Traffic, Verdict, per_day};
use jiff::Timestamp;
use leptos::prelude::*;

use crate::components::days::Days;
use crate::components::state::{self, remark};
use crate::components::{Tone, badge, text, value};
use crate::format;

/// Longer titles are cut.
const LONGEST_TITLE: usize = 600;

/// Whose it is. Where not everything could be looked at, nobody is called an orphan.
pub fn owner(row: &Row) -> AnyView {
    match &row.owner {
        Some(owner) => owned(owner),
        None if row.checks.services && row.checks.namespaces => {
            two_lines(line(badge(Tone::Warning, "Orphan")), None)
        }
        None => two_lines(
            line(badge(Tone::Plain, "None found")),
            Some(subdued(format!("not checked: {}", state::unread(row.checks).join(", ")))),
        ),
    }
}

fn owned(owner: &Owner) -> AnyView {
    let more = remarks(owner).map(|text| view! { " " {remark("i", &text)} });
    let name = match owner.team {
        true => view! { <span>{value(&owner.name)} {more}</span> }.into_any(),
        false => {
            let title = "As written; the configuration has no team of this name";
            view! {
                <span class="as-written" title=title>
                    {value(&owner.name)}
                    <span class="visually-hidden">" (not a configured team)"</span>
                    {more}
                </span>
            }
            .into_any()
        }
    };
    two_lines(name, Some(below(value(&owner.place))))
}

/// What is odd about an owner, and who else is named.
fn remarks(owner: &Owner) -> Option<String> {
    let other = |hint: &Hint| format!("{} by {}", hint.name, hint.place);
    let others: Vec<_> = owner.others.iter().map(other).collect();
    let others = (!others.is_empty()).then(|| format!("also named: {}", others.join(", ")));
    let all: Vec<_> = owner.note.clone().into_iter().chain(others).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// Whether it is used, when it last was, and how much on each day.
pub fn traffic(row: &Row, now: Timestamp) -> AnyView {
    let traffic = &row.traffic;
    let last = last(traffic).map(|at| view! { " " {text::moment(at, now)} });
    let days = Days::new(per_day(traffic, &row.days, now), now);
    let unknown = traffic.verdict == Verdict::NotMeasurable;
    let hidden = (unknown && days.is_some()).then(|| {
        let why = format!(" ({})", reason(&traffic.reason));
        view! { <span class="visually-hidden">{why}</span> }
    });
    let below = match days {
        Some(days) => Some(days.picture()),
        None => unknown.then(|| subdued(reason(&traffic.reason))),
    };
    let first = view! {
        <span title=title(&traffic.reason)>{state::verdict(traffic.verdict)} {last} {hidden}</span>
    };
    two_lines(first.into_any(), below)
}

/// The moment that goes with the verdict: of one with errors only, the last error.
fn last(traffic: &Traffic) -> Option<Timestamp> {
    match traffic.verdict {
        Verdict::OnlyErrors => traffic.last_any,
        _ => traffic.last_success.or(traffic.last_any),
    }
}

/// The state, and until when, by whom it is known; or why it is so.
pub fn tls(row: &Row, now: Timestamp) -> AnyView {
    let tls = &row.tls;
    let doubt = tls.disagreement.as_deref().map(|text| view! { " " {remark("≠", text)} });
    let first = view! { <span title=title(&tls.reason)>{state::tls(tls.state)} {doubt}</span> };
    two_lines(first.into_any(), below_tls(tls, now))
}

fn below_tls(tls: &TlsSummary, now: Timestamp) -> Option<AnyView> {
    let Some(at) = tls.expires_at else {
        let told = tls.state != TlsState::None && !tls.reason.is_empty();
        return told.then(|| subdued(reason(&tls.reason)));
    };
    let verb = if at > now { "expires" } else { "expired" };
    let by = tls.method.map(|method| format!(", says {}", method.label()));
    let when = text::time(at, format!("{verb} {}", format::until(at, now)));
    Some(below(view! { {when} {by} }.into_any()))
}

/// What manages it.
pub fn managed(row: &Row) -> AnyView {
    let managed = &row.managed;
    if managed.by == Manager::Unknown {
        return subdued("unknown".to_owned());
    }
    let first = view! { <span title=title(&managed.how)>{managed.by.label()}</span> }.into_any();
    two_lines(first, managed.name.as_deref().map(|name| below(value(name))))
}

/// When it last changed in a way that matters, as far as Routebook saw it.
pub fn changed(row: &Row, now: Timestamp) -> AnyView {
    let Some(at) = row.changed_at else {
        let first = row.first_seen_at;
        let since = text::time(first, format!("since {}", format::date(first)));
        return two_lines(subdued("no change seen".to_owned()), Some(below(since)));
    };
    text::moment(at, now)
}

fn title(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| reason(text))
}

fn reason(text: &str) -> String {
    format::short(text, LONGEST_TITLE)
}

fn two_lines(first: AnyView, second: Option<AnyView>) -> AnyView {
    view! { <span class="two-lines">{first} {second}</span> }.into_any()
}

fn line(what: AnyView) -> AnyView {
    view! { <span>{what}</span> }.into_any()
}

fn below(what: AnyView) -> AnyView {
    view! { <span class="subdued">{what}</span> }.into_any()
}

/// Foreign words may be in it: they have been made visible.
fn subdued(text: String) -> AnyView {
    let title = text.clone();
    view! { <span class="subdued" title=title><bdi>{text}</bdi></span> }.into_any()
}
