//! `routebook audit verify --file campaign-7.zip`: whether the files of the evidence have their sums,
//! its audit entries their hashes, and its rows say what these entries say. Whoever makes all of it
//! anew can make it fit.

mod rows;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Cursor, Read as _};
use std::path::Path;

use domain::audit::{Checkpoint, Entry};
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use crate::Error;
use crate::export::{SUMS, audit_lines};

/// The file with the audit entries.
const ENTRIES: &str = "audit.jsonl";

/// The file with the record of completeness.
const COMPLETENESS: &str = "completeness.json";

/// What each file begins with in the directory of a ZIP archive (PKWARE APPNOTE, section 4.3.12).
const HEADER: [u8; 4] = *b"PK\x01\x02";

/// How long that is without its name, extra field and comment.
const HEADER_LENGTH: usize = 46;

/// Where the lengths of these three stand in it.
const LENGTHS: [usize; 3] = [28, 30, 32];

/// What a ZIP archive begins with.
const MAGIC: [u8; 4] = *b"PK\x03\x04";

/// Whether a file is an archive, whatever it is called.
pub fn is_archive(path: &Path) -> Result<bool, Error> {
    let failed = |reason| Error::Read { path: path.to_owned(), reason };
    let mut first = Vec::new();
    File::open(path).map_err(failed)?.take(4).read_to_end(&mut first).map_err(failed)?;
    Ok(first == MAGIC)
}

/// Compares the files with their sums, each entry with its hash, and the rows with the entries.
/// Answers a report.
pub fn verify(path: &Path, checkpoints: &[Checkpoint]) -> Result<String, Error> {
    let refused = |what: String| Error::Audit(format!("{}: {what}", path.display()));
    let read = read(path).map_err(|reason| Error::Read { path: path.to_owned(), reason })?;
    let sums = compare(&read).map_err(refused)?;
    let parts = Parts::of(&read).map_err(refused)?;
    let mut entries = Vec::new();
    for entry in audit_lines(Cursor::new(parts.entries)) {
        entries.push(entry.map_err(|error| refused(format!("{ENTRIES}, {error}")))?);
    }
    let met = follow(&entries, checkpoints).map_err(refused)?;
    let rows = rows::compare(&parts, &entries).map_err(refused)?;
    Ok(report(path, (sums, rows), entries.len(), met))
}

/// The files that belong into an archive.
struct Parts<'a> {
    /// The number of the campaign.
    campaign: &'a str,
    csv: &'a [u8],
    jsonl: &'a [u8],
    completeness: &'a [u8],
    entries: &'a [u8],
}

impl<'a> Parts<'a> {
    /// Nothing may be missing, and nothing else be there.
    fn of(files: &'a BTreeMap<String, Vec<u8>>) -> Result<Self, String> {
        let number = |name: &'a String| name.strip_prefix("campaign-")?.strip_suffix(".jsonl");
        let campaign = files.keys().find_map(number);
        let campaign = campaign.ok_or("campaign-….jsonl is not in it")?;
        let [csv, jsonl] = ["csv", "jsonl"].map(|form| format!("campaign-{campaign}.{form}"));
        let names = [csv.as_str(), jsonl.as_str(), COMPLETENESS, ENTRIES, SUMS];
        if let Some(name) = files.keys().find(|name| !names.contains(&name.as_str())) {
            return Err(format!("{name} does not belong into it"));
        }
        let file = |name: &str| {
            files.get(name).map(Vec::as_slice).ok_or_else(|| format!("{name} is not in it"))
        };
        Ok(Self {
            campaign,
            csv: file(&csv)?,
            jsonl: file(&jsonl)?,
            completeness: file(COMPLETENESS)?,
            entries: file(ENTRIES)?,
        })
    }
}

/// The files, by name. Of two with one name some programs take the first and some the last.
fn read(path: &Path) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let bytes = std::fs::read(path)?;
    let mut archive = ZipArchive::new(Cursor::new(&bytes))?;
    let directory = usize::try_from(archive.central_directory_start()).ok();
    let directory = directory.and_then(|start| bytes.get(start..)).unwrap_or_default();
    if in_directory(directory) != archive.len() {
        return Err(io::Error::other("a name is in the archive twice"));
    }
    let mut files = BTreeMap::new();
    for number in 0..archive.len() {
        let mut file = archive.by_index(number)?;
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        files.insert(file.name().to_owned(), content);
    }
    Ok(files)
}

/// How many files the directory of an archive has. Of those with one name the reader keeps one.
fn in_directory(mut directory: &[u8]) -> usize {
    let mut count = 0;
    while directory.starts_with(&HEADER) {
        count += 1;
        let length = move |at: usize| {
            let bytes = [*directory.get(at)?, *directory.get(at + 1)?];
            Some(usize::from(u16::from_le_bytes(bytes)))
        };
        let lengths: Option<usize> = LENGTHS.into_iter().map(length).sum();
        let next = lengths.and_then(move |lengths| directory.get(HEADER_LENGTH + lengths..));
        directory = next.unwrap_or_default();
    }
    count
}

