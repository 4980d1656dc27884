//! The seam to the pages: which addresses they have, and what they are given.

use std::sync::Arc;

use app::{ProviderLink, SignInPage};
use axum::extract::Request;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use domain::user::Role;
use http::request::Parts;
use leptos::nonce::Nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{generate_route_list, render_app_async_with_context};

use super::guarded::Guarded;
use super::rights::{Kind, REST, TABLE};
use super::{assets, refusal};
use crate::auth::SignIn;
use crate::config::Provider;
use crate::state::State;

/// Where there is no page. The pages have a router of their own, which is kinder than this one and
/// would show `/audit` under `/audit/` too: what is not found must not lead there.
const NOWHERE: &str = "/not-found";

/// What every page is given.
pub fn state(state: &State) -> app::State {
    app::State {
        store: state.store.clone(),
        clock: state.clock.clone(),
        version: env!("CARGO_PKG_VERSION"),
        assets: format!("{}{}", state.base, assets::base()).into(),
        base: state.base.clone(),
        look_back_days: state.look_back_days,
        sign_in: state.sign_in.as_ref().map(|sign_in| Arc::new(sign_in_page(sign_in))),
    }
}

fn sign_in_page(sign_in: &Arc<SignIn>) -> SignInPage {
    let rules = sign_in.rules();
    let groups = |role: Role| (role, rules.groups(role).to_vec());
    let known = sign_in.clone();
    SignInPage {
        providers: sign_in.providers().map(link).collect(),
        contact: sign_in.contact().map(str::to_owned),
        role_groups: Role::ALL.map(groups).to_vec(),
        end_session: Arc::new(move |name: &str| known.end_session_url(name).map(String::from)),
    }
}

fn link(provider: &Provider) -> ProviderLink {
    ProviderLink { name: provider.name.clone(), label: provider.label.clone() }
}

/// Adds every page, and the page that says that there is none. Server functions are not added: there
/// are none, and one would be an address without a row.
pub fn routes(routes: Guarded, pages: &app::State) -> Guarded {
    let shown = pages.clone();
    let draw = render_app_async_with_context(provide(pages), move || app::shell(&shown));
    let base = pages.base.clone();
    let nowhere = {
        let draw = draw.clone();
        move |request: Request| nowhere(draw, base, request)
    };
    generate_route_list(app::App).into_iter().fold(routes, |routes, page| match page.path() {
        REST => routes.get(REST, nowhere.clone()),
        path => routes.get(path, draw.clone()),
    })
}

/// The page for somebody who may not see what is there. It is a document of its own: nothing of what
/// was asked for is in it, whatever the address was.
pub async fn denied(pages: &app::State, request: Request) -> Response {
    let shown = pages.clone();
    let draw = render_app_async_with_context(provide(pages), move || app::denied(&shown));
    let mut response = draw(request).await;
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
}

async fn nowhere<D, F>(draw: D, base: Arc<str>, mut request: Request) -> Response
where
    D: FnOnce(Request) -> F,
    F: Future<Output = Response>,
{
    if let Some(to) = without_slash(request.uri()) {
        return refusal::see_other(&format!("{base}{to}"));
    }
    *request.uri_mut() = Uri::from_static(NOWHERE);
    draw(request).await
}

/// The page that was meant, where only a slash at the end is too much.
fn without_slash(uri: &Uri) -> Option<String> {
    let path = uri.path().strip_suffix('/')?;
    let is_page = TABLE.iter().any(|row| row.kind == Kind::Page && row.path == path);
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    is_page.then(|| format!("{path}{query}"))
}

/// What pages find in their context. Leptos makes a nonce of its own; the one that the header names
/// takes its place.
fn provide(pages: &app::State) -> impl Fn() + Clone + Send + Sync + 'static + use<> {
    let pages = pages.clone();
    move || {
        provide_context(pages.clone());
        let parts = use_context::<Parts>();
        if let Some(nonce) = parts.and_then(|parts| parts.extensions.get::<Nonce>().cloned()) {
            provide_context(nonce);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_too_much_leads_to_the_page_and_nowhere_else() {
        let check = |from: &str, to: Option<&str>| {
            assert_eq!(without_slash(&from.parse().unwrap()).as_deref(), to, "{from}");
        };
        check("/ingresses/", Some("/ingresses"));
        check("/audit/?person=x", Some("/audit?person=x"));
        check("/ingresses//", None);
        check("/ingresses/7/", None);
        check("//evil.example/", None);
        check("/preferences/", None);
        check("/nothing", None);
    }
}
