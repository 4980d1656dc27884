//! Trunk and wasm-bindgen: programs that Cargo compiles, which takes minutes, so they are kept in the
//! user's cache and shared by all clones.

use crate::run::{self, Result, captured, step};
use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, io};

/// A program installed by `cargo install` at exactly one version.
struct Tool {
    program: &'static str,
    package: &'static str,
    version: &'static str,
    locked: bool,
}

/// Newer ones need a newer Rust.
const TRUNK: Tool = Tool { program: "trunk", package: "trunk", version: "0.21.14", locked: true };

/// The version must be that of the crate in `Cargo.lock`: the two share a format that changes.
/// Without `--locked`, because its lock file names crates that registries no longer offer.
const WASM_BINDGEN: Tool = Tool {
    program: "wasm-bindgen",
    package: "wasm-bindgen-cli",
    version: "0.2.130",
    locked: false,
};

/// Installs what is missing, and returns a `PATH` that finds the tools first.
pub fn path_with_tools() -> Result<OsString> {
    let mut folders = vec![TRUNK.folder()?, WASM_BINDGEN.folder()?];
    folders.push(crate::setup::npm_programs()?);
    let path = env::var_os("PATH").unwrap_or_default();
    folders.extend(env::split_paths(&path));
    env::join_paths(folders).map_err(|error| error.to_string())
}

impl Tool {
    /// The folder that holds the program at the right version, after installing it if need be.
    fn folder(&self) -> Result<PathBuf> {
        if let Some(found) = run::on_path(&[self.program]).filter(|found| self.is_right(found)) {
            return Ok(found.parent().map(Path::to_owned).unwrap_or_default());
        }
        let root = cache()?.join("tools").join(format!("{}-{}", self.program, self.version));
        let program = root.join("bin").join(self.program);
        if !self.is_right(&program) {
            self.install(&root, &program)?;
        }
        Ok(root.join("bin"))
    }

    fn is_right(&self, program: &Path) -> bool {
        let said = captured(Command::new(program).arg("--version"));
        said.is_ok_and(|said| said.split_whitespace().nth(1) == Some(self.version))
    }

    fn install(&self, root: &Path, program: &Path) -> Result {
        let _lock = lock(root)?;
        if self.is_right(program) {
            return Ok(());
        }
        let name = format!("install {} {} (minutes, once)", self.program, self.version);
        step(&name, || {
            let build = root.with_extension("build");
            run::quiet(self.install_command(root).env("CARGO_TARGET_DIR", &build))?;
            fs::remove_dir_all(&build).map_err(|error| format!("{}: {error}", build.display()))
        })
    }

    fn install_command(&self, root: &Path) -> Command {
        let mut command = run::cargo(&["install", self.package, "--version", self.version]);
        command.arg("--root").arg(root);
        if self.locked {
            command.arg("--locked");
        }
        command
    }
}

/// Keeps two clones from installing the same tool at once. The lock is the operating system's: it
/// ends with the process that holds it, however that ends, so it can never be stale.
pub fn lock(root: &Path) -> Result<File> {
    let path = root.with_extension("lock");
    let failed = |error: io::Error| format!("{}: {error}", path.display());
    fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
    let file = File::create(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => return Ok(file),
        Err(TryLockError::WouldBlock) => {
            eprintln!("waiting for another installation, which holds {}", path.display());
        }
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    file.lock().map_err(failed)?;
    Ok(file)
}

/// `$ROUTEBOOK_CACHE`, or `routebook` in the user's cache folder.
pub fn cache() -> Result<PathBuf> {
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("ROUTEBOOK_CACHE")
        .or_else(|| variable("XDG_CACHE_HOME").map(|cache| cache.join("routebook")))
        .or_else(|| variable("HOME").map(|home| home.join(".cache/routebook")))
        .ok_or_else(|| "no cache folder: set ROUTEBOOK_CACHE or HOME".to_owned())
}

#[cfg(test)]
mod tests {
    use super::WASM_BINDGEN;

    #[test]
    fn wasm_bindgen_has_one_version_as_crate_and_as_program() {
        let locked = include_str!("../../Cargo.lock");
        let entry = format!("name = \"wasm-bindgen\"\nversion = \"{}\"\n", WASM_BINDGEN.version);
        assert!(locked.contains(&entry), "tools.rs and Cargo.lock name different versions");
    }
}
