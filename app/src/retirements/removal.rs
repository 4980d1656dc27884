//! How one is removed, to be copied.

use domain::detail::Detail;
use domain::retirement::{Retirement, State, Steps, Target, steps};
use leptos::prelude::*;

use crate::components::copy_button;
use crate::components::text::sentence;
use crate::format;

/// How it is removed, by what manages it. What is cancelled or gone needs no steps.
pub fn section(retirement: &Retirement, detail: &Detail) -> Option<AnyView> {
    let early = match retirement.state {
        State::Held { .. } => Some("It is on hold: do this once it is due, not before."),
        State::Due { .. } | State::Reappeared { .. } => None,
        State::Cancelled { .. } | State::Removed { .. } => return None,
    };
    let object = &detail.ingress.object;
    let steps = steps(&Target {
        cluster: &detail.cluster,
        namespace: &object.namespace,
        name: &object.name,
        managed: &detail.managed,
        routes: &retirement.routes,
        manifest: &detail.manifest,
    });
    Some(how(&steps, early))
}

fn how(steps: &Steps, early: Option<&'static str>) -> AnyView {
    let early = early.map(|text| view! { <p class="notice">{text}</p> });
    let text = format::visible_lines(&steps.text).into_owned();
    view! {
        <section aria-labelledby="removal">
            <h2 id="removal">"How to remove it"</h2>
            {early}
            <p><strong>{sentence(&steps.way)}</strong> ". " {sentence(&steps.note)}</p>
            <div class="code">
                {copy_button("steps", "Copy")}
                <pre id="steps" tabindex="0" role="region" aria-label="Steps to remove it">{text}</pre>
            </div>
        </section>
    }
    .into_any()
}
