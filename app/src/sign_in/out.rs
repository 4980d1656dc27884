//! The way out: Routebook's session has ended, and perhaps the provider's is to end as well.

use crate::components::Title;
use domain::user::Visitor;
use leptos::prelude::*;

use super::{LONGEST, SignInPage};
use crate::components::account::sign_out;
use crate::components::value;
use crate::context::{self, link};
use crate::format;
use crate::places::home;

/// `/auth/signed-out`.
#[component]
pub fn SignedOut() -> impl IntoView {
    let state = context::state();
    let visitor = context::visitor();
    let provider = context::parameter("provider");
    context::not_cached();
    let out = Out::of(provider.as_deref(), state.sign_in.as_deref(), &visitor);
    if let Out::GoesOn { to, .. } = &out {
        context::go_on(to);
    }
    view! { <Title text=out.title()/> {out.page(&visitor, &state.base)} }
}

/// How far somebody is out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Out {
    /// Not at all: they came here by a link. Nobody is signed out because somebody else sent them here.
    StillIn,
    /// The provider, which people call so, ends its session at this address.
    GoesOn { by: String, to: String },
    /// The provider, which people call so, ends no sessions when asked.
    Stays { by: String },
    /// All the way, as far as Routebook knows.
    Over,
}

impl Out {
    pub(super) fn of(
        provider: Option<&str>,
        sign_in: Option<&SignInPage>,
        visitor: &Visitor,
    ) -> Self {
        if visitor.person().is_some() {
            return Self::StillIn;
        }
        let known = provider.zip(sign_in);
        let known = known.and_then(|(name, ways)| Some((name, ways, ways.label(name)?.to_owned())));
        let Some((name, ways, by)) = known else { return Self::Over };
        match (ways.end_session)(name) {
            Some(to) => Self::GoesOn { by, to },
            None => Self::Stays { by },
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::StillIn => "You are still signed in",
            _ => "You are signed out",
        }
    }

    pub(super) fn page(&self, visitor: &Visitor, base: &str) -> AnyView {
        let body = match self {
            Self::StillIn => still_in(visitor, base),
            Self::GoesOn { by, to } => goes_on(by, to, base),
            Self::Stays { by } => stays(by, base),
            Self::Over => again(base),
        };
        view! {
            <section class="door" aria-labelledby="door-title">
                <h1 id="door-title">{self.title()}</h1>
                {body}
            </section>
        }
        .into_any()
    }
}

fn still_in(visitor: &Visitor, base: &str) -> AnyView {
    let who = visitor.person().map(|person| view! { " as " {value(person.name())} });
    view! {
        <p>"You are signed in" {who} "."</p>
        <div class="choices">
            <a class="button" href=link(base, home(visitor))>"Go on as you are"</a>
            {sign_out(base, "Sign out")}
        </div>
    }
    .into_any()
}

fn goes_on(by: &str, to: &str, base: &str) -> AnyView {
    let (to, by) = (to.to_owned(), format::short(by, LONGEST));
    let label = format!("Sign out of {by} too");
    view! {
        <p>"Your session in Routebook has ended. Now the provider ends its own: it may ask you."</p>
        <div class="choices">
            <a class="button primary" href=to><bdi>{label}</bdi></a>
            <a class="button" href=link(base, "/auth/sign-in")>"Sign in again"</a>
        </div>
    }
    .into_any()
}

fn stays(by: &str, base: &str) -> AnyView {
    view! {
        <p>
            "Your session in Routebook has ended. " {value(by)} " may know you still: whoever uses \
             this browser could sign in again without a password. On a shared computer sign out there \
             as well."
        </p>
        {again(base)}
    }
    .into_any()
}

fn again(base: &str) -> AnyView {
    view! { <p><a class="button primary" href=link(base, "/auth/sign-in")>"Sign in again"</a></p> }
        .into_any()
}
