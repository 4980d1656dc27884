//! `/campaigns/{id}`: a draft with what it would mean and the way to open it, an open campaign with how
//! far each team is, or a closed one with what came of it.

mod acts;
mod progress;
mod record;
mod settled;
#[cfg(test)]
mod tests;
mod undecided;

use crate::components::Title;
use domain::campaign::Campaign;
use domain::owner::Team;
use domain::review::{Outcome, ReviewView, Stage};
use domain::rights::Right;
use domain::sync::ClusterStatus;
use domain::user::Visitor;
use domain::{CampaignId, ReviewId};
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use store::{CampaignView, Preview, ReviewPage};

use super::words::{self, rules};
use super::{address, figures, preview};
use crate::components::text::exact_moment;
use crate::components::value;
use crate::context::{self, State, link};
use crate::denied;
use crate::error::{self, Error};
use crate::format;
use crate::islands::News;
use crate::mark;

/// So many reviews stand on one page.
const ROWS: usize = 50;

/// `/campaigns/{id}`.
#[component]
pub fn CampaignPage() -> impl IntoView {
    let state = context::state();
    let visitor = context::visitor();
    let id = use_params_map().with_untracked(|params| params.get("id"));
    context::not_cached();
    if !visitor.may(Right::Campaigns) {
        return denied::page(&state, Some(Right::Campaigns));
    }
    let asked = Asked {
        team: context::parameter("team"),
        outcome: context::parameter("outcome").and_then(|text| Outcome::parse(&text)),
        after: context::parameter("after").and_then(|text| text.parse().ok()),
    };
    let answer = Suspend::new(async move {
        match load(&state, visitor, asked, id.as_deref()).await {
            Ok(found) => page(&found, &state.base),
            Err(error) => error::page(&error, &state.base),
        }
    });
    view! { {answer} }.into_any()
}

/// Which of the reviews are listed.
#[derive(Debug, Clone, Default)]
struct Asked {
    /// Only those of this team.
    team: Option<String>,
    /// Once it is closed, only those of which this came, instead of those that nobody decided.
    outcome: Option<Outcome>,
    /// Those after this one.
    after: Option<ReviewId>,
}

/// What the page shows.
struct Found {
    view: CampaignView,
    part: Part,
    asked: Asked,
    teams: Vec<Team>,
    visitor: Visitor,
    now: Timestamp,
    revision: u64,
}

/// What only one of the states has.
enum Part {
    /// What it would mean, and how fresh the clusters are.
    Draft { preview: Box<Preview>, statuses: Vec<ClusterStatus> },
    /// What is not decided yet.
    Open { waiting: ReviewPage },
    /// What came of some of it.
    Closed { settled: ReviewPage },
}

impl Found {
    fn id(&self) -> CampaignId {
        self.view.campaign.id()
    }

    /// Whether the visitor leads campaigns.
    fn may_lead(&self) -> bool {
        self.visitor.may(Right::Administer)
    }

    /// Whether the visitor may see the reviews of a team as a reviewer does.
    fn may_review(&self, team: &str) -> bool {
        let person = self.visitor.person();
        person.is_some_and(|person| person.is_admin() || person.is_of(team))
    }

    /// The address for a form of this campaign.
    fn act(&self, what: &str, base: &str) -> String {
        format!("{}/{what}", address(self.id(), base))
    }
}

async fn load(
    state: &State,
    visitor: Visitor,
    asked: Asked,
    id: Option<&str>,
) -> Result<Found, Error> {
    let unknown = || Error::NotFound("Routebook knows no campaign under this number.");
    let id: CampaignId = id.and_then(|text| text.parse().ok()).ok_or_else(unknown)?;
    let now = state.clock.now();
    let revision = *state.store.revision().borrow();
    let view = state.store.campaign(id).await?.ok_or_else(unknown)?;
    let teams = state.store.rules().owner.teams.clone();
    let part = part(state, &view.campaign, &asked, &teams, now).await?;
    Ok(Found { view, part, asked, teams, visitor, now, revision })
}

async fn part(
    state: &State,
    campaign: &Campaign,
    asked: &Asked,
    teams: &[Team],
    now: Timestamp,
) -> Result<Part, Error> {
    let terms = campaign.terms();
    match campaign {
        Campaign::Draft(_) => {
            let (days, fallback) = (terms.look_back_days, terms.fallback.as_deref());
            let preview = state.store.preview(&terms.scope, days, teams, fallback, now).await?;
            let mut statuses = state.store.clusters().await?;
            // What is read no more is left out by itself, unless the scope names it.
            let scope = &terms.scope;
            let is_asked = |status: &ClusterStatus| status.configured || !scope.clusters.is_empty();
            statuses.retain(|status| scope.has_cluster(&status.name) && is_asked(status));
            Ok(Part::Draft { preview: Box::new(preview), statuses })
        }
        Campaign::Open(open) => {
            let view = waiting(open.id, asked);
            Ok(Part::Open { waiting: state.store.reviews(&view, ROWS).await? })
        }
        Campaign::Closed(closed) => {
            let settled = settled::load(state, closed, asked).await?;
            Ok(Part::Closed { settled })
        }
    }
}

