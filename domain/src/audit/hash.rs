//! Hashes of entries, and how they are written.

use std::fmt;
use std::str::FromStr;

use super::Link;
use crate::material::hex;

/// A SHA-256 hash; written as 64 lowercase hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

/// Why a text is no hash.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no hash: that has 64 digits, 0 to 9 and a to f")]
pub struct InvalidHash(String);

impl Hash {
    /// What the first entry has for the one before it.
    pub const START: Self = Self([0; 32]);

    /// What stands in a chain: what is no hash there is read as one that fits no entry.
    pub fn read(text: &str) -> Self {
        text.parse().unwrap_or(Self([0xff; 32]))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl FromStr for Hash {
    type Err = InvalidHash;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidHash(text.to_owned());
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let pairs: &[[u8; 2]; 32] = pairs.try_into().map_err(|_| invalid())?;
        let mut bytes = [0; 32];
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            let digits = digit(*high).zip(digit(*low));
            let (high, low) = digits.ok_or_else(invalid)?;
            *byte = (high << 4) | low;
        }
        if rest.is_empty() { Ok(Self(bytes)) } else { Err(invalid()) }
    }
}

/// Capitals are no digits: each hash is written in one way.
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

/// An entry that was noted elsewhere; written as `SEQUENCE:HASH`. A chain that does not have it was
/// written anew, or its end was cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Checkpoint {
    /// The entry's number; 0 before the first.
    pub sequence: u64,
    /// Its hash.
    pub hash: Hash,
}

/// Why a text is no checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no checkpoint: that is the number of an entry, a colon and its hash of 64 digits"
)]
pub struct InvalidCheckpoint(String);

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.sequence, self.hash)
    }
}

impl FromStr for Checkpoint {
    type Err = InvalidCheckpoint;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (sequence, hash) = text.split_once(':')?;
            let is_number = sequence.bytes().all(|byte| byte.is_ascii_digit());
            let sequence = sequence.parse().ok().filter(|_| is_number)?;
            Some(Self { sequence, hash: hash.parse().ok()? })
        };
        read().ok_or_else(|| InvalidCheckpoint(text.to_owned()))
    }
}

impl From<Link> for Checkpoint {
    fn from(link: Link) -> Self {
        Self { sequence: link.sequence, hash: link.hash }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_written_in_one_way_and_read_back() {
        let bytes: Vec<u8> = (0..32).map(|n| n * 8 + 1).collect();
        let hash = Hash(bytes.try_into().unwrap());
        let text = hash.to_string();
        assert_eq!(text.len(), 64);
        assert_eq!(text.parse::<Hash>(), Ok(hash));
        assert_eq!(Hash::START.to_string(), "0".repeat(64));
        let upper = text.to_uppercase();
        let (short, long, foreign) = (&text[1..], format!("{text}0"), text.replace('1', "g"));
        for bad in ["", " ", &upper, short, &text[2..], &long, &format!("{text}00"), &foreign] {
            assert!(bad.parse::<Hash>().is_err(), "{bad}");
            assert_eq!(Hash::read(bad), Hash([0xff; 32]), "{bad}");
        }
    }

    #[test]
    fn a_checkpoint_is_read_back() {
        let checkpoint = Checkpoint { sequence: 17, hash: Hash([7; 32]) };
        let text = checkpoint.to_string();
        assert_eq!(text, format!("17:{}", "07".repeat(32)));
        assert_eq!(text.parse::<Checkpoint>(), Ok(checkpoint));
        for bad in ["", "17", ":", "17:0", &text[..60], &format!("+{text}"), &text[2..], &text[3..]]
        {
            assert!(bad.parse::<Checkpoint>().is_err(), "{bad}");
        }
    }
}
