//! What one place says about the owner, and whether it counts.

use super::text::{self, LONGEST_NAME, LONGEST_VALUE};
use super::{Hint, Owner, OwnerSource, Rules};

/// As many places that name somebody else are kept.
pub(super) const MOST_OTHERS: usize = 5;

/// One place that names somebody.
pub(super) struct Claim {
    pub(super) source: OwnerSource,
    pub(super) name: String,
    pub(super) team: bool,
    pub(super) value: String,
    pub(super) place: String,
    pub(super) note: Option<String>,
}

impl Claim {
    /// `None` if the value names nobody.
    pub(super) fn read(
        source: OwnerSource,
        place: &str,
        value: &str,
        rules: &Rules,
    ) -> Option<Self> {
        let value = text::trim(value);
        let mut names = text::names(value);
        // A comma may belong to what the configuration calls a team.
        if names.len() > 1 && rules.team_of(value).is_some() {
            names = vec![value];
        }
        let first = *names.first()?;
        let team = rules.team_of(first);
        let name = team.map_or(first, |team| team.name.as_str());
        Some(Self {
            source,
            name: text::cut(name, LONGEST_NAME),
            team: team.is_some(),
            value: text::cut(value, LONGEST_VALUE),
            place: text::cut(place, LONGEST_VALUE),
            note: text::note(&names, name),
        })
    }

    /// An application is not a person: its name is an owner only if a team has it. Otherwise every
    /// ingress that GitOps delivers would seem to be owned.
    fn can_win(&self) -> bool {
        self.source != OwnerSource::GitOps || self.team
    }

    /// A fallback contradicts nobody, and the application's name helps only where nothing better
    /// is known.
    fn contradicts(&self, first: &Self) -> bool {
        match self.source {
            OwnerSource::Fallback => false,
            OwnerSource::GitOps => self.team || first.source == OwnerSource::Fallback,
            _ => true,
        }
    }
}

/// The first of the claims that can win is the owner; the rest may say otherwise.
pub(super) fn decide(mut claims: Vec<Claim>) -> Option<Owner> {
    let first = claims.iter().position(Claim::can_win)?;
    let first = claims.remove(first);
    Some(Owner {
        others: others(&first, claims),
        name: first.name,
        team: first.team,
        value: first.value,
        source: first.source,
        place: first.place,
        note: first.note,
    })
}

fn others(first: &Claim, rest: Vec<Claim>) -> Vec<Hint> {
    let mut others: Vec<Hint> = Vec::new();
    for claim in rest.into_iter().filter(|claim| claim.contradicts(first)) {
        let is_new = others
            .iter()
            .map(|hint| &hint.name)
            .chain([&first.name])
            .all(|name| !text::same(name, &claim.name));
        if is_new && others.len() < MOST_OTHERS {
            others.push(Hint { source: claim.source, name: claim.name, place: claim.place });
        }
    }
    others
}
