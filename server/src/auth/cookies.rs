//! The two cookies of sign-in: that of the session, which tower-sessions sets, and that of a sign-in
//! under way. With https both have the prefix `__Host-`, so that no other host and no page in clear
//! can set them (RFC 6265bis, section 4.1.3).

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// As long as the store keeps a sign-in that has begun.
const TEN_MINUTES: u32 = 600;

/// The name of the session's cookie.
pub fn session(secure: bool) -> &'static str {
    if secure { "__Host-routebook" } else { "routebook" }
}

/// The name of the cookie of a sign-in under way.
pub fn sign_in(secure: bool) -> &'static str {
    if secure { "__Host-routebook-sign-in" } else { "routebook-sign-in" }
}

/// The header that keeps the secret of a sign-in under way.
pub fn kept(secret: &str, secure: bool) -> String {
    set(sign_in(secure), secret, TEN_MINUTES, secure)
}

/// The header that removes a cookie.
pub fn removed(name: &str, secure: bool) -> String {
    set(name, "", 0, secure)
}

fn set(name: &str, value: &str, seconds: u32, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

/// A cookie's value. Of two with one name neither is taken: one of them is somebody else's.
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let texts = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.split_once('='));
    let mut found = pairs.filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim());
    let value = found.next()?;
    found.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cookies: &[&str], expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(COOKIE, cookie.parse().unwrap());
        }
        assert_eq!(read(&headers, "routebook-sign-in"), expected, "{cookies:?}");
    }

    #[test]
    fn a_cookie_is_found_among_others_if_it_is_there_once() {
        check(&[], None);
        check(&["theme=dark"], None);
        check(&["routebook-sign-in=a"], Some("a"));
        check(&["theme=dark; routebook-sign-in=a; routebook=b"], Some("a"));
        check(&["theme=dark", "routebook-sign-in=a=b"], Some("a=b"));
        check(&["routebook-sign-in=a; routebook-sign-in=b"], None);
        check(&["routebook-sign-in=a", "routebook-sign-in=a"], None);
        check(&["x-routebook-sign-in=a; routebook-sign-in2=b"], None);
    }

    #[test]
    fn cookies_are_for_this_host_and_not_for_scripts() {
        let cookie = kept("secret", true);
        assert!(cookie.starts_with("__Host-routebook-sign-in=secret; Path=/; Max-Age=600; "));
        for part in ["; HttpOnly", "; SameSite=Lax", "; Secure"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        assert!(!kept("secret", false).contains("Secure"));
        assert!(removed(session(true), true).starts_with("__Host-routebook=; Path=/; Max-Age=0;"));
    }
}
