//! Which address shows which page.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::audit::AuditPage;
use crate::campaigns::{CampaignPage, CampaignsPage, NewCampaignPage};
use crate::context;
use crate::error::{self, Error};
use crate::ingress::IngressPage;
use crate::inventory::InventoryPage;
use crate::me::MePage;
use crate::overview::OverviewPage;
use crate::owners::OwnersPage;
use crate::retirements::{RetirementPage, RetirementsPage};
use crate::reviews::{ReviewPage, ReviewsPage};
use crate::sessions::SessionsPage;
use crate::sign_in::{SignIn, SignedOut};
use crate::status::StatusPage;

/// The pages. Each is complete before it is sent, so that it needs no script.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=OverviewPage ssr=SsrMode::Async/>
                <Route path=path!("/ingresses") view=InventoryPage ssr=SsrMode::Async/>
                <Route path=path!("/ingresses/:id") view=IngressPage ssr=SsrMode::Async/>
                <Route path=path!("/owners") view=OwnersPage ssr=SsrMode::Async/>
                <Route path=path!("/reviews") view=ReviewsPage ssr=SsrMode::Async/>
                <Route path=path!("/reviews/:id") view=ReviewPage ssr=SsrMode::Async/>
                <Route path=path!("/campaigns") view=CampaignsPage ssr=SsrMode::Async/>
                <Route path=path!("/campaigns/new") view=NewCampaignPage ssr=SsrMode::Async/>
                <Route path=path!("/campaigns/:id") view=CampaignPage ssr=SsrMode::Async/>
                <Route path=path!("/retirements") view=RetirementsPage ssr=SsrMode::Async/>
                <Route path=path!("/retirements/:id") view=RetirementPage ssr=SsrMode::Async/>
                <Route path=path!("/status") view=StatusPage ssr=SsrMode::Async/>
                <Route path=path!("/auth/sign-in") view=SignIn ssr=SsrMode::Async/>
                <Route path=path!("/auth/signed-out") view=SignedOut ssr=SsrMode::Async/>
                <Route path=path!("/me") view=MePage ssr=SsrMode::Async/>
                <Route path=path!("/audit") view=AuditPage ssr=SsrMode::Async/>
                <Route path=path!("/sessions") view=SessionsPage ssr=SsrMode::Async/>
                <Route path=path!("/*rest") view=NotFound ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}

#[component]
fn NotFound() -> impl IntoView {
    context::not_cached();
    let error = Error::NotFound("There is no page at this address.");
    error::page(&error, &context::state().base)
}
