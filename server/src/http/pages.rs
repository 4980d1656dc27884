//! The seam to the pages: which addresses they have, and what they are given.

use std::sync::Arc;

use axum::Router;
use http::request::Parts;
use leptos::nonce::Nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{LeptosRoutes as _, generate_route_list};

use super::assets;
use crate::state::State;

/// Adds every page, and the page that says that there is none.
pub fn routes(router: Router<State>, state: &State) -> Router<State> {
    let pages = app::State {
        store: state.store.clone(),
        clock: state.clock.clone(),
        version: env!("CARGO_PKG_VERSION"),
        assets: assets::base().into(),
        base: Arc::from(""),
        look_back_days: state.look_back_days,
    };
    let given = pages.clone();
    let provide = move || {
        provide_context(given.clone());
        provide_nonce();
    };
    router.leptos_routes_with_context(state, generate_route_list(app::App), provide, move || {
        app::shell(&pages)
    })
}

/// Leptos makes a nonce of its own; the one that the header names takes its place.
fn provide_nonce() {
    let parts = use_context::<Parts>();
    if let Some(nonce) = parts.and_then(|parts| parts.extensions.get::<Nonce>().cloned()) {
        provide_context(nonce);
    }
}
