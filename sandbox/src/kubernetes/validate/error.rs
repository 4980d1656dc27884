//! One refused field, in the words that the Kubernetes API machinery uses (`field.Error`).

use std::fmt;

use serde_json::Value;

/// Why a field is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It must be there.
    Required,
    /// Its value is malformed.
    Invalid,
    /// Its value is none of those allowed.
    Unsupported,
    /// Its value was there already.
    Duplicate,
    /// It is too long.
    TooLong,
    /// It must not be there.
    Forbidden,
}

impl Reason {
    /// The machine-readable reason of a cause in a `Status`.
    pub(super) fn cause(self) -> &'static str {
        match self {
            Self::Required => "FieldValueRequired",
            Self::Invalid => "FieldValueInvalid",
            Self::Unsupported => "FieldValueNotSupported",
            Self::Duplicate => "FieldValueDuplicate",
            Self::TooLong => "FieldValueTooLong",
            Self::Forbidden => "FieldValueForbidden",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Required => "Required value",
            Self::Invalid => "Invalid value",
            Self::Unsupported => "Unsupported value",
            Self::Duplicate => "Duplicate value",
            Self::TooLong => "Too long",
            Self::Forbidden => "Forbidden",
        }
    }
}

/// A refused field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldError {
    /// Where, such as `spec.rules[0].host`.
    pub field: String,
    /// Why.
    pub reason: Reason,
    /// The value as given.
    pub value: Value,
    /// The rule that it breaks; may be empty.
    pub detail: String,
}

impl FieldError {
    pub(super) fn required(field: impl Into<String>, detail: &str) -> Self {
        Self::new(field, Reason::Required, Value::Null, detail)
    }

    pub(super) fn invalid(field: impl Into<String>, value: impl Into<Value>, detail: &str) -> Self {
        Self::new(field, Reason::Invalid, value.into(), detail)
    }

    pub(super) fn new(
        field: impl Into<String>,
        reason: Reason,
        value: Value,
        detail: &str,
    ) -> Self {
        Self { field: field.into(), reason, value, detail: detail.to_owned() }
    }

    /// The error without the field's name.
    pub fn body(&self) -> String {
        let Self { reason, value, detail, .. } = self;
        let text = reason.text();
        let shown = match reason {
            Reason::Required | Reason::TooLong | Reason::Forbidden => text.to_owned(),
            Reason::Invalid | Reason::Unsupported | Reason::Duplicate => format!("{text}: {value}"),
        };
        if detail.is_empty() { shown } else { format!("{shown}: {detail}") }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.body())
    }
}
