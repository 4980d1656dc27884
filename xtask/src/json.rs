//! A small reader of JSON, for what Cargo and the sandbox print. It trusts its input to be JSON and
//! is not a validator.

use crate::run::Result;
use std::iter::Peekable;
use std::str::Chars;

/// One JSON value. Numbers stay text: nothing here calculates with them.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub fn parse(text: &str) -> Result<Self> {
        let mut rest = text.chars().peekable();
        value(&mut rest)
            .ok_or_else(|| format!("not JSON: {}", text.chars().take(80).collect::<String>()))
    }

    /// A member of an object; null when it is not there.
    pub fn get(&self, key: &str) -> &Json {
        const NULL: &Json = &Json::Null;
        let Json::Object(members) = self else { return NULL };
        members.iter().find(|(name, _)| name == key).map_or(NULL, |(_, value)| value)
    }

    pub fn list(&self) -> &[Json] {
        if let Json::List(items) = self { items } else { &[] }
    }

    /// The text of a text or a number.
    pub fn text(&self) -> Option<&str> {
        match self {
            Json::Text(text) | Json::Number(text) => Some(text),
            _ => None,
        }
    }
}

type Rest<'a> = Peekable<Chars<'a>>;

fn value(rest: &mut Rest<'_>) -> Option<Json> {
    skip_space(rest);
    match rest.peek()? {
        '{' => object(rest),
        '[' => list(rest),
        '"' => string(rest).map(Json::Text),
        _ => literal(rest),
    }
}

fn object(rest: &mut Rest<'_>) -> Option<Json> {
    let mut members = Vec::new();
    rest.next();
    while !ends(rest, '}')? {
        skip_space(rest);
        let key = string(rest)?;
        skip_space(rest);
        rest.next_if_eq(&':')?;
        members.push((key, value(rest)?));
    }
    Some(Json::Object(members))
}

fn list(rest: &mut Rest<'_>) -> Option<Json> {
    let mut items = Vec::new();
    rest.next();
    while !ends(rest, ']')? {
        items.push(value(rest)?);
    }
    Some(Json::List(items))
}

/// Steps over a comma; true when the closing bracket came and was stepped over.
fn ends(rest: &mut Rest<'_>, close: char) -> Option<bool> {
    skip_space(rest);
    rest.next_if_eq(&',');
    skip_space(rest);
    let ended = *rest.peek()? == close;
    if ended {
        rest.next();
    }
    Some(ended)
}

fn string(rest: &mut Rest<'_>) -> Option<String> {
    let mut text = String::new();
    rest.next_if_eq(&'"')?;
    loop {
        match rest.next()? {
            '"' => return Some(text),
            '\\' => text.push(escaped(rest)?),
            plain => text.push(plain),
        }
    }
}

/// Halves of a surrogate pair become the replacement character; no name we look for has one.
fn escaped(rest: &mut Rest<'_>) -> Option<char> {
    Some(match rest.next()? {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'u' => {
            let digits: String = rest.by_ref().take(4).collect();
            let code = u32::from_str_radix(&digits, 16).ok()?;
            char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        itself => itself,
    })
}

fn literal(rest: &mut Rest<'_>) -> Option<Json> {
    let mut text = String::new();
    while let Some(next) = rest.next_if(|c| c.is_ascii_alphanumeric() || "+-.".contains(*c)) {
        text.push(next);
    }
    match text.as_str() {
        "" => None,
        "null" => Some(Json::Null),
        "true" => Some(Json::Bool(true)),
        "false" => Some(Json::Bool(false)),
        _ => Some(Json::Number(text)),
    }
}

fn skip_space(rest: &mut Rest<'_>) {
    while rest.next_if(|c| c.is_whitespace()).is_some() {}
}

#[cfg(test)]
mod tests {
    use super::Json;

    #[test]
    fn every_kind_of_value_is_read() {
        let json =
            Json::parse(r#" {"a": [1, -2.5e3, true, null, {}], "b\n\u0041\"": "é/\/", "c": []} "#)
                .unwrap();
        let first: Vec<_> = json.get("a").list().iter().filter_map(Json::text).collect();
        assert_eq!(first, ["1", "-2.5e3"]);
        assert_eq!(json.get("a").list()[2], Json::Bool(true));
        assert_eq!(json.get("b\nA\"").text(), Some("é//"));
        assert_eq!(json.get("c").list(), []);
        assert_eq!(json.get("missing"), &Json::Null);
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        for text in ["", "{", "[1,", r#"{"a""#, r#"{"a":"#, r#""a"#] {
            assert!(Json::parse(text).is_err(), "{text}");
        }
    }
}
