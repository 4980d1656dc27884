//! Rules for Ingresses (kubernetes, `pkg/apis/networking/validation`).

use std::net::IpAddr;

use serde_json::{Value, json};

use super::error::{FieldError, Reason};
use super::syntax;

const CLASS_ANNOTATION: &str = "kubernetes.io/ingress.class";
const FORBIDDEN_SEQUENCES: &[&str] = &["//", "/./", "/../", "%2f", "%2F"];
const FORBIDDEN_ENDINGS: &[&str] = &["/..", "/."];
const PATH_TYPES: &str = "supported values: \"Exact\", \"ImplementationSpecific\", \"Prefix\"";

pub(super) fn check(object: &Value, errors: &mut Vec<FieldError>) {
    let spec = &object["spec"];
    let rules = items(&spec["rules"]);
    if rules.is_empty() && spec["defaultBackend"].is_null() {
        let given = spec.get("rules").cloned().unwrap_or(Value::Null);
        let detail = "either `defaultBackend` or `rules` must be specified";
        errors.push(FieldError::invalid("spec", given, detail));
    }
    if !spec["defaultBackend"].is_null() {
        check_backend(&spec["defaultBackend"], "spec.defaultBackend", errors);
    }
    for (index, rule) in rules.iter().enumerate() {
        check_rule(rule, &format!("spec.rules[{index}]"), errors);
    }
    for (index, entry) in items(&spec["tls"]).iter().enumerate() {
        check_tls(entry, &format!("spec.tls[{index}]"), errors);
    }
    check_class(object, errors);
}

fn check_class(object: &Value, errors: &mut Vec<FieldError>) {
    let Some(class) = object["spec"]["ingressClassName"].as_str() else { return };
    report("spec.ingressClassName", class, &syntax::subdomain(class), errors);
    let annotation = object["metadata"]["annotations"][CLASS_ANNOTATION].as_str();
    if let Some(annotation) = annotation.filter(|annotation| *annotation != class) {
        let field = format!("annotations.{CLASS_ANNOTATION}");
        let detail = "must match `ingressClassName` when both are specified";
        errors.push(FieldError::invalid(field, annotation, detail));
    }
}

fn check_rule(rule: &Value, field: &str, errors: &mut Vec<FieldError>) {
    let host = text(rule, "host");
    if !host.is_empty() {
        let field = format!("{field}.host");
        if host.parse::<IpAddr>().is_ok() {
            let detail = "must be a DNS name, not an IP address";
            errors.push(FieldError::invalid(field.as_str(), host, detail));
        }
        check_host(host, &field, errors);
    }
    if rule["http"].is_null() {
        return;
    }
    let field = format!("{field}.http.paths");
    let paths = items(&rule["http"]["paths"]);
    if paths.is_empty() {
        errors.push(FieldError::required(field.as_str(), ""));
    }
    for (index, path) in paths.iter().enumerate() {
        check_path(path, &format!("{field}[{index}]"), errors);
    }
}

fn check_host(host: &str, field: &str, errors: &mut Vec<FieldError>) {
    let broken = match host.contains('*') {
        true => syntax::wildcard(host),
        false => syntax::subdomain(host),
    };
    report(field, host, &broken, errors);
}

