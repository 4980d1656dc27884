//! What stands in the files of the database lets nobody in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::support::{PRE_LOGIN, SECRET, SESSION, SIGN_IN, Setup, Site, parameter};

/// The bytes of the database and of its write-ahead log.
fn files(site: &Site) -> Vec<u8> {
    let path = site.store.path();
    let log = path.with_file_name("routebook.db-wal");
    [std::fs::read(path).unwrap(), std::fs::read(log).unwrap()].concat()
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window[0] == part[0] && window == part)
}

/// Every text of this alphabet that is as long as 256 random bits, and as mixed.
fn random_texts(bytes: &[u8]) -> Vec<String> {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || [b'-', b'_'].contains(byte);
    let runs = bytes.split(|byte| !is_letter(byte)).filter(|run| run.len() >= 43);
    let windows = runs.flat_map(|run| run.windows(43));
    let is_mixed = |window: &&[u8]| {
        let count = |is: fn(&u8) -> bool| window.iter().filter(|byte| is(byte)).count();
        count(u8::is_ascii_uppercase) > 4
            && count(u8::is_ascii_lowercase) > 4
            && count(u8::is_ascii_digit) > 2
    };
    let found = windows.filter(is_mixed);
    found.map(|window| String::from_utf8_lossy(window).into_owned()).collect()
}

#[test]
fn random_texts_are_found() {
    let token = "haZKIhq51F09-OdycJjJfBqcAwKxH0e-fM_Md5Z8WT4";
    assert_eq!(random_texts(format!("{{\"token\":\"{token}\"}}").as_bytes()), [token]);
    let hash = "bdbd6d8a3bf50f87ec2ebd7babd90fbb369ab366f282c59692df899732a10e1a";
    assert!(random_texts(format!("SELECT {hash}corp").as_bytes()).is_empty());
}

#[tokio::test]
async fn nothing_in_the_database_lets_anybody_in() {
    let site = Site::with_sign_in(Setup::default()).await;
    let mut secrets = vec![SECRET.to_owned()];
    for account in ["viewer", "admin", "owner"] {
        let browser = site.browser();
        let place = browser.begin(site.provider(), SIGN_IN).await;
        secrets.push(browser.cookie(PRE_LOGIN).unwrap());
        secrets.extend(["state", "nonce"].map(|name| parameter(&place, name)));
        let callback = site.provider().choose(&place, account).await.unwrap();
        secrets.push(parameter(&callback, "code"));
        browser.come_back(&callback).await;
        secrets.push(browser.session());
        browser.text("/me").await;
    }
    // One that is still under way, and one that fails.
    let pending = site.browser();
    pending.begin(site.provider(), SIGN_IN).await;
    secrets.push(pending.cookie(PRE_LOGIN).unwrap());
    let failing = site.browser();
    let place = failing.begin(site.provider(), SIGN_IN).await;
    let callback = site.provider().choose(&place, "nobody").await.unwrap();
    secrets.push(parameter(&callback, "code"));
    failing.come_back(&callback.replace("state=", "state=x")).await;
    let notice = site.provider().logout_token("viewer", |_| {});
    let form = format!("logout_token={notice}");
    let request = site.browser().form("/auth/back-channel/corp", &form);
    assert_eq!(request.send().await.unwrap().status(), 200);
    secrets.push(notice);

    check(&files(&site), &secrets);
    check(&site.close().await.database(), &secrets);
}

fn check(bytes: &[u8], secrets: &[String]) {
    let text = String::from_utf8_lossy(bytes);
    for known in ["subject-of-viewer", "sign-in.failed", "sign-out.provider"] {
        assert!(text.contains(known), "this is the database: {known}");
    }
    for secret in secrets {
        assert!(secret.len() >= 22 && !text.contains(secret), "{secret}");
        if let Ok(raw) = URL_SAFE_NO_PAD.decode(secret) {
            let hex: String = raw.iter().map(|byte| format!("{byte:02x}")).collect();
            assert!(!has(bytes, &raw) && !text.contains(&hex), "{secret}");
        }
    }
    // Access tokens, of which a test does not get hold, look like this, and signed tokens begin so.
    assert_eq!(random_texts(bytes), Vec::<String>::new());
    assert!(!text.contains("eyJ"));
}

#[tokio::test]
async fn what_stands_in_the_database_is_no_cookie() {
    let site = Site::with_sign_in(Setup::default()).await;
    site.sign_in("admin").await;
    let bytes = files(&site);
    let is_digit = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    let hashes = bytes.split(|byte| !is_digit(byte)).filter(|run| run.len() >= 64);
    let mut tried = 0;
    for hash in hashes {
        let hash = String::from_utf8(hash[..64].to_vec()).unwrap();
        for cookie in [hash.as_str(), &hash[..22]] {
            let browser = site.browser();
            browser.put(SESSION, cookie);
            assert!(!browser.is_signed_in().await, "{cookie}");
        }
        tried += 1;
    }
    assert!(tried > 0, "there are hashes");
}
