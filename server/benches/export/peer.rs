//! What the export is compared with: the `sqlite3` program, which reads the same file and writes CSV
//! of the same columns.

use std::io::{ErrorKind, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

/// The columns of the export, in its order. What is known of how an answer was found is JSON in the
/// file; hosts, addresses, problems and checks are left as they are stored, which is less work than
/// the export has with them.
const QUERY: &str = "
SELECT i.cluster, i.namespace, i.name, i.uid,
  a.owner ->> 'name', a.owner ->> 'team', a.owner ->> 'source', a.owner ->> 'source',
  a.owner ->> 'place', a.owner ->> 'note',
  strftime('%Y-%m-%dT%H:%M:%SZ', nullif(i.created_at, -1) / 1000, 'unixepoch'),
  strftime('%Y-%m-%dT%H:%M:%SZ', i.first_seen_at / 1000, 'unixepoch'),
  strftime('%Y-%m-%dT%H:%M:%SZ', nullif(i.changed_at, -1) / 1000, 'unixepoch'),
  strftime('%Y-%m-%dT%H:%M:%SZ', i.removed_at / 1000, 'unixepoch'),
  i.managed, a.managed ->> 'name', a.managed ->> 'how',
  i.verdict, a.traffic ->> 'reason', a.traffic ->> 'last_success', a.traffic ->> 'last_any',
  nullif(i.unused_since, 9223372036854775807),
  a.traffic ->> 'observed_since', a.traffic ->> 'covered', a.traffic ->> 'source',
  a.traffic ->> 'granularity', a.traffic ->> 'tells_success',
  i.tls_state, a.tls ->> 'reason', a.tls ->> 'method', a.tls ->> 'at', a.tls ->> 'expires_at',
  a.tls ->> 'disagreement',
  i.class, i.class_source, i.controller, i.hosts, i.host_count, i.route_count, i.addresses,
  i.problems, i.checks,
  strftime('%Y-%m-%dT%H:%M:%SZ', s.at / 1000, 'unixepoch'), i.id, 'inventory/1'
FROM ingresses AS i
  LEFT JOIN answers AS a ON a.ingress_id = i.id
  LEFT JOIN (SELECT cluster, min(data_as_of) AS at FROM sync_status GROUP BY cluster) AS s
    ON s.cluster = i.cluster
WHERE i.gone = 0
ORDER BY i.cluster, i.namespace, i.name, i.id";

/// How long it takes from start to end; `None` where there is no sqlite3.
pub fn sqlite(database: &Path) -> anyhow::Result<Option<Duration>> {
    let mut command = Command::new("sqlite3");
    command.args(["-readonly", "-csv", "-header"]).arg(database).arg(QUERY);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let begin = Instant::now();
    let mut child = match command.spawn() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let mut out = child.stdout.take().context("a pipe was asked for")?;
    let mut buffer = vec![0; 64 * 1024];
    let mut bytes = 0;
    loop {
        match out.read(&mut buffer)? {
            0 => break,
            some => bytes += some,
        }
    }
    let status = child.wait()?;
    let took = begin.elapsed();
    ensure!(status.success() && bytes > 0, "sqlite3 ended with {status} after {bytes} bytes");
    Ok(Some(took))
}

/// Its version, which is not that of the store.
pub fn version() -> Option<String> {
    let output = Command::new("sqlite3").arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.split_whitespace().next().map(|version| format!("{version} (sqlite3)"))
}
