//! What else an entry says, in one line and in full, with its place in the chain.

use domain::audit::Entry;
use leptos::prelude::*;
use serde_json::{Map, Value};

use crate::components::text::whole_value;
use crate::format;

/// The line is cut after so many characters.
const LONGEST: usize = 120;

/// The line, and the rest folded away.
pub fn of(entry: &Entry, number: i64) -> AnyView {
    let said = said(&entry.detail);
    let line = line(&said);
    let line = (!line.is_empty()).then(|| view! { <bdi class="value">{line}</bdi> });
    let said = said.iter().map(|(name, text)| pair(name, text));
    let chain = [
        ("issuer", entry.actor.issuer().to_owned()),
        ("subject", entry.actor.subject().to_owned()),
        ("hash", entry.hash.to_string()),
        ("hash of the entry before", entry.previous.to_string()),
    ];
    let chain = chain.iter().filter(|(_, text)| !text.is_empty());
    let chain = chain.map(|(name, text)| pair(name, text));
    let pairs: Vec<_> = said.chain(chain).collect();
    let of = format!(" of entry {}", format::number(number));
    view! {
        <div class="stack">
            {line}
            <details>
                <summary>"All" <span class="visually-hidden">{of}</span></summary>
                <dl class="said">{pairs}</dl>
            </details>
        </div>
    }
    .into_any()
}

/// What the entry says, by name. What is no object is shown as it stands.
fn said(detail: &str) -> Vec<(String, String)> {
    let Ok(object) = serde_json::from_str::<Map<String, Value>>(detail) else {
        return vec![("as written".to_owned(), detail.to_owned())];
    };
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    object.into_iter().map(|(name, value)| (name, text(value))).collect()
}

fn line(said: &[(String, String)]) -> String {
    let parts: Vec<_> = said.iter().map(|(name, text)| format!("{name}: {text}")).collect();
    format::short(&parts.join(", "), LONGEST)
}

fn pair(name: &str, text: &str) -> AnyView {
    view! { <div><dt>{whole_value(name)}</dt><dd>{whole_value(text)}</dd></div> }.into_any()
}
