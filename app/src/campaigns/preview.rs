//! What a campaign would be about if it were opened now: how many ingresses, who would review them,
//! what is left out and why.

use domain::inventory::Row;
use domain::recommendation::Advice;
use jiff::Timestamp;
use leptos::prelude::*;
use store::Preview;

use super::words::{ingresses, signed};
use crate::components::parts::share;
use crate::components::text::sentence;
use crate::components::{Tone, badge, value};
use crate::context::link;
use crate::format;
use crate::inventory::answers;
use crate::reviews::words::advice;

/// So many teams are listed.
const TEAMS: usize = 50;

/// All of it.
pub fn content(preview: &Preview, now: Timestamp, base: &str) -> AnyView {
    let noun = if preview.total == 1 { "ingress" } else { "ingresses" };
    let words = format!("{noun} would be reviewed");
    view! {
        <p class="coverage">
            <strong>{format::number(signed(preview.total))}</strong> " " {words}
        </p>
        {nothing(preview)}
        {everything(preview)}
        {unassigned(&preview.unassigned)}
        {memberless(&preview.memberless)}
        {reviewers(preview)}
        {left_out(&preview.left_out)}
        {clusters(preview)}
        {sample(preview, now, base)}
    }
    .into_any()
}

fn nothing(preview: &Preview) -> Option<AnyView> {
    let notice = view! {
        <p class="notice">
            "No ingress is like this, so there is nothing to review. Change the filters."
        </p>
    };
    (preview.total == 0).then(|| notice.into_any())
}

fn everything(preview: &Preview) -> Option<AnyView> {
    let notice = view! {
        <p class="notice">
            "No filter is set: these are all ingresses of all clusters. A campaign over a part of them \
             is decided sooner."
        </p>
    };
    (preview.everything && preview.total > 0).then(|| notice.into_any())
}

/// Reviews that only an admin could decide.
fn memberless(teams: &[String]) -> Option<AnyView> {
    let items: Vec<_> =
        teams.iter().take(TEAMS).map(|team| view! { <li>{value(team)}</li> }).collect();
    let notice = view! {
        <div class="notice">
            <p>
                "Nobody can sign in as a member of these teams, because the configuration names no \
                 group for them. Only an admin could decide for them:"
            </p>
            <ul>{items}</ul>
            {more(teams.len(), "more team", "more teams")}
        </div>
    };
    (!teams.is_empty()).then(|| notice.into_any())
}

/// What stands in the way of opening.
fn unassigned(owners: &[(String, u64)]) -> Option<AnyView> {
    let item = |(owner, count): &(String, u64)| {
        let who = match owner.as_str() {
            "-" => view! { <span>"Nobody (orphans)"</span> }.into_any(),
            name => value(name),
        };
        view! { <li>{who} ": " {ingresses(*count)}</li> }
    };
    let items: Vec<_> = owners.iter().take(TEAMS).map(item).collect();
    let notice = view! {
        <div class="notice bad">
            <p>
                "Nobody would review what these own, because they are no team of the configuration. \
                 Choose the team that does, or it cannot be opened:"
            </p>
            <ul>{items}</ul>
            {more(owners.len(), "more owner", "more owners")}
        </div>
    };
    (!owners.is_empty()).then(|| notice.into_any())
}

fn reviewers(preview: &Preview) -> Option<AnyView> {
    let teams = &preview.by_assignee;
    let rows: Vec<_> = teams.iter().take(TEAMS).map(|one| reviewer(one, preview.total)).collect();
    let table = view! {
        <h3>"Who would review"</h3>
        <div class="table-region" role="region" aria-label="Reviews by team" tabindex="0">
            <table class="list shares" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Team"</th>
                        <th role="columnheader" scope="col" class="number">"Reviews"</th>
                        <th role="columnheader" scope="col">"Share"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
        {more(teams.len(), "more team", "more teams")}
    };
    (!teams.is_empty()).then(|| table.into_any())
}

fn reviewer((team, count): &(String, u64), total: u64) -> AnyView {
    let (count, total) = (signed(*count), signed(total));
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="Team">{value(team)}</th>
            <td role="cell" data-label="Reviews" class="number">{format::number(count)}</td>
            <td role="cell" data-label="Share">
                <span class="with-bar">{share(count, total)} {format::percent(count, total)}</span>
            </td>
        </tr>
    }
    .into_any()
}

fn left_out(reasons: &[(String, u64)]) -> Option<AnyView> {
    let item = |(reason, count): &(String, u64)| {
        view! { <li>{ingresses(*count)} ": " {sentence(reason)}</li> }
    };
    let items: Vec<_> = reasons.iter().map(item).collect();
    let list = view! { <h3>"Left out"</h3> <ul class="entries">{items}</ul> };
    (!reasons.is_empty()).then(|| list.into_any())
}

