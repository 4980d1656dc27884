//! `/retirements`: all of them, the latest request first.

use crate::components::Title;
use domain::retirement::{RetirementView, Stage};
use domain::rights::Right;
use domain::user::Visitor;
use jiff::Timestamp;
use leptos::prelude::*;
use store::{RetirementPage, RetirementRow};

use super::{figures, list_address, words};
use crate::components::text::moment;
use crate::components::{state, value};
use crate::context::{self, State as Served, link};
use crate::denied;
use crate::error::{self, Error};
use crate::format;
use crate::inventory::{answers, cells};
use crate::islands::News;
use crate::mark;

/// `/retirements`.
#[component]
pub fn RetirementsPage() -> impl IntoView {
    let state = context::state();
    let query = context::query();
    context::not_cached();
    let visitor = context::visitor();
    if !visitor.may(Right::ReadOwn) {
        return denied::page(&state, Some(Right::ReadOwn));
    }
    let answer = Suspend::new(async move {
        match load(&state, &visitor, &query).await {
            Ok(found) => page(&found, &state.base),
            Err(error) => error::page(&error, &state.base),
        }
    });
    view! { {answer} }.into_any()
}

/// What the page shows.
pub(super) struct Found {
    /// What the address says.
    pub(super) asked: RetirementView,
    pub(super) page: RetirementPage,
    /// Whether the visitor sees all of them, and not only those of their teams.
    pub(super) sees_all: bool,
    pub(super) now: Timestamp,
    pub(super) revision: u64,
}

async fn load(state: &Served, visitor: &Visitor, query: &str) -> Result<Found, Error> {
    let asked = RetirementView::parse(query)?;
    let own = visitor.person().filter(|_| !visitor.may(Right::ReadAll));
    let view = own.map_or_else(|| asked.clone(), |person| asked.of_teams(&person.teams));
    let now = state.clock.now();
    let revision = *state.store.revision().borrow();
    let page = state.store.retirements(&view, now).await?;
    Ok(Found { asked, page, sees_all: own.is_none(), now, revision })
}

fn page(found: &Found, base: &str) -> AnyView {
    let island_base = base.to_owned();
    view! {
        <Title text="Retirements"/>
        <div class="page-head"><h1>"Retirements"</h1></div>
        <p class="subdued">
            {whose(found)} "What reviewers decided to retire. It waits, becomes due, and is followed until the cluster \
             shows that it is gone. Routebook removes nothing itself."
        </p>
        <News base=island_base revision=found.revision what="This list".to_owned() always=false/>
        {content(found, base)}
    }
    .into_any()
}

/// Somebody who sees a part should not take it for all.
fn whose(found: &Found) -> Option<&'static str> {
    (!found.sees_all).then_some("Those that your teams decided, or of which they own the ingress. ")
}

/// Everything but the island and the head.
pub(super) fn content(found: &Found, base: &str) -> AnyView {
    let rows = &found.page.rows;
    let body = match rows.is_empty() {
        true => empty(found, base),
        false => table(rows, found.now, base),
    };
    let shown: Vec<_> = rows.iter().map(|row| &row.retirement).collect();
    let marked = mark::mark(&(shown, found.page.next, &found.page.counts));
    view! {
        <div id="results" tabindex="-1" data-mark=marked>
            {found.sees_all.then(|| figures::section(&found.page))}
            {stages(found, base)}
            {body}
            {pager(found, base)}
        </div>
    }
    .into_any()
}

/// The parts by where retirements stand; the one that leads here says so.
fn stages(found: &Found, base: &str) -> AnyView {
    let counts = &found.page.counts;
    let total: u64 = counts.iter().map(|(_, count)| count).sum();
    let all = [("All", None, total)].into_iter();
    let parts =
        all.chain(counts.iter().map(|(stage, count)| (stage.label(), Some(*stage), *count)));
    let part = |(label, state, count): (&'static str, Option<Stage>, u64)| {
        let current = (found.asked.state == state).then_some("page");
        let to = list_address(&RetirementView { state, after: None, ..found.asked.clone() }, base);
        let count = format::number(i64::try_from(count).unwrap_or(i64::MAX));
        view! { <li><a href=to aria-current=current>{label} " " {count}</a></li> }
    };
    let parts: Vec<_> = parts.map(part).collect();
    view! { <nav class="presets" aria-label="By state"><ul>{parts}</ul></nav> }.into_any()
}

