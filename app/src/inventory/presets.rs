//! Lists that many ask for, as links.

use domain::inventory::{Preset, View};
use leptos::prelude::*;

use super::address;
use super::reach::Reach;

/// The links; the one that leads here says so.
pub fn links(view: &View, reach: &Reach, look_back: u32, base: &str) -> AnyView {
    let presets = Preset::ALL.map(|preset| (preset.label(), preset.view(look_back)));
    let all = [("All", View::default())].into_iter().chain(presets);
    let link = |(label, preset)| Some(link(label, within(preset, view, reach)?, view, base));
    let links: Vec<_> = all.filter_map(link).collect();
    view! { <nav class="presets" aria-label="Lists"><ul>{links}</ul></nav> }.into_any()
}

/// The part of a list that is of the team whose list this is. A list by another owner has none.
fn within(preset: View, view: &View, reach: &Reach) -> Option<View> {
    match reach {
        Reach::Everything => Some(preset),
        Reach::Teams(_) if preset.owner.is_some() => None,
        Reach::Teams(_) => Some(View { owner: view.owner.clone(), ..preset }),
    }
}

/// Which columns somebody looks at, and which page, makes it no other list.
fn link(label: &'static str, preset: View, view: &View, base: &str) -> AnyView {
    let same = View { columns: Vec::new(), ..view.from_start() } == preset;
    let current = same.then_some("page");
    let to = address(&View { columns: view.columns.clone(), ..preset }, base);
    view! { <li><a href=to aria-current=current>{label}</a></li> }.into_any()
}
