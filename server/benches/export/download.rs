//! A client that takes an export and throws it away.

use std::hash::{DefaultHasher, Hasher as _};
use std::time::{Duration, Instant};

use anyhow::ensure;

/// What came, and when.
pub struct Download {
    /// Until the first byte of the file.
    pub first: Duration,
    /// Until the last.
    pub took: Duration,
    pub bytes: usize,
    pub lines: usize,
    pub hash: u64,
}

/// Takes one over a connection of its own.
pub async fn download(url: &str, accepts: &'static str) -> anyhow::Result<Download> {
    let client = reqwest::Client::builder().no_proxy().http1_only().build()?;
    let begin = Instant::now();
    let mut response = client.get(url).header("accept-encoding", accepts).send().await?;
    ensure!(response.status().is_success(), "{url}: {}", response.status());
    let mut hasher = DefaultHasher::new();
    let (mut first, mut bytes, mut lines, mut last) = (None, 0, 0, 0);
    while let Some(chunk) = response.chunk().await? {
        first = first.or_else(|| Some(begin.elapsed()));
        bytes += chunk.len();
        for byte in &chunk {
            lines += usize::from((last, *byte) == (b'\r', b'\n'));
            last = *byte;
        }
        hasher.write(&chunk);
    }
    let took = begin.elapsed();
    Ok(Download { first: first.unwrap_or(took), took, bytes, lines, hash: hasher.finish() })
}
