//! Answers to requests that no page answers. A browser sees a sentence and a way on; causes go to
//! the log.

use std::any::Any;

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::assets;

/// A small page with one sentence. Both texts are ours: nothing that a visitor sent may be in them.
pub fn page(status: StatusCode, title: &'static str, sentence: &'static str) -> Response {
    let styles = assets::base();
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} – Routebook</title>\
         <link rel=\"stylesheet\" href=\"{styles}/app.css\"></head>\
         <body><main class=\"error\"><h1>{title}</h1><p>{sentence}</p>\
         <p><a href=\"/\">To the start</a></p></main></body></html>\n"
    );
    (status, Html(html)).into_response()
}

/// There is nothing at this address.
pub async fn not_found() -> Response {
    page(StatusCode::NOT_FOUND, "Not found", "There is nothing at this address.")
}

/// Something is wrong inside, and the log says what.
pub fn internal() -> Response {
    let sentence = "Something went wrong inside Routebook. Nothing is lost. Try again in a moment; \
                    whoever runs Routebook finds the reason in its log.";
    page(StatusCode::INTERNAL_SERVER_ERROR, "Routebook has a problem", sentence)
}

/// The answer when a handler panicked.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
pub fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
    tracing::error!("a handler panicked: {text}");
    internal()
}
