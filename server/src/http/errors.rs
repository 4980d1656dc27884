//! Answers to requests that no page answers. A browser sees a sentence and a way on; causes go to
//! the log.

use std::any::Any;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use super::assets;
use crate::state;

/// What a small page says, among the extensions of its answer, so that it can be drawn anew.
#[derive(Clone, Copy)]
struct Said {
    title: &'static str,
    sentence: &'static str,
}

/// A small page with one sentence. Both texts are ours: nothing that a visitor sent may be in them.
pub fn page(status: StatusCode, title: &'static str, sentence: &'static str) -> Response {
    let said = Said { title, sentence };
    let mut response = (status, Html(draw(said, ""))).into_response();
    response.extensions_mut().insert(said);
    response
}

/// Draws small pages with the base path in their links. Whoever makes one need not know it.
pub async fn below_base(
    State(state): State<state::State>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let said = response.extensions().get::<Said>().copied();
    if let Some(said) = said.filter(|_| !state.base.is_empty()) {
        *response.body_mut() = Body::from(draw(said, &state.base));
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response.headers_mut().remove(header::CONTENT_ENCODING);
    }
    response
}

fn draw(said: Said, base: &str) -> String {
    let Said { title, sentence } = said;
    let styles = assets::base();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} – Routebook</title>\
         <link rel=\"stylesheet\" href=\"{base}{styles}/app.css\"></head>\
         <body><main class=\"error\"><h1>{title}</h1><p>{sentence}</p>\
         <p><a href=\"{base}/\">To the start</a></p></main></body></html>\n"
    )
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_stand_below_the_base_path() {
        let said = Said { title: "Busy", sentence: "Wait." };
        let check = |base: &str, link: &str| {
            let html = draw(said, base);
            assert!(html.contains(&format!("<a href=\"{link}\">")), "{html}");
            assert!(html.contains(&format!("href=\"{base}/assets/")), "{html}");
        };
        check("", "/");
        check("/routebook", "/routebook/");
    }
}