/// How many files are as the sums have them. None may be there that has no sum.
fn compare(files: &BTreeMap<String, Vec<u8>>) -> Result<usize, String> {
    let sums = files.get(SUMS).ok_or_else(|| format!("there is no {SUMS} in it"))?;
    let text = String::from_utf8_lossy(sums);
    let sums = text.lines().filter_map(|line| line.split_once("  "));
    let sums: BTreeMap<&str, &str> = sums.map(|(sum, name)| (name, sum)).collect();
    if sums.len() != text.lines().count() {
        return Err(format!("{SUMS} does not have one line for each file"));
    }
    if let Some(name) = sums.keys().find(|name| !files.contains_key(**name)) {
        return Err(format!("{name} was taken out"));
    }
    for (name, content) in files.iter().filter(|(name, _)| name.as_str() != SUMS) {
        match sums.get(name.as_str()) {
            None => return Err(format!("{name} was added")),
            Some(sum) if **sum != *hexadecimal(content) => {
                return Err(format!("{name} was changed: its sum is another one"));
            }
            Some(_) => {}
        }
    }
    Ok(sums.len())
}

fn hexadecimal(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether each entry says what it said, in the order in which they were written. Answers how many
/// checkpoints were among them. Others stood between them, so that one more or less is not noticed.
fn follow(entries: &[Entry], checkpoints: &[Checkpoint]) -> Result<usize, String> {
    let mut before: Option<&Entry> = None;
    let mut met = 0;
    for entry in entries {
        let number = entry.sequence;
        if entry.hash != entry.expected_hash() {
            return Err(format!("entry {number} was changed: its hash is not of what it says"));
        }
        if let Some(before) = before {
            let follows = match number.checked_sub(before.sequence) {
                Some(1) => entry.previous == before.hash,
                Some(steps) => steps > 0,
                None => false,
            };
            if !follows {
                return Err(format!("entry {number} does not follow entry {}", before.sequence));
            }
        }
        for checkpoint in checkpoints.iter().filter(|one| one.sequence == number) {
            if checkpoint.hash != entry.hash {
                return Err(format!("entry {number} is not the one that a checkpoint has noted"));
            }
            met += 1;
        }
        before = Some(entry);
    }
    Ok(met)
}

fn report(path: &Path, (files, rows): (usize, usize), entries: usize, met: usize) -> String {
    format!(
        "{}: files, rows and audit entries fit together\n\
         files:       {files}, all as {SUMS} has them\n\
         rows:        {rows}, with the decisions and retirements that the entries tell\n\
         entries:     {entries} of the audit trail, each with the hash of what it says\n\
         checkpoints: {met} among these entries, and all are right\n\
         Whoever makes all of it anew can make it fit. That no entry is missing or made up is proved\n\
         by the whole trail with a checkpoint: `routebook export audit`.\n",
        path.display()
    )
}

#[cfg(test)]
mod tests {
    use domain::audit::{Action, Actor, Draft, Link};
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    fn chain(length: usize) -> Vec<Entry> {
        let mut head = Link::START;
        let next = |_| {
            let draft = Draft {
                at: Timestamp::UNIX_EPOCH,
                actor: Actor::System,
                action: Action::CampaignClosed,
                target: "campaign 7".into(),
                detail: json!({}),
                address: String::new(),
            };
            let entry = draft.chain(&head);
            head = entry.link();
            entry
        };
        (0..length).map(next).collect()
    }

    #[test]
    fn an_excerpt_is_in_order_or_the_place_is_named() {
        let all = chain(5);
        let some = vec![all[1].clone(), all[2].clone(), all[4].clone()];
        let noted = [all[4].link(), all[3].link()].map(Checkpoint::from);
        assert_eq!(follow(&some, &noted), Ok(1));
        let turned = vec![all[2].clone(), all[1].clone()];
        assert!(follow(&turned, &[]).unwrap_err().contains("entry 2 does not follow entry 3"));
        let twice = vec![all[2].clone(), all[2].clone()];
        assert!(follow(&twice, &[]).is_err());
        let mut changed = some;
        changed[1].target = "campaign 8".into();
        assert!(follow(&changed, &[]).unwrap_err().contains("entry 3 was changed"));
        let wrong = Checkpoint { hash: all[0].hash, ..Checkpoint::from(all[1].link()) };
        assert!(follow(&all, &[wrong]).unwrap_err().contains("checkpoint"));
    }

    #[test]
    fn a_file_that_was_changed_added_or_taken_out_is_named() {
        let sums = format!("{}  a.csv\n", hexadecimal(b"abc"));
        let files = |pairs: &[(&str, &[u8])]| -> BTreeMap<String, Vec<u8>> {
            pairs.iter().map(|(name, content)| ((*name).to_owned(), content.to_vec())).collect()
        };
        let sums = sums.as_bytes();
        assert_eq!(compare(&files(&[("a.csv", b"abc"), (SUMS, sums)])), Ok(1));
        let check = |pairs: &[(&str, &[u8])], part: &str| {
            let error = compare(&files(pairs)).unwrap_err();
            assert!(error.contains(part), "{error}");
        };
        check(&[("a.csv", b"abd"), (SUMS, sums)], "a.csv was changed");
        check(&[("a.csv", b"abc"), ("b", b""), (SUMS, sums)], "b was added");
        check(&[(SUMS, sums)], "a.csv was taken out");
        check(&[("a.csv", b"abc")], "there is no SHA256SUMS");
        let twice = [sums, sums].concat();
        check(&[("a.csv", b"abc"), (SUMS, twice.as_slice())], "one line for each file");
    }
}
