//! Lists that many ask for, as links.

use domain::inventory::{Preset, View};
use leptos::prelude::*;

use super::address;

/// The links; the one that leads here says so.
pub fn links(view: &View, look_back: u32, base: &str) -> AnyView {
    let all = link("All", View::default(), view, base);
    let each = Preset::ALL.map(|preset| link(preset.label(), preset.view(look_back), view, base));
    view! {
        <nav class="presets" aria-label="Lists">
            <ul>{all} {each.into_iter().collect::<Vec<_>>()}</ul>
        </nav>
    }
    .into_any()
}

/// Which columns somebody looks at, and which page, makes it no other list.
fn link(label: &'static str, preset: View, view: &View, base: &str) -> AnyView {
    let same = View { columns: Vec::new(), ..view.from_start() } == preset;
    let current = same.then_some("page");
    let to = address(&View { columns: view.columns.clone(), ..preset }, base);
    view! { <li><a href=to aria-current=current>{label}</a></li> }.into_any()
}
