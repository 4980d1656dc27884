//! The people who can sign in.

use serde_json::{Map, Value, json};

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// What tests and forms call it.
    pub key: String,
    /// The provider's name for it, which never changes.
    pub subject: String,
    /// The person's name.
    pub name: String,
    /// What one sees who picks it.
    pub explanation: String,
    /// More claims, such as `email` and `groups`; one of the same name wins over all others.
    pub claims: Map<String, Value>,
}

impl Account {
    /// An account that belongs to these groups.
    fn of_marrowby(key: &str, name: &str, groups: &[&str], explanation: &str) -> Self {
        let mailbox = name.to_lowercase().replace(' ', ".");
        let claims = [
            ("email", json!(format!("{mailbox}@marrowby.example"))),
            ("email_verified", json!(true)),
            ("groups", json!(groups)),
        ];
        Self {
            key: key.to_owned(),
            subject: format!("marrowby-{key}"),
            name: name.to_owned(),
            explanation: explanation.to_owned(),
            claims: claims.map(|(name, value)| (name.to_owned(), value)).into_iter().collect(),
        }
    }
}

/// One account for each part that somebody plays in Routebook. The groups of both owners are teams
/// that own something on the demo's first page.
pub fn demo_accounts() -> Vec<Account> {
    let account = Account::of_marrowby;
    vec![
        account("owner", "Aino Lindqvist", &["logistics"], "is in the team logistics, no role"),
        account(
            "other-owner",
            "Ben Okafor",
            &["customer-accounts"],
            "is in the team customer-accounts, no role",
        ),
        account("admin", "Claire Moreau", &["platform-admins"], "is an admin"),
        account("auditor", "Dana Hartley", &["auditors"], "is an auditor"),
        account("viewer", "Elena Santos", &["engineering"], "is a viewer"),
        account("nobody", "Filip Nowak", &[], "has neither role nor team"),
    ]
}

/// Which groups give which role, in the form of Routebook's configuration.
pub fn demo_roles() -> Value {
    json!({ "admin": ["platform-admins"], "auditor": ["auditors"], "viewer": ["engineering"] })
}
