//! The table of rights, walked over HTTP.

use std::collections::BTreeSet;

use domain::rights::Right;
use domain::rights::Right::{
    Administer, Anyone, Audit, Campaigns, ReadAll, ReadOwn, Review, SignedIn,
};
use reqwest::{Method, Response};

use super::{Told, ask, site, told};
use crate::support::{Browser, Site, decision, done, parameter, set_cookies};

/// Everybody there is; the first is not signed in.
const VISITORS: [&str; 7] =
    ["anonymous", "nobody", "viewer", "other-owner", "owner", "auditor", "admin"];

/// Which right each of them has, in the order of [`VISITORS`].
const HAVE: [(Right, [u8; 7]); 8] = [
    (Anyone, [1, 1, 1, 1, 1, 1, 1]),
    (SignedIn, [0, 1, 1, 1, 1, 1, 1]),
    (ReadOwn, [0, 0, 1, 1, 1, 1, 1]),
    (ReadAll, [0, 0, 1, 0, 0, 1, 1]),
    (Audit, [0, 0, 0, 0, 0, 1, 1]),
    (Review, [0, 0, 0, 1, 1, 0, 1]),
    (Campaigns, [0, 0, 1, 0, 0, 1, 1]),
    (Administer, [0, 0, 0, 0, 0, 0, 1]),
];

/// Which right each address asks for.
const NEED: [(&str, &str, Right); 59] = [
    ("GET", "/healthz", Anyone),
    ("GET", "/readyz", Anyone),
    ("GET", "/favicon.svg", Anyone),
    ("GET", "/assets/{build}/{*name}", Anyone),
    ("POST", "/preferences", Anyone),
    ("GET", "/auth/sign-in", Anyone),
    ("GET", "/auth/sign-in/{provider}", Anyone),
    ("GET", "/auth/callback", Anyone),
    ("POST", "/auth/back-channel/{provider}", Anyone),
    ("GET", "/auth/signed-out", Anyone),
    ("GET", "/{*rest}", Anyone),
    ("POST", "/auth/sign-out", SignedIn),
    ("GET", "/me", SignedIn),
    ("GET", "/ingresses", ReadOwn),
    ("GET", "/ingresses/{id}", ReadOwn),
    ("GET", "/events", ReadOwn),
    ("GET", "/", ReadAll),
    ("GET", "/owners", ReadAll),
    ("GET", "/status", ReadAll),
    ("GET", "/export/inventory.csv", ReadAll),
    ("GET", "/export/inventory.jsonl", ReadAll),
    ("GET", "/api/v1/ingresses", ReadAll),
    ("GET", "/api/v1/ingresses/{id}", ReadAll),
    ("GET", "/api/v1/clusters", ReadAll),
    ("GET", "/api/v1/openapi.json", ReadAll),
    ("GET", "/campaigns", Campaigns),
    ("GET", "/campaigns/new", Campaigns),
    ("GET", "/campaigns/{id}", Campaigns),
    ("POST", "/campaigns", Administer),
    ("POST", "/campaigns/{id}/edit", Administer),
    ("POST", "/campaigns/{id}/open", Administer),
    ("POST", "/campaigns/{id}/extend", Administer),
    ("POST", "/campaigns/{id}/close", Administer),
    ("POST", "/series", Administer),
    ("POST", "/series/{id}/edit", Administer),
    ("POST", "/series/{id}/end", Administer),
    ("GET", "/reviews", Review),
    ("GET", "/reviews/{id}", Review),
    ("POST", "/reviews/decide", Review),
    ("POST", "/reviews/{id}/undo", Review),
    ("POST", "/reviews/{id}/comment", Review),
    ("POST", "/reviews/{id}/reassign", Administer),
    ("GET", "/retirements", ReadOwn),
    ("GET", "/retirements/{id}", ReadOwn),
    ("GET", "/retirements/{id}/manifest.yaml", ReadOwn),
    ("POST", "/retirements/{id}/cancel", Review),
    ("POST", "/ingresses/{id}/claim", Review),
    ("POST", "/ingresses/{id}/owner", Administer),
    ("POST", "/claims/{id}/accept", Review),
    ("POST", "/claims/{id}/refuse", Review),
    ("POST", "/claims/{id}/withdraw", Review),
    ("GET", "/export/campaigns/{file}", Audit),
    ("GET", "/audit", Audit),
    ("GET", "/export/audit.csv", Audit),
    ("GET", "/export/audit.jsonl", Audit),
    ("GET", "/sessions", Administer),
    ("POST", "/sessions/{id}/end", Administer),
    ("POST", "/users/{id}/disable", Administer),
    ("POST", "/users/{id}/enable", Administer),
];