/// What would be undecided if it closed now.
fn waiting(campaign: CampaignId, asked: &Asked) -> ReviewView {
    ReviewView {
        campaign: Some(campaign),
        assignees: asked.team.iter().cloned().collect(),
        stages: Stage::UNDECIDED.to_vec(),
        after: asked.after,
        ..ReviewView::default()
    }
}

fn page(found: &Found, base: &str) -> AnyView {
    let name = format::short(&found.view.campaign.terms().name, 200);
    let island_base = base.to_owned();
    view! {
        <Title text=name/>
        {head(found, base)}
        <News base=island_base revision=found.revision what="This campaign".to_owned() always=false/>
        {results(found, base)}
    }
    .into_any()
}

fn head(found: &Found, base: &str) -> AnyView {
    let campaign = &found.view.campaign;
    let when = match campaign {
        Campaign::Draft(draft) => words::due(draft.terms.due, found.now),
        Campaign::Open(open) => words::due(open.terms.due, found.now),
        Campaign::Closed(closed) => view! {
            <span>{closed.by.label()} ", " {exact_moment(closed.closed_at, found.now)}</span>
        }
        .into_any(),
    };
    view! {
        <nav class="trail" aria-label="Where this is">
            <a href=link(base, "/campaigns")>"Campaigns"</a> " / " {value(&campaign.terms().name)}
        </nav>
        <div class="page-head">
            <h1>{value(&campaign.terms().name)}</h1>
            <p>{words::state(campaign.state())} " " <span class="subdued">{when}</span></p>
        </div>
    }
    .into_any()
}

/// Everything but the head and the islands.
fn results(found: &Found, base: &str) -> AnyView {
    let body = match &found.part {
        Part::Draft { preview, statuses } => draft(found, preview, statuses, base),
        Part::Open { waiting } => open(found, waiting, base),
        Part::Closed { settled } => closed(found, settled, base),
    };
    view! {
        <div id="results" tabindex="-1" data-mark=mark_of(found)>
            {body}
            {terms(found)}
            {record::section(&found.view.campaign, found.now)}
        </div>
    }
    .into_any()
}

fn draft(found: &Found, preview: &Preview, statuses: &[ClusterStatus], base: &str) -> AnyView {
    view! {
        {acts::open(found, preview, statuses, base)}
        <section aria-labelledby="preview">
            <h2 id="preview">"What it would be about now"</h2>
            {preview::content(preview, found.now, base)}
        </section>
    }
    .into_any()
}

fn open(found: &Found, waiting: &ReviewPage, base: &str) -> AnyView {
    view! {
        <section aria-labelledby="progress">
            <h2 id="progress">"Progress"</h2>
            {figures::decided(found.view.counts())}
            {acts::evidence(found, base)}
            {progress::table(found, base)}
        </section>
        {progress::not_begun(found, base)}
        {undecided::section(found, waiting, base)}
        {acts::lead(found, base)}
    }
    .into_any()
}

fn closed(found: &Found, settled: &ReviewPage, base: &str) -> AnyView {
    let Campaign::Closed(closed) = &found.view.campaign else { return ().into_any() };
    view! {
        <section aria-labelledby="outcome">
            <h2 id="outcome">"What came of it"</h2>
            {figures::outcomes(closed.outcome, found.asked.outcome, |one| settled::address_of(found, None, one, base))}
            {acts::evidence(found, base)}
            {progress::table(found, base)}
        </section>
        {settled::section(found, closed, settled, base)}
    }
    .into_any()
}

fn terms(found: &Found) -> AnyView {
    view! {
        <section aria-labelledby="terms">
            <h2 id="terms">"Terms"</h2>
            {rules(found.view.campaign.terms())}
        </section>
    }
    .into_any()
}

/// Tells another campaign from one that has only grown older.
fn mark_of(found: &Found) -> String {
    let listed = match &found.part {
        Part::Draft { preview, .. } => format!("{} {:?}", preview.total, preview.clusters),
        Part::Open { waiting } => {
            let rows: Vec<_> = waiting.rows.iter().map(|row| &row.review).collect();
            format!("{rows:?}")
        }
        Part::Closed { settled } => format!("{:?}", settled.counts),
    };
    mark::mark(&(&found.view, listed))
}
