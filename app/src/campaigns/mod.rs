//! Campaigns: all of them and the series that make them, one of them with how far it is, and the form
//! by which an admin makes one. To look needs a role; to lead one, that of an admin.

mod figures;
mod form;
mod list;
mod one;
mod preview;
mod words;

use domain::CampaignId;

use crate::context::link;

pub use form::NewCampaignPage;
pub use list::CampaignsPage;
pub use one::CampaignPage;

/// The address of a campaign.
fn address(id: CampaignId, base: &str) -> String {
    link(base, &format!("/campaigns/{id}"))
}

/// Errors begin small and end without a full stop; here they stand alone.
fn told(error: &str) -> String {
    let mut rest = error.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    let mut whole: String = first.chain(rest).collect();
    if !whole.ends_with(['.', '?', '!']) {
        whole.push('.');
    }
    whole
}
