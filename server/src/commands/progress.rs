//! Shows how far a sync is: in place on a terminal, else a line whenever a kind enters a phase.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;

use domain::sync::{ClusterStatus, Kind, KindStatus, Phase};

/// Writes the progress of a sync.
pub struct Progress<W> {
    out: W,
    in_place: bool,
    /// How many lines stand on the terminal.
    lines: usize,
    said: BTreeMap<(String, Kind), Phase>,
}

impl<W: Write> Progress<W> {
    /// A progress that nothing was written of yet.
    pub fn new(out: W, in_place: bool) -> Self {
        Self { out, in_place, lines: 0, said: BTreeMap::new() }
    }

    /// Shows where things stand.
    pub fn show(&mut self, clusters: &[ClusterStatus]) {
        let configured = clusters.iter().filter(|cluster| cluster.configured);
        let kinds: Vec<_> = configured
            .flat_map(|cluster| cluster.kinds.iter().map(|kind| (cluster.name.as_str(), kind)))
            .collect();
        let text = match self.in_place {
            true => self.redraw(&kinds),
            false => self.what_is_new(&kinds),
        };
        self.write(&text);
    }

    /// Takes the lines away: the report follows.
    pub fn end(&mut self) {
        let text = self.redraw(&[]);
        self.write(&text);
    }

    fn redraw(&mut self, kinds: &[(&str, &KindStatus)]) -> String {
        let mut text = match self.lines {
            0 => String::new(),
            lines => format!("\x1b[{lines}A\x1b[J"),
        };
        for (cluster, status) in kinds {
            let _ = writeln!(text, "{}", line(cluster, status));
        }
        self.lines = kinds.len();
        text
    }

    fn what_is_new(&mut self, kinds: &[(&str, &KindStatus)]) -> String {
        let mut text = String::new();
        for (cluster, status) in kinds {
            let key = ((*cluster).to_owned(), status.kind);
            if self.said.insert(key, status.phase) != Some(status.phase) {
                let _ = writeln!(text, "{}", line(cluster, status));
            }
        }
        text
    }

    /// Progress that cannot be written is no reason to stop a sync.
    fn write(&mut self, text: &str) {
        let _ = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
    }
}

fn line(cluster: &str, status: &KindStatus) -> String {
    let mut line = format!("{cluster} {}: {}", status.kind.as_str(), status.phase.label());
    let _ = match status.progress {
        Some((read, Some(remaining))) => write!(line, ", {read} of about {}", read + remaining),
        Some((read, None)) => write!(line, ", {read} read"),
        None => Ok(()),
    };
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(read: i64) -> ClusterStatus {
        let mut kind = KindStatus::new(Kind::Ingress);
        kind.phase = Phase::Listing;
        kind.progress = Some((read, Some(1000 - read)));
        ClusterStatus {
            name: "prod".into(),
            uid: None,
            server: None,
            version: None,
            error: None,
            configured: true,
            kinds: vec![kind],
        }
    }

    fn written(in_place: bool) -> String {
        let mut out = Vec::new();
        let mut progress = Progress::new(&mut out, in_place);
        progress.show(&[listing(500)]);
        progress.show(&[listing(1000)]);
        progress.end();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_terminal_is_redrawn_and_cleared() {
        assert_eq!(
            written(true),
            "prod Ingress: first list running, 500 of about 1000\n\
             \x1b[1A\x1b[Jprod Ingress: first list running, 1000 of about 1000\n\
             \x1b[1A\x1b[J"
        );
    }

    #[test]
    fn a_log_gets_a_line_for_each_phase() {
        assert_eq!(written(false), "prod Ingress: first list running, 500 of about 1000\n");
    }
}
