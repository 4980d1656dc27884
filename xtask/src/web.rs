//! Builds what the browser loads into `dist/`, which the server embeds: the islands' wasm by Trunk,
//! and `app.css` from the files in `style/`. There is one wasm profile for development and release,
//! so that what is tested is what is shipped and the target folder holds one build.

use crate::arguments::Arguments;
use crate::run::{self, Result, step};
use crate::{setup, tools};
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

const DIST: &str = "dist";

/// What the wasm is made of. The server's half of `app` is in it too: Cargo knows better than we do,
/// but asking it takes as long as linking.
const SOURCES: [&str; 4] = ["app", "Cargo.toml", "Cargo.lock", "Trunk.toml"];

/// The order of the style sheets: later rules win over earlier ones of the same weight. Files that
/// are not named here follow by name.
const STYLES_FIRST: [&str; 4] = ["tokens.css", "base.css", "layout.css", "components.css"];

/// `cargo xtask web [--force]`. `--release` is accepted and changes nothing.
pub fn command(arguments: &[String]) -> Result {
    let mut arguments = Arguments::new(arguments);
    let force = arguments.flag("--force");
    arguments.flag("--release");
    arguments.nothing_more()?;
    if force {
        // A stamp that is not there is what forces a build.
        let _ = fs::remove_file(stamp());
    }
    build()
}

/// Brings `dist/` up to date.
pub fn build() -> Result {
    build_wasm()?;
    build_styles()
}

fn build_wasm() -> Result {
    let wanted = fingerprint()?;
    let complete =
        ["app.js", "app_bg.wasm"].iter().all(|name| Path::new(DIST).join(name).is_file());
    if complete && fs::read_to_string(stamp()).is_ok_and(|built| built == wanted) {
        return Ok(());
    }
    setup::wasm_target()?;
    let path = tools::path_with_tools()?;
    let built = step("build the wasm", || run::quiet(trunk().env("PATH", path)));
    // Trunk leaves its workplace behind when it fails, and the server would embed that.
    let _ = fs::remove_dir_all(Path::new(DIST).join(".stage"));
    built?;
    // The server writes its own pages: Trunk's is only the list of what to build.
    remove(&Path::new(DIST).join("index.html"))?;
    run::streamed(&mut sizes())?;
    write(&stamp(), wanted.as_bytes())
}

/// Trunk refuses `NO_COLOR=1`, and would ask the network for a newer version of itself.
fn trunk() -> Command {
    let mut command = Command::new("trunk");
    command.args(["build", "--release", "--skip-version-check"]).env_remove("NO_COLOR");
    // Only what went wrong is of interest, and that is in the source, not in Trunk.
    command.env("CARGO_TERM_QUIET", "true").env("RUST_BACKTRACE", "0");
    run::without_our_crate(&mut command);
    command
}

/// Node has both of the compressions that the server offers.
fn sizes() -> Command {
    let script = "const fs = require('fs'), zlib = require('zlib');
        for (const name of ['app.js', 'app_bg.wasm']) {
            const raw = fs.readFileSync('dist/' + name);
            const kilo = bytes => (bytes.length / 1000).toFixed(1) + ' kB';
            console.log(`  ${name}: ${kilo(raw)}, gzip ${kilo(zlib.gzipSync(raw))}, Brotli ${kilo(zlib.brotliCompressSync(raw))}`);
        }";
    let mut command = Command::new("node");
    command.args(["-e", script]);
    command
}

/// Style sheets need no Trunk: a change costs a build of the server, which embeds them, and none of the wasm.
fn build_styles() -> Result {
    let mut sheet = String::new();
    for path in styles()? {
        let text = read(&path)?;
        let text =
            String::from_utf8(text).map_err(|error| format!("{}: {error}", path.display()))?;
        if text.contains("@import") {
            return Err(format!("{}: @import has no effect in a joined file", path.display()));
        }
        sheet.push_str(&format!("/* {} */\n{text}\n", path.display()));
    }
    let joined = Path::new(DIST).join("app.css");
    if fs::read(&joined).is_ok_and(|old| old == sheet.as_bytes()) {
        return Ok(());
    }
    write(&joined, sheet.as_bytes())?;
    step("join the styles", || Ok(()))
}

fn styles() -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    walk(Path::new("style"), &mut paths)?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "css"));
    paths.sort_by_key(|path| {
        let place = STYLES_FIRST.iter().position(|first| path.ends_with(first));
        (place.unwrap_or(STYLES_FIRST.len()), path.clone())
    });
    Ok(paths)
}

/// Changes when anything that the wasm is made of changes, and not with the clock.
fn fingerprint() -> Result<String> {
    let mut paths = Vec::new();
    for source in SOURCES {
        walk(Path::new(source), &mut paths)?;
    }
    paths.sort();
    let mut hasher = DefaultHasher::new();
    for path in paths {
        path.hash(&mut hasher);
        read(&path)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn stamp() -> PathBuf {
    run::target().join("xtask/web.stamp")
}

fn walk(path: &Path, found: &mut Vec<PathBuf>) -> Result {
    if path.is_file() {
        found.push(path.to_owned());
        return Ok(());
    }
    let entries = fs::read_dir(path).map_err(|error| format!("{}: {error}", path.display()))?;
    for entry in entries.flatten() {
        walk(&entry.path(), found)?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, content: &[u8]) -> Result {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, content))
        .map_err(|error| format!("{}: {error}", path.display()))
}

fn remove(path: &Path) -> Result {
    fs::remove_file(path).map_err(|error| format!("{}: {error}", path.display()))
}
