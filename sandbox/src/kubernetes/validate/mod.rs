//! What a real API server refuses when an object is created: the rules of kube-apiserver 1.36 for
//! `networking.k8s.io/v1` Ingresses, and the outline of those for other kinds. Unknown fields are
//! no reason to refuse: a server drops them unless a client asks for strictness, so a backend in
//! the notation of `v1beta1` is refused for the backend that is left empty.

mod error;
mod ingress;
mod metadata;
mod others;
mod syntax;

pub use error::{FieldError, Reason};

use serde_json::Value;

use super::kinds::Kind;

/// Checks an object of a kind, such as `Ingress`, as a server would on create.
pub fn validate(kind: &str, object: &Value) -> Result<(), Vec<FieldError>> {
    let mut errors = Vec::new();
    if !kind.ends_with("Review") {
        metadata::check(kind, object, &mut errors);
        match kind {
            "Ingress" => ingress::check(object, &mut errors),
            "IngressClass" => others::ingress_class(object, &mut errors),
            "Service" => others::service(object, &mut errors),
            "EndpointSlice" => others::endpoint_slice(object, &mut errors),
            "Secret" => others::secret(object, &mut errors),
            "Certificate" => others::certificate(object, &mut errors),
            _ => {}
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// The sentence with which a server refuses an object: which one it is, then every field that is
/// wrong.
pub fn message(qualified_kind: &str, name: &str, errors: &[FieldError]) -> String {
    let mut texts: Vec<String> = Vec::new();
    for text in errors.iter().map(ToString::to_string) {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    let joined = match texts.as_slice() {
        [only] => only.clone(),
        many => format!("[{}]", many.join(", ")),
    };
    format!("{qualified_kind} \"{name}\" is invalid: {joined}")
}

/// The same check with the causes as a `Status` lists them: reason, message, field.
pub(super) fn check(kind: &Kind, object: &Value) -> Result<(), Vec<(String, String, String)>> {
    let cause = |error: FieldError| (error.reason.cause().to_owned(), error.body(), error.field);
    validate(kind.kind, object).map_err(|errors| errors.into_iter().map(cause).collect())
}
