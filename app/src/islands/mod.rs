//! What the browser brings to life: news of changes, keys, and small comforts. Everything here is on top:
//! each page says all it has to say without it.

mod comforts;
mod keys;
mod news;
mod reload;
mod stream;

#[cfg(feature = "ssr")]
pub use keys::Keys;
#[cfg(feature = "ssr")]
pub use news::News;

/// Called by the page's script, once.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
    comforts::start();
}
