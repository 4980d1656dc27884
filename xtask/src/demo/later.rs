//! Moves the clock of a running demo on, so that a quarter passes in a minute.
//!
//! Routebook and the sandbox read by how much they are ahead of the system's clock from one small file,
//! each time they want to know what time it is.

use super::demo_folder;
use crate::run::Result;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

const DAY: u64 = 86_400;

/// The demo is not moved further than this at once.
const MOST_DAYS: u64 = 3_660;

/// The file that both read.
pub(super) fn offset_file(folder: &Path) -> PathBuf {
    folder.join("clock-offset")
}

/// `cargo xtask demo --later 90d`.
pub(super) fn command(span: &str) -> Result {
    let seconds = seconds(span)?;
    let folder = demo_folder();
    if !is_running(&folder) {
        return Err("no demo runs in this clone; start one with `cargo xtask demo`".to_owned());
    }
    let file = offset_file(&folder);
    let ahead = ahead(&file).saturating_add(seconds);
    write(&file, ahead).map_err(|error| format!("{}: {error}", file.display()))?;
    println!("In the demo it is {} now.", date(now().saturating_add(ahead)));
    println!("Whoever was signed in may have to sign in again.");
    println!("What the time brings follows within minutes.");
    Ok(())
}

/// A running demo holds its lock.
fn is_running(folder: &Path) -> bool {
    File::open(folder.with_extension("lock")).is_ok_and(|lock| lock.try_lock().is_err())
}

/// Seconds of a span such as `90d`, `2w` or `36h`.
fn seconds(span: &str) -> Result<u64> {
    let units = [('h', 3_600), ('d', DAY), ('w', 7 * DAY)];
    let read = |(unit, each): (char, u64)| {
        let number: u64 = span.strip_suffix(unit)?.parse().ok()?;
        number.checked_mul(each)
    };
    let fits = |seconds: &u64| (1..=MOST_DAYS * DAY).contains(seconds);
    let seconds = units.into_iter().find_map(read).filter(fits);
    seconds.ok_or_else(|| format!("--later needs a span such as 90d, 2w or 36h, not {span}"))
}

/// By how much it is ahead already.
fn ahead(file: &Path) -> u64 {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.trim().parse().unwrap_or(0)
}

/// In one step: half a number would be another time.
fn write(file: &Path, seconds: u64) -> io::Result<()> {
    let new = file.with_extension("new");
    fs::write(&new, format!("{seconds}\n"))?;
    fs::rename(&new, file)
}

#[expect(clippy::disallowed_methods, reason = "somebody is told which day it is")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The UTC day of so many seconds after 1970, after Howard Hinnant's `civil_from_days`.
fn date(seconds: u64) -> String {
    let days = seconds / DAY + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::{ahead, date, seconds, write};
    use std::{env, fs, process};

    #[test]
    fn a_span_has_a_number_and_a_unit() {
        assert_eq!(seconds("90d"), Ok(7_776_000));
        assert_eq!(seconds("2w"), Ok(1_209_600));
        assert_eq!(seconds("36h"), Ok(129_600));
        for wrong in ["", "d", "90", "-1d", "0d", "1.5d", "3661d", "90m", "90 d", "90dd"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn days_are_told_as_the_calendar_has_them() {
        let check = |seconds: u64, expected: &str| assert_eq!(date(seconds), expected);
        check(0, "1970-01-01");
        check(951_782_400, "2000-02-29");
        check(1_709_251_199, "2024-02-29");
        check(1_709_251_200, "2024-03-01");
        check(1_798_761_600, "2027-01-01");
    }

    #[test]
    fn what_was_written_is_read_back() {
        let file = env::temp_dir().join(format!("xtask-later-{}", process::id()));
        assert_eq!(ahead(&file), 0);
        write(&file, 7_776_000).unwrap();
        assert_eq!(ahead(&file), 7_776_000);
        fs::remove_file(&file).unwrap();
    }
}
