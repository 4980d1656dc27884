//! The way in and the way out. Whoever comes here may be anybody, so these pages show nothing of the
//! clusters, and of the address only what is known.

mod failure;
mod out;
mod seam;
#[cfg(test)]
mod tests;

use crate::components::Title;
use domain::user::{Person, Visitor};
use leptos::prelude::*;
use leptos_router::location::Url;

use crate::components::account::{sign_out, standing};
use crate::components::value;
use crate::context::{self, link};
use crate::format;
use crate::places::home;

pub use failure::FAILURE_CODES;
pub use out::SignedOut;
pub use seam::{ProviderLink, SignInPage};

/// Longer names of providers are cut.
const LONGEST: usize = 80;

/// `/auth/sign-in`.
#[component]
pub fn SignIn() -> impl IntoView {
    let state = context::state();
    let visitor = context::visitor();
    context::not_cached();
    let asked = Asked::of_request();
    let title = if asked.failed.is_some() { "Sign-in failed" } else { "Sign in" };
    view! {
        <Title text=title/>
        {door(&asked, state.sign_in.as_deref(), &visitor, &state.base)}
    }
}

/// What the address says.
#[derive(Default)]
struct Asked {
    /// Where the person wanted to go.
    back: Option<String>,
    /// Why the last try failed.
    failed: Option<String>,
    /// With which provider.
    provider: Option<String>,
}

impl Asked {
    fn of_request() -> Self {
        Self {
            back: context::parameter("back").filter(|back| is_local(back)),
            failed: context::parameter("failed"),
            provider: context::parameter("provider"),
        }
    }
}

/// Whether a path stays here. The server looks at it again before it sends anybody there.
fn is_local(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    path.starts_with('/') && !path.starts_with("//") && path.bytes().all(plain)
}

fn door(asked: &Asked, sign_in: Option<&SignInPage>, visitor: &Visitor, base: &str) -> AnyView {
    let Some(sign_in) = sign_in else { return not_set_up(base) };
    let by = asked.provider.as_deref().and_then(|name| sign_in.label(name));
    let contact = sign_in.contact.as_deref();
    let failure = asked.failed.as_deref().map(|code| failure::notice(code, by, contact));
    let here = visitor.person().map(|person| already(person, visitor, base));
    view! {
        <section class="door" aria-labelledby="door-title">
            <h1 id="door-title">"Sign in to Routebook"</h1>
            {failure}
            {here}
            <p>"Use the account that you have in your organisation."</p>
            {ways(sign_in, asked.back.as_deref(), base)}
            <p class="subdued">
                "Routebook learns your name, your e-mail address and your groups. It keeps a \
                 cookie while you are signed in."
            </p>
        </section>
    }
    .into_any()
}

fn ways(sign_in: &SignInPage, back: Option<&str>, base: &str) -> AnyView {
    let way = |(index, provider): (usize, &ProviderLink)| {
        let class = if index == 0 { "button primary wide" } else { "button wide" };
        let to = way_to(&provider.name, back, base);
        let label = format!("Sign in with {}", format::short(&provider.label, LONGEST));
        view! { <li><a class=class href=to><bdi>{label}</bdi></a></li> }
    };
    let ways: Vec<_> = sign_in.providers.iter().enumerate().map(way).collect();
    view! { <ul class="ways">{ways}</ul> }.into_any()
}

fn way_to(provider: &str, back: Option<&str>, base: &str) -> String {
    // Names have only letters, digits and hyphens.
    let to = link(base, &format!("/auth/sign-in/{provider}"));
    match back {
        Some(back) => format!("{to}?back={}", Url::escape(back)),
        None => to,
    }
}

/// Somebody who is signed in may want another account, or has come here by an old link.
fn already(person: &Person, visitor: &Visitor, base: &str) -> AnyView {
    view! {
        <div class="notice">
            <p>
                "You are signed in as " {value(person.name())} " ("
                <bdi>{standing(person)}</bdi> ")."
            </p>
            <div class="choices">
                <a class="button" href=link(base, home(visitor))>"Go on as you are"</a>
                {sign_out(base, "Sign out")}
            </div>
        </div>
    }
    .into_any()
}

fn not_set_up(base: &str) -> AnyView {
    view! {
        <section class="door" aria-labelledby="door-title">
            <h1 id="door-title">"No sign-in is set up"</h1>
            <p>
                "Routebook answers only on its own machine, and whoever reaches it there may read. \
                 To let others in, whoever runs it names the organisation's provider under "
                <code>"auth"</code> " in the configuration."
            </p>
            <p><a class="button" href=link(base, "/")>"To the overview"</a></p>
        </section>
    }
    .into_any()
}
