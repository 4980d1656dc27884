//! Which part of the queue: by where reviews stand, by team, by campaign. What is chosen is the address.

use domain::recommendation::Advice;
use domain::review::{Outcome, ReviewView, Stage};
use leptos::prelude::*;

use super::{Queue, queue_address};
use crate::components::forms;
use crate::context::link;
use crate::format;

/// The parts by where reviews stand, as links; the one that leads here says so.
pub fn stages(queue: &Queue, base: &str) -> AnyView {
    let counts = queue.page.counts;
    let parts = [
        ("To decide", counts.waiting(), Stage::WAITING.to_vec()),
        ("Changed since", counts.reopened, vec![Stage::Reopened]),
        ("Decided", counts.decided(), vec![Stage::Decided]),
        ("Not theirs", counts.not_mine, vec![Stage::NotMine]),
        ("Gone", counts.gone, vec![Stage::Gone]),
        ("Settled", counts.settled, vec![Stage::Settled]),
        ("All", counts.total(), Stage::ALL.to_vec()),
    ];
    let part = |(label, count, stages): (&'static str, u64, Vec<Stage>)| {
        let current = (queue.view.stages == stages).then_some("page");
        let stages = if stages == Stage::WAITING { Vec::new() } else { stages };
        let to = queue_address(&ReviewView { stages, ..queue.asked.view.from_start() }, base);
        let count = format::number(i64::try_from(count).unwrap_or(i64::MAX));
        view! { <li><a href=to aria-current=current>{label} " " {count}</a></li> }
    };
    let parts: Vec<_> = parts.into_iter().map(part).collect();
    view! { <nav class="presets" aria-label="Parts of the queue"><ul>{parts}</ul></nav> }.into_any()
}

/// The choices of team, cluster and recommendation, each where there is one.
pub fn form(queue: &Queue, base: &str) -> AnyView {
    let view = &queue.asked.view;
    let chosen = view.assignees.first().map(String::as_str);
    let all = if queue.person.is_admin() { "All teams" } else { "All your teams" };
    let teams = (queue.teams.len() > 1)
        .then(|| forms::names("team".into(), "team", "Team", all, &queue.teams, chosen));
    let (clusters, cluster) = (&queue.clusters, view.cluster.as_deref());
    let clusters = (clusters.len() > 1 || cluster.is_some()).then(|| {
        forms::names("cluster".into(), "cluster", "Cluster", "All clusters", clusters, cluster)
    });
    let campaign = view.campaign.map(|id| forms::hidden("campaign", id.to_string()));
    let stage = |stage: &Stage| forms::hidden("state", stage.as_str().to_owned());
    let stages: Vec<_> = view.stages.iter().map(stage).collect();
    view! {
        <form method="get" action=link(base, "/reviews") class="filters" role="search">
            {campaign} {stages} {teams} {clusters} {advice(view.advice)}
            <div class="field actions">
                <button type="submit" class="button primary">"Apply"</button>
            </div>
        </form>
    }
    .into_any()
}

fn advice(chosen: Option<Advice>) -> AnyView {
    let option = |one: Advice| {
        let is_chosen = chosen == Some(one);
        view! { <option value=one.as_str() selected=is_chosen>{one.label()}</option> }
    };
    let options: Vec<_> = Advice::ALL.into_iter().map(option).collect();
    view! {
        <div class="field">
            <label for="recommended-is">"Recommended"</label>
            <select id="recommended-is" name="recommended">
                <option value="">"Anything"</option>
                {options}
            </select>
        </div>
    }
    .into_any()
}

/// What of the view has no place in other forms, for those to keep.
pub fn rest(view: &ReviewView) -> AnyView {
    let cluster = view.cluster.clone().map(|cluster| forms::hidden("cluster", cluster));
    let advice = view.advice.map(|one| forms::hidden("recommended", one.as_str().to_owned()));
    let outcome = |one: &Outcome| forms::hidden("outcome", one.as_str().to_owned());
    let outcomes: Vec<_> = view.outcomes.iter().map(outcome).collect();
    view! { {cluster} {advice} {outcomes} }.into_any()
}

/// What is chosen besides, each as a link to the queue without it.
pub fn chips(queue: &Queue, base: &str) -> Option<AnyView> {
    let view = &queue.asked.view;
    let id = view.campaign?;
    let name = queue.page.rows.first().map(|row| row.campaign.as_str());
    let name = name.map_or_else(|| id.to_string(), |name| format::short(name, 60));
    let to = queue_address(&ReviewView { campaign: None, ..view.from_start() }, base);
    let label = format!("Remove the filter Campaign: {name}");
    let chips = view! {
        <ul class="chips" aria-label="Filters that are set">
            <li>
                <a class="chip" href=to aria-label=label>
                    <span>"Campaign: " <bdi>{name}</bdi></span> <span aria-hidden="true">"×"</span>
                </a>
            </li>
        </ul>
    };
    Some(chips.into_any())
}
