//! The outline of the rules for the kinds around an Ingress: enough that a broken fixture is
//! noticed, not all that a real server knows.

use serde_json::Value;

use super::error::{FieldError, Reason};
use super::syntax;

/// All values of a Secret together, decoded.
const SECRET_LIMIT: usize = 1024 * 1024;

pub(super) fn ingress_class(object: &Value, errors: &mut Vec<FieldError>) {
    let field = "spec.controller";
    let controller = object["spec"]["controller"].as_str().unwrap_or_default();
    if controller.is_empty() {
        errors.push(FieldError::required(field, ""));
        return;
    }
    match controller.split_once('/') {
        Some((domain, path)) if !domain.is_empty() && !path.is_empty() => {
            let broken = syntax::subdomain(domain);
            errors.extend(broken.iter().map(|rule| FieldError::invalid(field, domain, rule)));
        }
        _ => {
            let detail = "must be a domain-prefixed path (such as \"acme.io/foo\")";
            errors.push(FieldError::invalid(field, controller, detail));
        }
    }
}

pub(super) fn service(object: &Value, errors: &mut Vec<FieldError>) {
    let spec = &object["spec"];
    let external = spec["type"] == "ExternalName";
    let ports = spec["ports"].as_array().map_or(&[][..], Vec::as_slice);
    if ports.is_empty() && !external && spec["clusterIP"] != "None" {
        errors.push(FieldError::required("spec.ports", ""));
    }
    let mut seen: Vec<&str> = Vec::new();
    for (index, port) in ports.iter().enumerate() {
        let name = port["name"].as_str().unwrap_or_default();
        let field = format!("spec.ports[{index}]");
        if name.is_empty() && ports.len() > 1 {
            errors.push(FieldError::required(format!("{field}.name"), ""));
        } else if seen.contains(&name) {
            let field = format!("{field}.name");
            errors.push(FieldError::new(field, Reason::Duplicate, name.into(), ""));
        }
        seen.push(name);
        if !port["port"].as_u64().is_some_and(|number| (1..=65_535).contains(&number)) {
            let detail = "must be between 1 and 65535, inclusive";
            errors.push(FieldError::invalid(format!("{field}.port"), port["port"].clone(), detail));
        }
    }
    if external && spec["externalName"].as_str().unwrap_or_default().is_empty() {
        errors.push(FieldError::required("spec.externalName", ""));
    }
}

pub(super) fn endpoint_slice(object: &Value, errors: &mut Vec<FieldError>) {
    match object["addressType"].as_str().unwrap_or_default() {
        "" => errors.push(FieldError::required("addressType", "")),
        "IPv4" | "IPv6" | "FQDN" => {}
        other => {
            let detail = "supported values: \"FQDN\", \"IPv4\", \"IPv6\"";
            let value = other.into();
            errors.push(FieldError::new("addressType", Reason::Unsupported, value, detail));
        }
    }
    for (index, endpoint) in object["endpoints"].as_array().into_iter().flatten().enumerate() {
        if endpoint["addresses"].as_array().is_none_or(Vec::is_empty) {
            let detail = "must contain at least 1 address";
            let field = format!("endpoints[{index}].addresses");
            errors.push(FieldError::required(field, detail));
        }
    }
}

pub(super) fn secret(object: &Value, errors: &mut Vec<FieldError>) {
    let data = &object["data"];
    let missing = |key: &&str| data.get(*key).is_none();
    if object["type"] == "kubernetes.io/tls" {
        let keys = ["tls.crt", "tls.key"].into_iter().filter(missing);
        errors.extend(keys.map(|key| FieldError::required(format!("data[{key}]"), "")));
    }
    let values = data.as_object().into_iter().flatten();
    // Four letters of Base64 are three bytes.
    let size: usize = values.filter_map(|(_, value)| Some(value.as_str()?.len() / 4 * 3)).sum();
    if size > SECRET_LIMIT {
        let detail = format!("may not be more than {SECRET_LIMIT} bytes");
        errors.push(FieldError::new("data", Reason::TooLong, Value::Null, &detail));
    }
}

/// What cert-manager's definition of the kind requires.
pub(super) fn certificate(object: &Value, errors: &mut Vec<FieldError>) {
    let spec = &object["spec"];
    let required =
        [("spec.secretName", &spec["secretName"]), ("spec.issuerRef", &spec["issuerRef"])];
    let missing = required.into_iter().filter(|(_, value)| value.is_null());
    errors.extend(missing.map(|(field, _)| FieldError::required(field, "")));
}
