//! The benchmarks, which measure the promises of the performance goals over the sandbox.

use crate::arguments::Arguments;
use crate::run::{Result, cargo, streamed};
use crate::web;

/// All there are, in the order they run.
const BENCHES: [&str; 4] = ["sync", "export", "collect", "decide"];

/// `cargo xtask bench [NAME…]`.
pub fn command(arguments: &[String]) -> Result {
    let named = Arguments::new(arguments).rest()?;
    if let Some(unknown) = named.iter().find(|name| !BENCHES.contains(&name.as_str())) {
        return Err(format!("no such benchmark: {unknown} (there is {})", BENCHES.join(", ")));
    }
    web::build()?;
    let all = BENCHES.map(str::to_owned);
    for name in if named.is_empty() { all.as_slice() } else { &named } {
        streamed(&mut cargo(&["bench", "-p", "server", "--bench", name]))?;
    }
    Ok(())
}
