//! The list as a file.

use domain::inventory::View;
use leptos::prelude::*;

use crate::context::link;

/// Links to the whole list behind the page, in its order.
pub fn links(view: &View, base: &str) -> AnyView {
    let to = |path: &str| match view.from_start().query() {
        query if query.is_empty() => link(base, path),
        query => format!("{}?{query}", link(base, path)),
    };
    view! {
        <p class="exports">
            "Export this list: " <a href=to("/export/inventory.csv")>"CSV"</a> " "
            <a href=to("/export/inventory.jsonl")>"JSON Lines"</a>
        </p>
    }
    .into_any()
}
