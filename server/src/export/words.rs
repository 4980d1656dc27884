//! The words that a column may hold, where they are few: for files, for `/api/v1/`, and for its
//! description.

use domain::attestation::Reviewed;
use domain::class::ClassSource;
use domain::managed::Manager;
use domain::owner::{Confidence, OwnerSource};
use domain::problem;
use domain::tls::{Method, TlsState};
use domain::traffic::{Granularity, Verdict};

/// The checks that may not have been made.
pub const NOT_CHECKED: [&str; 4] = ["services", "endpoints", "classes", "namespaces"];

/// The words that a column may hold, if they are few; for a list, the words in it.
pub fn allowed(column: &str) -> Option<Vec<&'static str>> {
    let confidence = [Confidence::High, Confidence::Medium, Confidence::Low];
    let granularity = [Granularity::Route, Granularity::Ingress, Granularity::Service];
    let words = match column {
        "owner_source" => OwnerSource::ALL.map(OwnerSource::as_str).to_vec(),
        "owner_confidence" => confidence.map(Confidence::as_str).to_vec(),
        "managed_by" => Manager::ALL.map(Manager::as_str).to_vec(),
        "traffic_verdict" => Verdict::ALL.map(Verdict::as_str).to_vec(),
        "granularity" => granularity.map(Granularity::as_str).to_vec(),
        "tls_state" => TlsState::ALL.map(TlsState::as_str).to_vec(),
        "tls_method" => Method::ALL.map(Method::as_str).to_vec(),
        "class_source" => {
            vec![ClassSource::Spec.as_str(), ClassSource::Annotation.as_str()]
        }
        "problems" => problem::CODES.to_vec(),
        "not_checked" => NOT_CHECKED.to_vec(),
        "reviewed" => Reviewed::ALL.map(Reviewed::as_str).to_vec(),
        _ => return None,
    };
    Some(words)
}
