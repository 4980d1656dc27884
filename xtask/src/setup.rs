//! Brings a clean clone to where it can build and test everything. Each part looks first whether it
//! is done already, and the commands call only the parts they need.

use crate::run::{self, Result, captured, quiet, step};
use crate::tools;
use std::ffi::OsString;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const WASM: &str = "wasm32-unknown-unknown";
const OLDEST_NODE: u32 = 20;

/// `cargo xtask setup`.
pub fn everything() -> Result {
    wasm_target()?;
    tools::path_with_tools()?;
    println!("set up; the browser is {}", chromium()?.display());
    Ok(())
}

/// Adds Rust's wasm target. Automatic installation may be switched off, so nothing else does it.
pub fn wasm_target() -> Result {
    let sysroot = captured(Command::new("rustc").args(["--print", "sysroot"]))?;
    let library = Path::new(sysroot.trim()).join("lib/rustlib").join(WASM).join("lib");
    if library.is_dir() {
        return Ok(());
    }
    if run::on_path(&["rustup"]).is_none() {
        return Err(format!("rustc has no target {WASM} and there is no rustup to add it"));
    }
    step("add the wasm target", || quiet(Command::new("rustup").args(["target", "add", WASM])))
}

/// Installs the npm packages when the lock file is not the one they were installed from, and returns
/// the folder of their programs (`wasm-opt` is one).
pub fn npm_programs() -> Result<PathBuf> {
    require_node()?;
    let lock =
        fs::read("end2end/package-lock.json").map_err(|e| format!("package-lock.json: {e}"))?;
    let mut hasher = DefaultHasher::new();
    lock.hash(&mut hasher);
    let wanted = format!("{:016x}", hasher.finish());
    let stamp = Path::new("end2end/node_modules/.installed-from");
    if fs::read_to_string(stamp).is_ok_and(|installed| installed == wanted) {
        return npm_folder();
    }
    step("install npm packages", || {
        quiet(Command::new("npm").args(["ci", "--ignore-scripts"]).current_dir("end2end"))?;
        fs::write(stamp, &wanted).map_err(|error| format!("{}: {error}", stamp.display()))
    })?;
    npm_folder()
}

/// Absolute, because Trunk starts programs from other folders.
fn npm_folder() -> Result<PathBuf> {
    fs::canonicalize("end2end/node_modules/.bin").map_err(|error| format!("node_modules: {error}"))
}

fn require_node() -> Result {
    let need = format!("Node.js {OLDEST_NODE} or newer, with npm, is needed");
    let said = captured(Command::new("node").arg("--version")).map_err(|_| need.clone())?;
    let major = said.trim().trim_start_matches('v').split('.').next().unwrap_or_default();
    let recent = major.parse::<u32>().is_ok_and(|major| major >= OLDEST_NODE);
    if recent { Ok(()) } else { Err(format!("{need}; this is {}", said.trim())) }
}

/// A Chromium for the journeys: the one named, the one installed, or one installed now.
pub fn chromium() -> Result<PathBuf> {
    if let Some(named) = env::var_os("ROUTEBOOK_CHROMIUM") {
        return Ok(named.into());
    }
    if let Some(found) = installed_chromium() {
        return Ok(found);
    }
    debian_chromium().or_else(|debian| {
        playwright_chromium().map_err(|playwright| {
            format!(
                "no Chromium: install one and put it on PATH, or name it in ROUTEBOOK_CHROMIUM\n\
                 tried Debian's package: {debian}\ntried Playwright's: {playwright}"
            )
        })
    })
}

fn installed_chromium() -> Option<PathBuf> {
    run::on_path(&["chromium", "chromium-browser", "google-chrome"])
}

