//! Kubeconfig files, and the client's secret. Nobody but their owner may read them.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;

/// Writes a file with mode 0600 and answers its absolute path. A file that is there is replaced,
/// not reused: it may have been readable by others.
pub(crate) fn write(dir: &Path, name: &str, text: &str) -> anyhow::Result<PathBuf> {
    let path = std::path::absolute(dir.join(name))?;
    write_to(dir, &path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

fn write_to(dir: &Path, path: &Path, text: &str) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}
