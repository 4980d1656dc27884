//! The `tls` entries of an Ingress: with and without a Secret, one for many hosts or one each, and
//! sometimes one host forgotten.

use serde_json::{Value, json};

use super::dice::Dice;

/// What an Ingress declares about TLS.
pub(super) struct Tls {
    pub(super) entries: Vec<Value>,
    /// True if some entry names a Secret, which somebody has to fill.
    pub(super) secret: bool,
}

/// Draws the entries for some hosts; about two thirds of the Ingresses have any.
pub(super) fn choose(dice: &mut Dice, name: &str, hosts: &[String]) -> Tls {
    if dice.chance(32.0) {
        return Tls { entries: Vec::new(), secret: false };
    }
    let mut hosts: Vec<&str> =
        hosts.iter().map(String::as_str).filter(|host| !host.is_empty()).collect();
    if hosts.len() > 1 && dice.chance(12.0) {
        hosts.pop();
    }
    if dice.chance(7.0) {
        // The controller's default certificate.
        return Tls { entries: vec![without_secret(&hosts)], secret: false };
    }
    let entries = if hosts.len() > 1 && dice.chance(30.0) {
        hosts
            .iter()
            .enumerate()
            .map(|(number, host)| with_secret(&[host], &format!("{name}-tls-{number}")))
            .collect()
    } else {
        vec![with_secret(&hosts, &secret_name(dice, name))]
    };
    Tls { entries, secret: true }
}

fn secret_name(dice: &mut Dice, name: &str) -> String {
    match dice.between(0, 9) {
        0 => "wildcard-marrowby-tls".into(),
        1..=2 => format!("{name}-cert"),
        _ => format!("{name}-tls"),
    }
}

fn with_secret(hosts: &[&str], secret: &str) -> Value {
    match hosts {
        [] => json!({ "secretName": secret }),
        hosts => json!({ "hosts": hosts, "secretName": secret }),
    }
}

fn without_secret(hosts: &[&str]) -> Value {
    match hosts {
        [] => json!({}),
        hosts => json!({ "hosts": hosts }),
    }
}
