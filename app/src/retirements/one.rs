//! `/retirements/{id}`: where one stands, how to remove it, and what was kept of it.

use crate::components::Title;
use domain::RetirementId;
use domain::detail::Detail;
use domain::retirement::{Retirement, Stage, State};
use domain::rights::Right;
use domain::traffic::Granularity;
use domain::user::Visitor;
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{removal, words};
use crate::components::text::exact_moment;
use crate::components::{forms, value};
use crate::context::{self, State as Served, link};
use crate::error::{self, Error};
use crate::format;
use crate::ingress::summary::{self, fact};
use crate::ingress::traffic;
use crate::islands::News;
use crate::mark;
use crate::reviews::words::written;

/// The states that one goes through if nothing comes between.
const WAY: [Stage; 3] = [Stage::Held, Stage::Due, Stage::Removed];

/// `/retirements/{id}`.
#[component]
pub fn RetirementPage() -> impl IntoView {
    let state = context::state();
    let visitor = context::visitor();
    let id = use_params_map().with_untracked(|params| params.get("id"));
    context::not_cached();
    Suspend::new(async move {
        match load(&state, &visitor, id.as_deref()).await {
            Ok(found) => page(&found, &state.base),
            Err(error) => error::page(&error, &state.base),
        }
    })
}

/// What the page shows.
pub(super) struct Found {
    pub(super) retirement: Retirement,
    pub(super) detail: Detail,
    /// Whether the visitor may call it off.
    pub(super) may_cancel: bool,
    /// Whether they may open the review in which it was decided.
    pub(super) sees_review: bool,
    /// Whether they may open the page of the ingress.
    pub(super) sees_ingress: bool,
    pub(super) now: Timestamp,
    pub(super) revision: u64,
}

async fn load(state: &Served, visitor: &Visitor, id: Option<&str>) -> Result<Found, Error> {
    let unknown = || match visitor.may(Right::ReadAll) {
        true => Error::NotFound("Routebook knows no retirement under this number."),
        false => Error::NotYours,
    };
    let id: RetirementId = id.and_then(|text| text.parse().ok()).ok_or_else(unknown)?;
    let now = state.clock.now();
    let revision = *state.store.revision().borrow();
    let (retirement, detail) = state.store.retirement(id, now).await?.ok_or_else(unknown)?;
    let reviews = reviews(state, visitor, &retirement, now).await?;
    let owner = detail.owner.as_ref().map(|owner| owner.name.as_str());
    let sees_ingress = visitor.owns(owner);
    if !sees_ingress && !reviews {
        return Err(Error::NotYours);
    }
    let is_owner = visitor.person().zip(owner).is_some_and(|(person, owner)| person.is_of(owner));
    let may_cancel = visitor.may(Right::Review) && (reviews || is_owner);
    let sees_review = reviews;
    Ok(Found { retirement, detail, may_cancel, sees_review, sees_ingress, now, revision })
}

/// Whether the visitor is of the team that decided it, or an admin.
async fn reviews(
    state: &Served,
    visitor: &Visitor,
    retirement: &Retirement,
    now: Timestamp,
) -> Result<bool, Error> {
    let Some(person) = visitor.person() else { return Ok(false) };
    if person.is_admin() {
        return Ok(true);
    }
    let Some(review) = retirement.review else { return Ok(false) };
    let card = state.store.review(review, now).await?;
    Ok(card.is_some_and(|card| person.is_of(&card.review.assignee)))
}

fn page(found: &Found, base: &str) -> AnyView {
    let object = &found.detail.ingress.object;
    let title = format::short(&format!("Retirement of {}/{}", object.namespace, object.name), 200);
    let island_base = base.to_owned();
    view! {
        <Title text=title/>
        {head(found, base)}
        <News base=island_base revision=found.revision what="This page".to_owned() always=false/>
        {content(found, base)}
    }
    .into_any()
}

fn head(found: &Found, base: &str) -> AnyView {
    let object = &found.detail.ingress.object;
    view! {
        <nav class="trail" aria-label="Where this is">
            <a href=link(base, "/retirements")>"Retirements"</a> " / " {value(&found.detail.cluster)}
        </nav>
        <div class="page-head">
            <h1>{value(&object.namespace)} "/" {value(&object.name)}</h1>
            <p class="subdued">"Retirement of " {words::what(&found.retirement)}</p>
        </div>
    }
    .into_any()
}

/// Everything but the island and the head.
pub(super) fn content(found: &Found, base: &str) -> AnyView {
    let Found { retirement, detail, now, .. } = found;
    let marked = mark::mark(&(retirement, &detail.material_hash, detail.removed.is_some()));
    view! {
        <div id="results" tabindex="-1" data-mark=marked>
            {standing(found)}
            {facts(found, base)}
            {removal::section(&found.retirement, &found.detail)}
            {undoing(found, base)}
            {traffic::section(detail, *now)}
            {cancel(found, base)}
        </div>
    }
    .into_any()
}

