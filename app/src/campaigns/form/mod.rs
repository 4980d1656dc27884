//! `/campaigns/new`: one form for campaigns and series. It is sent to look at what it would mean, and
//! sent again, by another button, to keep it. The same form changes a draft or a series.

mod fields;
mod inputs;
mod rules;
mod scope;
mod templates;
#[cfg(test)]
mod tests;

use crate::components::Title;
use domain::campaign::{Campaign, Template};
use domain::inventory::Choices;
use domain::owner::Team;
use domain::rights::Right;
use domain::series::Series;
use domain::{CampaignId, SeriesId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use leptos::prelude::*;
use store::Preview;

use self::fields::Fields;
use super::words::post;
use super::{preview, told};
use crate::components::forms::hidden;
use crate::components::text::sentence;
use crate::context::{self, State, link};
use crate::denied;
use crate::error::{self, Error};

/// So many of the next days are shown.
const DAYS: usize = 5;

/// `/campaigns/new`.
#[component]
pub fn NewCampaignPage() -> impl IntoView {
    let state = context::state();
    let visitor = context::visitor();
    let query = context::query();
    context::not_cached();
    if !visitor.may(Right::Campaigns) {
        return denied::page(&state, Some(Right::Campaigns));
    }
    let may_keep = visitor.may(Right::Administer);
    let answer = Suspend::new(async move {
        match load(&state, &query, may_keep).await {
            Ok(found) => page(&found, &state.base),
            Err(error) => error::page(&error, &state.base),
        }
    });
    view! { {answer} }.into_any()
}

/// What the form makes or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// A new campaign or series.
    New,
    /// A draft.
    Draft(CampaignId),
    /// A series.
    Series(SeriesId),
}

/// What the page shows.
struct Found {
    what: What,
    fields: Fields,
    choices: Choices,
    teams: Vec<String>,
    /// What it would mean now, or why that cannot be told.
    preview: Result<Preview, String>,
    /// Why it would not be kept.
    trouble: Option<String>,
    /// The next days of a series.
    days: Vec<Date>,
    /// Whether the visitor may keep it.
    may_keep: bool,
    now: Timestamp,
}

async fn load(state: &State, query: &str, may_keep: bool) -> Result<Found, Error> {
    let now = state.clock.now();
    let given = Fields::read(query);
    let (what, usual) = begun(state, &given, now).await?;
    let fields = given.over(usual);
    let rules = state.store.rules();
    let teams = &rules.owner.teams;
    let choices = state.store.choices().await?;
    let preview = look(state, &fields, teams, now).await?;
    let trouble = trouble(&fields, what, teams, now);
    let days = days(&fields, now);
    let teams = teams.iter().map(Team::as_owner).collect();
    Ok(Found { what, fields, choices, teams, preview, trouble, days, may_keep, now })
}

/// What the form is about, and what stands in it at first.
async fn begun(state: &State, given: &Fields, now: Timestamp) -> Result<(What, Fields), Error> {
    if let Some(text) = given.maybe("edit") {
        let missing = Error::NotFound("There is no draft under this number any more.");
        let Ok(id) = text.parse::<CampaignId>() else { return Err(missing) };
        let view = state.store.campaign(id).await?;
        let Some(Campaign::Draft(draft)) = view.map(|view| view.campaign) else {
            return Err(missing);
        };
        return Ok((What::Draft(id), Fields::of(&draft.terms)));
    }
    if let Some(text) = given.maybe("series") {
        let missing = Error::NotFound("There is no series under this number that still goes on.");
        let Ok(id) = text.parse::<SeriesId>() else { return Err(missing) };
        let series = state.store.one_series(id).await?.filter(|series| !series.is_over());
        let series = series.ok_or(missing)?;
        return Ok((What::Series(id), Fields::of_series(&series)));
    }
    let template = Template::parse(given.one("template"), given.one("controller"));
    Ok((What::New, usual(template.as_ref(), now)))
}

/// The fields of a template, or of a campaign about everything that has no name yet.
fn usual(template: Option<&Template>, now: Timestamp) -> Fields {
    let blank = Template::EverythingPublic;
    let mut terms = template.unwrap_or(&blank).terms(now, &TimeZone::UTC);
    if template.is_none() {
        terms.name.clear();
        terms.scope.older_than_days = 0;
    }
    Fields::of(&terms)
}

