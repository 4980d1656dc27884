//! The people of the past: those who have an account at the sandbox's provider, and colleagues of them
//! who have none any more.

use std::sync::Arc;

use domain::owner::Team;
use domain::user::{Identity, Person, Profile, RoleRules, User};
use jiff::Timestamp;
use sandbox::openid::{Account, demo_accounts};
use serde_json::Value;
use server::Config;

/// They review for the teams of which nobody has an account.
const COLLEAGUES: [&str; 6] =
    ["Greta Holm", "Hugo Bauer", "Ines Carvalho", "Jakub Novotny", "Kemi Adeyemi", "Lars Nygaard"];

/// Everybody who did something.
pub struct Cast {
    /// Leads campaigns.
    pub admin: Arc<Person>,
    /// Reviews for the first team.
    pub owner: Arc<Person>,
    /// Reviews for the second team.
    pub other: Arc<Person>,
    /// The teams of the configuration.
    pub teams: Vec<Team>,
    company: Company,
}

/// What everybody has in common.
struct Company {
    issuer: String,
    provider: String,
    roles: RoleRules,
}

impl Cast {
    /// The cast of a demo; `None` if nobody signs in, or the owners have no team.
    pub fn of(config: &Config) -> Option<Self> {
        let sign_in = config.sign_in.as_ref()?;
        let provider = sign_in.providers.first()?;
        let company = Company {
            issuer: provider.issuer_text.clone(),
            provider: provider.name.clone(),
            roles: sign_in.roles.clone(),
        };
        let teams = config.rules.owner.teams.clone();
        let accounts = demo_accounts();
        let named = |key: &str| {
            let account = accounts.iter().find(|account| account.key == key)?;
            Some(company.account(account, &teams))
        };
        let (admin, owner, other) = (named("admin")?, named("owner")?, named("other-owner")?);
        if owner.teams.is_empty() || other.teams.is_empty() {
            return None;
        }
        Some(Self { admin, owner, other, teams, company })
    }

    /// Who reviews for a team.
    pub fn reviewer(&self, team: &str) -> Arc<Person> {
        let known = [&self.owner, &self.other].into_iter().find(|person| person.is_of(team));
        known.cloned().unwrap_or_else(|| self.colleague(team))
    }

    /// The team that reviews what nobody owns.
    pub fn fallback(&self) -> Option<String> {
        let platform = Team::named(&self.teams, "platform");
        platform.or_else(|| self.teams.first().map(Team::as_owner))
    }

    fn colleague(&self, team: &str) -> Arc<Person> {
        let place = self.teams.iter().position(|known| known.as_owner() == team).unwrap_or(0);
        let name = COLLEAGUES[place % COLLEAGUES.len()];
        let groups = self.teams.get(place).map(|team| team.groups.clone()).unwrap_or_default();
        let subject = format!("marrowby-former-{team}");
        let profile = Profile { name: Some(name.to_owned()), email: None, groups };
        self.company.person(&subject, profile, &self.teams)
    }
}

impl Company {
    fn account(&self, account: &Account, teams: &[Team]) -> Arc<Person> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let groups = account.claims.get("groups").and_then(Value::as_array);
        let mut groups: Vec<String> = groups.into_iter().flatten().filter_map(text).collect();
        groups.sort_unstable();
        let email = account.claims.get("email").and_then(text);
        let profile = Profile { name: Some(account.name.clone()), email, groups };
        self.person(&account.subject, profile, teams)
    }

    fn person(&self, subject: &str, profile: Profile, teams: &[Team]) -> Arc<Person> {
        let user = User {
            id: 0,
            identity: Identity { issuer: self.issuer.clone(), subject: subject.to_owned() },
            profile,
            provider: self.provider.clone(),
            first_seen: Timestamp::UNIX_EPOCH,
            signed_in: Timestamp::UNIX_EPOCH,
            disabled: None,
        };
        Arc::new(Person::new(user, 0, &self.roles, teams))
    }
}
