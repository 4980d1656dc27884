//! The TLS state of an ingress: which certificates its hosts are served with, as far as anybody has
//! told, who told it, and when.
//!
//! Four methods tell: cert-manager's `Certificate` objects, the controllers' metrics, a handshake, and
//! the Secret itself. Each leaves [`Evidence`]; [`assess`] weighs it. Nothing is looked at here, and
//! what nobody has told is unknown: it looks neither good nor bad.

mod assess;
mod compare;
mod evidence;
mod judge;
mod names;
mod state;
mod upstream;

pub use assess::{Policy, assess};
pub use evidence::{Certificate, Evidence, Finding, MOST_NAMES, Method, Subject, shortened};
pub use names::name_matches;
pub use state::{Entry, Tls, TlsState};