async fn look(
    state: &State,
    fields: &Fields,
    teams: &[Team],
    now: Timestamp,
) -> Result<Result<Preview, String>, Error> {
    let scope = match fields.scope() {
        Ok(scope) => scope,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let (look_back, fallback) = (fields.look_back_days(), fields.maybe("fallback"));
    Ok(Ok(state.store.preview(&scope, look_back, teams, fallback, now).await?))
}

/// Why what was sent would be refused. Who has sent nothing yet has done nothing wrong.
fn trouble(fields: &Fields, what: What, teams: &[Team], now: Timestamp) -> Option<String> {
    if !fields.is_sent() {
        return None;
    }
    let series = fields.series(now).filter(|_| !matches!(what, What::Draft(_)));
    let checked = match (series, what) {
        (Some(series), _) => series.and_then(|series| checked(&series, teams)),
        (None, What::Series(_)) => {
            Err("say how often it comes: every so many weeks or months".into())
        }
        (None, _) => fields
            .terms()
            .and_then(|terms| terms.check(teams, now).map_err(|error| error.to_string())),
    };
    checked.err()
}

fn checked(series: &Series, teams: &[Team]) -> Result<(), String> {
    series.check(teams).map_err(|error| error.to_string())
}

/// The next days of the series that the fields say, if they say one.
fn days(fields: &Fields, now: Timestamp) -> Vec<Date> {
    let Some(Ok(series)) = fields.series(now) else { return Vec::new() };
    let scheduled = series.scheduled(now);
    scheduled.next.map(|next| scheduled.days(next, DAYS)).unwrap_or_default()
}

fn page(found: &Found, base: &str) -> AnyView {
    view! { <Title text=title(found.what)/> {content(found, base)} }.into_any()
}

fn title(what: What) -> &'static str {
    match what {
        What::New => "New campaign",
        What::Draft(_) => "Change the draft",
        What::Series(_) => "Change the series",
    }
}

fn content(found: &Found, base: &str) -> AnyView {
    let templates =
        (found.what == What::New).then(|| templates::section(&found.fields, &found.choices, base));
    view! {
        <nav class="trail" aria-label="Where this is">
            <a href=link(base, "/campaigns")>"Campaigns"</a> " / " {title(found.what)}
        </nav>
        <div class="page-head"><h1>{title(found.what)}</h1></div>
        {templates}
        <div class="composer">{form(found, base)} {outlook(found, base)}</div>
    }
    .into_any()
}

/// The address has what stands in the form, so that a preview can be kept and passed on.
fn form(found: &Found, base: &str) -> AnyView {
    let Found { what, fields, choices, teams, now, .. } = found;
    let id = match what {
        What::New => None,
        What::Draft(id) => Some(hidden("edit", id.to_string())),
        What::Series(id) => Some(hidden("series", id.to_string())),
    };
    view! {
        <form method="get" action=link(base, "/campaigns/new#preview") class="composed">
            {id}
            {scope::fields(fields, choices)}
            {rules::fields(fields, *what, teams, *now)}
            {rules::repeat(fields, *what)}
            {buttons(found, base)}
        </form>
    }
    .into_any()
}

/// The first button, which is also that of the Enter key, only looks.
fn buttons(found: &Found, base: &str) -> AnyView {
    let keep = found.may_keep.then(|| keep(found, base));
    let which = matches!(found.what, What::Series(_)).then(|| rules::which(&found.fields));
    let look = (!found.may_keep).then(|| {
        view! {
            <p class="subdued">"You may see what a campaign would be about. An admin makes one."</p>
        }
    });
    view! {
        {which}
        <div class="choices">
            <button type="submit" class="button" formnovalidate=true>"Preview"</button>
            {keep}
        </div>
        {look}
    }
    .into_any()
}

fn keep(found: &Found, base: &str) -> AnyView {
    match found.what {
        What::New => {
            let campaign = link(base, "/campaigns");
            let series = link(base, "/series");
            view! {
                {post(campaign, "Create a draft", "button primary")}
                {post(series, "Create a series", "button")}
            }
            .into_any()
        }
        What::Draft(id) => {
            let to = link(base, &format!("/campaigns/{id}/edit"));
            post(to, "Save the draft", "button primary")
        }
        What::Series(id) => {
            let to = link(base, &format!("/series/{id}/edit"));
            post(to, "Save the series", "button primary")
        }
    }
}

/// What it would mean.
fn outlook(found: &Found, base: &str) -> AnyView {
    let trouble = found.trouble.as_deref().map(|error| {
        view! { <p class="notice bad">"It would not be taken like this. " {sentence(&told(error))}</p> }
    });
    let body = match &found.preview {
        Ok(preview) => preview::content(preview, found.now, base),
        Err(error) => view! { <p class="notice bad">{sentence(&told(error))}</p> }.into_any(),
    };
    // What is wrong with the scope is said once.
    let trouble = trouble.filter(|_| found.preview.is_ok());
    view! {
        <section id="preview" class="outlook" aria-labelledby="preview-title">
            <h2 id="preview-title">"Preview"</h2>
            {trouble}
            <p class="subdued">
                "As things stand now. Nobody is asked anything before an admin opens the campaign."
            </p>
            {next_days(&found.days)}
            {body}
        </section>
    }
    .into_any()
}

fn next_days(days: &[Date]) -> Option<AnyView> {
    let text: Vec<_> = days.iter().map(Date::to_string).collect();
    let line = format!("As a series it would open on {}.", text.join(", "));
    (!days.is_empty()).then(|| view! { <p>{line}</p> }.into_any())
}