fn clusters(preview: &Preview) -> AnyView {
    let rows: Vec<_> = preview.clusters.iter().map(cluster).collect();
    let late = preview.clusters.iter().any(|(_, is_fresh, _)| !is_fresh);
    let late = late.then(|| {
        view! {
            <p class="notice">
                "A cluster that is not up to date keeps the campaign from being opened, unless an \
                 admin leaves it out by name."
            </p>
        }
    });
    view! {
        <h3>"Clusters"</h3>
        {late}
        <div class="table-region" role="region" aria-label="Clusters of the campaign" tabindex="0">
            <table class="list" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Cluster"</th>
                        <th role="columnheader" scope="col">"Data"</th>
                        <th role="columnheader" scope="col" class="number">"Ingresses"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn cluster((name, is_fresh, count): &(String, bool, u64)) -> AnyView {
    let mark = match is_fresh {
        true => badge(Tone::Good, "up to date"),
        false => badge(Tone::Warning, "not up to date"),
    };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="Cluster">{value(name)}</th>
            <td role="cell" data-label="Data">{mark}</td>
            <td role="cell" data-label="Ingresses" class="number">
                {format::number(signed(*count))}
            </td>
        </tr>
    }
    .into_any()
}

fn sample(preview: &Preview, now: Timestamp, base: &str) -> Option<AnyView> {
    let advised = preview.advised.iter().copied().chain(std::iter::repeat(Advice::None));
    let shown = preview.sample.iter().zip(advised);
    let rows: Vec<_> = shown.map(|(row, advised)| ingress(row, advised, now, base)).collect();
    let table = view! {
        <h3>"Some of them"</h3>
        <div class="table-region" role="region" aria-label="Some of the ingresses" tabindex="0">
            <table class="list" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Ingress"</th>
                        <th role="columnheader" scope="col">"Owner"</th>
                        <th role="columnheader" scope="col">"Last traffic"</th>
                        <th role="columnheader" scope="col">"Recommended"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    };
    (!preview.sample.is_empty()).then(|| table.into_any())
}

fn ingress(row: &Row, advised: Advice, now: Timestamp, base: &str) -> AnyView {
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="Ingress">{name(row, base)}</th>
            <td role="cell" data-label="Owner">{answers::owner(row)}</td>
            <td role="cell" data-label="Last traffic">{answers::traffic(row, now)}</td>
            <td role="cell" data-label="Recommended">{advice(advised)}</td>
        </tr>
    }
    .into_any()
}

/// An ingress with the place where it is.
pub fn name(row: &Row, base: &str) -> AnyView {
    let to = link(base, &format!("/ingresses/{}", row.id));
    view! {
        <span class="two-lines">
            <span><a href=to>{value(&row.name)}</a></span>
            <span class="subdued">{value(&row.cluster)} " / " {value(&row.namespace)}</span>
        </span>
    }
    .into_any()
}

fn more(all: usize, one: &str, many: &str) -> Option<AnyView> {
    let more = i64::try_from(all.saturating_sub(TEAMS)).unwrap_or(i64::MAX);
    let text = format!("And {}.", format::counted(more, one, many));
    (more > 0).then(|| view! { <p class="subdued">{text}</p> }.into_any())
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::testing::{EVIL, now, row};

    /// Two teams, one orphan, and a cluster that is late.
    pub fn preview() -> Preview {
        Preview {
            total: 1_234,
            by_assignee: vec![("payments".into(), 1_200), ("core".into(), 34)],
            unassigned: vec![("-".into(), 7)],
            memberless: vec!["core".into()],
            everything: true,
            left_out: vec![("created within the last 30 days".into(), 12)],
            clusters: vec![("prod".into(), true, 1_200), ("test".into(), false, 34)],
            sample: vec![row()],
            advised: vec![Advice::Retire],
        }
    }

    #[test]
    fn it_says_how_many_whose_and_what_is_left_out_and_why() {
        let html = content(&preview(), now(), "/base").to_html();
        for expected in [
            "<strong>1,234</strong>",
            "payments",
            "97 %",
            "Nobody (orphans)",
            "7 ingresses",
            "all ingresses of all clusters",
            "Only an admin could decide for them",
            "created within the last 30 days",
            "12 ingresses",
            "not up to date",
            "href=\"/base/ingresses/7\"",
            Advice::Retire.label(),
        ] {
            assert!(html.contains(expected), "{expected}: {html}");
        }
        assert!(!html.contains("style="), "{html}");
    }

    #[test]
    fn nothing_is_said_in_words() {
        let html = content(&Preview::default(), now(), "").to_html();
        assert!(html.contains("there is nothing to review"), "{html}");
        assert!(!html.contains("Who would review") && !html.contains("Left out"), "{html}");
    }

    #[test]
    fn markup_in_names_is_text_and_a_hundred_teams_are_not_endless() {
        let evil = || EVIL.to_owned();
        let many = (0..100).map(|number| (format!("team-{number}"), 1)).chain([(evil(), 1)]);
        let evil = Preview {
            by_assignee: many.collect(),
            unassigned: vec![(evil(), 1)],
            left_out: vec![(evil(), 1)],
            clusters: vec![(evil(), true, 1)],
            ..preview()
        };
        let html = content(&evil, now(), "").to_html();
        assert!(!html.contains("<script") && !html.contains('\u{202e}'), "{html}");
        assert!(html.contains("And 51 more teams."), "{html}");
    }
}
