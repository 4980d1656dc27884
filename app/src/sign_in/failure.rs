//! Why a sign-in failed, by its code, in words for the person it happened to.

use leptos::prelude::*;

use super::LONGEST;
use crate::components::account::whom_to_ask;
use crate::format;

/// What helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// To begin again.
    Again,
    /// To wait.
    Wait,
    /// To begin again; if that does not help, to ask.
    AgainOrAsk,
    /// To ask: it would fail again.
    Ask,
}

/// Every code with what happened and what helps. `{by}` stands for the provider.
const FAILURES: [(&str, &str, Next); 16] = [
    ("provider-unknown", "This way to sign in is not set up here, or not any more.", Next::Again),
    (
        "too-late",
        "This sign-in was not finished within ten minutes, was begun in another browser, or the \
         browser keeps no cookies of this address.",
        Next::Again,
    ),
    (
        "state",
        "The answer does not belong to the sign-in that this browser began last, or it was used \
         before. A bookmark of the provider's page, the button Back, or two sign-ins at once lead \
         to this.",
        Next::Again,
    ),
    (
        "code-missing",
        "{by} sent you back without the code that Routebook needs to know who you are.",
        Next::AgainOrAsk,
    ),
    (
        "provider-error",
        "{by} did not sign you in. Perhaps it was cancelled, or you may not use Routebook there.",
        Next::AgainOrAsk,
    ),
    ("provider-unreachable", "{by} does not answer Routebook.", Next::Wait),
    ("provider-answer", "{by} says things of itself that Routebook cannot use.", Next::Ask),
    ("token-refused", "{by} did not accept its own code from Routebook.", Next::AgainOrAsk),
    ("id-token", "{by} confirmed who you are in a way that Routebook may not trust.", Next::Ask),
    ("nonce", "{by} confirmed another sign-in than the one that was begun here.", Next::Again),
    ("issuer", "The answer came from somebody else than the provider that was asked.", Next::Ask),
    ("userinfo", "{by} gave no usable answer to the question who you are.", Next::AgainOrAsk),
    (
        "too-many-groups",
        "{by} names more than 1,000 groups of yours, which is more than Routebook takes.",
        Next::Ask,
    ),
    ("disabled", "Your account is disabled in Routebook: an administrator did that.", Next::Ask),
    ("busy", "Too many sign-ins are under way just now.", Next::Wait),
    (
        "internal",
        "Routebook could not finish the sign-in. You are not signed in.",
        Next::AgainOrAsk,
    ),
];

/// The codes of all failures that are explained.
pub const FAILURE_CODES: [&str; FAILURES.len()] = {
    let mut codes = [""; FAILURES.len()];
    let mut index = 0;
    while index < codes.len() {
        codes[index] = FAILURES[index].0;
        index += 1;
    }
    codes
};

const UNKNOWN: &str = "The sign-in did not succeed.";

/// What happened and what to do. `by` is what people call the provider, if it is one of ours: nothing
/// else of the address is shown, because anybody can make an address.
pub fn notice(code: &str, by: Option<&str>, contact: Option<&str>) -> AnyView {
    let known = FAILURES.into_iter().find(|(known, _, _)| *known == code);
    let (code, text, next) = match known {
        Some((code, text, next)) => (Some(code), text, next),
        None => (None, UNKNOWN, Next::AgainOrAsk),
    };
    let by = by.map_or_else(|| "The provider".to_owned(), |by| format::short(by, LONGEST));
    let text = text.replace("{by}", &by);
    let code = code.map(|code| {
        view! { <p class="subdued">"If you ask, say this code: " <code>{code}</code></p> }
    });
    view! {
        <div class="notice bad">
            <h2>"You are not signed in"</h2>
            <p><bdi>{text}</bdi></p>
            {self::next(next, contact)}
            {code}
        </div>
    }
    .into_any()
}

fn next(next: Next, contact: Option<&str>) -> AnyView {
    let whom = whom_to_ask(contact);
    match next {
        Next::Again => view! { <p>"Begin again from here."</p> }.into_any(),
        Next::Wait => view! {
            <p>"Wait a minute and try again. If it stays like this, ask " {whom} "."</p>
        }
        .into_any(),
        Next::AgainOrAsk => view! {
            <p>
                "Begin again from here. If it happens again, ask " {whom}
                ": the reason is in the log of Routebook."
            </p>
        }
        .into_any(),
        Next::Ask => view! {
            <p>
                "To try again will not help. Ask " {whom} ": the reason is in the log of Routebook."
            </p>
        }
        .into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::EVIL;

    #[test]
    fn every_code_says_what_happened_and_what_to_do() {
        for (code, _, next) in FAILURES {
            let html = notice(code, Some("Example Corp"), Some("#platform")).to_html();
            assert!(html.contains(&format!("<code>{code}</code>")), "{html}");
            assert!(!html.contains("{by}") && !html.contains(UNKNOWN), "{html}");
            assert_eq!(html.contains("#platform"), next != Next::Again, "{html}");
        }
    }

    #[test]
    fn nothing_that_anybody_could_write_into_the_address_is_shown() {
        let html = notice("call +1 555 0100 now", None, None).to_html();
        assert!(html.contains(UNKNOWN) && !html.contains("555"), "{html}");
        let html = notice("provider-error", None, Some(EVIL)).to_html();
        assert!(html.contains("The provider did not") && !html.contains("<script"), "{html}");
    }
}
