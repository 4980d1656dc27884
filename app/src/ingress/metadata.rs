//! Labels and annotations, as they are.

use std::collections::BTreeMap;

use domain::Object;
use leptos::prelude::*;

use crate::components::text::whole_value;
use crate::components::value;
use crate::format;

/// Longer values are folded.
const LONG: usize = 200;
/// No value is shown beyond this; the manifest has it whole.
const LONGEST: usize = 20_000;

/// Both lists.
pub fn section(object: &Object) -> AnyView {
    view! {
        {list("Labels", "labels", &object.labels)}
        {list("Annotations", "annotations", &object.annotations)}
    }
    .into_any()
}

fn list(name: &'static str, id: &'static str, values: &BTreeMap<String, String>) -> AnyView {
    let items: Vec<_> = values.iter().map(|(key, text)| item(key, text)).collect();
    let count = items.len();
    let body = match count {
        0 => view! { <p class="subdued">"None."</p> }.into_any(),
        _ => view! { <dl class="pairs">{items}</dl> }.into_any(),
    };
    view! {
        <section aria-labelledby=id>
            <h2 id=id>{name} " " <span class="count">{count}</span></h2>
            {body}
        </section>
    }
    .into_any()
}

fn item(key: &str, text: &str) -> AnyView {
    view! { <div><dt>{value(key)}</dt><dd>{folded(text)}</dd></div> }.into_any()
}

fn folded(text: &str) -> AnyView {
    let length = text.chars().count();
    if length == 0 {
        return view! { <span class="subdued">"empty"</span> }.into_any();
    }
    if length <= LONG && !text.contains('\n') {
        return whole_value(text);
    }
    let summary = format!("{} characters", format::number(i64::try_from(length).unwrap_or(0)));
    let shown = format::cut(text, LONGEST);
    view! {
        <details>
            <summary>{summary}</summary>
            <pre>{whole_value(&shown)}</pre>
        </details>
    }
    .into_any()
}
