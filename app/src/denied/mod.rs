//! What somebody is told who may not see what they asked for: who they are here, what is missing, and
//! whom to ask.

#[cfg(test)]
mod tests;

use axum::http::StatusCode;
use domain::rights::Right;
use domain::user::{Person, Role, Visitor};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;

use crate::components::Title;
use crate::components::account::{because, groups, names, sign_out, whom_to_ask};
use crate::components::{Tone, badge, value};
use crate::context::{self, State, link};
use crate::places::home;
use crate::shell;
use crate::sign_in::SignInPage;

/// The whole document for a request that its visitor has no right to.
pub fn denied(state: &State) -> AnyView {
    provide_meta_context();
    shell::document(state, || page(state, context::right()))
}

/// The same as the content of a page, for what only the page itself can tell.
pub fn page(state: &State, right: Option<Right>) -> AnyView {
    let visitor = context::visitor();
    let anonymous = matches!(visitor, Visitor::Anonymous);
    context::set_status(if anonymous { StatusCode::UNAUTHORIZED } else { StatusCode::FORBIDDEN });
    context::not_cached();
    let sign_in = state.sign_in.as_deref();
    let refusal = Refusal { visitor: &visitor, right, sign_in, base: &state.base };
    view! { <Title text=refusal.title()/> {refusal.content()} }.into_any()
}

/// Who may not, and what.
struct Refusal<'a> {
    visitor: &'a Visitor,
    /// What would be needed, if that is known.
    right: Option<Right>,
    sign_in: Option<&'a SignInPage>,
    base: &'a str,
}

impl Refusal<'_> {
    fn title(&self) -> &'static str {
        match self.visitor {
            Visitor::Anonymous => "You are not signed in",
            Visitor::Local => "This needs a sign-in",
            Visitor::Person(person) if is_nobody(person) => "You have no role in Routebook yet",
            Visitor::Person(_) => "This is not open to you",
        }
    }

    fn content(&self) -> AnyView {
        let body = match self.visitor {
            Visitor::Anonymous => self.to_sign_in(),
            Visitor::Local => self.to_set_up(),
            Visitor::Person(person) => self.to_ask(person),
        };
        view! {
            <section class="error denied" aria-labelledby="denied-title">
                <h1 id="denied-title">{self.title()}</h1>
                {body}
            </section>
        }
        .into_any()
    }

    fn to_sign_in(&self) -> AnyView {
        view! {
            <p>"Perhaps your session has ended. Nothing was changed. Sign in, and do it once more."</p>
            <p><a class="button primary" href=link(self.base, "/auth/sign-in")>"Sign in"</a></p>
        }
        .into_any()
    }

    fn to_set_up(&self) -> AnyView {
        view! {
            <p>
                "No sign-in is set up, so Routebook does not know who you are, and shows only what \
                 everybody on this machine may read. Whoever runs it names the organisation's \
                 provider under " <code>"auth"</code> " in the configuration."
            </p>
            <p><a class="button" href=link(self.base, "/")>"To the overview"</a></p>
        }
        .into_any()
    }

    fn to_ask(&self, person: &Person) -> AnyView {
        let contact = self.sign_in.and_then(|ways| ways.contact.as_deref());
        view! {
            <p>{self.what_is_missing(person)} " If you need it, ask " {whom_to_ask(contact)} "."</p>
            {who(person)}
            {self.giving()}
            <p class="subdued">
                "Groups are read when you sign in. If yours have changed, sign out and in again."
            </p>
            <div class="choices">
                {self.way_on(person)} {sign_out(self.base, "Sign out to use another account")}
            </div>
        }
        .into_any()
    }

    fn what_is_missing(&self, person: &Person) -> &'static str {
        if is_nobody(person) {
            return "You are signed in, but none of your groups gives you a role, or makes you a \
                    member of a team that owns ingresses.";
        }
        if self.right == Some(Right::Review) {
            return "Members of the owning team or an admin may do this.";
        }
        match self.needed() {
            Some(Role::Viewer) => {
                "This needs the role viewer, auditor or admin. As a member of a team you may see \
                 the ingresses that it owns."
            }
            Some(Role::Auditor) => "This needs the role auditor or admin.",
            Some(Role::Admin) => "This needs the role admin.",
            None if person.role.is_none() => "This is not an ingress that one of your teams owns.",
            None => "Your role does not allow it.",
        }
    }

    /// The role that is missing; `None` if it is not for want of a role.
    fn needed(&self) -> Option<Role> {
        self.right.filter(|right| !self.visitor.may(*right))?.role()
    }

    /// The groups that would give what is missing, of the least role that does: nobody has to ask for
    /// more, and who is above them is for strangers not to know.
    fn giving(&self) -> Option<AnyView> {
        let needed = self.needed()?;
        let all = self.sign_in.map(|ways| ways.role_groups.as_slice()).unwrap_or_default();
        let enough = all.iter().filter(|(role, groups)| *role >= needed && !groups.is_empty());
        let (role, groups) = enough.min_by_key(|(role, _)| *role)?;
        let list = view! {
            <h2>"Groups that would give it"</h2>
            <dl class="pairs roles"><div><dt>{role.label()}</dt><dd>{names(groups)}</dd></div></dl>
        };
        Some(list.into_any())
    }

    fn way_on(&self, person: &Person) -> AnyView {
        let label = match (person.role, person.teams.as_slice()) {
            (Some(_), _) => "To the overview",
            (None, []) => "About you",
            (None, _) => "To the ingresses of your team",
        };
        let to = link(self.base, home(self.visitor));
        view! { <a class="button primary" href=to>{label}</a> }.into_any()
    }
}

fn is_nobody(person: &Person) -> bool {
    person.role.is_none() && person.teams.is_empty()
}

fn who(person: &Person) -> AnyView {
    let role = match person.role {
        Some(role) => badge(Tone::Plain, role.label()),
        None => badge(Tone::Plain, "No role"),
    };
    let teams = match person.teams.is_empty() {
        true => view! { <span class="subdued">"none"</span> }.into_any(),
        false => names(&person.teams),
    };
    view! {
        <dl class="pairs roles">
            <div><dt>"You are"</dt><dd>{value(person.name())}</dd></div>
            <div><dt>"Your role"</dt><dd>{role} " " {because(&person.because)}</dd></div>
            <div><dt>"Your teams"</dt><dd>{teams}</dd></div>
            <div><dt>"Your groups"</dt><dd>{groups(&person.user.profile.groups)}</dd></div>
        </dl>
    }
    .into_any()
}
