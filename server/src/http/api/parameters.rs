//! The parameters that the inventory understands, as OpenAPI describes them. A test reads every value
//! that is promised here.

use domain::attestation::Reviewed;
use domain::inventory::{LONGEST_SEARCH, MOST_DAYS, Sort};
use domain::managed::Manager;
use domain::problem;
use domain::tls::TlsState;
use domain::traffic::Verdict;
use serde_json::{Value, json};

use super::query::{DEFAULT_LIMIT, MOST};

/// The filters and the order.
pub fn filters() -> Vec<Value> {
    let text = json!({"type": "string"});
    let days = json!({"type": "integer", "minimum": 1, "maximum": MOST_DAYS});
    vec![
        query(
            "q",
            "Words that must all stand in host, name, namespace, service or path.",
            &json!({"type": "string", "maxLength": LONGEST_SEARCH}),
        ),
        query("cluster", "Only this cluster.", &text),
        query("namespace", "Only this namespace.", &text),
        query("class", "Only this class; `-` for those without one.", &text),
        query(
            "controller",
            "Only those of this controller, by `spec.controller`; `-` for those whose is not known.",
            &text,
        ),
        query("owner", "Only those of this owner; `-` for orphans.", &text),
        query(
            "managed",
            "Only those that this manages.",
            &words(&Manager::ALL.map(Manager::as_str)),
        ),
        query(
            "traffic",
            "Only with this traffic verdict.",
            &words(&Verdict::ALL.map(Verdict::as_str)),
        ),
        query("unused", "Only those known not to have been used for so many days.", &days),
        query("tls", "Only with this TLS state.", &words(&TlsState::ALL.map(TlsState::as_str))),
        query(
            "expires",
            "Only with a certificate that expires within so many days, or has expired.",
            &days,
        ),
        query("new", "Only those created within so many days.", &days),
        query(
            "reviewed",
            "Only those reviewed like this.",
            &words(&Reviewed::ALL.map(Reviewed::as_str)),
        ),
        query("problem", "Only with this problem.", &words(&problems())),
        query(
            "show",
            "Those in the clusters, or those removed from them.",
            &words(&["present", "removed"]),
        ),
        query("sort", "The order; `-` in front turns it round.", &orders()),
    ]
}

/// The filters, and what leads from page to page.
pub fn of_list() -> Vec<Value> {
    let mut all = filters();
    all.push(query(
        "limit",
        "How many ingresses at once.",
        &json!({"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT}),
    ));
    all.push(query(
        "cursor",
        "The `next` of the page before, with the same filters in the same order.",
        &json!({"type": "string"}),
    ));
    all
}

fn query(name: &str, about: &str, schema: &Value) -> Value {
    json!({"name": name, "in": "query", "description": about, "schema": schema})
}

fn words(words: &[&str]) -> Value {
    json!({"type": "string", "enum": words})
}

fn problems() -> Vec<&'static str> {
    ["any", "none", "unchecked"].into_iter().chain(problem::CODES).collect()
}

fn orders() -> Value {
    let names = Sort::ALL.map(Sort::as_str);
    let turned = names.map(|name| format!("-{name}"));
    let all: Vec<String> = names.map(str::to_owned).into_iter().chain(turned).collect();
    json!({"type": "string", "enum": all, "default": Sort::default().as_str()})
}

#[cfg(test)]
mod tests {
    use super::super::query;
    use super::*;

    /// Values that the schema allows.
    fn samples(schema: &Value) -> Vec<String> {
        match (&schema["enum"], schema["type"].as_str()) {
            (Value::Array(words), _) => {
                words.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
            }
            (_, Some("integer")) => {
                ["minimum", "maximum"].map(|bound| schema[bound].to_string()).to_vec()
            }
            _ => vec!["x".to_owned()],
        }
    }

    #[test]
    fn what_is_promised_is_understood() {
        for parameter in of_list() {
            let name = parameter["name"].as_str().unwrap();
            if name == "cursor" {
                continue;
            }
            for value in samples(&parameter["schema"]) {
                let asked = format!("{name}={value}");
                assert!(query::read(&asked).is_ok(), "{asked}");
            }
        }
    }
}
