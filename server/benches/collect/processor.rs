//! The processor time of this process.

use std::time::Duration;

use anyhow::Context as _;

/// Linux counts in hundredths of a second for programs, whatever it counts in itself (proc(5);
/// `USER_HZ` in the kernel's asm-generic/param.h).
const TICK: Duration = Duration::from_millis(10);

/// What all threads together have used so far, in user and kernel mode.
pub fn time() -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The second field is the program's name, which may have spaces and brackets in it.
    let (_, fields) = stat.rsplit_once(')').context("a stat file")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let [user, system] = [fields.get(11), fields.get(12)];
    let ticks: u32 =
        user.context("utime")?.parse::<u32>()? + system.context("stime")?.parse::<u32>()?;
    Ok(TICK * ticks)
}
