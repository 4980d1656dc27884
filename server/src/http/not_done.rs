//! What somebody wanted was not done, and why: a small page with the sentence, what they wrote, and
//! the way back. Nothing of the act is saved then.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use domain::inventory::InvalidView;
use domain::text::Unfit;
use store::ActError;

use super::form::Form;
use super::refusal::see_other;
use super::{assets, errors};
use crate::auth::back;
use crate::state::State;

/// Why an act was not done.
#[derive(Debug)]
pub enum NotDone {
    /// It may not be: a sentence with the way out, which may repeat what somebody wrote.
    Refused(StatusCode, String),
    /// It could not be saved.
    Failed(store::Error),
}

impl NotDone {
    /// What was sent cannot be.
    pub fn invalid(sentence: impl Into<String>) -> Self {
        Self::Refused(StatusCode::UNPROCESSABLE_ENTITY, sentence.into())
    }

    /// It is not for them.
    pub fn forbidden(sentence: impl Into<String>) -> Self {
        Self::Refused(StatusCode::FORBIDDEN, sentence.into())
    }

    /// There is nothing of that number.
    pub fn missing(what: &str) -> Self {
        let sentence = format!("there is no such {what}; go back to the list");
        Self::Refused(StatusCode::NOT_FOUND, sentence)
    }
}

impl From<ActError> for NotDone {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Refused(sentence, status) => Self::Refused(
                StatusCode::from_u16(status).unwrap_or(StatusCode::CONFLICT),
                sentence,
            ),
            ActError::Store(error) => Self::Failed(error),
        }
    }
}

impl From<store::Error> for NotDone {
    fn from(error: store::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<InvalidView> for NotDone {
    fn from(error: InvalidView) -> Self {
        Self::invalid(error.to_string())
    }
}

impl From<Unfit> for NotDone {
    fn from(error: Unfit) -> Self {
        Self::invalid(error.to_string())
    }
}

/// Does it, and leads to where it shows; or says why it was not done, with a link to where it was asked
/// for.
pub async fn answer(
    state: &State,
    form: &Form,
    asked_at: &str,
    doing: impl Future<Output = Result<String, NotDone>>,
) -> Response {
    match doing.await {
        Ok(to) => see_other(&back::below(&state.base, &to)),
        Err(NotDone::Refused(status, sentence)) => {
            let way = back::below(&state.base, asked_at);
            let html = draw(&state.base, title(status), &sentence, form.written(), &way);
            (status, Html(html)).into_response()
        }
        Err(NotDone::Failed(error)) => {
            tracing::error!("what somebody did could not be saved: {error}");
            errors::internal()
        }
    }
}

fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::FORBIDDEN => "Not yours to do",
        StatusCode::NOT_FOUND => "Not found",
        StatusCode::UNPROCESSABLE_ENTITY => "Not understood",
        _ => "Not done",
    }
}

fn draw(base: &str, title: &str, sentence: &str, written: &str, way: &str) -> String {
    let (styles, sentence, way) = (assets::base(), escaped(&whole(sentence)), escaped(way));
    let kept = match written {
        "" => String::new(),
        // The first line end in a text area is dropped by browsers.
        text => format!(
            "<p><label for=\"written\">What you wrote, so that you can copy it:</label></p>\
             <textarea id=\"written\" rows=\"8\" dir=\"auto\" readonly>\n{}</textarea>",
            escaped(text)
        ),
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} – Routebook</title>\
         <link rel=\"stylesheet\" href=\"{base}{styles}/app.css\"></head>\
         <body><main class=\"error\"><h1>{title}</h1><p>{sentence}</p>\
         <p>Nothing was changed.</p>{kept}\
         <p><a href=\"{way}\">Back to where you were</a></p></main></body></html>\n"
    )
}

/// Errors begin small and end without a full stop; here they stand alone.
fn whole(sentence: &str) -> String {
    let mut rest = sentence.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    let mut whole: String = first.chain(rest).collect();
    if !whole.ends_with(['.', '?', '!']) {
        whole.push('.');
    }
    whole
}

/// A text that is foreign, as HTML shows it letter by letter.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_shown_again_and_is_never_markup() {
        let html = draw(
            "/routebook",
            "Not done",
            "there is no team \"<b>x</b>\"; name one",
            "</textarea><script>alert(1)</script>",
            "/routebook/reviews?q=\"><a",
        );
        assert!(
            html.contains("<p>There is no team &quot;&lt;b&gt;x&lt;/b&gt;&quot;; name one.</p>")
        );
        assert!(html.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)"), "{html}");
        assert!(html.contains("href=\"/routebook/reviews?q=&quot;&gt;&lt;a\""), "{html}");
        assert!(html.contains("href=\"/routebook/assets/"), "{html}");
        assert!(!html.contains("<script"), "{html}");
    }

    #[test]
    fn without_a_text_there_is_no_field_for_it() {
        let html = draw("", "Not done", "It is closed.", "", "/reviews");
        assert!(!html.contains("textarea") && html.contains("<p>It is closed.</p>"), "{html}");
    }

    #[test]
    fn a_refusal_has_the_status_that_the_store_gave_it() {
        let check = |status: u16, expected: StatusCode| match NotDone::from(ActError::Refused(
            "no".into(),
            status,
        )) {
            NotDone::Refused(status, _) => assert_eq!(status, expected),
            NotDone::Failed(error) => panic!("{error}"),
        };
        check(409, StatusCode::CONFLICT);
        check(422, StatusCode::UNPROCESSABLE_ENTITY);
        check(0, StatusCode::CONFLICT);
    }
}
