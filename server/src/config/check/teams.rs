//! The teams, and by what each is known.

use std::collections::BTreeMap;

use domain::owner::Team;

use super::super::given::{Source, Written};
use super::super::keys::{TeamKeys, Text};
use super::Error;
use super::value::{maybe_text, text, texts};

/// As long as a name of an owner is shown.
const LONGEST_NAME: usize = 100;

/// The configured teams. What means two of them would mean neither.
pub fn teams(given: Option<Written<Vec<TeamKeys>>>) -> Result<Vec<Team>, Error> {
    let Some(Written { keys, source }) = given else { return Ok(Vec::new()) };
    let teams = keys.iter().map(|keys| team(keys, &source)).collect::<Result<_, _>>()?;
    refuse_ambiguous(&keys, &source)?;
    Ok(teams)
}

fn team(keys: &TeamKeys, source: &Source) -> Result<Team, Error> {
    let name = text("teams[].name", &keys.name, source)?;
    if name.chars().count() > LONGEST_NAME {
        let message = format!("the name of a team may have {LONGEST_NAME} characters");
        return Err(source.refuse(&keys.name, message));
    }
    let list = |key: &str, given: &Option<Vec<Text>>| {
        texts(key, given.as_deref().unwrap_or_default(), source)
    };
    Ok(Team {
        name,
        matches: list("teams[].match", &keys.matches)?,
        groups: list("teams[].groups", &keys.groups)?,
        email: email(keys.email.as_ref(), source)?,
        chat: maybe_text("teams[].chat", keys.chat.as_ref(), source)?,
    })
}

fn email(given: Option<&Text>, source: &Source) -> Result<Option<String>, Error> {
    let email = maybe_text("teams[].email", given, source)?;
    let sound = |email: &String| {
        let parts = email.split_once('@');
        parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
            && !email.contains(char::is_whitespace)
    };
    match (given, &email) {
        (Some(given), Some(address)) if !sound(address) => {
            let message = format!("`teams[].email` must be one address, not {address:?}");
            Err(source.refuse(given, message))
        }
        _ => Ok(email),
    }
}

/// A name, and each value that means the team, in small letters as they are compared.
fn refuse_ambiguous(teams: &[TeamKeys], source: &Source) -> Result<(), Error> {
    let mut seen: BTreeMap<String, (usize, &Text)> = BTreeMap::new();
    for (number, team) in teams.iter().enumerate() {
        for word in [&team.name].into_iter().chain(team.matches.iter().flatten()) {
            let meaning = word.value.trim().to_lowercase();
            match seen.insert(meaning, (number, word)) {
                // A team may name itself among its values.
                Some((other, first)) if other != number => {
                    let message = format!("{:?} means two teams", word.value.trim());
                    let first = source.place(first);
                    let way = format!("it is at {first} too; let it mean one");
                    return Err(source.refuse(word, message).hint(way));
                }
                _ => {}
            }
        }
    }
    Ok(())
}