fn debian_chromium() -> Result<PathBuf> {
    if run::on_path(&["apt-get"]).is_none() || !am_root() {
        return Err("needs apt-get and root".to_owned());
    }
    step("install Chromium from Debian", || {
        quiet(&mut apt_get(&["update"]))?;
        quiet(&mut apt_get(&["install", "-y", "--no-install-recommends", "chromium"]))
    })?;
    installed_chromium().ok_or_else(|| "the package brought no chromium on PATH".to_owned())
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn playwright_chromium() -> Result<PathBuf> {
    npm_programs()?;
    let mut install = Command::new("node_modules/.bin/playwright-core");
    install.args(["install", "chromium"]).current_dir("end2end");
    step("download Playwright's Chromium", || quiet(&mut install))?;
    let ask = "console.log(require('playwright-core').chromium.executablePath())";
    let path = captured(Command::new("node").args(["-e", ask]).current_dir("end2end"))?;
    Ok(path.trim().into())
}

/// The folder of a real Prometheus and its promtool, for the tests that ask one: the one named, one
/// on `PATH`, or Debian's.
pub fn prometheus() -> Result<PathBuf> {
    if let Some(named) = env::var_os("ROUTEBOOK_TEST_PROMETHEUS_DIR") {
        return Ok(named.into());
    }
    of_debian("prometheus", &["prometheus", "promtool"])
}

/// The folder of a kubectl, for the tests that use a cluster as people do: one on `PATH`, or Debian's.
pub fn kubectl() -> Result<PathBuf> {
    of_debian("kubernetes-client", &["kubectl"])
}

/// `PATH` with a kubectl on it, if there is one to be had.
pub fn path_with_kubectl() -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain([kubectl()?]);
    env::join_paths(folders).map_err(|error| error.to_string())
}

/// The folder with these programs: one on `PATH`, or that of a package of Debian in the cache.
fn of_debian(package: &str, programs: &[&str]) -> Result<PathBuf> {
    let has = |folder: &Path| programs.iter().all(|program| folder.join(program).is_file());
    let on_path = programs.first().and_then(|program| run::on_path(&[program]));
    let on_path = on_path.and_then(|program| program.parent().map(Path::to_owned));
    if let Some(folder) = on_path.filter(|folder| has(folder)) {
        return Ok(folder);
    }
    let root = tools::cache()?.join(format!("{package}-debian"));
    let folder = root.join("usr/bin");
    if !has(&folder) {
        let _lock = tools::lock(&root)?;
        unpack(package, &root)?;
    }
    if has(&folder) {
        return Ok(folder);
    }
    Err(format!("the package {package} brought no {}", programs.join(" and ")))
}

/// Unpacks a package of Debian and does not install it: that might start a service on this machine.
fn unpack(package: &str, root: &Path) -> Result {
    if run::on_path(&["apt-get"]).is_none() || run::on_path(&["dpkg-deb"]).is_none() {
        return Err(format!("no {package}: install it, or on Debian apt-get and dpkg-deb"));
    }
    let failed = |error: std::io::Error| format!("{}: {error}", root.display());
    fs::create_dir_all(root).map_err(failed)?;
    step(&format!("unpack {package} from Debian"), || {
        let mut download = apt_get(&["download", package]);
        download.current_dir(root);
        // The lists of packages may be old, or not be there at all.
        if quiet(&mut download).is_err() {
            quiet(&mut apt_get(&["update"]))?;
            quiet(&mut download)?;
        }
        quiet(Command::new("dpkg-deb").arg("-x").arg(downloaded(root)?).arg(root))
    })
}

/// The newest package in a folder: one that was interrupted may have left another there.
fn downloaded(root: &Path) -> Result<PathBuf> {
    let failed = |error: std::io::Error| format!("{}: {error}", root.display());
    let files = fs::read_dir(root).map_err(failed)?.flatten().map(|entry| entry.path());
    let packages = files.filter(|path| path.extension().is_some_and(|ending| ending == "deb"));
    packages.max().ok_or_else(|| "apt-get download brought no package".to_owned())
}

fn am_root() -> bool {
    captured(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
