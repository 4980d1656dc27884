use jiff::Timestamp;
use serde_json::json;

use super::*;
use crate::audit::{Action, Actor, Draft, Hash};

/// So many entries, one on the other.
fn chain(length: u64) -> Vec<Entry> {
    let mut head = Link::START;
    let mut entries = Vec::new();
    for n in 0..length {
        let draft = Draft {
            at: Timestamp::UNIX_EPOCH,
            actor: Actor::System,
            action: Action::SignIn,
            target: format!("session {n}"),
            detail: json!({}),
            address: String::new(),
        };
        let entry = draft.chain(&head);
        head = entry.link();
        entries.push(entry);
    }
    entries
}

fn verify(entries: &[Entry], checkpoints: &[Checkpoint]) -> Result<Link, Broken> {
    let mut verifier = Verifier::new(checkpoints);
    entries.iter().try_for_each(|entry| verifier.next(entry))?;
    verifier.finish()
}

fn checkpoint(entry: &Entry) -> Checkpoint {
    entry.link().into()
}

#[test]
fn a_whole_chain_answers_its_last_entry() {
    let entries = chain(5);
    let noted: Vec<Checkpoint> = [4, 1, 1].map(|n| checkpoint(&entries[n])).to_vec();
    assert_eq!(verify(&entries, &noted), Ok(entries[4].link()));
    assert_eq!(verify(&entries, &[Link::START.into()]), Ok(entries[4].link()));
    assert_eq!(verify(&[], &[]), Ok(Link::START));
    assert_eq!(verify(&[], &[Link::START.into()]), Ok(Link::START));
}

fn broken(change: impl FnOnce(&mut Vec<Entry>), expected: Broken) {
    let mut entries = chain(5);
    let noted = [checkpoint(&entries[4])];
    change(&mut entries);
    assert_eq!(verify(&entries, &noted), Err(expected));
}

#[test]
fn each_way_to_change_a_chain_is_found_at_its_place() {
    broken(|all| drop(all.remove(0)), Broken::Sequence { expected: 1, found: 2 });
    broken(|all| drop(all.remove(2)), Broken::Sequence { expected: 3, found: 4 });
    broken(|all| all.swap(1, 2), Broken::Sequence { expected: 2, found: 3 });
    broken(|all| all.insert(2, all[1].clone()), Broken::Sequence { expected: 3, found: 2 });
    broken(|all| all[2].target.push('x'), Broken::Content { sequence: 3 });
    broken(|all| all[2].hash = Hash::START, Broken::Content { sequence: 3 });
    broken(|all| all[2].previous = Hash::START, Broken::Previous { sequence: 3 });
    broken(|all| drop(all.pop()), Broken::Cut { checkpoint: 5, found: 4 });
    broken(Vec::clear, Broken::Cut { checkpoint: 5, found: 0 });
}

#[test]
fn an_entry_that_was_changed_with_its_hash_is_missed_by_the_next_one() {
    let with_hash = |all: &mut Vec<Entry>| {
        all[2].target.push('x');
        all[2].hash = all[2].expected_hash();
    };
    broken(with_hash, Broken::Previous { sequence: 4 });
}

#[test]
fn a_chain_that_was_written_anew_is_found_by_its_checkpoint() {
    let entries = chain(5);
    let forged = Checkpoint { sequence: 3, hash: Hash([1; 32]) };
    assert_eq!(verify(&entries, &[forged]), Err(Broken::Checkpoint { sequence: 3 }));
    let forged = Checkpoint { sequence: 0, ..forged };
    assert_eq!(verify(&entries, &[forged]), Err(Broken::Checkpoint { sequence: 0 }));
    assert_eq!(verify(&[], &[forged]), Err(Broken::Checkpoint { sequence: 0 }));
}