fn check_path(path: &Value, field: &str, errors: &mut Vec<FieldError>) {
    let Some(path_type) = path["pathType"].as_str() else {
        // A server looks no further than this.
        let field = format!("{field}.pathType");
        errors.push(FieldError::required(field, "pathType must be specified"));
        return;
    };
    let value = text(path, "path");
    let at = format!("{field}.path");
    let strict = matches!(path_type, "Exact" | "Prefix");
    let loose = path_type == "ImplementationSpecific";
    if !value.starts_with('/') && (strict || loose && !value.is_empty()) {
        errors.push(FieldError::invalid(at.as_str(), value, "must be an absolute path"));
    }
    if strict {
        for part in FORBIDDEN_SEQUENCES.iter().filter(|part| value.contains(**part)) {
            let detail = format!("must not contain '{part}'");
            errors.push(FieldError::invalid(at.as_str(), value, &detail));
        }
        for end in FORBIDDEN_ENDINGS.iter().filter(|end| value.ends_with(**end)) {
            let detail = format!("cannot end with '{end}'");
            errors.push(FieldError::invalid(at.as_str(), value, &detail));
        }
    } else if !loose {
        let field = format!("{field}.pathType");
        errors.push(FieldError::new(field, Reason::Unsupported, path_type.into(), PATH_TYPES));
    }
    check_backend(&path["backend"], &format!("{field}.backend"), errors);
}

fn check_backend(backend: &Value, field: &str, errors: &mut Vec<FieldError>) {
    let (service, resource) = (&backend["service"], &backend["resource"]);
    match (service.is_null(), resource.is_null()) {
        (false, false) => {
            let detail = "cannot set both resource and service backends";
            errors.push(FieldError::invalid(field, "", detail));
        }
        (true, true) => {
            let detail = "resource or service backend is required";
            errors.push(FieldError::invalid(field, "", detail));
        }
        (true, false) => check_resource(resource, &format!("{field}.resource"), errors),
        (false, true) => check_service(service, field, errors),
    }
}

fn check_service(service: &Value, field: &str, errors: &mut Vec<FieldError>) {
    let name = text(service, "name");
    let at = format!("{field}.service.name");
    if name.is_empty() {
        errors.push(FieldError::required(at, ""));
    } else {
        report(&at, name, &syntax::label(name), errors);
    }
    let port_name = text(&service["port"], "name");
    let number = &service["port"]["number"];
    let numbered = !number.is_null() && *number != json!(0);
    match (port_name.is_empty(), numbered) {
        (false, true) => {
            let detail = "cannot set both port name & port number";
            errors.push(FieldError::invalid(field, "", detail));
        }
        (false, false) => {
            let at = format!("{field}.service.port.name");
            report(&at, port_name, &syntax::port_name(port_name), errors);
        }
        (true, true) => {
            if !number.as_u64().is_some_and(|number| (1..=65_535).contains(&number)) {
                let at = format!("{field}.service.port.number");
                let detail = "must be between 1 and 65535, inclusive";
                errors.push(FieldError::invalid(at, number.clone(), detail));
            }
        }
        (true, false) => {
            errors.push(FieldError::required(field, "port name or number is required"));
        }
    }
}

fn check_resource(resource: &Value, field: &str, errors: &mut Vec<FieldError>) {
    if let Some(group) = resource["apiGroup"].as_str() {
        report(&format!("{field}.apiGroup"), group, &syntax::subdomain(group), errors);
    }
    for part in ["kind", "name"] {
        let value = text(resource, part);
        let at = format!("{field}.{part}");
        if value.is_empty() {
            errors.push(FieldError::required(at, &format!("{part} is required")));
        } else {
            report(&at, value, &syntax::path_segment(value), errors);
        }
    }
}

fn check_tls(entry: &Value, field: &str, errors: &mut Vec<FieldError>) {
    for (index, host) in items(&entry["hosts"]).iter().enumerate() {
        let host = host.as_str().unwrap_or_default();
        check_host(host, &format!("{field}.hosts[{index}]"), errors);
    }
    let secret = text(entry, "secretName");
    if !secret.is_empty() {
        report(&format!("{field}.secretName"), secret, &syntax::subdomain(secret), errors);
    }
}

fn report(field: &str, value: &str, broken: &[String], errors: &mut Vec<FieldError>) {
    errors.extend(broken.iter().map(|rule| FieldError::invalid(field, value, rule)));
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text<'v>(object: &'v Value, field: &str) -> &'v str {
    object[field].as_str().unwrap_or_default()
}
