//! `/campaigns`: what is under way, what is drafted, what is over, and the series.

mod series;
mod table;
#[cfg(test)]
mod tests;

use crate::components::Title;
use domain::campaign::CampaignState;
use domain::rights::Right;
use domain::series::Series;
use jiff::Timestamp;
use leptos::prelude::*;
use store::CampaignRow;

use crate::context::{self, State, link};
use crate::denied;
use crate::error::{self, Error};
use crate::islands::News;
use crate::mark;

/// `/campaigns`.
#[component]
pub fn CampaignsPage() -> impl IntoView {
    let state = context::state();
    let visitor = context::visitor();
    context::not_cached();
    if !visitor.may(Right::Campaigns) {
        return denied::page(&state, Some(Right::Campaigns));
    }
    let may_lead = visitor.may(Right::Administer);
    let answer = Suspend::new(async move {
        match load(&state, may_lead).await {
            Ok(found) => page(&found, &state.base),
            Err(error) => error::page(&error, &state.base),
        }
    });
    view! { {answer} }.into_any()
}

/// What the page shows.
struct Found {
    campaigns: Vec<CampaignRow>,
    series: Vec<Series>,
    /// Whether the visitor leads campaigns.
    may_lead: bool,
    now: Timestamp,
    revision: u64,
}

async fn load(state: &State, may_lead: bool) -> Result<Found, Error> {
    let now = state.clock.now();
    let revision = *state.store.revision().borrow();
    let campaigns = state.store.campaigns().await?;
    let series = state.store.series().await?;
    Ok(Found { campaigns, series, may_lead, now, revision })
}

fn page(found: &Found, base: &str) -> AnyView {
    let island_base = base.to_owned();
    view! {
        <Title text="Campaigns"/>
        {head(found, base)}
        <News base=island_base revision=found.revision what="This page".to_owned() always=false/>
        {results(found, base)}
    }
    .into_any()
}

fn head(found: &Found, base: &str) -> AnyView {
    let label = if found.may_lead { "New campaign" } else { "Preview a campaign" };
    view! {
        <div class="page-head">
            <h1>"Campaigns"</h1>
            <a class="button" href=link(base, "/campaigns/new")>{label}</a>
        </div>
        <p class="subdued">
            "In a campaign the owners of ingresses confirm or retire them until a due date. What it is \
             about stays as it was when it was opened."
        </p>
    }
    .into_any()
}

/// Everything but the head and the islands.
fn results(found: &Found, base: &str) -> AnyView {
    let body = match found.campaigns.is_empty() && found.series.is_empty() {
        true => nothing(found, base),
        false => view! {
            {part("Open", "open", CampaignState::Open, found, base)}
            {part("Drafts", "drafts", CampaignState::Draft, found, base)}
            {series::section(found, base)}
            {part("Closed", "closed", CampaignState::Closed, found, base)}
        }
        .into_any(),
    };
    let mark = mark::mark(&(&found.campaigns, &found.series));
    view! { <div id="results" tabindex="-1" data-mark=mark>{body}</div> }.into_any()
}

fn nothing(found: &Found, base: &str) -> AnyView {
    let begin = found.may_lead.then(|| {
        let to = link(base, "/campaigns/new?template=stale-routes");
        view! { <p><a class="button" href=to>"Begin with the stale routes"</a></p> }
    });
    view! {
        <section class="empty">
            <h2>"There was no campaign yet"</h2>
            <p>
                "An admin chooses which ingresses it is about, sees how many there are and whose, and \
                 opens it. Each team then finds its own under Reviews."
            </p>
            {begin}
        </section>
    }
    .into_any()
}

/// The campaigns that stand there, the latest first.
fn part(
    title: &'static str,
    id: &'static str,
    state: CampaignState,
    found: &Found,
    base: &str,
) -> AnyView {
    let is_there = |row: &&CampaignRow| row.campaign.state() == state;
    let rows: Vec<_> = found.campaigns.iter().filter(is_there).collect();
    let body = match (rows.is_empty(), state) {
        (false, _) => table::table(title, &rows, found.now, base),
        (true, CampaignState::Open) => none("No campaign is open."),
        (true, CampaignState::Draft) => none("Nothing is drafted."),
        (true, CampaignState::Closed) => none("No campaign was closed yet."),
    };
    view! { <section aria-labelledby=id><h2 id=id>{title}</h2>{body}</section> }.into_any()
}

fn none(text: &'static str) -> AnyView {
    view! { <p class="subdued">{text}</p> }.into_any()
}
