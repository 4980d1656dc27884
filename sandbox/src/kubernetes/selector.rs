//! Label and field selectors, as query parameters carry them.

use super::kinds::{Kind, SECRET};
use super::object::Object;
use super::status::Status;

/// What a list or watch is narrowed to.
#[derive(Debug, Default, Clone)]
pub(super) struct Selector {
    labels: Vec<Requirement>,
    fields: Vec<Requirement>,
}

#[derive(Debug, Clone)]
struct Requirement {
    key: String,
    test: Test,
}

#[derive(Debug, Clone)]
enum Test {
    Exists,
    Absent,
    In(Vec<String>),
    NotIn(Vec<String>),
}

impl Test {
    fn passes(&self, value: Option<&str>) -> bool {
        let among =
            |values: &[String]| value.is_some_and(|value| values.iter().any(|v| v == value));
        match self {
            Self::Exists => value.is_some(),
            Self::Absent => value.is_none(),
            Self::In(values) => among(values),
            Self::NotIn(values) => !among(values),
        }
    }
}

impl Selector {
    pub fn parse(kind: &Kind, labels: &str, fields: &str) -> Result<Self, Status> {
        let field = |text| parse_field(kind, text);
        let labels = split(labels).map(parse_requirement).collect::<Result<_, _>>()?;
        let fields = split(fields).map(field).collect::<Result<_, _>>()?;
        Ok(Self { labels, fields })
    }

    pub fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// The one name that the field selector asks for, which permissions may be limited to.
    pub fn single_name(&self) -> Option<&str> {
        self.fields.iter().find_map(|field| match &field.test {
            Test::In(values) if field.key == "metadata.name" => values.first().map(String::as_str),
            _ => None,
        })
    }

    pub fn matches(&self, object: &Object) -> bool {
        let label = |key: &str| {
            let pair = object.labels.iter().find(|(name, _)| name == key);
            pair.map(|(_, value)| value.as_str())
        };
        let field = |key: &str| match key {
            "metadata.name" => object.name.as_str(),
            "type" => object.type_name.as_str(),
            _ => object.namespace.as_str(),
        };
        self.labels.iter().all(|wanted| wanted.test.passes(label(&wanted.key)))
            && self.fields.iter().all(|wanted| wanted.test.passes(Some(field(&wanted.key))))
    }
}

/// Splits at the commas that are not inside parentheses.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    let parts = text.split(move |letter| {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        letter == ',' && depth == 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty())
}

fn parse_requirement(text: &str) -> Result<Requirement, Status> {
    let requirement = |key: &str, test| Ok(Requirement { key: key.trim().to_owned(), test });
    if let Some((key, value)) = text.split_once("!=") {
        return requirement(key, Test::NotIn(vec![value.trim().to_owned()]));
    }
    if let Some((key, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
        return requirement(key, Test::In(vec![value.trim().to_owned()]));
    }
    if let Some((key, values)) = parse_set(text, " notin") {
        return requirement(key, Test::NotIn(values));
    }
    if let Some((key, values)) = parse_set(text, " in") {
        return requirement(key, Test::In(values));
    }
    let (key, test) = match text.strip_prefix('!') {
        Some(key) => (key, Test::Absent),
        None => (text, Test::Exists),
    };
    if key.contains(|letter: char| letter.is_whitespace() || "()=!<>".contains(letter)) {
        return Err(Status::bad_request(format!("unable to parse requirement: found '{text}'")));
    }
    requirement(key, test)
}

fn parse_set<'a>(text: &'a str, word: &str) -> Option<(&'a str, Vec<String>)> {
    let (key, rest) = text.split_once(word)?;
    let inner = rest.trim().strip_prefix('(')?.strip_suffix(')')?;
    Some((key, inner.split(',').map(|value| value.trim().to_owned()).collect()))
}

/// Every kind can be selected by name and namespace, and Secrets by their type too
/// (`pkg/apis/core/v1/conversion.go`).
fn parse_field(kind: &Kind, text: &str) -> Result<Requirement, Status> {
    let requirement = parse_requirement(text)?;
    match requirement.key.as_str() {
        "metadata.name" | "metadata.namespace" => Ok(requirement),
        "type" if kind == &SECRET => Ok(requirement),
        other => Err(Status::bad_request(format!(
            "Unable to find \"\" that match label selector \"\", field selector \"{text}\": field \
             label not supported: {other}"
        ))),
    }
}
