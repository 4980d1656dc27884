//! Views that have a name and a link.

use super::{Sort, View};
use crate::tls::TlsState;

/// A view that has a name and a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Not used successfully for as long as the look-back.
    Stale,
    /// Without an owner.
    Orphans,
    /// With a certificate that expires within 30 days or has expired.
    Expiring,
    /// Without TLS.
    NoTls,
    /// Created within 30 days.
    New,
}

impl Preset {
    /// All presets.
    pub const ALL: [Self; 5] = [Self::Stale, Self::Orphans, Self::Expiring, Self::NoTls, Self::New];

    /// Its name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Stale => "Stale",
            Self::Orphans => "Orphans",
            Self::Expiring => "Expiring",
            Self::NoTls => "No TLS",
            Self::New => "New this month",
        }
    }

    /// The view; `look_back` is in days.
    pub fn view(self, look_back: u32) -> View {
        let plain = View::default();
        match self {
            Self::Stale => View { unused_days: Some(look_back), sort: Sort::Traffic, ..plain },
            Self::Orphans => View { owner: Some("-".into()), ..plain },
            Self::Expiring => View { expires_days: Some(30), sort: Sort::Expires, ..plain },
            Self::NoTls => View { tls: Some(TlsState::None), ..plain },
            Self::New => {
                View { new_days: Some(30), sort: Sort::Created, descending: true, ..plain }
            }
        }
    }
}
