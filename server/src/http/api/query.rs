//! What a list is asked for: the view of the page with the same query, how much of it at once, and
//! from where on.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::inventory::{At, Cursor, View};
use url::form_urlencoded;

use crate::http::problem::Problem;

/// A page has so many ingresses unless asked otherwise.
pub const DEFAULT_LIMIT: usize = 50;
/// And at most so many.
pub const MOST: usize = 500;

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Asked {
    pub view: View,
    pub limit: usize,
}

/// Reads the query.
pub fn read(query: &str) -> Result<Asked, Problem> {
    let mut limit = DEFAULT_LIMIT;
    let mut cursor = String::new();
    let mut filters = form_urlencoded::Serializer::new(String::new());
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*key {
            "limit" => limit = read_limit(&value)?,
            "cursor" => cursor = value.into_owned(),
            "columns" | "after" | "before" => {
                let detail = "this is for pages; here `cursor` leads on, and all columns are there";
                return Err(Problem::parameter(&key, detail));
            }
            _ => {
                filters.append_pair(&key, &value);
            }
        }
    }
    let mut view = View::parse(&filters.finish()).map_err(|error| Problem::view(&error))?;
    if !cursor.is_empty() {
        view.at = At::After(transparent(&cursor, &view)?);
    }
    Ok(Asked { view, limit })
}

fn read_limit(text: &str) -> Result<usize, Problem> {
    let limit = text.parse().ok().filter(|limit| (1..=MOST).contains(limit));
    limit.ok_or_else(|| {
        Problem::parameter("limit", format!("limit={text:?} must be a number from 1 to {MOST}"))
    })
}

/// The mark of a place in a list. Programs hand it back and need not understand it.
pub fn opaque(cursor: &Cursor, view: &View) -> String {
    URL_SAFE_NO_PAD.encode(format!("{} {}", view.sort_text(), cursor.to_text()))
}

/// Only of this order: in another one it would skip some and repeat others.
fn transparent(text: &str, view: &View) -> Result<Cursor, Problem> {
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (sort, cursor) = text.split_once(' ')?;
        (sort == view.sort_text()).then(|| Cursor::parse(cursor, view.sort))?
    };
    read().ok_or_else(|| {
        let detail = "this is not a `next` of this list in this order; begin without a cursor";
        Problem::parameter("cursor", detail)
    })
}

#[cfg(test)]
mod tests {
    use domain::IngressId;
    use domain::inventory::{Key, Sort};

    use super::*;

    #[test]
    fn a_query_is_a_view_and_a_page_of_it() {
        let asked = read("q=shop&limit=7&sort=-created").unwrap();
        assert_eq!((asked.limit, asked.view.query().as_str()), (7, "q=shop&sort=-created"));
        assert_eq!(read("").unwrap().limit, DEFAULT_LIMIT);
        for (query, parameter) in [
            ("limit=0", "limit"),
            ("limit=501", "limit"),
            ("limit=ten", "limit"),
            ("cursor=x", "cursor"),
            ("after=x", "after"),
            ("columns=tls", "columns"),
            ("colour=red", "colour"),
        ] {
            let problem = serde_json::to_value(read(query).unwrap_err()).unwrap();
            assert_eq!(problem["parameter"], parameter, "{query}");
        }
    }

    #[test]
    fn a_mark_leads_on_in_its_own_order_only() {
        let view = View { sort: Sort::Name, ..View::default() };
        let cursor = Cursor { keys: vec![Key::Text("web".into())], id: IngressId(7) };
        let mark = opaque(&cursor, &view);
        let asked = read(&format!("sort=name&cursor={mark}")).unwrap();
        assert_eq!(asked.view.at, At::After(cursor));
        for other in ["sort=-name", "sort=owner", ""] {
            assert!(read(&format!("{other}&cursor={mark}")).is_err(), "{other}");
        }
    }
}
