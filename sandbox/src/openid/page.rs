//! The provider's pages. They say what they are: nobody should take them for a real sign-in.

use super::account::Account;
use super::parameters::Parameters;

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;\
                     padding:0 1rem;color:#1c1c1c;background:#fff}button{display:block;width:100%;\
                     margin:.5rem 0;padding:.75rem 1rem;font:inherit;color:inherit;text-align:left;\
                     background:#f4f4f4;border:1px solid #767676;border-radius:.25rem}\
                     button:hover{background:#e4e4e4}\
                     button:focus-visible{outline:3px solid #0b57d0}";

/// The accounts as buttons of one form, which gives the client's request on.
pub(super) fn accounts(accounts: &[Account], request: &Parameters) -> String {
    let hidden: String = request.pairs().map(|(name, value)| field(name, value)).collect();
    let buttons: String = accounts.iter().map(button).collect();
    document(
        "Who are you?",
        &format!(
            "<p>This is the sandbox, a test double of an organisation's sign-in. The people are \
             invented, and there are no passwords: pick one.</p>\
             <form method=\"post\" action=\"/choose\">{hidden}{buttons}</form>"
        ),
    )
}

/// A page that only says something.
pub(super) fn words(title: &str, words: &str) -> String {
    let words = escaped(words);
    document(title, &format!("<p>{words}</p><p>This is the sandbox, a test double.</p>"))
}

fn field(name: &str, value: &str) -> String {
    let (name, value) = (escaped(name), escaped(value));
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">")
}

fn button(account: &Account) -> String {
    let [key, name, explanation] =
        [&account.key, &account.name, &account.explanation].map(|text| escaped(text));
    format!(
        "<button name=\"account\" value=\"{key}\"><strong>{name}</strong> {explanation}</button>"
    )
}

fn document(title: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} · sandbox</title><style>{STYLE}</style></head>\
         <body><main><h1>{title}</h1>{body}</main></body></html>\n"
    )
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;")
}
