//! The document around every page.

use domain::rights::Right;
use domain::user::{Person, Visitor};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::components::account::{sign_out, standing};
use crate::components::{freshness, value};
use crate::context::{self, State, Theme, link};
use crate::places::{self, Place};
use crate::routes::App;

/// The whole document.
pub fn shell(state: &State) -> AnyView {
    document(state, || view! { <App/> }.into_any())
}

/// The head of a document, and what is around its content.
pub fn document(state: &State, content: impl FnOnce() -> AnyView) -> AnyView {
    let theme = context::theme();
    let visitor = context::visitor();
    let style = format!("{}/app.css", state.assets);
    let icon = format!("{}/favicon.svg", state.assets);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.as_str()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="stylesheet" href=style/>
                <link rel="icon" type="image/svg+xml" href=icon/>
                {islands_script(state)}
                <MetaTags/>
            </head>
            <body>
                <a class="skip-link" href="#main">"Skip to the content"</a>
                {header(&visitor, &context::path(), &state.base)}
                <main id="main" tabindex="-1">
                    {content()}
                </main>
                {footer(state, &visitor, theme)}
                <p id="said" role="status" class="visually-hidden"></p>
            </body>
        </html>
    }
    .into_any()
}

/// Leptos' own script, told where the built files are: `{root}/{package}/app.js`.
fn islands_script(state: &State) -> AnyView {
    let (root, package) = state.assets.rsplit_once('/').unwrap_or(("", &state.assets));
    let options =
        LeptosOptions::builder().output_name("app").site_pkg_dir(package.to_owned()).build();
    let root = root.to_owned();
    view! { <HydrationScripts options=options islands=true root=root/> }.into_any()
}

fn header(visitor: &Visitor, path: &str, base: &str) -> AnyView {
    let around = (!places::is_door(path)).then(|| {
        view! { {navigation(visitor, path, base)} {account(visitor, path, base)} }
    });
    view! {
        <header class="site-head">
            <a class="wordmark" href=link(base, places::home(visitor))>{sign()} "Routebook"</a>
            {around}
        </header>
    }
    .into_any()
}

fn navigation(visitor: &Visitor, path: &str, base: &str) -> Option<AnyView> {
    let items: Vec<_> =
        places::open_to(visitor).map(|place| self::place(place, path, base)).collect();
    if items.is_empty() {
        return None;
    }
    Some(view! { <nav aria-label="Main"><ul>{items}</ul></nav> }.into_any())
}

/// Two ways that leave one point: a route.
fn sign() -> AnyView {
    view! {
        <svg class="sign" viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">
            <path d="M3 8h3.5L11 3.5M6.5 8 11 12.5" fill="none" stroke="currentColor"
                stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"/>
            <circle cx="3" cy="8" r="1.75" fill="currentColor"/>
            <circle cx="12.5" cy="3" r="1.75" fill="currentColor"/>
            <circle cx="12.5" cy="13" r="1.75" fill="currentColor"/>
        </svg>
    }
    .into_any()
}

fn place(place: Place, path: &str, base: &str) -> AnyView {
    let below = |rest: &str| rest.starts_with('/');
    let current = if path == place.path {
        Some("page")
    } else {
        path.strip_prefix(place.path).is_some_and(below).then_some("true")
    };
    let to = link(base, place.path);
    view! { <li><a href=to aria-current=current>{place.label}</a></li> }.into_any()
}

/// Who is here.
fn account(visitor: &Visitor, path: &str, base: &str) -> AnyView {
    match visitor {
        Visitor::Person(person) => signed_in(person, path, base),
        Visitor::Local => {
            view! { <p class="account subdued">"No sign-in is set up"</p> }.into_any()
        }
        Visitor::Anonymous => {
            let to = link(base, "/auth/sign-in");
            view! { <p class="account"><a href=to>"Sign in"</a></p> }.into_any()
        }
    }
}

fn signed_in(person: &Person, path: &str, base: &str) -> AnyView {
    let current = (path == "/me").then_some("page");
    view! {
        <div class="account">
            <a class="who" href=link(base, "/me") aria-current=current>
                <span class="visually-hidden">"Signed in as "</span>
                {value(person.name())} " "
                <span class="standing"><bdi>{standing(person)}</bdi></span>
            </a>
            {sign_out(base, "Sign out")}
        </div>
    }
    .into_any()
}