fn table(rows: &[RetirementRow], now: Timestamp, base: &str) -> AnyView {
    let rows: Vec<_> = rows.iter().map(|one| row(one, now, base)).collect();
    view! {
        <div class="table-region" role="region" aria-label="Table of the retirements" tabindex="0">
            <table class="list" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Ingress"</th>
                        <th role="columnheader" scope="col">"Hosts"</th>
                        <th role="columnheader" scope="col">"State"</th>
                        <th role="columnheader" scope="col">"What goes"</th>
                        <th role="columnheader" scope="col">"Owner"</th>
                        <th role="columnheader" scope="col">"Last traffic"</th>
                        <th role="columnheader" scope="col">"Managed by"</th>
                        <th role="columnheader" scope="col">"Requested"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(one: &RetirementRow, now: Timestamp, base: &str) -> AnyView {
    let RetirementRow { retirement, ingress, .. } = one;
    let id = format!("retirement-{}", retirement.id);
    let traffic = view! {
        <span>
            {state::verdict(ingress.traffic.verdict)} " "
            {ingress.traffic.last_success.map(|at| moment(at, now))}
        </span>
    };
    let requested = view! {
        <span class="two-lines">
            <span>{moment(retirement.requested_at, now)}</span>
            <span class="subdued">"by " {value(&retirement.requested_by)}</span>
        </span>
    };
    view! {
        <tr role="row" id=id data-mark=mark::mark(retirement)>
            <th role="rowheader" scope="row" data-label="Ingress">{name(one, base)}</th>
            <td role="cell" data-label="Hosts">{cells::hosts(ingress)}</td>
            <td role="cell" data-label="State">{standing(one, now)}</td>
            <td role="cell" data-label="What goes">{words::what(retirement)}</td>
            <td role="cell" data-label="Owner">{answers::owner(ingress)}</td>
            <td role="cell" data-label="Last traffic">{traffic}</td>
            <td role="cell" data-label="Managed by">{answers::managed(ingress)}</td>
            <td role="cell" data-label="Requested">{requested}</td>
        </tr>
    }
    .into_any()
}

fn name(one: &RetirementRow, base: &str) -> AnyView {
    let to = link(base, &format!("/retirements/{}", one.retirement.id));
    let row = &one.ingress;
    view! {
        <span class="two-lines">
            <span><a href=to>{value(&row.name)}</a></span>
            <span class="subdued">{value(&row.cluster)} " / " {value(&row.namespace)}</span>
        </span>
    }
    .into_any()
}

fn standing(one: &RetirementRow, now: Timestamp) -> AnyView {
    let retirement = &one.retirement;
    let stage = retirement.state.stage();
    let unmeasured = words::is_unmeasured(stage, &one.ingress.traffic).then(|| {
        view! { <span class="subdued">"nothing measures it: its use is not known"</span> }
    });
    let took = retirement.took().map(|took| {
        view! { <span class="subdued">{format!("{} after the request", format::lasting(took))}</span> }
    });
    view! {
        <span class="two-lines">
            <span>{words::stage(stage)}</span>
            <span class="subdued">{words::state(retirement, now)}</span>
            {unmeasured} {took}
        </span>
    }
    .into_any()
}

fn empty(found: &Found, base: &str) -> AnyView {
    if found.asked == RetirementView::default() {
        return view! {
            <section class="empty">
                <h2>"Nothing is being retired"</h2>
                <p>"When a reviewer decides that an ingress may go, it is followed here."</p>
            </section>
        }
        .into_any();
    }
    let to = list_address(&RetirementView::default(), base);
    view! {
        <section class="empty">
            <h2>"No retirement is like this"</h2>
            <p><a class="button" href=to>"All retirements"</a></p>
        </section>
    }
    .into_any()
}

fn pager(found: &Found, base: &str) -> Option<AnyView> {
    let view = &found.asked;
    let place = |after| list_address(&RetirementView { after, ..view.clone() }, base);
    let first = view.after.map(|_| place(None));
    let next = found.page.next.map(|id| place(Some(id)));
    if first.is_none() && next.is_none() {
        return None;
    }
    let first = first.map(|to| view! { <a class="button" href=to>"First"</a> });
    let next = next.map(|to| view! { <a class="button" href=to rel="next">"Next →"</a> });
    Some(view! { <nav class="pager" aria-label="Pages">{first} {next}</nav> }.into_any())
}
