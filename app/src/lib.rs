//! The pages of Routebook, made on the server and complete without JavaScript, and the few islands
//! in them that the browser brings to life.
//!
//! # The seam with the server (feature `ssr`)
//!
//! - The server makes one [`State`], and provides it to every request: each route from
//!   `leptos_axum::generate_route_list(app::App)` is answered by `render_app_async_with_context`,
//!   with `move || provide_context(state.clone())` and `move || app::shell(&state)`.
//! - [`shell`] is the whole document, and [`denied`] the one for somebody who may not see it. Both find
//!   the visitor (`domain::user::Visitor`) among the request's extensions, and `denied` the right that
//!   the request needs (`domain::rights::Right`). Whether the right is there is for the server to
//!   check; the pages look again at what they show.
//! - The theme comes from the request's cookie `theme`, the
//!   scripts carry the answer's nonce: read it with [`nonce`] (or `leptos::nonce::use_nonce`) for the
//!   Content-Security-Policy.
//! - The router sees paths without [`State::base`]; links carry it.
//! - Served by the server itself: `{assets}/app.js`, `app_bg.wasm`, `app.css`, `favicon.svg`;
//!   `GET {base}/events` (server-sent events named `revision` with the store's revision as data);
//!   `POST {base}/preferences` (form fields `theme`: auto, light or dark, and `back`: the path and
//!   query to return to, to be accepted only if it begins with one `/`);
//!   `GET {base}/export/inventory.csv`, `audit.csv` and their `.jsonl` with the query of the list,
//!   without its place.
//! - What pages send people to, or have forms for: `GET {base}/auth/sign-in/{provider}` with `back`;
//!   `POST {base}/auth/sign-out`, `/sessions/{id}/end`, `/users/{id}/disable`, `/users/{id}/enable`;
//!   `POST {base}/campaigns` and below it `/{id}/edit`, `/{id}/open`, `/{id}/extend`, `/{id}/close`;
//!   `/series` and below it `/{id}/edit`, `/{id}/end`; `/reviews/decide`, `/reviews/{id}/undo`,
//!   `/comment` and `/reassign`; `/retirements/{id}/cancel`; `/ingresses/{id}/claim` and `/owner`;
//!   `/claims/{id}/accept`, `/refuse` and `/withdraw`; `GET {base}/export/campaigns/{id}.csv`, `.jsonl` and `.zip`,
//!   `/retirements/{id}/manifest.yaml`. Each of these forms has a field `key`, a UUID made when the page
//!   was drawn: sent again, it is answered as before and does nothing.
//! - Pages set status and headers through `leptos_axum::ResponseOptions`.
//!
//! # The wasm (feature `hydrate`)
//!
//! Only `islands`. Nothing of the pages, the store or the domain is in it.

mod islands;

#[cfg(feature = "hydrate")]
pub use islands::hydrate;

#[cfg(feature = "ssr")]
mod audit;
#[cfg(feature = "ssr")]
mod campaigns;
#[cfg(feature = "ssr")]
mod components;
#[cfg(feature = "ssr")]
mod context;
#[cfg(feature = "ssr")]
mod denied;
#[cfg(feature = "ssr")]
mod error;
#[cfg(feature = "ssr")]
mod figures;
#[cfg(feature = "ssr")]
mod format;
#[cfg(feature = "ssr")]
mod ingress;
#[cfg(feature = "ssr")]
mod inventory;
#[cfg(feature = "ssr")]
mod mark;
#[cfg(feature = "ssr")]
mod me;
#[cfg(feature = "ssr")]
mod overview;
#[cfg(feature = "ssr")]
mod owners;
#[cfg(feature = "ssr")]
mod places;
#[cfg(feature = "ssr")]
mod retirements;
#[cfg(feature = "ssr")]
mod reviews;
#[cfg(feature = "ssr")]
mod routes;
#[cfg(feature = "ssr")]
mod sessions;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
mod sign_in;
#[cfg(feature = "ssr")]
mod status;
#[cfg(test)]
#[cfg(feature = "ssr")]
mod testing;

#[cfg(feature = "ssr")]
pub use self::{
    context::{State, Theme},
    denied::denied,
    routes::App,
    shell::{nonce, shell},
    sign_in::{FAILURE_CODES, ProviderLink, SignInPage},
};
