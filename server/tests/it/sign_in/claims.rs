//! What a provider tells of a person, in all its forms.

use sandbox::openid::{Account, Algorithm, GroupsIn};
use serde_json::{Value, json};

use super::refused;
use crate::support::{Log, SIGN_IN, Setup, Site, account, location, subject};

/// The groups of somebody for whom the provider tells this, if they may sign in.
async fn groups_of(told: Value) -> Vec<String> {
    let site = Site::with_sign_in(with(account("ada", told))).await;
    site.sign_in("ada").await;
    site.person("ada").await.0.profile.groups
}

fn with(account: Account) -> Setup {
    Setup { accounts: vec![account], ..Setup::default() }
}

/// Somebody whose claims have another value.
fn claiming(name: &str, value: Value) -> Account {
    let mut account = account("ada", json!(["engineering"]));
    account.claims.insert(name.to_owned(), value);
    account
}

fn numbered(count: usize) -> Value {
    (0..count).map(|number| format!("group-{number:05}")).collect()
}

#[tokio::test]
async fn groups_as_an_array_are_read() {
    assert_eq!(groups_of(json!(["b", "a", "b"])).await, ["a", "b"]);
}

#[tokio::test]
async fn groups_as_a_string_are_one_group() {
    assert_eq!(groups_of(json!("engineering")).await, ["engineering"]);
}

#[tokio::test]
async fn groups_as_an_object_are_none_and_the_log_says_so() {
    let log = Log::listen();
    assert!(groups_of(json!({"platform-admins": true})).await.is_empty());
    let text = log.text();
    assert!(text.contains("some of the claim with the groups is no group's name"), "{text}");
}

#[tokio::test]
async fn groups_as_a_number_or_nothing_are_none() {
    for told in [json!(7), json!(true), json!([]), Value::Null] {
        assert!(groups_of(told).await.is_empty());
    }
}

#[tokio::test]
async fn of_a_mixed_array_only_texts_are_groups() {
    let told = json!([{"name": "platform-admins"}, ["auditors"], 7, null, true, "engineering"]);
    assert_eq!(groups_of(told).await, ["engineering"]);
}

#[tokio::test]
async fn groups_are_compared_letter_by_letter() {
    let ada = account("ada", json!(["Platform-Admins", "auditors "]));
    let site = Site::with_sign_in(with(ada)).await;
    let browser = site.sign_in("ada").await;
    assert_eq!(browser.status("/audit").await, 403);
    assert_eq!(browser.status("/").await, 403);
}

#[tokio::test]
async fn a_thousand_groups_are_read() {
    assert_eq!(groups_of(numbered(1_000)).await.len(), 1_000);
}

#[tokio::test]
async fn ten_thousand_groups_are_refused() {
    for count in [1_001, 10_000] {
        let log = Log::listen();
        let site = Site::with_sign_in(with(account("ada", numbered(count)))).await;
        let browser = site.browser();
        let answer = browser.try_sign_in(site.provider(), SIGN_IN, "ada").await;
        refused(&site, &log, &browser, &answer, "too-many-groups").await;
    }
}

#[tokio::test]
async fn groups_below_another_claim_are_found_by_their_path() {
    let account = claiming("realm_access", json!({"roles": ["platform-admins"]}));
    let provider = json!({"groupsClaim": "realm_access/roles"});
    let site = Site::with_sign_in(Setup { provider, ..with(account) }).await;
    let browser = site.sign_in("ada").await;
    assert_eq!(browser.status("/sessions").await, 200);
    assert_eq!(site.person("ada").await.0.profile.groups, ["platform-admins"]);
}

#[tokio::test]
async fn groups_that_only_userinfo_tells_are_asked_for() {
    let setup = Setup { groups_in: GroupsIn::Userinfo, ..Setup::default() };
    let site = Site::with_sign_in(setup).await;
    let browser = site.sign_in("admin").await;
    assert_eq!(browser.status("/sessions").await, 200);
    assert_eq!(site.provider().counters().userinfo, 1);
}

#[tokio::test]
async fn groups_from_the_id_token_alone_are_not_asked_for() {
    let provider = json!({"groupsFrom": "idToken"});
    let setup = Setup { groups_in: GroupsIn::Userinfo, provider, ..Setup::default() };
    let site = Site::with_sign_in(setup).await;
    let browser = site.sign_in("admin").await;
    assert_eq!(browser.status("/").await, 403);
    assert_eq!(site.provider().counters().userinfo, 0);
}

#[tokio::test]
async fn groups_from_userinfo_alone_win_over_the_id_token() {
    let provider = json!({"groupsFrom": "userinfo"});
    let setup = Setup { groups_in: GroupsIn::IdToken, provider, ..Setup::default() };
    let site = Site::with_sign_in(setup).await;
    let browser = site.sign_in("admin").await;
    assert_eq!(browser.status("/").await, 403);
    assert_eq!(site.provider().counters().userinfo, 1);
}

