//! Where somebody goes back to: a page of Routebook and nothing else, whatever an address asks for.

/// Nobody's way back is longer; a view with every filter has a few hundred characters.
const LONGEST: usize = 2_000;

/// The path, if it stays here. Browsers read `//host` and `/\host` as another host, and drop tabs
/// and line ends before they look.
pub fn local(path: &str) -> Option<&str> {
    let mut bytes = path.bytes();
    let is_local = path.len() <= LONGEST
        && bytes.next() == Some(b'/')
        && bytes.next() != Some(b'/')
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    is_local.then_some(path)
}

/// A local path as people reach it, below the base path. One that is below it already stays as it
/// is: no page's own path begins like the base path.
pub fn below(base: &str, path: &str) -> String {
    let is_below = path.strip_prefix(base).is_some_and(|rest| rest.starts_with(['/', '?']));
    if !base.is_empty() && (is_below || path == base) {
        return path.to_owned();
    }
    format!("{base}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_host_are_gone_back_to() {
        for good in ["/", "/ingresses?q=a%20b&sort=-name", "/ingresses/7", "/a//b", "/a:b", "/@x"] {
            assert_eq!(local(good), Some(good));
        }
        for bad in [
            "",
            "ingresses",
            "//evil.example",
            "///evil.example",
            "////evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "\\/evil.example",
            "/a\\b",
            "https://evil.example",
            "HTTPS:evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "@evil.example",
            ".evil.example",
            "?x",
            "#x",
            "/\t/evil.example",
            "/\n/evil.example",
            "\t//evil.example",
            "/\r\nSet-Cookie: a=b",
            "/\0",
            " /a",
            "/a b",
            "/é",
            "/\u{2044}evil.example",
        ] {
            assert_eq!(local(bad), None, "{bad:?}");
        }
        assert!(local(&format!("/{}", "a".repeat(LONGEST - 1))).is_some());
        assert!(local(&format!("/{}", "a".repeat(LONGEST))).is_none());
    }

    #[test]
    fn the_base_path_is_put_in_front_once() {
        let check = |base: &str, path: &str, expected: &str| {
            assert_eq!(below(base, path), expected, "{base} {path}");
        };
        check("", "/", "/");
        check("", "/ingresses?q=a", "/ingresses?q=a");
        check("/routebook", "/", "/routebook/");
        check("/routebook", "/ingresses", "/routebook/ingresses");
        check("/routebook", "/routebook/ingresses", "/routebook/ingresses");
        check("/routebook", "/routebook?q=a", "/routebook?q=a");
        check("/routebook", "/routebook", "/routebook");
        check("/routebook", "/routebooks", "/routebook/routebooks");
    }
}
