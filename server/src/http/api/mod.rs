//! The API for programs, `/api/v1/`: what the list says, page by page, everything about one ingress,
//! and how far the data can be relied on. What may be asked and what is answered stands in
//! `/api/v1/openapi.json`; a test compares that with real answers.

mod clusters;
mod detail;
mod ingresses;
mod openapi;
mod parameters;
mod query;

use axum::Router;
use axum::routing::get;

use crate::state::State;

/// Adds the API's addresses.
pub fn routes(router: Router<State>) -> Router<State> {
    router
        .route("/api/v1/ingresses", get(ingresses::list))
        .route("/api/v1/ingresses/{id}", get(ingresses::one))
        .route("/api/v1/clusters", get(clusters::list))
        .route("/api/v1/openapi.json", get(openapi::document))
}
