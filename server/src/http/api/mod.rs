//! The API for programs, `/api/v1/`: what the list says, page by page, everything about one ingress,
//! and how far the data can be relied on. What may be asked and what is answered stands in
//! `/api/v1/openapi.json`; a test compares that with real answers.

mod clusters;
mod detail;
mod ingresses;
mod openapi;
mod parameters;
mod query;

use super::guarded::Guarded;

/// Adds the API's addresses.
pub fn routes(routes: Guarded) -> Guarded {
    routes
        .get("/api/v1/ingresses", ingresses::list)
        .get("/api/v1/ingresses/{id}", ingresses::one)
        .get("/api/v1/clusters", clusters::list)
        .get("/api/v1/openapi.json", openapi::document)
}
