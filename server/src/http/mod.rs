//! The pages, the exports and the API, and what is around them. Every request passes the same layers,
//! from outside: its id, its trace, the security headers, errors in the way of programs, panics, the
//! host, the origin, the size, the deadline, compression.

mod api;
mod assets;
mod errors;
mod events;
mod export;
pub mod guard;
mod headers;
mod health;
mod limits;
mod pages;
mod preferences;
mod problem;
mod trace;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};

use crate::state::State;

pub use assets::compress as compress_assets;
pub use export::AT_ONCE as EXPORTS;

/// Everything that the listener of pages answers.
pub fn router(state: State) -> Router {
    let layers = ServiceBuilder::new()
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(from_fn_with_state(state.clone(), trace::trace))
        .layer(from_fn(headers::add))
        .layer(from_fn(problem::for_programs))
        .layer(CatchPanicLayer::custom(errors::panicked))
        .layer(from_fn_with_state(state.clone(), guard::known_host))
        .layer(from_fn_with_state(state.clone(), guard::same_origin))
        .layer(from_fn(limits::size))
        .layer(from_fn(limits::time))
        .layer(CompressionLayer::new());
    api::routes(pages::routes(Router::new(), &state))
        .route("/export/inventory.csv", get(export::csv))
        .route("/export/inventory.jsonl", get(export::jsonl))
        .route("/events", get(events::events))
        .route("/preferences", post(preferences::save))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/favicon.svg", get(assets::favicon))
        .route("/assets/{build}/{*name}", get(assets::asset))
        .layer(layers)
        .with_state(state)
}
