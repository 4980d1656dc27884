//! The document around every page.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::components::freshness;
use crate::context::{self, State, Theme};
use crate::routes::App;

/// The whole document.
pub fn shell(state: &State) -> AnyView {
    let theme = context::theme();
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
                {header(state)}
                <main id="main" tabindex="-1">
                    <App/>
                </main>
                {footer(state, theme)}
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

fn header(state: &State) -> AnyView {
    let path = context::path();
    view! {
        <header class="site-head">
            <a class="wordmark" href=state.link("/")>{sign()} "Routebook"</a>
            <nav aria-label="Main">
                <ul>
                    {place(state, &path, "/", "Overview")}
                    {place(state, &path, "/ingresses", "Ingresses")}
                    {place(state, &path, "/owners", "Owners")}
                    {place(state, &path, "/status", "Status")}
                </ul>
            </nav>
        </header>
    }
    .into_any()
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

fn place(state: &State, path: &str, to: &'static str, label: &'static str) -> AnyView {
    let current = if path == to {
        Some("page")
    } else {
        path.strip_prefix(to).is_some_and(|rest| rest.starts_with('/')).then_some("true")
    };
    view! { <li><a href=state.link(to) aria-current=current>{label}</a></li> }.into_any()
}

fn footer(state: &State, theme: Theme) -> AnyView {
    view! {
        <footer class="site-foot">
            <p>"Routebook " {state.version} " · " {overall(state.clone())}</p>
            {theme_form(state, theme)}
        </footer>
    }
    .into_any()
}

/// The footer of a page whose store does not answer says nothing more: the page has said it.
fn overall(state: State) -> AnyView {
    let clusters = Suspend::new(async move {
        let clusters = state.store.clusters().await.ok()?;
        Some(freshness::overall(&clusters, state.clock.now()))
    });
    view! { {clusters} }.into_any()
}

/// Sends `theme` and where to come back to; the server sets the cookie.
fn theme_form(state: &State, chosen: Theme) -> AnyView {
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
    let query = context::query();
    let mark = if query.is_empty() { "" } else { "?" };
    let back = format!("{}{mark}{query}", state.link(&context::path()));
    view! {
        <form method="post" action=state.link("/preferences")>
            <input type="hidden" name="back" value=back/>
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