/// Addresses of one thing, at which members of its team see it and those of others do not.
const OF_THE_OWNER: [&str; 8] = [
    "/ingresses/{id}/claim",
    "/ingresses/{id}",
    "/reviews/{id}",
    "/reviews/{id}/undo",
    "/reviews/{id}/comment",
    "/retirements/{id}",
    "/retirements/{id}/manifest.yaml",
    "/retirements/{id}/cancel",
];

/// What a visitor is told at an address.
fn expected(visitor: usize, method: &str, path: &str, right: Right) -> Told {
    let name = VISITORS[visitor];
    let may = HAVE.iter().any(|(each, have)| *each == right && have[visitor] == 1);
    let is_team = name == "owner" || name == "other-owner";
    match path {
        // To those who are outside every page looks the same.
        "/{*rest}" if visitor == 0 => return Told::SignIn,
        "/ingresses" if is_team => return Told::OwnList,
        // The one that is asked for is the owner's, and so are its review and its retirement.
        _ if OF_THE_OWNER.contains(&path) && name == "other-owner" => return Told::Forbidden,
        _ => {}
    }
    let starts = ["/api/", "/export/", "/events"];
    let for_programs =
        starts.iter().any(|start| path.starts_with(start)) || path.ends_with("/manifest.yaml");
    match (may, visitor) {
        (true, _) => Told::Answer,
        (false, 0) if method == "GET" && !for_programs => Told::SignIn,
        (false, 0) => Told::Unauthorized,
        (false, _) => Told::Forbidden,
    }
}

/// The numbers of what is there: an ingress of the owner, and all that came of it.
struct There {
    ingress: String,
    campaign: String,
    review: String,
    retirement: String,
}

impl There {
    /// An open campaign, in which the owner decides that the ingress goes.
    async fn new(site: &Site, admin: &Browser, owner: &Browser) -> Self {
        let campaign = site.open_campaign(admin, &[("owner", "payments")]).await;
        let row = site.review(campaign, "web").await;
        done(owner.submit("/reviews/decide", &decision(&row, "retire", &[])).await).await;
        let retirements = site.store.retirements_of(row.row.id).await.unwrap();
        Self {
            ingress: row.row.id.to_string(),
            campaign: campaign.to_string(),
            review: row.review.id.to_string(),
            retirement: retirements[0].id.to_string(),
        }
    }

    /// Users, sessions, series and claims of the number do not exist: who may end them ends nothing.
    fn number(&self, path: &str) -> &str {
        let of = |first: &str| path.contains(first);
        match path {
            _ if of("/ingresses/") => &self.ingress,
            _ if of("/campaigns/") => &self.campaign,
            _ if of("/reviews/") => &self.review,
            _ if of("/retirements/") => &self.retirement,
            _ => "999999",
        }
    }
}

/// An address of the table as one that can be asked for.
fn address(path: &str, there: &There) -> String {
    let number = there.number(path);
    let address = path
        .replace("{id}", number)
        .replace("{file}", &format!("{number}.csv"))
        .replace("{build}", "0123456789ab")
        .replace("{*name}", "app.css")
        .replace("{provider}", "corp")
        .replace("{*rest}", "nothing/here");
    assert!(!address.contains('{'), "{address}");
    address
}

async fn browsers(site: &Site) -> Vec<Browser> {
    let mut browsers = vec![site.browser()];
    for account in &VISITORS[1..] {
        browsers.push(site.sign_in(account).await);
    }
    browsers
}

#[test]
fn the_table_has_the_rights_that_were_decided() {
    let table: BTreeSet<_> = server::rights()
        .iter()
        .map(|row| (row.method, row.path, format!("{:?}", row.right)))
        .collect();
    let decided: BTreeSet<_> =
        NEED.iter().map(|(method, path, right)| (*method, *path, format!("{right:?}"))).collect();
    assert_eq!(table, decided);
    assert_eq!(server::rights().len(), NEED.len(), "each address stands there once");
}

#[tokio::test]
async fn everybody_gets_at_every_address_what_was_decided_and_nothing_else() {
    let site = site().await;
    let browsers = browsers(&site).await;
    let there = There::new(&site, &browsers[6], &browsers[4]).await;
    for row in server::rights() {
        let path = address(row.path, &there);
        let need = NEED.iter().find(|(method, path, _)| (row.method, row.path) == (*method, *path));
        let right = need.expect("decided above").2;
        for (visitor, name) in VISITORS.iter().enumerate() {
            // It ends the session, and there are other rows to come.
            let browser = match row.path {
                "/auth/sign-out" if visitor > 0 => &site.sign_in(name).await,
                _ => &browsers[visitor],
            };
            let what = format!("{name}: {} {}", row.method, row.path);
            let answer = ask(browser, row.method, &path).await;
            let told = told(&answer, &what);
            assert_eq!(told, expected(visitor, row.method, row.path, right), "{what}");
            check(answer, told, &path, &what).await;
        }
    }
}