/// The e-mail address of somebody for whom the provider tells this, if they may sign in, and whether
/// the log says that it was left out.
async fn address_of(told: Value) -> (Option<String>, bool) {
    let log = Log::listen();
    let site = Site::with_sign_in(with(claiming("email", told))).await;
    site.sign_in("ada").await;
    let email = site.person("ada").await.0.profile.email;
    (email, log.text().contains("the claim with the e-mail address has none in it"))
}

#[tokio::test]
async fn a_text_that_is_no_address_is_dropped_and_the_log_says_so() {
    for told in ["ada@example.com@evil.example", "ada", "ada@", "a da@example.com", ""] {
        assert_eq!(address_of(json!(told)).await, (None, true), "{told:?}");
    }
}

#[tokio::test]
async fn an_address_that_is_right_or_not_told_is_nothing_for_the_log() {
    let right = "ada@example.com";
    assert_eq!(address_of(json!(right)).await, (Some(right.to_owned()), false));
    assert_eq!(address_of(Value::Null).await, (None, false));
}

#[tokio::test]
async fn an_id_token_with_an_address_that_is_no_text_is_refused() {
    for told in [json!(7), json!(["ada@example.com"]), json!({"a": 1})] {
        let log = Log::listen();
        let site = Site::with_sign_in(with(claiming("email", told))).await;
        let browser = site.browser();
        let answer = browser.try_sign_in(site.provider(), SIGN_IN, "ada").await;
        refused(&site, &log, &browser, &answer, "id-token").await;
    }
}

#[tokio::test]
async fn the_same_address_under_another_subject_is_somebody_else() {
    let site = Site::with_sign_in(Setup::default()).await;
    site.sign_in("admin").await;
    let mut twin = account("twin", json!(["nothing"]));
    twin.claims.insert("email".to_owned(), json!("admin@example.com"));
    twin.claims.insert("email_verified".to_owned(), json!(true));
    twin.name = "The admin".to_owned();
    site.provider().set_account(twin);
    let browser = site.sign_in("twin").await;
    assert_eq!(browser.status("/sessions").await, 403);
    let (admin, sessions) = site.person("admin").await;
    assert_eq!((admin.profile.groups, sessions.len()), (vec!["platform-admins".to_owned()], 1));
    assert_eq!(site.people().await.len(), 2);
}

#[tokio::test]
async fn the_same_subject_at_another_provider_is_somebody_else() {
    let site = Site::with_sign_in(Setup { providers: 2, ..Setup::default() }).await;
    site.sign_in("admin").await;
    site.other_provider().set_account(account("admin", json!([])));
    let browser = site.browser();
    let answer = browser.try_sign_in(site.other_provider(), "/auth/sign-in/lab", "admin").await;
    assert_eq!(location(&answer), "/");
    assert_eq!(browser.status("/sessions").await, 403);
    let people = site.people().await;
    assert_eq!(people.len(), 2);
    assert!(people.iter().all(|(user, _)| user.identity.subject == subject("admin")));
    assert_ne!(people[0].0.identity.issuer, people[1].0.identity.issuer);
}

#[tokio::test]
async fn a_name_is_shown_as_text_and_cut() {
    let mut ada = account("ada", json!(["platform-admins"]));
    ada.name = format!("<script>alert(1)</script>\u{1b}[31m\r\n{}", "long ".repeat(100));
    let site = Site::with_sign_in(with(ada)).await;
    let browser = site.sign_in("ada").await;
    let name = site.person("ada").await.0.profile.name.unwrap();
    assert!(name.chars().count() <= 200, "{name}");
    assert!(!name.contains(char::is_control), "{name:?}");
    for path in ["/me", "/sessions", "/audit", "/", "/nothing"] {
        let page = browser.open(path).await.text().await.unwrap();
        assert!(!page.contains("<script>alert"), "{path}: {page}");
        assert!(page.contains("&lt;script"), "{path}: {page}");
    }
}

#[tokio::test]
async fn a_subject_that_is_too_long_is_refused() {
    let log = Log::listen();
    let mut ada = account("ada", json!(["engineering"]));
    ada.subject = "s".repeat(256);
    let site = Site::with_sign_in(with(ada)).await;
    let browser = site.browser();
    let answer = browser.try_sign_in(site.provider(), SIGN_IN, "ada").await;
    refused(&site, &log, &browser, &answer, "id-token").await;
}

#[tokio::test]
async fn every_algorithm_that_is_allowed_signs_in() {
    for algorithm in [Algorithm::Es256, Algorithm::Rs256, Algorithm::Ps256, Algorithm::EdDsa] {
        let site = Site::with_sign_in(Setup { algorithm, ..Setup::default() }).await;
        let browser = site.sign_in("viewer").await;
        assert_eq!(browser.status("/status").await, 200, "{algorithm:?}");
    }
}

#[tokio::test]
async fn an_algorithm_that_is_not_configured_is_refused() {
    let log = Log::listen();
    let provider = json!({"algorithms": ["RS256"]});
    let site = Site::with_sign_in(Setup { provider, ..Setup::default() }).await;
    let browser = site.browser();
    let answer = browser.try_sign_in(site.provider(), SIGN_IN, "viewer").await;
    refused(&site, &log, &browser, &answer, "id-token").await;
}
