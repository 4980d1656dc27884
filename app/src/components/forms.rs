//! Fields of the forms by which people do something. What they wrote stays text.

use leptos::prelude::*;
use uuid::Uuid;

/// The longest reason and comment, in characters; the domain refuses what is longer.
pub const LONGEST_TEXT: usize = domain::text::LONGEST_REASON;

/// The idempotency key of a form: however often it is sent, what it asks for is done once.
pub fn key() -> AnyView {
    hidden("key", Uuid::new_v4().to_string())
}

/// What the form sends along.
pub fn hidden(name: &'static str, value: String) -> AnyView {
    view! { <input type="hidden" name=name value=value/> }.into_any()
}

/// A text of several lines, empty at first. `id` is its own on the page.
pub fn text_area(id: String, name: &'static str, label: String, required: bool) -> AnyView {
    let label_for = id.clone();
    view! {
        <div class="field text">
            <label for=label_for>{label}</label>
            <textarea
                id=id
                name=name
                rows="3"
                maxlength=LONGEST_TEXT.to_string()
                required=required
                dir="auto"
            ></textarea>
        </div>
    }
    .into_any()
}

/// A reason; where it may be left out, the label says so.
pub fn reason(id: String, required: bool) -> AnyView {
    let label = if required { "Reason" } else { "Reason (may be left out)" };
    text_area(id, "reason", label.to_owned(), required)
}

/// A choice among names that come from outside. `none` is what may be chosen instead of a name.
pub fn names(
    id: String,
    name: &'static str,
    label: &'static str,
    none: &'static str,
    names: &[String],
    chosen: Option<&str>,
) -> AnyView {
    let option = |name: &String| {
        let (value, shown) = (name.clone(), crate::format::short(name, 60));
        let chosen = chosen == Some(name.as_str());
        view! { <option value=value selected=chosen>{shown}</option> }
    };
    let options: Vec<_> = names.iter().map(option).collect();
    let label_for = id.clone();
    view! {
        <div class="field">
            <label for=label_for>{label}</label>
            <select id=id name=name>
                <option value="">{none}</option>
                {options}
            </select>
        </div>
    }
    .into_any()
}

/// A form behind a button that opens it; of several on a page, one is open. The key leads to it.
/// `about` is what the form sends along.
pub fn folded(
    (label, key): (&'static str, &'static str),
    action: String,
    about: AnyView,
    fields: AnyView,
    send: &'static str,
) -> AnyView {
    view! {
        <details class="folded" name="decision">
            <summary class="button" aria-keyshortcuts=key>{label}</summary>
            <form method="post" action=action class="act">
                {about} {fields}
                <button type="submit" class="button primary">{send}</button>
            </form>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::EVIL;

    #[test]
    fn every_form_has_a_key_of_its_own() {
        let (one, other) = (key().to_html(), key().to_html());
        assert!(one.contains("name=\"key\"") && one.contains("type=\"hidden\""), "{one}");
        assert_ne!(one, other);
    }

    #[test]
    fn markup_in_a_choice_is_text() {
        let html =
            names("a".into(), "team", "Team", "Nobody", &[EVIL.into()], Some(EVIL)).to_html();
        assert!(html.contains("selected") && html.contains("Nobody"), "{html}");
        assert!(!html.contains("<script") && html.contains("[U+202E]"), "{html}");
    }

    #[test]
    fn a_text_is_as_long_as_the_domain_allows() {
        let html = reason("why".into(), true).to_html();
        assert!(html.contains("maxlength=\"4000\"") && html.contains("required"), "{html}");
        assert!(reason("why".into(), false).to_html().contains("may be left out"));
    }
}
