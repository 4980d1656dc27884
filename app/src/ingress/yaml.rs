//! Writes JSON as YAML, as far as Kubernetes manifests need it. Text that YAML would read as
//! something else, or that hides from the eye, stands in double quotes with escapes, so that what
//! one sees is what one copies.

use std::fmt::Write;

use serde_json::{Map, Value};

use crate::format::hides;

/// These come first at the top of a manifest.
const FIRST: [&str; 4] = ["apiVersion", "kind", "metadata", "spec"];

/// The value as a YAML document.
pub fn write(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Object(map) if !map.is_empty() => mapping(&mut text, map, 0),
        Value::Array(list) if !list.is_empty() => sequence(&mut text, list, 0),
        other => {
            scalar(&mut text, other, 0);
            text.push('\n');
        }
    }
    text
}

fn mapping(text: &mut String, map: &Map<String, Value>, depth: usize) {
    let rank = |key: &str| FIRST.iter().position(|first| *first == key).unwrap_or(FIRST.len());
    let mut entries: Vec<_> = map.iter().collect();
    if depth == 0 {
        entries.sort_by_key(|(key, _)| rank(key));
    }
    for (index, (key, value)) in entries.into_iter().enumerate() {
        // The first entry of a mapping in a list stands behind the list's dash.
        if index > 0 || !text.ends_with("- ") {
            indent(text, depth);
        }
        string(text, key);
        text.push(':');
        below(text, value, depth);
    }
}

/// What belongs to a key: on its line, or below it. Lists are not indented, as `kubectl` has it.
fn below(text: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            text.push('\n');
            mapping(text, map, depth + 1);
        }
        Value::Array(list) if !list.is_empty() => {
            text.push('\n');
            sequence(text, list, depth);
        }
        other => {
            text.push(' ');
            scalar(text, other, depth + 1);
            text.push('\n');
        }
    }
}

fn sequence(text: &mut String, list: &[Value], depth: usize) {
    for value in list {
        indent(text, depth);
        text.push_str("- ");
        match value {
            Value::Object(map) if !map.is_empty() => mapping(text, map, depth + 1),
            Value::Array(inner) if !inner.is_empty() => {
                text.pop();
                text.push('\n');
                sequence(text, inner, depth + 1);
            }
            other => {
                scalar(text, other, depth + 1);
                text.push('\n');
            }
        }
    }
}

fn indent(text: &mut String, depth: usize) {
    text.extend(std::iter::repeat_n("  ", depth));
}

fn scalar(text: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(_) => text.push_str("{}"),
        Value::Array(_) => text.push_str("[]"),
        Value::String(lines) if fits_block(lines) => block(text, lines, depth),
        Value::String(plain) => string(text, plain),
        other => text.push_str(&other.to_string()),
    }
}

/// Whether text of several lines can stand as it is.
fn fits_block(text: &str) -> bool {
    let inner = text.strip_suffix('\n').unwrap_or(text);
    inner.contains('\n')
        && !inner.ends_with('\n')
        && !inner.starts_with([' ', '\n'])
        && inner.lines().all(|line| !line.ends_with([' ', '\t', '\r']))
        && !inner.chars().any(|character| character != '\n' && hides(character))
}

fn block(text: &mut String, lines: &str, depth: usize) {
    text.push_str(if lines.ends_with('\n') { "|" } else { "|-" });
    for line in lines.lines() {
        text.push('\n');
        if !line.is_empty() {
            indent(text, depth);
            text.push_str(line);
        }
    }
}

fn string(text: &mut String, value: &str) {
    if is_plain(value) { text.push_str(value) } else { quoted(text, value) }
}

/// Whether YAML reads it as this text and nothing else, on the cautious side.
fn is_plain(value: &str) -> bool {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let inner =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | ' ');
    value.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && !value.ends_with([':', ' '])
        && value.chars().all(inner)
        && !value.contains(": ")
        && !WORDS.iter().any(|word| value.eq_ignore_ascii_case(word))
}

fn quoted(text: &mut String, value: &str) {
    text.push('"');
    for character in value.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            hidden if hides(hidden) => {
                write!(text, "\\U{:08X}", u32::from(hidden)).expect("a String takes all text");
            }
            other => text.push(other),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_manifest_reads_as_people_write_it() {
        let manifest = json!({
            "status": {}, "kind": "Ingress", "metadata": { "name": "web", "labels": null },
            "spec": { "rules": [{ "host": "*.example.com", "http": { "paths": [{ "path": "/" }] } }] },
        });
        let expected = "kind: Ingress\nmetadata:\n  labels: null\n  name: web\nspec:\n  rules:\n  \
            - host: \"*.example.com\"\n    http:\n      paths:\n      - path: /\nstatus: {}\n";
        assert_eq!(write(&manifest), expected);
    }

    #[test]
    fn what_was_written_reads_back() {
        let texts = [
            "",
            " ",
            "true",
            "No",
            "1",
            "1.5",
            "0x1f",
            "~",
            "-",
            "- a",
            "a: b",
            "a #b",
            "#",
            "&a",
            "*",
            "!x",
            "|",
            ">",
            "'",
            "\"",
            "%",
            "@",
            "`",
            "{a}",
            "[a]",
            "a,b",
            "a:",
            ":a",
            "\\n",
            "two\nlines",
            "two\nlines\n",
            "three\n\nlines\n\n",
            " lead\nx",
            "trail \nx",
            "\n",
            "tab\tx\ny",
            "\ta\nb",
            "\r\n",
            "é\u{202e}\u{0}\u{2028}",
            "😀",
            "\u{feff}",
            "2026-11-23",
            "---",
            "---\na",
            "...",
            "a\n---\nb",
            "=",
            "<<",
            "null\n",
            "1e3",
            ".inf",
            "12:30:45",
        ];
        for text in texts {
            let value = json!({ "a": { text: [text, { "k": text, "l": [[text]] }] } });
            let yaml = write(&value);
            let back: Value =
                serde_saphyr::from_str(&yaml).unwrap_or_else(|e| panic!("{text:?}: {e}\n{yaml}"));
            assert_eq!(back, value, "{yaml}");
        }
    }
}
