//! Where a sign-in leads back to: a page of Routebook, whatever an address asks for.

use url::{Url, form_urlencoded};

use crate::support::{SESSION, SIGN_IN, Setup, Site, location};

/// Ways back that lead elsewhere, in some browser or in somebody's hope.
const ELSEWHERE: [&str; 44] = [
    "https://evil.example",
    "http://evil.example/",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    "\u{b}//evil.example",
    " //evil.example",
    "/ /evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "hTtP:\\\\evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "ftp://evil.example",
    "mailto:me@evil.example",
    "@evil.example",
    "evil.example",
    ".evil.example",
    ":80@evil.example",
    "?https://evil.example",
    "#//evil.example",
    "/\u{2028}/evil.example",
    "/\u{a0}/evil.example",
    "\u{ff0f}\u{ff0f}evil.example",
    "/\r\nLocation: https://evil.example",
    "/\r\nSet-Cookie: routebook=evil",
    "/\0/evil.example",
    "//evil.example\\@localhost:8080",
    "http://localhost:8080@evil.example/",
    "//localhost:8080.evil.example",
    "http://localhost:8080/ingresses",
];

/// Ways back that look dangerous and stay here, and where they lead.
const HERE: [&str; 12] = [
    "/",
    "/ingresses?q=a%20b&owner=payments&sort=-name",
    "/ingresses/7",
    "/%2fevil.example",
    "/%5cevil.example",
    "/%09/evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/@evil.example",
    "/http://evil.example",
    "/ingresses?back=https://evil.example",
    "/ingresses#//evil.example",
];

/// A text as the value of a parameter.
fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The address at which a sign-in begins.
fn begin(back: &str) -> String {
    format!("{SIGN_IN}?back={}", encoded(back))
}

/// Where a browser ends that signs in by way of this address, as it reads what it is told.
async fn end(site: &Site, begin: &str) -> String {
    let browser = site.browser();
    let answer = browser.try_sign_in(site.provider(), begin, "viewer").await;
    assert_eq!(answer.status(), 303, "{begin:?}: {}", location(&answer));
    assert!(browser.cookie(SESSION).is_some_and(|id| id != "evil"), "{begin:?}");
    let here = Url::parse("http://localhost:8080").unwrap();
    let place = location(&answer);
    let end = here.join(&place).unwrap();
    assert_eq!(end.origin(), here.origin(), "{begin:?} leads to {place:?}");
    place
}

#[tokio::test]
async fn no_way_back_leads_elsewhere() {
    let site = Site::with_sign_in(Setup::default()).await;
    for back in ELSEWHERE {
        assert_eq!(end(&site, &begin(back)).await, "/", "{back:?}");
    }
}

#[tokio::test]
async fn ways_back_to_a_page_are_taken_as_they_are() {
    let site = Site::with_sign_in(Setup::default()).await;
    for back in HERE {
        assert_eq!(end(&site, &begin(back)).await, back);
    }
}

#[tokio::test]
async fn a_way_back_in_an_odd_query_is_none() {
    let site = Site::with_sign_in(Setup::default()).await;
    for query in [
        "back=/ingresses&back=//evil.example",
        "back=//evil.example&back=/ingresses",
        "back=//evil.example",
        "back=%252F%252Fevil.example",
        "Back=//evil.example",
        "back[]=//evil.example",
        "next=//evil.example&return_to=//evil.example&redirect_uri=//evil.example",
        "back",
        "back=",
        "",
    ] {
        assert_eq!(end(&site, &format!("{SIGN_IN}?{query}")).await, "/", "{query}");
    }
}

#[tokio::test]
async fn the_sign_in_page_links_nowhere_else() {
    let site = Site::with_sign_in(Setup::default()).await;
    for back in ELSEWHERE {
        let page = site.browser().text(&format!("/auth/sign-in?back={}", encoded(back))).await;
        for link in page.split("href=\"").skip(1) {
            let link = link.split('"').next().unwrap();
            let is_ours =
                link.starts_with('#') || (link.starts_with('/') && !link.starts_with("//"));
            assert!(is_ours, "{back}: {link}");
        }
        assert!(!page.contains("<script>alert"), "{back}: {page}");
    }
}

#[tokio::test]
async fn the_theme_leads_nowhere_else() {
    let site = Site::with_sign_in(Setup::default()).await;
    for back in ELSEWHERE {
        let form = format!("theme=dark&back={}", encoded(back));
        let answer = site.browser().submit("/preferences", &form).await;
        assert_eq!((answer.status().as_u16(), location(&answer).as_str()), (400, ""), "{back}");
    }
}

#[tokio::test]
async fn a_way_back_that_is_too_long_is_forgotten() {
    let site = Site::with_sign_in(Setup::default()).await;
    let long = format!("/ingresses?q={}", "a".repeat(5_000));
    assert_eq!(end(&site, &begin(&long)).await, "/");
}