/// Who is refused learns nothing of the clusters, in the form that they expect.
async fn check(answer: Response, told: Told, path: &str, what: &str) {
    let headers = answer.headers().clone();
    let is_problem =
        headers.get("content-type").is_some_and(|kind| kind == "application/problem+json");
    let for_programs = path.starts_with("/api/") || path.starts_with("/export/");
    let cookies = set_cookies(&answer);
    match told {
        // Without an end.
        Told::Answer if path == "/events" => return,
        // An export has to be taken before the next one begins.
        Told::Answer => drop(answer.text().await.unwrap()),
        Told::SignIn => {
            assert_eq!(parameter(headers["location"].to_str().unwrap(), "back"), path, "{what}");
        }
        Told::Unauthorized | Told::Forbidden | Told::OwnList => {
            assert_eq!(is_problem, for_programs && told != Told::OwnList, "{what}");
            let text = answer.text().await.unwrap();
            for part in ["web.example.com", "finder.example.com", "uid-web"] {
                assert!(!text.contains(part), "{what}: {text}");
            }
        }
    }
    let is_session = |line: &String| line.starts_with("routebook=") && !line.contains("Max-Age=0");
    assert!(!cookies.iter().any(is_session), "{what}: {cookies:?}");
}

#[tokio::test]
async fn asking_for_the_head_is_asking() {
    let site = site().await;
    let browsers = browsers(&site).await;
    let there = There::new(&site, &browsers[6], &browsers[4]).await;
    for (method, path, right) in NEED {
        let begins_something =
            ["/events", "/auth/callback"].contains(&path) || path.starts_with("/auth/sign-in/");
        for (visitor, browser) in browsers.iter().enumerate() {
            let expected = expected(visitor, "GET", path, right);
            let is_taken = path.starts_with("/export/") && expected == Told::Answer;
            if method == "POST" || begins_something || is_taken {
                continue;
            }
            let what = format!("{}: HEAD {path}", VISITORS[visitor]);
            let request = browser.request(Method::HEAD, &address(path, &there));
            assert_eq!(told(&browser.send(request).await, &what), expected, "{what}");
        }
    }
}

#[tokio::test]
async fn other_methods_are_no_way_in() {
    let site = site().await;
    let browser = site.browser();
    let [ingress, campaign, review, retirement] = ["1"; 4].map(str::to_owned);
    let there = There { ingress, campaign, review, retirement };
    for row in server::rights() {
        let path = address(row.path, &there);
        for method in ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "get"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let request = browser.request(method.clone(), &path);
            let answer = request.header("sec-fetch-site", "same-origin").send().await.unwrap();
            let status = answer.status();
            assert!(status.is_client_error(), "{method} {path}: {status}");
            let text = answer.text().await.unwrap();
            assert!(!text.contains("web.example.com"), "{method} {path}: {text}");
        }
    }
}

/// Ways to write a path that some layer may read as another one than the layer before.
const SPELLINGS: [&str; 17] = [
    "{}",
    "{}/",
    "{}//",
    "/{}",
    "//{}",
    "{}%2f",
    "{}%20",
    "{}%00",
    "{};a=b",
    "{}/.",
    "/nothing/..{}",
    "/nothing/%2e%2e{}",
    "/nothing/..%2f{}",
    "/ingresses/..%5c{}",
    "{}.html",
    "{}?/",
    "/assets{}",
];

fn spellings(page: &str) -> Vec<String> {
    let mut ways: Vec<_> = SPELLINGS.iter().map(|way| way.replace("{}", page)).collect();
    let (start, rest) = page.split_at(2);
    let first = start.as_bytes()[1];
    ways.extend([format!("/%{first:02x}{rest}"), format!("/%{first:02X}{rest}")]);
    ways.push(format!("{}{rest}", start.to_uppercase()));
    ways
}

#[tokio::test]
async fn another_spelling_of_an_address_is_no_way_around_its_right() {
    let site = site().await;
    let browsers = browsers(&site).await;
    // With what stands there, and on no page that others get.
    for (page, secret) in [
        ("/audit", "The admin"),
        ("/sessions", "The admin"),
        ("/status", ">prod<"),
        ("/ingresses", "finder.example.com"),
    ] {
        let right = NEED.iter().find(|(_, path, _)| *path == page).unwrap().2;
        for way in spellings(page) {
            for (visitor, name) in VISITORS.iter().enumerate() {
                let may = expected(visitor, "GET", page, right) == Told::Answer;
                let answer = browsers[visitor].open(&way).await;
                assert!(!answer.status().is_server_error(), "{name}: {way}");
                let text = answer.text().await.unwrap();
                assert!(may || !text.contains(secret), "{name} sees {page} at {way}: {text}");
                assert!(!may || way != page || text.contains(secret), "{name}: {way}: {text}");
            }
        }
    }
}
