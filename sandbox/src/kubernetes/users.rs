//! Who may talk to the API server: users with groups, and the bearer tokens that name them.
//! Tokens can be added, revoked and rotated while the server runs.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// An authenticated user, as permissions see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Full name, such as `system:serviceaccount:routebook:routebook`.
    pub name: String,
    /// Groups, `system:authenticated` among them.
    pub groups: Vec<String>,
}

impl User {
    /// A person.
    pub fn person(name: &str, groups: &[&str]) -> Self {
        let groups = groups.iter().copied().chain(["system:authenticated"]);
        Self { name: name.to_owned(), groups: groups.map(str::to_owned).collect() }
    }

    /// A service account.
    pub fn service_account(namespace: &str, name: &str) -> Self {
        let group = format!("system:serviceaccounts:{namespace}");
        let account = format!("system:serviceaccount:{namespace}:{name}");
        Self::person(&account, &["system:serviceaccounts", &group])
    }

    pub(super) fn anonymous() -> Self {
        let groups = vec!["system:unauthenticated".to_owned()];
        Self { name: "system:anonymous".to_owned(), groups }
    }

    pub(super) fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|member| member == group)
    }
}

/// The users by short name, and the tokens that are good now.
pub(super) struct Users {
    inner: Mutex<Inner>,
}

struct Inner {
    users: HashMap<String, User>,
    /// Short name by token.
    tokens: HashMap<String, String>,
}

impl Users {
    /// The users that every kubeconfig knows: `admin` and `routebook`.
    pub fn new() -> Self {
        let inner = Inner { users: HashMap::new(), tokens: HashMap::new() };
        let users = Self { inner: Mutex::new(inner) };
        users.add("admin", User::person("kubernetes-admin", &["system:masters"]));
        users.add("routebook", User::service_account("routebook", "routebook"));
        users
    }

    /// Adds a user and answers a first token.
    pub fn add(&self, short: &str, user: User) -> String {
        self.lock().users.insert(short.to_owned(), user);
        self.add_token(short)
    }

    /// A good token of a user; a new one when there is none.
    pub fn token(&self, short: &str) -> String {
        let inner = self.lock();
        let found = inner.tokens.iter().find(|(_, user)| *user == short);
        if let Some((token, _)) = found {
            return token.clone();
        }
        drop(inner);
        self.add_token(short)
    }

    /// One more token for a user.
    pub fn add_token(&self, short: &str) -> String {
        let token = format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
        self.lock().tokens.insert(token.clone(), short.to_owned());
        token
    }

    /// Makes a token invalid.
    pub fn revoke(&self, token: &str) {
        self.lock().tokens.remove(token);
    }

    /// Makes all tokens of a user invalid.
    pub fn revoke_all(&self, short: &str) {
        self.lock().tokens.retain(|_, user| user != short);
    }

    /// The user behind an `Authorization` header; none for a token that is not good.
    pub fn authenticate(&self, header: Option<&str>) -> Option<User> {
        let Some(header) = header else { return Some(User::anonymous()) };
        let token = header.strip_prefix("Bearer ")?.trim();
        let inner = self.lock();
        inner.users.get(inner.tokens.get(token)?).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