fn footer(state: &State, visitor: &Visitor, theme: Theme) -> AnyView {
    let overall = visitor.may(Right::ReadAll).then(|| overall(state.clone()));
    view! {
        <footer class="site-foot">
            <p>"Routebook " {version(state.version, visitor)} {overall}</p>
            {theme_form(&state.base, theme)}
        </footer>
    }
    .into_any()
}

/// Whoever is not signed in need not know which faults it has.
fn version(version: &'static str, visitor: &Visitor) -> Option<&'static str> {
    (*visitor != Visitor::Anonymous).then_some(version)
}

/// The footer of a page whose store does not answer says nothing more: the page has said it.
fn overall(state: State) -> AnyView {
    let clusters = Suspend::new(async move {
        let clusters = state.store.clusters().await.ok()?;
        let overall = freshness::overall(&clusters, state.clock.now());
        Some(view! { " · " {overall} })
    });
    view! { {clusters} }.into_any()
}

/// Sends `theme` and where to come back to; the server sets the cookie.
fn theme_form(base: &str, chosen: Theme) -> AnyView {
    let button = |theme: Theme| {
        let pressed = if theme == chosen { "true" } else { "false" };
        let label = match theme {
            Theme::Auto => "Auto",
            Theme::Light => "Light",
            Theme::Dark => "Dark",
        };
        view! {
            <button type="submit" name="theme" value=theme.as_str() aria-pressed=pressed>{label}</button>
        }
    };
    view! {
        <form method="post" action=link(base, "/preferences")>
            <input type="hidden" name="back" value=context::here(base)/>
            <div class="themes" role="group" aria-label="Theme">
                {Theme::ALL.map(button).into_iter().collect::<Vec<_>>()}
            </div>
        </form>
    }
    .into_any()
}

/// The nonce of the scripts in this answer, for the server's Content-Security-Policy.
pub fn nonce() -> Option<String> {
    use_nonce().map(|nonce| nonce.to_string())
}

#[cfg(test)]
mod tests {
    use domain::user::Role;

    use super::*;
    use crate::testing::{self, EVIL, visitor};

    fn html(visitor: &Visitor, path: &str) -> String {
        header(visitor, path, "/base").to_html()
    }

    #[test]
    fn the_head_says_who_is_here_and_offers_only_what_they_may_open() {
        let admin = html(&visitor(Some(Role::Admin), &["payments"]), "/audit");
        for expected in [
            "href=\"/base/sessions\"",
            "href=\"/base/audit\" aria-current=\"page\"",
            "href=\"/base/me\"",
            "Ann Example",
            Role::Admin.label(),
            "action=\"/base/auth/sign-out\"",
        ] {
            assert!(admin.contains(expected), "{expected}: {admin}");
        }
        let owner = html(&visitor(None, &["payments"]), "/ingresses/7");
        assert!(owner.contains("payments") && owner.contains("aria-current=\"true\""), "{owner}");
        for missing in ["/base/owners", "/base/status", "/base/audit", "href=\"/base/\""] {
            assert!(!owner.contains(missing), "{missing}: {owner}");
        }
        let nobody = html(&visitor(None, &[]), "/me");
        assert!(nobody.contains("no role") && !nobody.contains("<nav"), "{nobody}");
        assert!(html(&Visitor::Local, "/").contains("No sign-in is set up"));
    }

    #[test]
    fn at_the_door_there_is_no_navigation() {
        for visitor in [visitor(Some(Role::Admin), &[]), Visitor::Anonymous, Visitor::Local] {
            for path in ["/auth/sign-in", "/auth/signed-out"] {
                let html = html(&visitor, path);
                assert!(!html.contains("<nav") && !html.contains("account"), "{html}");
            }
        }
    }

    #[test]
    fn a_stranger_does_not_learn_the_version() {
        assert_eq!(version("1.2.3", &Visitor::Anonymous), None);
        for visitor in [visitor(None, &[]), Visitor::Local] {
            assert_eq!(version("1.2.3", &visitor), Some("1.2.3"));
        }
    }

    #[test]
    fn markup_in_a_name_is_text() {
        let html = html(&testing::evil_visitor(), "/me");
        assert!(!html.contains("<script") && !html.contains(EVIL), "{html}");
        assert!(!html.contains("style="), "{html}");
    }
}
