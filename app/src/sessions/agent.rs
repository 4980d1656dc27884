//! What a browser calls itself, in the words of people. It may claim anything; it only helps somebody
//! to know their own again.

/// What stands in it, the more telling first: browsers also name those that they come from.
const BROWSERS: [(&str, &str); 7] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// `Chrome on Linux`; `None` if that cannot be told.
pub fn short(agent: &str) -> Option<String> {
    let named = |all: [(&str, &'static str); 7]| {
        all.into_iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| name)
    };
    let browser = named(BROWSERS)?;
    match named(SYSTEMS) {
        Some(system) => Some(format!("{browser} on {system}")),
        None => Some(browser.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_told_by_what_people_call_it() {
        let check = |agent: &str, expected: Option<&str>| {
            assert_eq!(short(agent).as_deref(), expected, "{agent}");
        };
        let like = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0";
        check(
            &format!("Mozilla/5.0 (X11; Linux x86_64) {like} Safari/537.36"),
            Some("Chrome on Linux"),
        );
        check(
            &format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {like} Safari/537.36 Edg/142.0"),
            Some("Edge on Windows"),
        );
        check(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1",
            Some("Safari on iPhone"),
        );
        check("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0", Some("Firefox on Linux"));
        check("curl/8.5.0", Some("curl"));
        check("something else", None);
        check("", None);
    }
}
