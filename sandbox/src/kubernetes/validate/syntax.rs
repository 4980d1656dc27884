//! The alphabets and lengths of names, with the sentences in which a server explains them
//! (apimachinery, `util/validation`). Each function answers the broken rules, none if all is well.

const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric \
    characters, '-' or '.', and must start and end with an alphanumeric character (e.g. \
    'example.com', regex used for validation is \
    '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const WILDCARD: &str = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid \
    DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end \
    with an alphanumeric character (e.g. '*.example.com', regex used for validation is \
    '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric \
    characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or \
    '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const QUALIFIED: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start \
    and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex \
    used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric \
    characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. \
    'MyValue',  or 'my_value',  or '12345', regex used for validation is \
    '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/// A DNS subdomain: most names, and hosts.
pub(super) fn subdomain(text: &str) -> Vec<String> {
    let mut broken = too_long(text, 253);
    if !text.split('.').all(is_label) {
        broken.push(SUBDOMAIN.into());
    }
    broken
}

/// A host whose first label is a star.
pub(super) fn wildcard(text: &str) -> Vec<String> {
    let mut broken = too_long(text, 253);
    let matches = text.strip_prefix("*.").is_some_and(|rest| rest.split('.').all(is_label));
    if !matches {
        broken.push(WILDCARD.into());
    }
    broken
}

/// A DNS label: namespaces and Services.
pub(super) fn label(text: &str) -> Vec<String> {
    let mut broken = too_long(text, 63);
    if !is_label(text) {
        broken.push(LABEL.into());
    }
    broken
}

/// The key of a label or annotation.
pub(super) fn qualified_name(text: &str) -> Vec<String> {
    let parts: Vec<&str> = text.split('/').collect();
    let mut broken = Vec::new();
    let name = match parts.as_slice() {
        [name] => name,
        [prefix, name] => {
            match *prefix {
                "" => broken.push("prefix part must be non-empty".into()),
                prefix => broken.extend(
                    subdomain(prefix).into_iter().map(|rule| format!("prefix part {rule}")),
                ),
            }
            name
        }
        _ => {
            return vec![format!(
                "a qualified name {QUALIFIED} with an optional DNS subdomain prefix and '/' (e.g. \
                 'example.com/MyName')"
            )];
        }
    };
    if name.is_empty() {
        broken.push("name part must be non-empty".into());
    } else {
        broken.extend(too_long(name, 63).into_iter().map(|rule| format!("name part {rule}")));
    }
    if !is_word(name) {
        broken.push(format!("name part {QUALIFIED}"));
    }
    broken
}

/// The value of a label.
pub(super) fn label_value(text: &str) -> Vec<String> {
    let mut broken = too_long(text, 63);
    if !text.is_empty() && !is_word(text) {
        broken.push(LABEL_VALUE.into());
    }
    broken
}

/// The name of a port.
pub(super) fn port_name(text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    if text.len() > 15 {
        broken.push("must be no more than 15 bytes".to_owned());
    }
    if text.is_empty() || !text.bytes().all(|byte| is_lower(byte) || byte == b'-') {
        broken.push(
            "must contain only alphanumeric characters (a-z, 0-9), and hyphens (-)".to_owned(),
        );
    }
    if !text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        broken.push("must contain at least one letter (a-z)".to_owned());
    }
    if text.contains("--") {
        broken.push("must not contain consecutive hyphens".to_owned());
    }
    if text.starts_with('-') || text.ends_with('-') {
        broken.push("must not begin or end with a hyphen".to_owned());
    }
    broken
}

/// A name that only has to fit into a URL path.
pub(super) fn path_segment(text: &str) -> Vec<String> {
    if text == "." || text == ".." {
        return vec![format!("may not be '{text}'")];
    }
    let signs = ["/", "%"].into_iter().filter(|sign| text.contains(sign));
    signs.map(|sign| format!("may not contain '{sign}'")).collect()
}

fn too_long(text: &str, most: usize) -> Vec<String> {
    if text.len() > most { vec![format!("must be no more than {most} bytes")] } else { Vec::new() }
}

fn is_label(text: &str) -> bool {
    let edges = [text.bytes().next(), text.bytes().last()];
    edges.into_iter().all(|edge| edge.is_some_and(is_lower))
        && text.bytes().all(|byte| is_lower(byte) || byte == b'-')
}

fn is_word(text: &str) -> bool {
    let edges = [text.bytes().next(), text.bytes().last()];
    edges.into_iter().all(|edge| edge.is_some_and(|byte| byte.is_ascii_alphanumeric()))
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

fn is_lower(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}
