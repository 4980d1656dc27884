//! The pages, the exports and the API, and what is around them. Every request passes the same layers,
//! from outside: its id, its trace, the security headers, the base path in small pages, errors in the
//! way of programs, panics, the headers' size, the address it comes from, the host, the origin, the
//! size, the deadline, the session, the visitor, compression. Then the right of its address is
//! checked.

pub mod address;
mod api;
mod assets;
mod audit;
mod base;
mod campaigns;
mod claims;
mod denials;
pub mod errors;
mod events;
mod evidence;
mod export;
mod form;
pub mod guard;
mod guarded;
mod headers;
mod health;
mod limits;
mod not_done;
mod own;
mod pages;
mod preferences;
pub mod problem;
mod refusal;
mod retirements;
mod reviews;
mod rights;
mod series;
mod sign_in_limit;
mod terms;
#[cfg(test)]
mod tests;
mod trace;
mod visitor;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get};
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};

use crate::auth;
use crate::state::State;
use guarded::Guarded;
use sign_in_limit::{Half, Tries};

pub use address::ClientAddress;
pub use assets::compress as compress_assets;
pub use denials::Denials;
pub use export::AT_ONCE as EXPORTS;
pub use rights::{Kind, Row, TABLE as RIGHTS, is_first_segment};

/// Everything that the listener of pages answers.
pub fn router(state: State) -> Router {
    let base = state.base.clone();
    let inner = ServiceBuilder::new()
        .layer(from_fn_with_state(state.clone(), visitor::find))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest));
    let router = with_session(routes(&state).layer(inner), &state);
    base::below(around(router, &state).with_state(state), &base)
}

/// What is asked of nobody in particular. The last line is the innermost layer.
fn around(router: Router<State>, state: &State) -> Router<State> {
    let layers = ServiceBuilder::new()
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(from_fn_with_state(state.clone(), trace::trace))
        .layer(from_fn_with_state(state.clone(), headers::add))
        .layer(from_fn_with_state(state.clone(), errors::below_base))
        .layer(from_fn(problem::for_programs))
        .layer(CatchPanicLayer::custom(errors::panicked))
        .layer(from_fn(limits::headers))
        .layer(from_fn_with_state(state.clone(), address::find))
        .layer(from_fn_with_state(state.hosts.clone(), guard::known_host))
        .layer(from_fn_with_state(state.hosts.clone(), guard::same_origin))
        .layer(from_fn(limits::size))
        .layer(from_fn(limits::time));
    router.layer(layers)
}

fn with_session(router: Router<State>, state: &State) -> Router<State> {
    match &state.sign_in {
        Some(sign_in) => router.layer(sign_in.layer()),
        None => router,
    }
}

fn routes(state: &State) -> Router<State> {
    let pages = pages::state(state);
    let routes = pages::routes(Guarded::new(state, &pages), &pages);
    sign_in(reviewing(api::routes(routes)))
        .get("/export/inventory.csv", export::csv)
        .get("/export/inventory.jsonl", export::jsonl)
        .get("/export/audit.csv", audit::csv)
        .get("/export/audit.jsonl", audit::jsonl)
        .get("/export/campaigns/{file}", evidence::file)
        .get(rights::EVENTS, events::events)
        .post("/preferences", preferences::save)
        .get("/healthz", health::alive)
        .get("/readyz", health::ready)
        .get("/favicon.svg", assets::favicon)
        .get("/assets/{build}/{*name}", assets::asset)
        .finish()
}

/// Campaigns, what people decide in them, and what follows.
fn reviewing(routes: Guarded) -> Guarded {
    routes
        .post("/campaigns", campaigns::create)
        .post("/campaigns/{id}/edit", campaigns::edit)
        .post("/campaigns/{id}/open", campaigns::open)
        .post("/campaigns/{id}/extend", campaigns::extend)
        .post("/campaigns/{id}/close", campaigns::close)
        .post("/series", series::create)
        .post("/series/{id}/edit", series::edit)
        .post("/series/{id}/end", series::end)
        .post(rights::DECIDE, reviews::decide)
        .post(rights::UNDO, reviews::undo)
        .post(rights::COMMENT, reviews::comment)
        .post("/reviews/{id}/reassign", reviews::reassign)
        .get(rights::MANIFEST, retirements::manifest)
        .post(rights::CANCEL, retirements::cancel)
        .post(rights::CLAIM, claims::claim)
        .post("/ingresses/{id}/owner", claims::set_owner)
        .post(rights::ACCEPT, claims::accept)
        .post(rights::REFUSE, claims::refuse)
        .post(rights::WITHDRAW, claims::withdraw)
}

/// The way in and out, and what an admin does with people.
fn sign_in(routes: Guarded) -> Guarded {
    let tries = Arc::new(Tries::default());
    let begin = limited(get(auth::begin), &tries, Half::Begin);
    let callback = limited(get(auth::callback), &tries, Half::Answer);
    routes
        .route("GET", "/auth/sign-in/{provider}", begin)
        .route("GET", "/auth/callback", callback)
        .post(rights::BACK_CHANNEL, auth::back_channel)
        .post("/auth/sign-out", auth::sign_out)
        .post("/sessions/{id}/end", auth::end_session)
        .post("/users/{id}/disable", auth::disable)
        .post("/users/{id}/enable", auth::enable)
}

fn limited(handler: MethodRouter<State>, tries: &Arc<Tries>, half: Half) -> MethodRouter<State> {
    handler.route_layer(from_fn_with_state((tries.clone(), half), sign_in_limit::limit))
}