/// Where it stands, what that means, and the way from here.
fn standing(found: &Found) -> AnyView {
    let Found { retirement, detail, now, .. } = found;
    let stage = retirement.state.stage();
    view! {
        <section aria-labelledby="standing">
            <h2 id="standing">"State"</h2>
            <p>
                {words::stage(stage)} " " {words::state(retirement, *now)} " "
                <span class="subdued">{words::meaning(stage, &detail.traffic)}</span>
            </p>
            {way(stage)}
        </section>
    }
    .into_any()
}

/// The states in their order. What was cancelled or reappeared has left the way.
fn way(stage: Stage) -> Option<AnyView> {
    let item = |one: Stage| {
        let current = (one == stage).then_some("step");
        view! { <li aria-current=current>{one.label()}</li> }
    };
    let items: Vec<_> = WAY.into_iter().map(item).collect();
    WAY.contains(&stage).then(|| view! { <ol class="way">{items}</ol> }.into_any())
}

fn facts(found: &Found, base: &str) -> AnyView {
    let Found { retirement, detail, now, .. } = found;
    let by = view! { {value(&retirement.requested_by)} ", " {exact_moment(retirement.requested_at, *now)} };
    let reason = written(&retirement.reason).map(|text| fact("Reason", text));
    let wish = retirement.wish.map(|day| fact("Not before", day.to_string().into_any()));
    let took = retirement
        .took()
        .map(|took| fact("From the request to the proof", format::lasting(took).into_any()));
    let owner = match &detail.owner {
        Some(owner) => value(&owner.name),
        None => view! { <span class="subdued">"none found"</span> }.into_any(),
    };
    view! {
        <section aria-labelledby="request">
            <h2 id="request">"Request"</h2>
            <dl class="facts wide">
                {fact("Requested by", by.into_any())}
                {fact("Owner", owner)}
                {fact("What goes", words::what(retirement).into_any())}
                {fact("Managed by", summary::managed(&detail.managed))}
                {wish} {took} {reason}
            </dl>
            {routes(retirement, detail)}
            {elsewhere(found, base)}
        </section>
    }
    .into_any()
}

fn routes(retirement: &Retirement, detail: &Detail) -> Option<AnyView> {
    let items: Vec<_> =
        retirement.routes.iter().map(|key| view! { <li>{value(key)}</li> }).collect();
    let notice = shares_traffic(retirement, detail).then(|| {
        view! {
            <p class="notice">
                "Its traffic is not told apart by route: any successful request to the ingress cancels \
                 this."
            </p>
        }
    });
    let list = view! { <p>"These routes:"</p> <ul class="entries">{items}</ul> {notice} };
    retirement.is_partial().then(|| list.into_any())
}

/// Whether the traffic of other routes of the ingress counts for it too.
fn shares_traffic(retirement: &Retirement, detail: &Detail) -> bool {
    let traffic = &detail.traffic;
    let is_by_route = traffic.granularity == Some(Granularity::Route);
    retirement.state.is_pending() && traffic.source.is_some() && !is_by_route
}

/// Where it was decided, and what it is about.
fn elsewhere(found: &Found, base: &str) -> AnyView {
    let retirement = &found.retirement;
    let review = retirement.review.filter(|_| found.sees_review).map(|id| {
        let to = link(base, &format!("/reviews/{id}"));
        view! { <a href=to>"The review in which it was decided"</a> " " }
    });
    let ingress = found.sees_ingress.then(|| {
        let to = link(base, &format!("/ingresses/{}", retirement.ingress));
        view! { <a href=to>"The page of the ingress"</a> }
    });
    view! { <p class="choices">{review} {ingress}</p> }.into_any()
}

/// The manifest that was kept, with which a removal can be undone.
fn undoing(found: &Found, base: &str) -> AnyView {
    let retirement = &found.retirement;
    let to = link(base, &format!("/retirements/{}/manifest.yaml", retirement.id));
    let older = retirement.is_partial().then_some(
        "What else has changed since the routes went is not in it: take over only the routes. ",
    );
    view! {
        <section aria-labelledby="undo">
            <h2 id="undo">"If it turns out to be needed"</h2>
            <p>
                "Routebook keeps the last manifest that has what goes. Applied again, it brings that \
                 back. " {older} <a href=to>"Download the manifest"</a>
            </p>
        </section>
    }
    .into_any()
}

/// Calls it off, with a reason.
fn cancel(found: &Found, base: &str) -> Option<AnyView> {
    let is_over = matches!(found.retirement.state, State::Cancelled { .. } | State::Removed { .. });
    if !found.may_cancel || is_over {
        return None;
    }
    let path = format!("/retirements/{}", found.retirement.id);
    let action = link(base, &format!("{path}/cancel"));
    let form = view! {
        <section aria-labelledby="cancel">
            <h2 id="cancel">"It should stay after all?"</h2>
            <details class="folded">
                <summary>"Cancel the retirement"</summary>
                <form method="post" action=action class="act">
                    {forms::key()} {forms::hidden("back", path)}
                    {forms::reason("cancel-reason".into(), true)}
                    <button type="submit" class="button primary">"Cancel the retirement"</button>
                </form>
            </details>
        </section>
    };
    Some(form.into_any())
}
