//! The series: when the next campaigns come, and why one waits.

use domain::series::Series;
use jiff::Timestamp;
use leptos::prelude::*;

use super::super::told;
use super::super::words::{post, scope};
use super::Found;
use crate::components::text::{sentence, time};
use crate::components::value;
use crate::context::link;
use crate::format;

/// So many of the next days are shown.
const DAYS: usize = 4;

/// All of them.
pub fn section(found: &Found, base: &str) -> AnyView {
    let items: Vec<_> = found.series.iter().map(|one| item(one, found, base)).collect();
    let body = match items.is_empty() {
        true => view! {
            <p class="subdued">"No campaign comes again by itself. A series makes that so."</p>
        }
        .into_any(),
        false => view! { <ul class="boxes">{items}</ul> }.into_any(),
    };
    view! {
        <section aria-labelledby="series"><h2 id="series">"Series"</h2>{body}</section>
    }
    .into_any()
}

fn item(series: &Series, found: &Found, base: &str) -> AnyView {
    let name = format::short(&series.name, 60);
    let acts = (found.may_lead && !series.is_over()).then(|| acts(series, &name, base));
    let waiting = series.waiting.as_deref().map(|why| {
        view! { <p class="notice">"The next campaign waits. " {sentence(&told(why))}</p> }
    });
    let once = series.once.as_ref().map(|terms| {
        view! { <p>"The next one alone is about:"</p> {scope(&terms.scope)} }
    });
    view! {
        <li class="box">
            <h3>{value(&series.name)}</h3>
            {scope(&series.template.scope)}
            {once}
            <p>{rhythm(series)}</p>
            <p>{next(series, found.now)}</p>
            {waiting}
            {acts}
        </li>
    }
    .into_any()
}

/// `Every 3 months on day 31, at 9:00 in Europe/Berlin; reviewers have 14 days. 2 of 4 were opened.`
fn rhythm(series: &Series) -> AnyView {
    let days = format::counted(i64::from(series.duration_days), "day", "days");
    let opened = match series.ends_after {
        Some(most) => format!("{} of {most} were opened.", series.opened),
        None => format!("{} opened so far; it does not end by itself.", series.opened),
    };
    let every = told(&series.every.label());
    let every = every.trim_end_matches('.').to_owned();
    view! {
        <span>
            {every} ", at 9:00 in " {value(&series.zone)} "; reviewers have " {days} ". " {opened}
        </span>
    }
    .into_any()
}

/// The next days, the first with the exact moment.
fn next(series: &Series, now: Timestamp) -> AnyView {
    let Some(first) = series.next else {
        return view! { <span class="subdued">"It is over: no campaign follows."</span> }
            .into_any();
    };
    let first_said = match series.opens_at(first) {
        Some(at) => time(at, format!("{first} ({})", format::until(at, now))),
        None => view! { <span>{first.to_string()}</span> }.into_any(),
    };
    let later: Vec<_> =
        series.days(first, DAYS).iter().skip(1).map(|day| day.to_string()).collect();
    let later = (!later.is_empty()).then(|| format!(", then {}", later.join(", ")));
    view! { <span>"Next: " {first_said} {later}</span> }.into_any()
}

fn acts(series: &Series, name: &str, base: &str) -> AnyView {
    let edit = link(base, &format!("/campaigns/new?series={}", series.id));
    let end = link(base, &format!("/series/{}/end", series.id));
    let change = format!("Change the series {name}");
    view! {
        <div class="choices">
            <a class="button small" href=edit aria-label=change>"Change…"</a>
            <details class="folded">
                <summary>"End it…"</summary>
                <form method="post" action=end class="act">
                    <p>"No campaign follows any more. Those that were opened stay as they are."</p>
                    {post(end.clone(), "End the series", "button")}
                </form>
            </details>
        </div>
    }
    .into_any()
}
